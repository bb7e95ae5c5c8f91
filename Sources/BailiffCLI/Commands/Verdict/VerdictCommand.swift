import ArgumentParser
import BailiffModel

struct VerdictCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verdict", abstract: "What sandboxes said.",
        subcommands: [VerdictSubmit.self, VerdictList.self, VerdictShow.self])
}

struct VerdictList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List verdicts, newest first.")

    @Option(help: "Only this feed's.")
    var feed: String?

    @Flag(help: "What could not be used, in place of the verdicts.")
    var rejected = false

    @OptionGroup var list: ListOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let member = rejected ? "rejected" : "verdicts"
        let (rows, hasMore) = try await APIClient.with(server) {
            try await $0.list(
                ["v1", member], member: member, query: feed.map { [("feed", $0)] } ?? [], limit: list.limit)
        }
        let result: CommandResult =
            rejected
            ? .list(rows, Self.rejections, none: "nothing was rejected")
            : .list(rows, VerdictView.list, none: "no verdict")
        Renderer(output.format).print(result)
        list.mention(hasMore: hasMore)
    }

    private static let rejections = Table([
        .time("RECEIVED", "at"), .member("FEED", "feed"), .number("DELIVERY", "delivery"), .number("RECORD", "index"),
        .member("CODE", "code"), .member("WHY", "message", isFlexible: true), .number("BYTES", "bytes"),
    ])
}

struct VerdictShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show one verdict.")

    @Argument(help: "The number it was accepted with.")
    var id: String

    @Option(help: "Write the body that brought it, as it came, into this new file.", completion: .file())
    var body: String?

    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let file = try body.map { path throws(CommandFailure) in try NewSecretFile(path) }
        let answer: (value: JSONValue, bytes: [UInt8])
        do {
            answer = try await APIClient.with(server) { client in
                let value = try await client.get(["v1", "verdicts", id])
                guard file != nil else { return (value, []) }
                guard let bytes = try await client.file(["v1", "verdicts", id, "body"]) else {
                    throw CommandFailure("the body is no longer there")
                }
                return (value, bytes)
            }
        } catch {
            file?.discard()
            throw error
        }
        try file?.write(bytes: answer.bytes)
        let value = answer.value
        Renderer(output.format).print(.one(value, VerdictView.sheet(value)))
    }
}
