import ArgumentParser
import BailiffModel

struct ApprovalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approval", abstract: "Questions to people, and your answers.",
        subcommands: [
            ApprovalList.self, ApprovalShow.self, ApprovalApprove.self, ApprovalDeny.self, ApprovalReview.self,
        ])
}

struct ApprovalList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the questions that wait for an answer.")

    @Flag(help: "Answered and expired ones, too.")
    var all = false

    @OptionGroup var list: ListOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let (rows, hasMore) = try await APIClient.with(server) {
            try await $0.list(
                ["v1", "approvals"], member: "approvals", query: [("state", all ? "all" : "waiting")], limit: list.limit
            )
        }
        Renderer(output.format).print(.list(rows, ApprovalView.list, none: all ? "no question" : "no question waits"))
        list.mention(hasMore: hasMore)
    }
}

struct ApprovalShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a question with everything its answer needs.")

    @Argument(help: "The question's id, or the beginning of it.")
    var id: String

    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let value = try await APIClient.with(server) { try await $0.get(["v1", "approvals", id]) }
        let sheet = ApprovalView.sheet(value, now: Surroundings.system.now())
        Renderer(output.format).print(.one(value, sheet))
    }
}
