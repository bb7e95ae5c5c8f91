package import BailiffModel

/// A report that a record only announces, in the words of the product's reader.
package struct ReportOrder: Hashable, Sendable {
    package var product: String
    /// What the id names: a task of the sandbox, or a file.
    package var kind: String
    package var id: String

    package init(product: String, kind: String, id: String) {
        self.product = product
        self.kind = kind
        self.id = id
    }
}

/// A report that is still to be fetched. A job of kind `fetch` and the verdict's id does it; one feed orders one report
/// once at a time.
package struct StoredReportOrder: Hashable, Sendable {
    /// The verdict that stands for the announcement.
    package var verdict: VerdictID
    package var feed: String
    package var order: ReportOrder

    package init(verdict: VerdictID, feed: String, order: ReportOrder) {
        self.verdict = verdict
        self.feed = feed
        self.order = order
    }
}

/// Where the next question to a feed's server begins, as the one who asks writes it.
package struct FeedCursor: Hashable, Sendable {
    package var feed: String
    package var bytes: [UInt8]

    package init(feed: String, bytes: [UInt8]) {
        self.feed = feed
        self.bytes = bytes
    }
}

/// What one question to a feed's server brought: what is new, where the next question begins, and what becomes of the job,
/// all of it or nothing.
///
/// A cursor alone has no entry in the log: it says nothing about anything but when to ask for what.
package struct FeedProgress: Sendable {
    /// Has to hold: else somebody else has asked meanwhile.
    package var lease: JobLease
    package var deliveries: [PreparedDelivery]
    package var cursor: FeedCursor?
    /// Whether the order behind the lease's subject is over: fetched, or never to be had.
    package var endsOrder: Bool
    package var job: JobChange

    package init(
        lease: JobLease, deliveries: [PreparedDelivery] = [], cursor: FeedCursor? = nil, endsOrder: Bool = false,
        job: JobChange
    ) {
        self.lease = lease
        self.deliveries = deliveries
        self.cursor = cursor
        self.endsOrder = endsOrder
        self.job = job
    }
}
