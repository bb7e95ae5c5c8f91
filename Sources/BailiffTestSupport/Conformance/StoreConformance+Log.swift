import BailiffAudit
import BailiffModel
import BailiffStore
import Testing

extension StoreConformance {
    static let log = [
        Check("log: integrated in order, tiles at 255, 256 and 257", integrates),
        Check("log: two sequencers do not both append", oneSequencer),
        Check("log: checkpoints", checkpoints),
        Check("log: entries are read in parts", readsEntries),
    ]

    /// Integrates everything that was committed, as the sequencer does.
    private static func integrate(_ store: any Store) async throws -> LogHead {
        var head = try await store.logHead()
        let size = head.size
        let entries = try await store.entries(from: size, limit: 10_000)
        let tiles = head.integrate(entries.map(\.entry))
        let note = StoredCheckpoint(size: head.size, note: Array("note \(head.size)".utf8))
        let appended = try await store.append(
            LogAppend(expectedSize: size, head: head, fullTiles: tiles, checkpoint: note))
        #expect(appended)
        return head
    }

    private static func commit(_ count: Int, to store: any Store) async throws {
        for number in 0..<count {
            _ = try await store.commit(Commit(entries: NonEmpty(Sample.entry("entry.e\(number)"))))
        }
    }

    @Sendable
    private static func integrates(_ store: any Store) async throws {
        #expect(try await store.logHead() == LogHead())
        #expect(try await store.logHead().root == MerkleTree.emptyRoot)
        for (more, size) in [(255, 255), (1, 256), (1, 257), (260, 517)] as [(Int, Int64)] {
            try await commit(more, to: store)
            let head = try await integrate(store)
            #expect(head.size == size)
            #expect(try await store.logHead() == head)
            let leaves = try await store.entries(from: 0, limit: 10_000).map(\.entry.leafHash)
            #expect(Int64(leaves.count) == size)
            #expect(head.root == MerkleTree.root(of: leaves))
            for index in 0...2 as ClosedRange<Int64> {
                let tile = try await store.tile(level: 0, index: index)
                let expected = leaves.dropFirst(Int(index) * 256).prefix(256)
                #expect(tile?.hashes == (expected.count == 256 ? expected.flatMap(\.bytes) : nil))
                #expect(tile.map { [Int64($0.level), $0.index] } == (expected.count == 256 ? [0, index] : nil))
            }
        }
        #expect(try await store.tile(level: 1, index: 0) == nil)
    }

    @Sendable
    private static func oneSequencer(_ store: any Store) async throws {
        try await commit(3, to: store)
        let stale = try await store.logHead()
        let entries = try await store.entries(from: 0, limit: 10).map(\.entry)
        let results = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<5 {
                group.addTask {
                    var head = stale
                    let tiles = head.integrate(entries)
                    return try await store.append(
                        LogAppend(expectedSize: stale.size, head: head, fullTiles: tiles, checkpoint: nil))
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(results == 1)
        #expect(try await store.logHead().size == 3)
    }

    @Sendable
    private static func checkpoints(_ store: any Store) async throws {
        #expect(try await store.latestCheckpoint() == nil)
        #expect(try await store.checkpoints(after: nil, limit: 5).isEmpty)
        for _ in 0..<4 {
            try await commit(2, to: store)
            _ = try await integrate(store)
        }
        #expect(try await store.latestCheckpoint()?.size == 8)
        #expect(try await store.latestCheckpoint()?.note == Array("note 8".utf8))
        #expect(try await store.checkpoints(after: nil, limit: 3).map(\.size) == [2, 4, 6])
        #expect(try await store.checkpoints(after: 4, limit: 9).map(\.size) == [6, 8])
        #expect(try await store.checkpoints(after: 8, limit: 9).isEmpty)
        // Signed again at the same size, with a witness's line more.
        let head = try await store.logHead()
        let more = StoredCheckpoint(size: 8, note: Array("note 8, cosigned".utf8))
        #expect(
            try await store.append(LogAppend(expectedSize: 8, head: head, fullTiles: [], checkpoint: more)))
        #expect(try await store.latestCheckpoint() == more)
        #expect(try await store.checkpoints(after: nil, limit: 9).count == 4)
    }

    @Sendable
    private static func readsEntries(_ store: any Store) async throws {
        try await commit(7, to: store)
        #expect(try await store.entries(from: 0, limit: 3).map(\.index) == [0, 1, 2])
        #expect(try await store.entries(from: 5, limit: 3).map(\.index) == [5, 6])
        #expect(try await store.entries(from: 7, limit: 3).isEmpty)
        #expect(try await store.entries(from: 100, limit: 3).isEmpty)
        #expect(try await store.entries(from: -4, limit: 2).map(\.index) == [0, 1])
        #expect(try await store.entries(from: 0, limit: 0).isEmpty)
    }
}
