package import BailiffDiagnostics

/// What is wrong with a configuration, with the texts it was read from.
package struct ConfigurationProblems: Error, Sendable, CustomStringConvertible {
    package let report: DiagnosticReport
    private let sources: [SourceText]

    init(_ diagnostics: [Diagnostic], sources: [SourceText]) {
        report = DiagnosticReport(diagnostics)
        self.sources = sources
    }

    package var isEmpty: Bool { report.diagnostics.isEmpty }

    package var description: String { report.diagnostics.map(\.description).joined(separator: "\n") }

    /// One text for each diagnostic, with source line and caret, safe for a terminal.
    ///
    /// A line that may hold a secret in the clear is not shown: neither where that is what is wrong, nor from an environment
    /// variable.
    package func rendered() -> [String] {
        report.diagnostics.map { diagnostic in
            let mayShow = diagnostic.code != ConfigurationCode.secretForm.rawValue
            let source = mayShow ? sources.first { $0.file == diagnostic.location.file } : nil
            return diagnostic.rendered(in: source)
        }
    }
}
