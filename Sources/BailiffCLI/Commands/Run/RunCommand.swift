import ArgumentParser
import BailiffModel

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Playbooks that are or were carried out.",
        subcommands: [RunList.self, RunShow.self, RunWatch.self, RunCancel.self, RunUndo.self])
}

struct RunList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List runs, newest first.")

    @OptionGroup var list: ListOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let (rows, hasMore) = try await APIClient.with(server) {
            try await $0.list(["v1", "runs"], member: "runs", limit: list.limit)
        }
        Renderer(output.format).print(.list(rows, RunView.list, none: "no run"))
        list.mention(hasMore: hasMore)
    }
}

struct RunShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a run: its plan, its actions and their outcomes.")

    @Argument(help: "The run's id, or the beginning of it.")
    var id: String

    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let value = try await APIClient.with(server) { try await $0.get(["v1", "runs", id]) }
        Renderer(output.format).print(.one(value, RunView.sheet(value)))
    }
}

struct RunWatch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Tell what happens in a run while it happens.",
        discussion: """
            Begins with what has happened so far. Ends with Control-C, or with --until-idle once the run has ended; a question \
            that waits for people counts as under way.
            """)

    @Argument(help: "The run's id, or the beginning of it.")
    var id: String

    @OptionGroup var watching: WatchOptions

    func run() async throws {
        try await watching.watch { client in
            let run = try await client.get(["v1", "runs", id])
            return [
                "assessed": true, "runs": [run], "actions": run["actions"] ?? [], "approvals": run["approvals"] ?? [],
            ]
        }
    }
}
