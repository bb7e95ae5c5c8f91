package import BailiffModel
package import BailiffStore

extension SimulatedDatabase {
    /// Nil where the lease is void.
    mutating func advance(_ progress: FeedProgress) -> [DeliveryReceipt]? {
        change { database in
            guard database.held(progress.lease) != nil else { return nil }
            let receipts = progress.deliveries.map { database.store($0) }
            if let cursor = progress.cursor { database.feedCursors[Array(cursor.feed.utf8)] = cursor }
            if progress.endsOrder { database.reportOrders[VerdictID(progress.lease.key.subject)] = nil }
            database.apply(progress.job)
            return receipts
        }
    }

    mutating func order(_ delivery: PreparedDelivery, _ receipt: DeliveryReceipt) {
        for accepted in receipt.accepted where !accepted.duplicate {
            guard let report = delivery.reports[accepted.ordinal] else { continue }
            let waiting = reportOrders.rows.values.first { row in
                row.feed.utf8.elementsEqual(delivery.feed.utf8) && row.order == report
            }
            if waiting == nil {
                reportOrders[accepted.verdict] = StoredReportOrder(
                    verdict: accepted.verdict, feed: delivery.feed, order: report)
            }
            upsert(JobKey(.fetch, (waiting?.verdict ?? accepted.verdict).value), due: delivery.at)
        }
    }
}

extension SimulatedStore {
    package func advance(_ progress: FeedProgress) async throws(StoreError) -> [DeliveryReceipt]? {
        try await change("advance") { $0.advance(progress) }
    }

    package func reportOrder(_ id: VerdictID) async throws(StoreError) -> StoredReportOrder? {
        try await read("reportOrder") { $0.reportOrders[id] }
    }

    package func reportOrders(after id: VerdictID, limit: Int) async throws(StoreError) -> [StoredReportOrder] {
        try await read("reportOrders") { database in
            let later = database.reportOrders.rows.values.filter { $0.verdict > id }.sorted { $0.verdict < $1.verdict }
            return Array(later.prefix(max(0, limit)))
        }
    }

    package func feedCursor(_ feed: String) async throws(StoreError) -> FeedCursor? {
        try await read("feedCursor") { $0.feedCursors[Array(feed.utf8)] }
    }
}
