package import BailiffAudit
import BailiffModel
package import BailiffStore
import GRDB

extension SQLiteStore {
    package func entryCount() async throws(StoreError) -> Int64 {
        try await read { try $0.integer("SELECT coalesce(max(id), 0) FROM audit_entry") ?? 0 }
    }

    package func entries(from index: Int64, limit: Int) async throws(StoreError) -> [SequencedEntry] {
        try await read { db in
            var entries = try db.all(
                "SELECT id, bytes FROM audit_entry WHERE id > ? ORDER BY id LIMIT ?",
                [.int(max(0, index)), .int(max(0, limit))]
            ) { row in
                SequencedEntry(index: try row.int(0) - 1, entry: Entry(stored: try row.bytes(1)), redactables: [])
            }
            guard let first = entries.first, let last = entries.last else { return [] }
            let redactables = try db.all(
                "SELECT entry, path, salt, value FROM redactable WHERE entry BETWEEN ? AND ? ORDER BY entry, ordinal",
                [.int(first.index + 1), .int(last.index + 1)]
            ) { row in
                (
                    try row.int(0),
                    Redactable(
                        path: try row.outsideText(1), salt: try row.bytes(2), value: try row.outsideText(3))
                )
            }
            let byEntry = Dictionary(grouping: redactables, by: \.0)
            for position in entries.indices {
                entries[position].redactables = byEntry[entries[position].index + 1]?.map(\.1) ?? []
            }
            return entries
        }
    }

    package func logHead() async throws(StoreError) -> LogHead {
        try await read { try $0.logHead() }
    }

    package func tile(level: Int, index: Int64) async throws(StoreError) -> FullTile? {
        try await read { db in
            try db.first("SELECT hashes FROM audit_tile WHERE level = ? AND idx = ?", [.int(level), .int(index)]) {
                FullTile(level: level, index: index, hashes: try $0.bytes(0))
            }
        }
    }

    package func checkpoints(after: Int64?, limit: Int) async throws(StoreError) -> [StoredCheckpoint] {
        try await read { db in
            try db.all(
                "SELECT size, note FROM audit_checkpoint WHERE size > ? ORDER BY size LIMIT ?",
                [.int(after ?? -1), .int(max(0, limit))], Database.checkpoint)
        }
    }

    package func latestCheckpoint() async throws(StoreError) -> StoredCheckpoint? {
        try await read { db in
            try db.first("SELECT size, note FROM audit_checkpoint ORDER BY size DESC LIMIT 1", [], Database.checkpoint)
        }
    }

    package func append(_ change: LogAppend) async throws(StoreError) -> Bool {
        try await write { scope in
            let db = scope.db
            let size = try db.integer("SELECT size FROM audit_head WHERE id = 1") ?? 0
            guard size == change.expectedSize else { return false }
            for tile in change.fullTiles {
                try db.run(
                    "INSERT INTO audit_tile (level, idx, hashes) VALUES (?, ?, ?)",
                    [.int(tile.level), .int(tile.index), .blob(tile.hashes)])
            }
            try db.run(
                """
                INSERT INTO audit_head (id, size, frontier, partials) VALUES (1, ?1, ?2, ?3)
                ON CONFLICT (id) DO UPDATE SET size = ?1, frontier = ?2, partials = ?3
                """,
                [.int(change.head.size), .blob(change.head.frontier.bytes), .blob(change.head.partialBytes)])
            if let checkpoint = change.checkpoint {
                try db.run(
                    """
                    INSERT INTO audit_checkpoint (size, note) VALUES (?1, ?2)
                    ON CONFLICT (size) DO UPDATE SET note = ?2
                    """, [.int(checkpoint.size), .blob(checkpoint.note)])
            }
            return true
        }
    }
}

extension Database {
    func logHead() throws -> LogHead {
        let stored = try first("SELECT size, frontier, partials FROM audit_head WHERE id = 1") { row in
            (size: try row.int(0), frontier: try row.bytes(1), partials: try row.bytes(2))
        }
        guard let stored else { return LogHead() }
        do {
            return try LogHead(size: stored.size, frontier: stored.frontier, partials: stored.partials)
        } catch {
            throw StoreError(.corrupt, "the stored end of the log does not fit together", underlying: error)
        }
    }

    fileprivate static func checkpoint(_ row: StoredRow) throws -> StoredCheckpoint {
        StoredCheckpoint(size: try row.int(0), note: try row.bytes(1))
    }
}
