import BailiffCore
import BailiffModel
import BailiffStore
import GRDB

/// Breaker, allow-list, announcements and watched cases.
extension WriteScope {
    /// How long evidence of the breaker is kept: longer than any window a policy looks at.
    private static let evidenceAge: Duration = .seconds(8 * 86_400)

    /// - Parameter document: Of an aggregate, encoded with the version it will have.
    func writeLasting(_ record: BailiffStore.Record, _ document: [UInt8]) throws {
        switch record {
        case .breaker(let breaker):
            try expect(breaker.version, "breaker", .int(1 as Int64), named: "breaker")
            try db.run(
                """
                INSERT INTO breaker (id, version, is_open, doc) VALUES (1, ?1, ?2, ?3)
                ON CONFLICT (id) DO UPDATE SET version = ?1, is_open = ?2, doc = ?3
                """,
                [.int(PreparedPut.following(breaker.version)), .flag(breaker.isOpen), .blob(document)])
        case .evidence(let item):
            try db.run(
                "INSERT INTO breaker_evidence (at, machine, kind) VALUES (?, ?, ?)",
                [.time(item.at), .machine(item.machine), .text(item.kind.rawValue)])
            try db.run("DELETE FROM breaker_evidence WHERE at < ?", [.time(item.at - Self.evidenceAge)])
        case .allow(let entry): try write(entry, document)
        case .announcement(let announcement):
            try db.run(
                "INSERT INTO announcement (id, doc) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET doc = ?2",
                [.id(announcement.id), .blob(document)])
        case .announced(let id): try db.run("DELETE FROM announcement WHERE id = ?", [.id(id)])
        case .watch(let id, let until?):
            try db.run(
                "INSERT INTO watch (case_id, until) VALUES (?1, ?2) ON CONFLICT (case_id) DO UPDATE SET until = ?2",
                [.id(try survivor(of: id)), .time(until)])
        case .watch(let id, nil): try db.run("DELETE FROM watch WHERE case_id = ?", [.id(try survivor(of: id))])
        default: break
        }
    }

    private func write(_ entry: AllowListEntry, _ document: [UInt8]) throws {
        try expect(entry.version, "allow_entry", .id(entry.id), named: "allow-list entry \(entry.publicID)")
        try db.run(
            """
            INSERT INTO allow_entry (id, version, until, doc) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (id) DO UPDATE SET version = ?2, until = ?3, doc = ?4
            """,
            [
                .id(entry.id), .int(PreparedPut.following(entry.version)),
                .time(entry.removedAt == nil ? entry.until : .epoch), .blob(document),
            ])
        for hash in entry.hashes {
            try db.run(
                "INSERT INTO allow_hash (hash, entry) VALUES (?, ?) ON CONFLICT DO NOTHING",
                [.blob(HashKey.bytes(hash)), .id(entry.id)])
        }
    }

    func isAllowListed(_ id: CaseID, at now: Timestamp) throws -> Bool {
        try db.exists(
            """
            SELECT 1 FROM file_hash JOIN allow_hash USING (hash) JOIN allow_entry ON allow_entry.id = allow_hash.entry
            WHERE file_hash.case_id = ? AND allow_entry.until > ?
            """, [.id(try survivor(of: id)), .time(now)])
    }
}
