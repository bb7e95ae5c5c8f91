import BailiffDiagnostics
import BailiffModel

/// Prints what is wrong in files that people wrote: with source line and caret, or as JSON.
struct DiagnosticOutput: Sendable {
    var sources: [SourceText]

    func print(_ report: DiagnosticReport, omitted: Int, format: OutputFormat, console: Console) {
        switch format {
        case .table: for diagnostic in report.diagnostics { console.line(rendered(diagnostic)) }
        case .json: console.line(Renderer.pretty(.array(report.diagnostics.map(Self.json))))
        case .ndjson: for diagnostic in report.diagnostics { console.line(Renderer.compact(Self.json(diagnostic))) }
        }
        if report.omitted + omitted > 0 { console.note("\(report.omitted + omitted) more are not shown") }
    }

    /// What is wrong with a file that a command needs, said on standard error.
    func failure(_ diagnostics: [Diagnostic], in file: String, console: Console = .standard) -> CommandFailure {
        let report = DiagnosticReport(diagnostics)
        for diagnostic in report.diagnostics { console.remark(rendered(diagnostic)) }
        let errors = report.diagnostics.count { $0.severity == .error } + report.omitted
        return CommandFailure("\(file) has \(Words.count(errors, "error"))")
    }

    /// Safe to print; several lines.
    private func rendered(_ diagnostic: Diagnostic) -> String {
        diagnostic.rendered(in: sources.first { $0.file.utf8.elementsEqual(diagnostic.location.file.utf8) })
    }

    static func json(_ diagnostic: Diagnostic) -> JSONValue {
        [
            "code": .string(diagnostic.code), "column": .int(Int64(diagnostic.location.column)),
            "file": .string(diagnostic.location.file), "hint": .optional(diagnostic.hint),
            "line": .int(Int64(diagnostic.location.line)), "message": .string(diagnostic.message),
            "severity": .string(diagnostic.severity.rawValue),
        ]
    }
}
