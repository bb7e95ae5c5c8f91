import BailiffCore
import BailiffModel
import BailiffStore
import Testing

extension StoreConformance {
    static let life = [
        Check("ids are given out once", ids),
        Check("after closing everything is refused", closing),
    ]

    @Sendable
    private static func ids(_ store: any Store) async throws {
        #expect(try await store.reserveIDs(Run.self, count: 0).isEmpty)
        #expect(try await store.reserveIDs(Run.self, count: -1).isEmpty)
        let runs = try await withThrowingTaskGroup(of: [RunID].self) { group in
            for count in 1...30 { group.addTask { try await store.reserveIDs(Run.self, count: count * 7) } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(runs.count == 3_255)
        #expect(Set(runs).count == runs.count)
        #expect(runs.allSatisfy { $0.value > 0 })
        // Cases and verdicts are one series: a case has the id of its first verdict.
        let cases = try await store.reserveIDs(Case.self, count: 3)
        let receipt = try await store.take(Sample.delivery(Sample.verdict(Sample.hashes(sha256: 1))))
        let opened = try #require(receipt.accepted.first?.caseID)
        #expect(!cases.contains(opened))
        let verdicts = try await store.reserveIDs(Verdict.self, count: 3)
        #expect(Set(cases.map(\.value) + verdicts.map(\.value) + [opened.value]).count == 7)
    }

    @Sendable
    private static func closing(_ store: any Store) async throws {
        try await store.make([.run(Sample.run(1))])
        await store.close()
        await store.close()
        await #expect(throws: Closed.self) { try await Closed.check { _ = try await store.make() } }
        await #expect(throws: Closed.self) { try await Closed.check { _ = try await store.run(RunID(1)) } }
        await #expect(throws: Closed.self) {
            try await Closed.check {
                _ = try await store.take(Sample.delivery(Sample.verdict(Sample.hashes(sha256: 1))))
            }
        }
        await #expect(throws: Closed.self) { try await Closed.check { _ = try await store.claimAll(.timer) } }
        await #expect(throws: Closed.self) { try await Closed.check { try await store.settle([]) } }
        await #expect(throws: Closed.self) {
            try await Closed.check { _ = try await store.reserveIDs(Run.self, count: 1) }
        }
        await #expect(throws: Closed.self) { try await Closed.check { _ = try await store.logHead() } }
    }

    private struct Closed: Error {
        static func check(_ body: () async throws -> Void) async throws {
            do {
                try await body()
            } catch let error as StoreError where error.code == .closed {
                throw Closed()
            }
        }
    }
}
