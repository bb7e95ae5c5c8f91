package import BailiffDiagnostics

/// The playbooks, policies and approvals of a folder as they lie there now.
package struct PlaybookFiles: Sendable {
    package var sources: [SourceText]
    /// Of files that are no text at all.
    package var problems: [Diagnostic]

    package init(sources: [SourceText], problems: [Diagnostic] = []) {
        self.sources = sources
        self.problems = problems
    }
}

/// Why a folder or a document cannot be used.
package struct PlaybookFilesError: Error, Sendable, CustomStringConvertible {
    /// Safe to print.
    package var message: String
    package var report: DiagnosticReport?
    /// The texts that the report speaks of.
    package var sources: [SourceText]

    package init(_ message: String, report: DiagnosticReport? = nil, sources: [SourceText] = []) {
        self.message = message
        self.report = report
        self.sources = sources
    }

    package var description: String { message }
}
