import BailiffModel
import Foundation
import Testing

@Suite("Simulated histories keep the promises")
struct SimulationTests {
    /// How many seeds; `BAILIFF_SEEDS` for more, `BAILIFF_SEED` for exactly one that failed.
    static var seeds: [UInt64] {
        let environment = ProcessInfo.processInfo.environment
        if let one = environment["BAILIFF_SEED"].flatMap(UInt64.init) { return [one] }
        let count = environment["BAILIFF_SEEDS"].flatMap(Int.init) ?? 100
        return (1...UInt64(max(1, count))).map { $0 }
    }

    @Test("hundreds of seeds: crashes, lost answers, repeated verdicts, people")
    func histories() async throws {
        var requests = 0
        var crashes = 0
        for seed in Self.seeds {
            let statistics = try await Simulation(seed: seed).run()
            requests += statistics.requests
            crashes += statistics.crashes
        }
        if Self.seeds.count > 1 {
            #expect(requests > Self.seeds.count, "the histories are not idle")
            #expect(crashes > Self.seeds.count / 2)
        }
    }

    @Test("one seed gives one history")
    func replays() async throws {
        let first = try await Simulation(seed: 7).run()
        let second = try await Simulation(seed: 7).run()
        #expect(first.steps == second.steps)
        #expect(first.requests == second.requests)
        #expect(first.crashes == second.crashes)
    }
}
