import ArgumentParser
import BailiffModel

struct RunCancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Withdraw everything of a run that was not sent.",
        discussion: """
            What Defender has and no machine has taken up is recalled. Effects stay: 'bailiff run undo' takes them back. \
            Needs the role responder.
            """)

    @Argument(help: "The run's id, or the beginning of it.")
    var id: String

    @Option(help: "Why; it stands in the log.")
    var reason: String

    @OptionGroup var confirmation: Confirmation
    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try confirmation.require("withdraws everything of run \(id) that was not sent")
        let run = try await APIClient.with(server) {
            try await $0.post(["v1", "runs", id, "cancel"], ["reason": .string(reason)])
        }
        Renderer(output.format).print(.one(run, RunView.sheet(run)))
    }
}

struct RunUndo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo", abstract: "Take back what a run did: release, lift, unblock.",
        discussion: """
            Makes a run of its own that takes the effects back in reverse order; nobody is asked. An effect that another case \
            wants too stays with that one. Needs the role releaser or responder.
            """)

    @Argument(help: "The run's id, or the beginning of it.")
    var id: String

    @Option(parsing: .upToNextOption, help: "Only on these machines, by Defender's id.")
    var only: [String] = []

    @Option(help: "Why; it stands in the log.")
    var reason: String

    @OptionGroup var confirmation: Confirmation
    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let extent = only.isEmpty ? "every effect" : "the effects on \(Words.count(Set(only).count, "machine"))"
        try confirmation.require("takes \(extent) of run \(id) back")
        var body: JSONObject = ["reason": .string(reason)]
        if !only.isEmpty { body["machines"] = .array(only.map { .string($0) }) }
        let reply = try await APIClient.with(server) {
            try await $0.post(["v1", "runs", id, "undo"], .object(body))
        }
        let runs = reply["runs"]?.array ?? []
        Renderer(output.format).print(.list(runs, RunView.list, none: "nothing to take back"))
    }
}
