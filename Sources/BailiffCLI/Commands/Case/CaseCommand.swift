import ArgumentParser

struct CaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "case", abstract: "Everything about one file: verdicts, machines that saw it, what was done.",
        subcommands: [CaseList.self, CaseShow.self, CaseWatch.self, CaseClose.self])
}

struct CaseList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List cases, newest first.")

    @OptionGroup var list: ListOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let (rows, hasMore) = try await APIClient.with(server) {
            try await $0.list(["v1", "cases"], member: "cases", limit: list.limit)
        }
        Renderer(output.format).print(.list(rows, CaseView.list, none: "no case"))
        list.mention(hasMore: hasMore)
    }
}

struct CaseShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a case: who saw the file, what was done, what was not seen.")

    @Argument(help: "The beginning of any hash of the file, at least four digits.")
    var id: String

    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let value = try await APIClient.with(server) { try await $0.get(["v1", "cases", id]) }
        Renderer(output.format).print(.one(value, CaseView.sheet(value)))
    }
}
