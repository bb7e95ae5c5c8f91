import BailiffAudit
import BailiffModel

/// A log in memory: what the store and the sequencer do, and what somebody with access to the database could do.
struct MemoryLog: LogSource {
    static let origin = "bailiff.example/soc"
    let key: SigningKey
    var stored: [Entry] = []
    var tiles: [TreeNode: [UInt8]] = [:]
    var state = LogHead()
    var notes: [Int64: [UInt8]] = [:]

    init(seed: UInt8 = 1) throws {
        key = try SigningKey(name: MemoryLog.origin, seed: [UInt8](repeating: seed, count: 32))
    }

    /// A log of `count` entries with a checkpoint at each of these sizes.
    init(count: Int, checkpoints: [Int], seed: UInt8 = 1) throws {
        try self.init(seed: seed)
        var start = 0
        for size in checkpoints.sorted() {
            append((start..<size).map(MemoryLog.entry))
            start = size
            try sign()
        }
        append((start..<max(start, count)).map(MemoryLog.entry))
    }

    static func entry(_ index: Int) -> Entry {
        Entry(
            kind: "test.happened", at: Timestamp(microseconds: Int64(index) * 1_000), actor: "test",
            subject: [("number", .int(Int64(index)))])
    }

    mutating func append(_ entries: [Entry]) {
        stored += entries
        for tile in state.integrate(entries) { tiles[TreeNode(level: tile.level, index: tile.index)] = tile.hashes }
    }

    @discardableResult
    mutating func sign() throws -> [UInt8] {
        let checkpoint = try Checkpoint(origin: MemoryLog.origin, size: state.size, root: state.root)
        let note = try checkpoint.signed(by: key).bytes
        notes[state.size] = note
        return note
    }

    func entries(from: Int64, count: Int) async throws -> [Entry] {
        Array(stored.dropFirst(Int(from)).prefix(count))
    }

    func tile(level: Int, index: Int64) async throws -> [UInt8]? { tiles[TreeNode(level: level, index: index)] }

    func head() async throws -> LogHead { state }

    func checkpoints(after: Int64?, limit: Int) async throws -> [StoredCheckpoint] {
        notes.keys.sorted().filter { $0 > after ?? -1 }.prefix(limit)
            .compactMap { size in notes[size].map { StoredCheckpoint(size: size, note: $0) } }
    }

    func latestCheckpoint() async throws -> StoredCheckpoint? {
        notes.keys.max().flatMap { size in notes[size].map { StoredCheckpoint(size: size, note: $0) } }
    }

    @discardableResult
    func export(to folder: TemporaryFolder) async throws -> LogExport.Summary {
        try await LogExport(key: key.verifierKey).write(to: folder.path, source: self)
    }
}
