import ArgumentParser
import BailiffModel

struct PlaybookList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the playbooks, policies and approval policies in force.")

    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let status = try await APIClient.with(server) { try await $0.get(["v1", "status"]) }
        Renderer(output.format).print(
            .list(status["playbooks"]?.array ?? [], StatusView.playbooks, none: "no playbook is in force"))
    }
}
