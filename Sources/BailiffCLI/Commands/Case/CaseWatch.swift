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

    @Flag(name: .customLong("until-idle"), help: "End once nothing of the case is under way any more.")
    var untilIdle = false

    @Option(help: "Seconds between two looks.")
    var interval = 1.0

    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (0.05...3_600).contains(interval) else { throw ValidationError("--interval is 0.05 to 3600 seconds") }
    }

    func run() async throws {
        let console = Console.standard
        try await APIClient.with(server) { client in
            var timeline = CaseTimeline()
            var all: [CaseTimeline.Event] = []
            while true {
                let value = try await client.get(["v1", "cases", id])
                let events = timeline.advance(value, now: Surroundings.system.now())
                switch output.format {
                case .table: for event in events { console.line(event.line(isColoured: console.isColoured)) }
                case .ndjson: for event in events { console.line(Renderer.compact(event.json)) }
                case .json: all += events
                }
                if untilIdle, timeline.isIdle { break }
                try await Task.sleep(for: .seconds(interval))
            }
            if output.format == .json { console.line(Renderer.pretty(.array(all.map(\.json)))) }
        }
    }
}
