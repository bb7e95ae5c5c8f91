import BailiffModel

/// A checkpoint as it was signed and stored.
package struct StoredCheckpoint: Sendable, Hashable {
    package var size: Int64
    /// The whole signed note.
    package var note: [UInt8]

    package init(size: Int64, note: [UInt8]) {
        self.size = size
        self.note = note
    }
}

/// Where the log is kept. Everything is handed out as stored, damaged or not: judging it is the verifier's work.
package protocol LogSource: Sendable {
    /// The entries from index `from` on, at most `count`; fewer where the log ends. Callers ask for at most 256.
    func entries(from: Int64, count: Int) async throws -> [Entry]
    /// The 8,192 bytes of a full tile, or nil where there is none.
    func tile(level: Int, index: Int64) async throws -> [UInt8]?
    /// The end of the log as far as it has been integrated.
    func head() async throws -> LogHead
    /// Checkpoints of a size above `after`, ascending, at most `limit`.
    func checkpoints(after: Int64?, limit: Int) async throws -> [StoredCheckpoint]
    /// The checkpoint of the greatest size, or nil before the first one.
    func latestCheckpoint() async throws -> StoredCheckpoint?
}

extension LogSource {
    /// A tile or an entry bundle as tlog-tiles serves it, for a log whose newest checkpoint has `size` entries.
    ///
    /// Nil where such a log has no such file, and where what is stored is too short for it.
    /// - Parameter head: A head of at least `size` entries.
    package func bytes(of path: TilePath, size: Int64, head: LogHead) async throws -> [UInt8]? {
        guard path.isWithin(size: size) else { return nil }
        switch path.kind {
        case .entries:
            let entries = try await entries(from: path.index * Int64(TileLayout.fullWidth), count: path.width)
            return entries.count == path.width ? try EntryBundle.encode(entries) : nil
        case .hashes(let level):
            let length = path.width * Digest.byteCount
            guard let stored = try await storedTile(level: level, index: path.index, head: head), stored.count >= length
            else { return nil }
            return Array(stored.prefix(length))
        }
    }

    /// A tile as wide as it has become by now: out of the head while it is unfinished.
    func storedTile(level: Int, index: Int64, head: LogHead) async throws -> [UInt8]? {
        if index == TileLayout.fullTiles(level: level, size: head.size), level < head.partials.count {
            return head.partials[level]
        }
        return try await tile(level: level, index: index)
    }
}
