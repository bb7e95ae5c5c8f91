import ArgumentParser
import BailiffModel

struct HaltCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "halt", abstract: "Stop every send at once, until 'bailiff resume'.",
        discussion: """
            Nothing is sent to Defender any more, on any node, also after a restart; only a person can still order a release. \
            With --all not even that. What Defender has accepted already goes on there.
            """)

    @Flag(help: "Stop releases ordered by people, too.")
    var all = false

    @Option(help: "Why; it stands in the log.")
    var reason = "no reason given"

    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let control = try await APIClient.with(server) {
            try await $0.post(["v1", "halt"], ["all": .bool(all), "reason": .string(reason)])
        }
        Renderer(output.format).print(.one(control, Sheet([.fields([.init("sends", StatusView.control(control))])])))
    }
}

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Let sends go on after 'bailiff halt'.",
        discussion: "What waited is checked again and sent. Needs the role admin.")

    @Option(help: "Why; it stands in the log.")
    var reason = "no reason given"

    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let control = try await APIClient.with(server) {
            try await $0.post(["v1", "resume"], ["reason": .string(reason)])
        }
        Renderer(output.format).print(.one(control, Sheet([.fields([.init("sends", StatusView.control(control))])])))
    }
}
