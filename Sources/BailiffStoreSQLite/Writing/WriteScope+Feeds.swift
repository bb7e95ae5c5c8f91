package import BailiffModel
package import BailiffStore
import GRDB

extension WriteScope {
    /// Nil where the lease is void.
    func advance(_ progress: FeedProgress, _ deliveries: [PreparedIngest]) throws -> [DeliveryReceipt]? {
        guard try holds(progress.lease) else { return nil }
        let receipts = try deliveries.map { try ingest($0) }
        if let cursor = progress.cursor {
            try db.run(
                "INSERT INTO feed_cursor (feed, bytes) VALUES (?1, ?2) ON CONFLICT (feed) DO UPDATE SET bytes = ?2",
                [.int(try feedID(cursor.feed)), .blob(cursor.bytes)])
        }
        if progress.endsOrder {
            try db.run("DELETE FROM report_order WHERE verdict = ?", [.int(progress.lease.key.subject)])
        }
        try apply(progress.job)
        return receipts
    }

    /// Makes jobs for the reports that new records of a delivery announce.
    func order(_ delivery: PreparedDelivery, _ receipt: DeliveryReceipt, feed: Int64) throws {
        guard !delivery.reports.isEmpty else { return }
        for accepted in receipt.accepted where !accepted.duplicate {
            guard let report = delivery.reports[accepted.ordinal] else { continue }
            let what: [SQLValue] = [
                .int(feed), .blob(report.product), .blob(report.kind), .blob(report.id),
            ]
            // One that is still waited for is wanted now.
            let waiting = try db.integer(
                "SELECT verdict FROM report_order WHERE feed = ? AND product = ? AND kind = ? AND report = ?", what)
            if waiting == nil {
                try db.run(
                    "INSERT INTO report_order (feed, product, kind, report, verdict) VALUES (?, ?, ?, ?, ?)",
                    what + [.int(accepted.verdict.value)])
            }
            try upsert(JobKey(.fetch, waiting ?? accepted.verdict.value), due: delivery.at)
        }
    }

    /// Forgets the orders of verdicts that go, and their jobs.
    func forgetOrders(of verdicts: Range<Int64>) throws {
        let range: [SQLValue] = [.int(verdicts.lowerBound), .int(verdicts.upperBound)]
        try db.run("DELETE FROM report_order WHERE verdict >= ? AND verdict < ?", range)
        try db.run(
            "DELETE FROM job WHERE kind = ? AND subject >= ? AND subject < ?",
            [.text(JobKey.Kind.fetch.rawValue)] + range)
    }
}

extension SQLiteStore {
    package func advance(_ progress: FeedProgress) async throws(StoreError) -> [DeliveryReceipt]? {
        let prepared = progress.deliveries.map(PreparedIngest.init)
        return try await write { try $0.advance(progress, prepared) }
    }

    package func reportOrder(_ id: VerdictID) async throws(StoreError) -> StoredReportOrder? {
        try await read { db in
            try db.first("\(Self.orderColumns) WHERE verdict = ?", [.int(id.value)], Self.reportOrder)
        }
    }

    package func reportOrders(after id: VerdictID, limit: Int) async throws(StoreError) -> [StoredReportOrder] {
        try await read { db in
            try db.all(
                "\(Self.orderColumns) WHERE verdict > ? ORDER BY verdict LIMIT ?",
                [.int(id.value), .int(max(0, limit))], Self.reportOrder)
        }
    }

    package func feedCursor(_ feed: String) async throws(StoreError) -> FeedCursor? {
        try await read { db in
            try db.first(
                "SELECT bytes FROM feed_cursor WHERE feed = (SELECT id FROM feed WHERE name = ?)", [.text(feed)]
            ) { FeedCursor(feed: feed, bytes: try $0.bytes(0)) }
        }
    }

    private static let orderColumns = """
        SELECT verdict, feed.name, product, kind, report FROM report_order JOIN feed ON feed.id = report_order.feed
        """

    private static func reportOrder(_ row: StoredRow) throws -> StoredReportOrder {
        StoredReportOrder(
            verdict: VerdictID(try row.int(0)), feed: try row.text(1),
            order: ReportOrder(
                product: try row.outsideText(2), kind: try row.outsideText(3), id: try row.outsideText(4)))
    }
}
