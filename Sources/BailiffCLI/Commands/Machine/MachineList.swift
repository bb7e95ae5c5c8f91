import ArgumentParser
import BailiffModel

struct MachineList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List machines that saw a reported file or were acted upon.")

    @Option(help: "How many at most, by id.")
    var limit = 50

    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...1_000_000).contains(limit) else { throw ValidationError("--limit is a number from 1 to 1000000") }
    }

    func run() async throws {
        let (rows, hasMore) = try await APIClient.with(server) {
            try await $0.list(["v1", "machines"], member: "machines", limit: limit)
        }
        Renderer(output.format).print(.list(rows, MachineView.list, none: "no machine"))
        if hasMore { Console.standard.note("there are more; --limit shows more than \(limit)") }
    }
}
