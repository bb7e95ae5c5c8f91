import ArgumentParser
import BailiffDiagnostics
import BailiffModel
import BailiffPlaybook

struct PlaybookCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check playbooks, policies and approval policies as one set.",
        discussion: """
            Give files, or folders with files ending in .yaml or .yml. Names resolve across all of them. What this version's \
            server does not carry out yet is noted; --for-activation makes it an error, as when the server loads the files. \
            Needs no server. Exit status 2 where anything is wrong.
            """)

    @Flag(name: .customLong("for-activation"), help: "Refuse what this version's server does not carry out.")
    var forActivation = false

    @Option(help: "A configured notifier that the files may name; once for each.")
    var notifier: [String] = []

    @OptionGroup var output: OutputOptions

    @Argument(help: "Files and folders.", completion: .file(extensions: ["yaml", "yml"]))
    var paths: [String]

    func run() throws {
        let console = Console.standard
        let (sources, unreadable) = try PlaybookFiles.read(paths)
        let environment = CheckEnvironment(
            notifiers: notifier.isEmpty ? nil : notifier, now: Surroundings.system.now(), carriedOut: .complete,
            purpose: forActivation ? .activation : .check)
        let (library, report) = PlaybookLibrary.load(sources, environment: environment)
        let all = DiagnosticReport(unreadable + report.diagnostics)
        DiagnosticOutput(sources: sources).print(all, omitted: report.omitted, format: output.format, console: console)
        let unreadableFiles = Set(unreadable.map(\.location.file)).count
        let files = Words.count(sources.count + unreadableFiles, "file")
        let errors = all.diagnostics.count { $0.severity == .error }
        guard library != nil, errors == 0 else {
            throw CommandFailure(
                "\(Words.count(errors, "error")) in \(files)",
                hints: PlaybookFiles.hints(for: all.diagnostics, among: sources), status: .bad)
        }
        if output.format == .table { console.line("\(files) checked, \(Self.summary(all))") }
    }

    /// `nothing wrong`, or how much there is to read that is no error.
    private static func summary(_ report: DiagnosticReport) -> String {
        let warnings = report.diagnostics.count { $0.severity == .warning }
        let notes = report.diagnostics.count { $0.severity == .note }
        let parts = [(warnings, "warning"), (notes, "note")].filter { $0.0 > 0 }.map { Words.count($0.0, $0.1) }
        return parts.isEmpty ? "nothing wrong" : "no errors, \(parts.joined(separator: ", "))"
    }
}
