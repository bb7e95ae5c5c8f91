import BailiffModel
import Foundation
import Testing

@Suite("Simulated histories keep the promises")
struct SimulationTests {
    /// How many seeds; `BAILIFF_SEEDS` for more, `BAILIFF_SEED` for exactly one that failed.
    static var seeds: [UInt64] {
        let environment = ProcessInfo.processInfo.environment
        if let one = environment["BAILIFF_SEED"].flatMap(UInt64.init) { return [one] }
        let count = environment["BAILIFF_SEEDS"].flatMap(Int.init) ?? 2_000
        return (1...UInt64(max(1, count))).map { $0 }
    }

    @Test("thousands of seeds: crashes, lost answers, repeated verdicts, people")
    func histories() async throws {
        let totals = Locked((requests: 0, crashes: 0))
        // Two at a time: each history is a world of its own.
        try await withThrowingTaskGroup(of: Simulation.Statistics.self) { group in
            var seeds = Self.seeds[...]
            for _ in 0..<2 {
                if let seed = seeds.popFirst() { group.addTask { try await Simulation(seed: seed).run() } }
            }
            while let statistics = try await group.next() {
                totals.withLock { total in
                    total.requests += statistics.requests
                    total.crashes += statistics.crashes
                }
                if let seed = seeds.popFirst() { group.addTask { try await Simulation(seed: seed).run() } }
            }
        }
        let (requests, crashes) = totals.withLock { $0 }
        if Self.seeds.count > 1 {
            #expect(requests > Self.seeds.count, "the histories are not idle")
            #expect(crashes > Self.seeds.count / 2)
        }
    }

    @Test("a deliberate fault is found", arguments: Breakage.allCases)
    func breakages(_ breakage: Breakage) async throws {
        var found: Simulation.Failure?
        for seed in UInt64(1)...1_000 where found == nil {
            do {
                _ = try await Simulation(seed: seed, breakage: breakage).run()
            } catch let failure as Simulation.Failure {
                found = failure
            }
        }
        #expect(found != nil, "nothing tells that \(breakage.rawValue)")
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
