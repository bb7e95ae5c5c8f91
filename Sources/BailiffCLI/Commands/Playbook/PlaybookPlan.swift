import ArgumentParser
import BailiffModel
import BailiffPlaybook
import BailiffServer
import Foundation

struct PlaybookPlan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show what a playbook would do about a verdict, and to whom.",
        discussion: """
            FILE is any body that a feed accepts; there is one plan for each file under test. Nothing is sent.

            With --tenant a description of a fleet (the emulator's format) is read as a run reads Defender, with every \
            permission to read. Trust is 2 unless --feed names a feed of --config. With --server the server plans over the \
            facts it has recorded for the file's case.
            """)

    @Argument(help: "The playbook's name.")
    var name: String

    @Option(help: "The body of a delivery; - reads standard input.", completion: .file())
    var verdict: String

    @Option(help: "The feed the body comes from: its product and trust count (needs --config).")
    var feed: String?

    @Option(
        help: "Without --feed: the sandbox product, or auto to recognise the format by its shape.",
        completion: ProductName.completion)
    var product = "auto"

    @Option(help: "The file that describes machines, files and who saw what.", completion: .file())
    var tenant: String?

    @Flag(name: .customLong("server"), help: "Let a server plan over what it has recorded.")
    var asksServer = false

    @Option(
        help: "Where playbooks, policies and approvals are; once for each file or folder ('playbooks').",
        completion: .file())
    var playbooks: [String] = []

    @Option(help: "As if the playbook were activated like this: live, hold or shadow.")
    var mode = ActivationMode.live

    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (tenant == nil) == asksServer else {
            throw ValidationError(
                asksServer ? "--tenant and --server exclude each other" : "give --tenant FILE or --server")
        }
    }

    func run() async throws {
        let console = Console.standard
        let statements = try DeliveredVerdicts(
            body: InputFile.read(verdict, limit: InputFile.bodyLimitInBytes), name: InputFile.shownName(verdict),
            origin: origin(), console: console)
        let previews =
            if let tenant {
                try await offline(OfflineTenant(file: tenant), statements, console)
            } else {
                try await recorded(statements)
            }
        switch output.format {
        case .table:
            for (index, preview) in previews.enumerated() {
                if index > 0 { console.line("") }
                for line in PlanView.sheet(preview).lines(width: console.width, isColoured: console.isColoured) {
                    console.line(line)
                }
            }
        case .json: console.line(Renderer.pretty(.array(previews)))
        case .ndjson: for preview in previews { console.line(Renderer.compact(preview)) }
        }
    }

    private func offline(
        _ tenant: OfflineTenant, _ statements: DeliveredVerdicts, _ console: Console
    ) async throws -> [JSONValue] {
        let library = try PlaybookFiles.library(playbooks.isEmpty ? ["playbooks"] : playbooks, console: console)
        let playbook = try PlaybookFiles.playbook(name, of: library)
        return try await tenant.previews(of: playbook, in: library, for: statements.facts, mode: mode)
    }

    private func recorded(_ statements: DeliveredVerdicts) async throws -> [JSONValue] {
        try await APIClient.with(server) { client in
            var previews: [JSONValue] = []
            for hash in statements.facts.compactMap(\.hashes.all.first) {
                let answer = try await client.post(
                    ["v1", "playbooks", name, "plan"], ["case": .string(hash.hex)])
                previews.append(PlanView.document(ofServer: answer))
            }
            return previews
        }
    }

    private func origin() throws -> DeliveredVerdicts.Origin {
        guard let feed else {
            return DeliveredVerdicts.Origin(feed: nil, product: try ProductName.product(product), trust: 2)
        }
        let variable = ProcessInfo.processInfo.environment["BAILIFF_CONFIG"] ?? ""
        guard let path = server.config ?? (variable.isEmpty ? nil : variable) else {
            throw CommandFailure.usage(
                "no configuration is named, so the trust of '\(feed)' is not known",
                hint: "give --config FILE, or leave --feed out for a trust of 2")
        }
        return try DeliveredVerdicts.Origin(feed: feed, configuration: path)
    }
}

extension ActivationMode: ExpressibleByArgument {}
