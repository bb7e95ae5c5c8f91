import ArgumentParser
import BailiffModel

struct AllowListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "allowlist", abstract: "Files that were judged harmless: nothing is done about them for a time.",
        discussion: "'bailiff case close --as false-positive' puts a file on it.",
        subcommands: [AllowListList.self, AllowListRemove.self])
}

struct AllowListList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the files, newest first.")

    @Flag(help: "Also what has expired or was removed.")
    var all = false

    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let value = try await APIClient.with(server) {
            try await $0.get(["v1", "allowlist"], query: [("state", all ? "all" : "active")])
        }
        let rows = value["allowlist"]?.array ?? []
        Renderer(output.format).print(.list(rows, AllowListView.list, none: "no file is allowed"))
    }
}

struct AllowListRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Take a file off the list before its time.",
        discussion: "The next verdict about it counts again. Needs the role admin.")

    @Argument(help: "The entry's id, or the beginning of it.")
    var id: String

    @Option(help: "Why; it stands in the log.")
    var reason: String

    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let entry = try await APIClient.with(server) {
            try await $0.post(["v1", "allowlist", id, "remove"], ["reason": .string(reason)])
        }
        Renderer(output.format).print(.one(entry, AllowListView.sheet(entry)))
    }
}
