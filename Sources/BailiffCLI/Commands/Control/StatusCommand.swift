import ArgumentParser

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show how a server is: switches, work, feeds, playbooks, log.")

    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let status = try await APIClient.with(server) { try await $0.get(["v1", "status"]) }
        Renderer(output.format).print(.one(status, StatusView.sheet(status)))
    }
}
