import ArgumentParser
import BailiffModel

struct FeedList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the configured sources of verdicts.")

    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let status = try await APIClient.with(server) { try await $0.get(["v1", "status"]) }
        Renderer(output.format).print(.list(status["feeds"]?.array ?? [], StatusView.feeds, none: "no feed"))
    }
}
