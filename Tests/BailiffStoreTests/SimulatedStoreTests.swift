import BailiffCore
import BailiffModel
import BailiffStore
import BailiffTestSupport
import Testing

@Suite struct SimulatedStoreTests {
    @Test func aGateThatThrowsBeforeStopsTheCall() async throws {
        let store = SimulatedStore { point throws(StoreError) in
            if point == "commit.before" { throw StoreError(.other, "crash") }
        }
        await #expect(throws: StoreError.self) { try await store.make([.run(Sample.run(1))]) }
        #expect(try await store.run(RunID(1)) == nil)
        store.setGate(nil)
        #expect(try await store.make([.run(Sample.run(1))]) == [1])
    }

    @Test func aGateThatThrowsAfterHidesTheChange() async throws {
        let store = SimulatedStore { point throws(StoreError) in
            if point == "commit.after" { throw StoreError(.unknown, "crash") }
        }
        await #expect(throws: StoreError.self) { try await store.make([.run(Sample.run(1))]) }
        #expect(try await store.run(RunID(1))?.version == 1)
    }

    @Test func everyCallPassesTheGate() async throws {
        let points = Locked<[String]>([])
        let store = SimulatedStore { point in points.withLock { $0.append(point) } }
        try await store.make()
        try await store.take(Sample.delivery(Sample.verdict(Sample.hashes(sha256: 1))))
        _ = try await store.claimAll(.enrichment)
        _ = try await store.control()
        #expect(
            points.withLock { $0 } == [
                "commit.before", "commit.after", "ingest.before", "ingest.after", "claim.before", "claim.after",
                "control.read",
            ])
    }

    @Test func aCrashKeepsWhatWasCommittedAndShutsTheDeadOut() async throws {
        let store = SimulatedStore()
        try await store.make([.run(Sample.run(1))])
        let before = store.snapshot()
        try await store.make([.run(Sample.run(2))])
        let after = store.crash()
        await #expect(throws: StoreError.self) { try await store.make([.run(Sample.run(3))]) }
        #expect(try await after.runs(PageRequest()).elements.map(\.id.value) == [2, 1])
        #expect(try await after.make() == [3])
        // A snapshot is a value of its own.
        let fork = SimulatedStore(before)
        #expect(try await fork.runs(PageRequest()).elements.map(\.id.value) == [1])
        #expect(try await fork.make() == [2])
    }

    @Test func oneSeedGivesOneHistory() async throws {
        func history(_ seed: UInt64) async throws -> [String] {
            let store = SimulatedStore()
            var story = RandomStory(seed: seed)
            var answers: [String] = []
            for _ in 0..<200 { answers.append(try await story.next().answer(of: store)) }
            return answers
        }
        #expect(try await history(3) == history(3))
        #expect(try await history(3) != history(4))
    }
}
