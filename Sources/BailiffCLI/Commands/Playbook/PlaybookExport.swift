import ArgumentParser
import BailiffDiagnostics
import BailiffModel
import BailiffPlaybook

struct PlaybookExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a playbook in another tool's format.",
        discussion: """
            CACAO 2.0 has no words for guards, budget, rings, leases, dedupe and conditions: they go into an extension \
            definition, and what stands there alone is told on standard error. A tool that ignores the extension runs the \
            steps without these limits. Needs no server.
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument { case cacao }

    @Option(help: "The format.")
    var format = Format.cacao

    @Argument(help: "The playbook's file.", completion: .file(extensions: ["yaml", "yml"]))
    var file: String

    func run() throws {
        let console = Console.standard
        let (sources, unreadable) = try PlaybookFiles.read([file])
        let output = DiagnosticOutput(sources: sources)
        guard let source = sources.first, sources.count == 1, unreadable.isEmpty else {
            if unreadable.isEmpty { throw CommandFailure.usage("'\(file)' is more than one file") }
            throw output.failure(unreadable, in: file, console: console)
        }
        switch PlaybookDocument.read(source, environment: .offline) {
        case .failure(let error):
            var failure = output.failure(error.diagnostics, in: file, console: console)
            failure.status = .bad
            throw failure
        case .success(.playbook(let playbook)): write(playbook, console)
        case .success: throw CommandFailure("'\(file)' is no playbook", hint: "policies and approvals have no export")
        }
    }

    private func write(_ playbook: Playbook, _ console: Console) {
        switch format {
        case .cacao:
            let export = CACAOExport(playbook, at: Surroundings.system.now())
            console.line(Renderer.pretty(export.document))
            console.note("in the extension alone: \(export.notes.joined(separator: "; "))")
        }
    }
}
