import BailiffAudit
import BailiffModel
import BailiffStore
import GRDB

/// What one transaction works with. It never leaves the writer's queue.
final class WriteScope {
    let db: Database
    /// What is taken back with the rows.
    var memory: Memory
    /// Jobs were made or became due earlier.
    var touchedLanes: Set<Lane> = []

    struct Memory {
        var counters: Counters
        /// Ids of feeds by the bytes of their names.
        var feeds: [[UInt8]: Int64]
    }

    init(_ db: Database, memory: Memory) {
        self.db = db
        self.memory = memory
    }

    func next(_ series: Counters.Series) -> Int64 { memory.counters.next(series) }

    func feedID(_ name: String) throws -> Int64 {
        let key = Array(name.utf8)
        if let known = memory.feeds[key] { return known }
        let stored = try db.integer("SELECT id FROM feed WHERE name = ?", [.text(name)])
        if let stored {
            memory.feeds[key] = stored
            return stored
        }
        try db.run("INSERT INTO feed (name) VALUES (?)", [.text(name)])
        memory.feeds[key] = db.lastInsertedRowID
        return db.lastInsertedRowID
    }

    /// Appends to the log.
    /// - Returns: The entry's id.
    func append(_ built: BuiltEntry) throws -> Int64 {
        let id = next(.entries)
        try db.run("INSERT INTO audit_entry (id, bytes) VALUES (?, ?)", [.int(id), .blob(built.entry.bytes)])
        for (ordinal, redactable) in built.redactables.enumerated() {
            try db.run(
                "INSERT INTO redactable (entry, ordinal, path, salt, value) VALUES (?, ?, ?, ?, ?)",
                [
                    .int(id), .int(ordinal), .blob(redactable.path), .blob(redactable.salt), .blob(redactable.value),
                ])
        }
        return id
    }
}
