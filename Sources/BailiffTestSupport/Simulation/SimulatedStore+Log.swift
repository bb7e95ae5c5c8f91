package import BailiffAudit
import BailiffModel
package import BailiffStore

extension SimulatedStore {
    package func entryCount() async throws(StoreError) -> Int64 { try await read("entryCount") { $0.entries.count } }

    package func entries(from index: Int64, limit: Int) async throws(StoreError) -> [SequencedEntry] {
        try await read("entries") { database in
            let first = max(0, min(index, database.entries.count))
            return database.entries.rows[Int(first)...].prefix(max(0, limit)).enumerated().map { offset, built in
                SequencedEntry(
                    index: first + Int64(offset), entry: built.entry, redactables: built.redactables)
            }
        }
    }

    package func logHead() async throws(StoreError) -> LogHead { try await read("logHead") { $0.head } }

    package func tile(level: Int, index: Int64) async throws(StoreError) -> FullTile? {
        try await read("tile") { $0.tiles[SimulatedDatabase.TileKey(level: level, index: index)] }
    }

    package func checkpoints(after: Int64?, limit: Int) async throws(StoreError) -> [StoredCheckpoint] {
        try await read("checkpoints") { database in
            let later = database.checkpoints.rows.values.filter { $0.size > after ?? -1 }
            return Array(later.sorted { $0.size < $1.size }.prefix(max(0, limit)))
        }
    }

    package func latestCheckpoint() async throws(StoreError) -> StoredCheckpoint? {
        try await read("latestCheckpoint") { $0.checkpoints.rows.values.max { $0.size < $1.size } }
    }

    package func append(_ change: LogAppend) async throws(StoreError) -> Bool {
        try await self.change("append") { $0.append(change) }
    }
}

extension SimulatedDatabase {
    mutating func append(_ change: LogAppend) -> Bool {
        guard head.size == change.expectedSize else { return false }
        self.change { database in
            for tile in change.fullTiles { database.tiles[TileKey(level: tile.level, index: tile.index)] = tile }
            if let checkpoint = change.checkpoint { database.checkpoints[checkpoint.size] = checkpoint }
            database.head = change.head
        }
        return true
    }
}
