import ArgumentParser
import BailiffModel

struct PlaybookList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List playbooks, policies and approval policies: what the folder holds, what is in force.")

    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let answer = try await APIClient.with(server) { try await $0.get(["v1", "playbooks"]) }
        Renderer(output.format).print(
            .list(
                answer["playbooks"]?.array ?? [], PlaybookView.list,
                none: "no playbook, neither in the folder nor in force"))
        guard let problem = answer["folder_problem"]?.string else { return }
        let console = Console.standard
        console.warning("\(problem): nothing of it can be put in force")
        for item in (answer["diagnostics"]?.array ?? []).prefix(10) where item["severity"]?.string == "error" {
            console.note(
                "\(item["file"]?.string ?? ""):\(item["line"]?.int ?? 0): \(item["message"]?.string ?? "") [\(item["code"]?.string ?? "")]"
            )
        }
    }
}
