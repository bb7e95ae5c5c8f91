import ArgumentParser
import BailiffModel

struct CaseWatch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Tell what happens in a case while it happens.",
        discussion: """
            Begins with what has happened so far. Ends with Control-C, or with --until-idle once nothing is under way; a \
            question that waits for people counts as under way.
            """)

    @Argument(help: "The beginning of any hash of the file, at least four digits.")
    var id: String

    @OptionGroup var watching: WatchOptions

    func run() async throws {
        try await watching.watch { client in try await client.get(["v1", "cases", id]) }
    }
}
