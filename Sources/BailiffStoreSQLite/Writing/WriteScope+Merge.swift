import BailiffCore
import BailiffModel
import BailiffStore
import GRDB

extension WriteScope {
    func survivor(of id: CaseID) throws -> CaseID { try db.survivor(of: id) }

    /// Links hashes that belong to nobody; those of trivial files are passed over.
    func link(_ hashes: [FileHash], to id: CaseID) throws {
        for hash in hashes where !hash.isOfTrivialFile {
            let key = HashKey.bytes(hash)
            if let owner = try db.integer("SELECT case_id FROM file_hash WHERE hash = ?", [.blob(key)]) {
                if owner != id.value { throw CommitRefused(.hashOwned(hash, by: CaseID(owner))) }
                continue
            }
            try db.run("INSERT INTO file_hash (hash, case_id) VALUES (?, ?)", [.blob(key), .id(id)])
        }
    }

    /// Moves everything of one case to another. Ids of cases that were merged earlier stand for their survivors; merging a
    /// case into itself does nothing.
    func merge(_ from: CaseID, into: CaseID) throws {
        let from = try survivor(of: from)
        let into = try survivor(of: into)
        guard from != into else { return }
        try recordMerge(from, into: into)
        let both: [SQLValue] = [.id(into), .id(from)]
        for table in ["verdict", "file_hash", "run", "action", "approval"] {
            try db.run("UPDATE \(table) SET case_id = ? WHERE case_id = ?", both)
        }
        try moveStatements(from, into: into)
        // Of two sightings of one machine the later look stays.
        try db.run(
            """
            INSERT INTO sighting (case_id, machine, seen_at, doc)
            SELECT ?1, machine, seen_at, doc FROM sighting WHERE case_id = ?2
            ON CONFLICT (case_id, machine) DO UPDATE SET seen_at = excluded.seen_at, doc = excluded.doc
            WHERE excluded.seen_at > seen_at
            """, both)
        try db.run("DELETE FROM sighting WHERE case_id = ?", [.id(from)])
        try db.run(
            """
            INSERT INTO hold (machine, family, case_id) SELECT machine, family, ?1 FROM hold WHERE case_id = ?2
            ON CONFLICT DO NOTHING
            """, both)
        try db.run("DELETE FROM hold WHERE case_id = ?", [.id(from)])
        try db.run(
            """
            INSERT INTO watch (case_id, until) SELECT ?1, until FROM watch WHERE case_id = ?2
            ON CONFLICT (case_id) DO UPDATE SET until = max(until, excluded.until)
            """, both)
        try db.run("DELETE FROM watch WHERE case_id = ?", [.id(from)])
        try moveAssessment(from, into: into)
    }

    /// A merge that intake found: nobody else carries over what the core knows of the case.
    func mergeAtIntake(_ from: CaseID, into: CaseID, at now: Timestamp) throws {
        try merge(from, into: into)
        guard var absorbed = try db.storedCase(from) else { return }
        var survivor = try db.storedCase(into) ?? Case(id: into, openedAt: absorbed.openedAt)
        _ = survivor.handle(.absorbed(absorbed), at: now)
        _ = absorbed.handle(.merged(into: into), at: now)
        for kase in [absorbed, survivor] {
            guard let document = try PreparedPut(.kase(kase)).documents.first else { continue }
            try write(kase, document)
        }
    }

    /// Points the case, and those that were merged into it before, to the survivor.
    private func recordMerge(_ from: CaseID, into: CaseID) throws {
        try db.run("UPDATE merged_case SET into_id = ? WHERE into_id = ?", [.id(into), .id(from)])
        try db.run(
            "INSERT INTO merged_case (id, into_id) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET into_id = ?2",
            [.id(from), .id(into)])
    }

    private func moveStatements(_ from: CaseID, into: CaseID) throws {
        let both: [SQLValue] = [.id(into), .id(from)]
        try db.run(
            """
            INSERT INTO statement (case_id, key, verdict) SELECT ?1, key, verdict FROM statement WHERE case_id = ?2
            ON CONFLICT DO NOTHING
            """, both)
        try db.run("DELETE FROM statement WHERE case_id = ?", [.id(from)])
        // Ids of verdicts grow with time: the greater one is the later statement.
        try db.run(
            """
            INSERT INTO stance (case_id, feed, key, verdict) SELECT ?1, feed, key, verdict FROM stance WHERE case_id = ?2
            ON CONFLICT (case_id, feed) DO UPDATE SET key = excluded.key, verdict = excluded.verdict
            WHERE excluded.verdict > verdict
            """, both)
        try db.run("DELETE FROM stance WHERE case_id = ?", [.id(from)])
    }

    /// An assessment that waits goes over to the survivor; one that is being worked on ends by itself, and the survivor is
    /// looked at afterwards.
    private func moveAssessment(_ from: CaseID, into: CaseID) throws {
        let key = JobKey(.assess, from.value)
        let job = try db.first(
            "SELECT due, again, lease FROM job WHERE kind = ? AND subject = ? AND is_aside = 0",
            [.text(key.kind.rawValue), .int(key.subject)]
        ) { (due: try $0.time(0), again: try $0.optionalInt(1), lease: try $0.optionalInt(2)) }
        guard let job else { return }
        let due = job.again.map { min(job.due, Timestamp(microseconds: $0)) } ?? job.due
        try upsert(JobKey(.assess, into.value), due: due)
        if job.lease == nil {
            try db.run(
                "DELETE FROM job WHERE kind = ? AND subject = ?", [.text(key.kind.rawValue), .int(key.subject)])
        }
    }
}
