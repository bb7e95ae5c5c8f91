import ArgumentParser
import BailiffModel

struct NotifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notify", abstract: "Where people are told things.",
        subcommands: [NotifyList.self, NotifyTest.self])

    static let table = Table([
        .member("NOTIFIER", "name"), .member("KIND", "kind"), .member("AT", "origin", isFlexible: true),
    ])
}

struct NotifyList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the configured notifiers.")

    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let answer = try await APIClient.with(server) { try await $0.get(["v1", "notifiers"]) }
        Renderer(output.format).print(
            .list(answer["notifiers"]?.array ?? [], NotifyCommand.table, none: "no notifier is configured"))
    }
}

struct NotifyTest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Send a message that says only that messages arrive.",
        discussion: "Exit status 1 where it did not arrive. Needs the role admin, or the server's socket.")

    @Argument(help: "The notifier's name.")
    var name: String

    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let answer = try await APIClient.with(server, prefersSocket: true) {
            try await $0.post(["v1", "notifiers", name, "test"], [:])
        }
        let place = answer["notifier"] ?? .null
        Renderer(output.format).print(
            .one(
                answer,
                Sheet([
                    .line(
                        CellText(
                            "a message went to \(place["name"]?.string ?? name) (\(place["kind"]?.string ?? "-") at \(place["origin"]?.string ?? "-")): look whether it is there",
                            .good))
                ])))
    }
}
