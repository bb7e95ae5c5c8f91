package import BailiffAudit

/// What the sequencer adds to the log in one transaction.
package struct LogAppend: Sendable {
    /// The size the head was read with; another size refuses the append (two sequencers).
    package var expectedSize: Int64
    package var head: LogHead
    package var fullTiles: [FullTile]
    package var checkpoint: StoredCheckpoint?

    package init(expectedSize: Int64, head: LogHead, fullTiles: [FullTile], checkpoint: StoredCheckpoint?) {
        self.expectedSize = expectedSize
        self.head = head
        self.fullTiles = fullTiles
        self.checkpoint = checkpoint
    }
}

/// An entry with its place in the log.
package struct SequencedEntry: Sendable, Hashable {
    /// The leaf's index, from 0. Entry ids are given in commit order without gaps, so it is the id minus one.
    package var index: Int64
    package var entry: Entry
    /// The erasable values that stand in it as commitments, where they were not erased.
    package var redactables: [Redactable]

    package init(index: Int64, entry: Entry, redactables: [Redactable]) {
        self.index = index
        self.entry = entry
        self.redactables = redactables
    }
}

/// The log's side of a store.
package protocol LogStore: Sendable {
    /// All committed entries, integrated or not.
    func entryCount() async throws(StoreError) -> Int64
    /// Entries from an index on, at most `limit`, in order; not-yet-integrated ones too.
    func entries(from index: Int64, limit: Int) async throws(StoreError) -> [SequencedEntry]
    func logHead() async throws(StoreError) -> LogHead
    func tile(level: Int, index: Int64) async throws(StoreError) -> FullTile?
    /// Of a size above `after`, ascending, at most `limit`.
    func checkpoints(after: Int64?, limit: Int) async throws(StoreError) -> [StoredCheckpoint]
    func latestCheckpoint() async throws(StoreError) -> StoredCheckpoint?
    /// False where the head moved since it was read.
    func append(_ change: LogAppend) async throws(StoreError) -> Bool
}
