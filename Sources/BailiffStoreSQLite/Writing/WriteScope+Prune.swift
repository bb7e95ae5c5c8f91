import BailiffCore
package import BailiffModel
package import BailiffStore
import GRDB

extension WriteScope {
    /// Deletes the oldest deliveries that came before `horizon`, at most `limit` of them.
    /// - Returns: How many went.
    func prune(before horizon: Timestamp, limit: Int) throws -> Int {
        let old = try db.all(
            """
            SELECT delivery.id, at, feed, feed.name, event, first_verdict, verdicts
            FROM delivery JOIN feed ON feed.id = delivery.feed ORDER BY delivery.id LIMIT ?
            """, [.int(limit)]
        ) { row in
            OldDelivery(
                id: try row.int(0), at: try row.time(1), feed: try row.int(2), feedName: try row.text(3),
                event: try row.optionalBytes(4), firstVerdict: try row.int(5), verdicts: try row.int(6))
        }
        // In the order they came: one that is younger by a step back of the clock keeps those behind it a little longer.
        let gone = old.prefix { $0.at < horizon }
        for delivery in gone { try delete(delivery) }
        return gone.count
    }

    private struct OldDelivery {
        var id: Int64
        var at: Timestamp
        var feed: Int64
        var feedName: String
        var event: [UInt8]?
        var firstVerdict: Int64
        var verdicts: Int64
    }

    private func delete(_ delivery: OldDelivery) throws {
        let range: [SQLValue] = [
            .int(delivery.firstVerdict), .int(delivery.firstVerdict + delivery.verdicts), .int(delivery.id),
        ]
        let verdicts = try db.all(
            "SELECT id, case_id, doc FROM verdict WHERE id >= ? AND id < ? AND delivery = ?", range
        ) { (id: try $0.int(0), caseID: try $0.optionalInt(1), verdict: try VerdictCoding.decode(try $0.bytes(2))) }
        for row in verdicts {
            if let event = row.verdict.eventID {
                try forget(delivery.feed, scope: 1, EventKey.bytes(event), subject: row.id)
            }
            guard let caseID = row.caseID else { continue }
            let key = VerdictStatement.key(row.verdict, feed: delivery.feedName)
            try db.run(
                "DELETE FROM statement WHERE case_id = ? AND key = ? AND verdict = ?",
                [.int(caseID), .int(key), .int(row.id)])
            try db.run(
                "DELETE FROM stance WHERE case_id = ? AND feed = ? AND verdict = ?",
                [.int(caseID), .int(delivery.feed), .int(row.id)])
        }
        try db.run("DELETE FROM verdict WHERE id >= ? AND id < ? AND delivery = ?", range)
        try forgetOrders(of: delivery.firstVerdict..<(delivery.firstVerdict + max(0, delivery.verdicts)))
        try db.run("DELETE FROM rejection WHERE delivery = ?", [.int(delivery.id)])
        if let event = delivery.event { try forget(delivery.feed, scope: 0, event, subject: delivery.id) }
        try db.run("DELETE FROM delivery WHERE id = ?", [.int(delivery.id)])
    }

    private func forget(_ feed: Int64, scope: Int64, _ event: [UInt8], subject: Int64) throws {
        try db.run(
            "DELETE FROM seen WHERE feed = ? AND scope = ? AND event = ? AND subject = ?",
            [.int(feed), .int(scope), .blob(event), .int(subject)])
    }
}

extension SQLiteStore {
    package func prune(before horizon: Timestamp, now: Timestamp) async throws(StoreError) -> Int {
        let horizon = min(horizon, now - Retention.shortest)
        var total = 0
        // In small steps, so that nobody waits long.
        while true {
            let gone = try await write { try $0.prune(before: horizon, limit: 200) }
            total += gone
            if gone == 0 { return total }
        }
    }
}
