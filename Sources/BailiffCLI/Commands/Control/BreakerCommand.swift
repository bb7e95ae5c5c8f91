import ArgumentParser
import BailiffModel

struct BreakerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "breaker", abstract: "The breaker: while it is open, everything disruptive holds.",
        subcommands: [BreakerShow.self, BreakerReset.self])
}

struct BreakerShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show whether the breaker is open, and why.")

    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let breaker = try await APIClient.with(server) { try await $0.get(["v1", "breaker"]) }
        Renderer(output.format).print(.one(breaker, BreakerView.sheet(breaker)))
    }
}

struct BreakerReset: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset", abstract: "Close the breaker; what waited for it goes on.",
        discussion: "What it had counted is forgotten. Needs the role admin.")

    @Option(help: "Why; it stands in the log.")
    var reason: String

    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let breaker = try await APIClient.with(server) {
            try await $0.post(["v1", "breaker", "reset"], ["reason": .string(reason)])
        }
        Renderer(output.format).print(.one(breaker, BreakerView.sheet(breaker)))
    }
}
