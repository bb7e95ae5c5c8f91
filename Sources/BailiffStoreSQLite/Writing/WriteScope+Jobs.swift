import BailiffModel
import BailiffStore
import GRDB

extension WriteScope {
    func apply(_ change: JobChange) throws {
        switch change {
        case .upsert(let key, let due): try upsert(key, due: due)
        case .finish(let lease): try finish(lease)
        case .reschedule(let lease, let due, let error): try reschedule(lease, due: due, error: error)
        case .setAside(let lease, let error): try setAside(lease, error: error)
        }
    }

    func upsert(_ key: JobKey, due: Timestamp) throws {
        touchedLanes.insert(key.lane)
        // A leased job keeps its wake time and remembers that it is wanted again; one that was set aside begins anew.
        try db.run(
            """
            INSERT INTO job (kind, subject, lane, wake, due, generation, attempts, is_aside)
            VALUES (?1, ?2, ?3, ?4, ?4, 1, 0, 0)
            ON CONFLICT (kind, subject) DO UPDATE SET
                generation = generation + 1,
                again = CASE WHEN lease IS NULL THEN NULL ELSE min(coalesce(again, ?4), ?4) END,
                wake = CASE WHEN lease IS NOT NULL THEN wake WHEN is_aside THEN ?4 ELSE min(wake, ?4) END,
                due = CASE WHEN lease IS NOT NULL THEN due WHEN is_aside THEN ?4 ELSE min(due, ?4) END,
                attempts = CASE WHEN is_aside THEN 0 ELSE attempts END,
                error = CASE WHEN is_aside THEN NULL ELSE error END,
                is_aside = 0
            """,
            [.text(key.kind.rawValue), .int(key.subject), .text(key.lane.rawValue), .time(due)])
    }

    /// Whether the lease is the job's newest and was not given back.
    func holds(_ lease: JobLease) throws -> Bool {
        try db.exists(
            "SELECT 1 FROM job WHERE kind = ? AND subject = ? AND lease = ?",
            [.text(lease.key.kind.rawValue), .int(lease.key.subject), .int(lease.number)])
    }

    private func finish(_ lease: JobLease) throws {
        guard let again = try wantedAgain(lease) else { return }
        guard let due = again.due else {
            try db.run(
                "DELETE FROM job WHERE kind = ? AND subject = ?",
                [.text(lease.key.kind.rawValue), .int(lease.key.subject)])
            return
        }
        try release(lease, due: due, attempts: 0, error: nil)
    }

    private func reschedule(_ lease: JobLease, due: Timestamp, error: String?) throws {
        guard let again = try wantedAgain(lease) else { return }
        let attempts = error == nil ? 0 : again.attempts + 1
        try release(lease, due: min(due, again.due ?? due), attempts: attempts, error: error)
    }

    private func setAside(_ lease: JobLease, error: String) throws {
        guard let again = try wantedAgain(lease) else { return }
        if let due = again.due {
            try release(lease, due: due, attempts: again.attempts + 1, error: error)
            return
        }
        try db.run(
            """
            UPDATE job SET is_aside = 1, lease = NULL, node = NULL, attempts = ?, error = ?
            WHERE kind = ? AND subject = ?
            """,
            [
                .int(again.attempts + 1), .blob(error), .text(lease.key.kind.rawValue), .int(lease.key.subject),
            ])
    }

    /// Nil where the lease is void; else until when the job was wanted again, if it was.
    private func wantedAgain(_ lease: JobLease) throws -> (due: Timestamp?, attempts: Int64)? {
        try db.first(
            "SELECT again, attempts FROM job WHERE kind = ? AND subject = ? AND lease = ?",
            [.text(lease.key.kind.rawValue), .int(lease.key.subject), .int(lease.number)]
        ) { (try $0.optionalInt(0).map(Timestamp.init(microseconds:)), try $0.int(1)) }
    }

    private func release(_ lease: JobLease, due: Timestamp, attempts: Int64, error: String?) throws {
        touchedLanes.insert(lease.key.lane)
        try db.run(
            """
            UPDATE job SET lease = NULL, node = NULL, again = NULL, wake = ?1, due = ?1, attempts = ?2, error = ?3
            WHERE kind = ?4 AND subject = ?5
            """,
            [
                .time(due), .int(attempts), error.map { .blob($0) } ?? .null, .text(lease.key.kind.rawValue),
                .int(lease.key.subject),
            ])
    }

    func claim(_ lane: Lane, limit: Int, now: Timestamp, lease: Duration, node: NodeID) throws -> [JobLease] {
        let due = try db.all(
            """
            SELECT kind, subject, due, generation, attempts FROM job
            WHERE lane = ? AND is_aside = 0 AND wake <= ? ORDER BY wake, kind, subject LIMIT ?
            """,
            [.text(lane.rawValue), .time(now), .int(max(0, limit))]
        ) { row in
            JobLease(
                key: try Self.jobKey(row), number: 0, generation: try row.int(3), until: now + lease,
                attempts: Int(clamping: try row.int(4)), due: try row.time(2))
        }
        return try due.map { job in
            var claimed = job
            claimed.number = next(.claims)
            try db.run(
                "UPDATE job SET lease = ?, node = ?, wake = ?, again = NULL WHERE kind = ? AND subject = ?",
                [
                    .int(claimed.number), .text(node.text), .time(claimed.until), .text(job.key.kind.rawValue),
                    .int(job.key.subject),
                ])
            return claimed
        }
    }

    /// From the columns kind and subject, in front.
    static func jobKey(_ row: StoredRow) throws -> JobKey {
        guard let kind = JobKey.Kind(rawValue: try row.text(0)) else {
            throw StoreError(.corrupt, "a stored job is of no known kind")
        }
        return JobKey(kind, try row.int(1))
    }
}
