import ArgumentParser
import BailiffModel

/// How something is watched while it happens.
struct WatchOptions: ParsableArguments {
    @Flag(name: .customLong("until-idle"), help: "End once nothing of it is under way any more.")
    var untilIdle = false

    @Option(help: "Seconds between two looks.")
    var interval = 1.0

    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (0.05...3_600).contains(interval) else { throw ValidationError("--interval is 0.05 to 3600 seconds") }
    }

    /// Tells what is new at each look, until nothing is under way or somebody ends it.
    ///
    /// - Parameter look: What there is now, in the shape of a case.
    func watch(_ look: @escaping (APIClient) async throws -> JSONValue) async throws {
        let console = Console.standard
        try await APIClient.with(server) { client in
            var timeline = CaseTimeline()
            var all: [CaseTimeline.Event] = []
            var patience = WatchPatience()
            while true {
                let value: JSONValue
                do {
                    value = try await look(client)
                    if patience.reached() { console.note("the server answers again") }
                } catch let failure as CommandFailure {
                    guard let remark = try patience.lost(failure, at: Surroundings.system.now()) else {
                        try await Task.sleep(for: .seconds(interval))
                        continue
                    }
                    console.warning(remark)
                    continue
                }
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
