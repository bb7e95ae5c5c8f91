import BailiffCore
import BailiffModel
import BailiffStore
import Testing

extension StoreConformance {
    static let feeds = [
        Check("an announced report becomes an order and a job", announces),
        Check("a repeated announcement orders nothing; a new one of the same report hurries it", repeats),
        Check("a report ends its order and its job together with what it says", fetches),
        Check("a void lease stores nothing", voidLease),
        Check("a cursor moves with what was found, by feed", cursors),
        Check("prune forgets orders and their jobs", prunesOrders),
    ]

    private static let task = ReportOrder(product: "cape", kind: "task", id: "17")

    private static func announcement(
        _ event: String?, _ order: ReportOrder = task, feed: String = "lab", at time: Timestamp = Sample.now
    ) -> PreparedDelivery {
        var delivery = Sample.delivery(
            [
                .rejected(code: "record.bad_hash", message: "no hash", bytes: [1]),
                .verdict(Sample.verdict(FileHashes(), level: .unknown, event: event), wantsAssessment: false),
            ], feed: feed, at: time)
        delivery.reports = [0: ReportOrder(product: "cape", kind: "task", id: "none"), 1: order]
        return delivery
    }

    @Sendable
    private static func announces(_ store: any Store) async throws {
        let rung = Locked(0)
        store.onJobs { lanes in rung.withLock { $0 += lanes.contains(.feeds) ? 1 : 0 } }
        try await store.take(announcement("e1"))
        #expect(rung.withLock { $0 } == 1)
        let order = StoredReportOrder(verdict: VerdictID(1), feed: "lab", order: task)
        #expect(try await store.reportOrder(VerdictID(1)) == order)
        #expect(try await store.reportOrder(VerdictID(2)) == nil)
        try await store.take(announcement("e2", ReportOrder(product: "cape", kind: "task", id: "18")))
        // Another feed's task of the same number is another task.
        try await store.take(announcement("e1", feed: "other"))
        let all = try await store.reportOrders(after: VerdictID(0), limit: 10)
        #expect(all.map(\.verdict.value) == [1, 2, 3])
        #expect(all.map(\.feed) == ["lab", "lab", "other"])
        #expect(try await store.reportOrders(after: VerdictID(1), limit: 1).map(\.verdict.value) == [2])
        #expect(try await store.claimAll(.feeds).map(\.key) == [1, 2, 3].map { JobKey(.fetch, $0) })
    }

    @Sendable
    private static func repeats(_ store: any Store) async throws {
        try await store.take(announcement("e1"))
        let lease = try #require(try await store.claimAll(.feeds).first)
        try await store.settle([.setAside(lease, error: "gone")])
        // The same event says nothing new.
        let again = try await store.take(announcement("e1", at: Sample.now + .seconds(1)))
        #expect(again.accepted.map(\.duplicate) == [true])
        #expect(try await store.nextDue(.feeds) == nil)
        // Another event about the same task asks for it once more.
        try await store.take(announcement("e2", at: Sample.now + .seconds(2)))
        #expect(try await store.reportOrders(after: VerdictID(0), limit: 10).map(\.verdict.value) == [1])
        let second = try await store.claimAll(.feeds, now: Sample.now + .seconds(2))
        #expect(second.map(\.key) == [JobKey(.fetch, 1)])
    }

    @Sendable
    private static func fetches(_ store: any Store) async throws {
        try await store.take(announcement("e1"))
        let lease = try #require(try await store.claimAll(.feeds).first)
        let report = Sample.delivery(Sample.verdict(Sample.hashes(sha256: 1), event: "report"))
        let receipts = try await store.advance(
            FeedProgress(lease: lease, deliveries: [report], endsOrder: true, job: .finish(lease)))
        #expect(receipts?.count == 1)
        #expect(receipts?.first?.accepted.first?.caseID == CaseID(2))
        #expect(try await store.reportOrder(VerdictID(1)) == nil)
        #expect(try await store.nextDue(.feeds) == nil)
        #expect(try await store.claimAll(.enrichment).map(\.key) == [JobKey(.assess, 2)])
        #expect(try await store.entryCount() == 2)
    }

    @Sendable
    private static func voidLease(_ store: any Store) async throws {
        try await store.take(announcement("e1"))
        let first = try #require(try await store.claimAll(.feeds).first)
        let second = try #require(try await store.claimAll(.feeds, now: first.until).first)
        let progress = FeedProgress(
            lease: first, deliveries: [Sample.delivery(Sample.verdict(Sample.hashes(sha256: 1)))],
            cursor: FeedCursor(feed: "lab", bytes: [1]), endsOrder: true, job: .finish(first))
        #expect(try await store.advance(progress) == nil)
        #expect(try await store.reportOrder(VerdictID(1)) != nil)
        #expect(try await store.feedCursor("lab") == nil)
        #expect(try await store.entryCount() == 1)
        var good = progress
        good.lease = second
        good.job = .finish(second)
        #expect(try await store.advance(good)?.count == 1)
        #expect(try await store.advance(good) == nil)
        #expect(try await store.entryCount() == 2)
    }

    @Sendable
    private static func cursors(_ store: any Store) async throws {
        let key = JobKey(.pull, -7)
        #expect(try await store.feedCursor("lab") == nil)
        try await store.settle([.upsert(key, due: Sample.now)])
        var now = Sample.now
        for (feed, bytes) in [("lab", [1, 2]), ("other", [3]), ("lab", [])] as [(String, [UInt8])] {
            let lease = try #require(try await store.claimAll(.feeds, now: now).first)
            now = now + .seconds(60)
            let receipts = try await store.advance(
                FeedProgress(
                    lease: lease, cursor: FeedCursor(feed: feed, bytes: bytes),
                    job: .reschedule(lease, due: now, error: nil)))
            #expect(receipts?.isEmpty == true)
            #expect(try await store.feedCursor(feed)?.bytes == bytes)
            #expect(try await store.nextDue(.feeds) == now)
        }
        #expect(try await store.feedCursor("other")?.bytes == [3])
        #expect(try await store.entryCount() == 0)
    }

    @Sendable
    private static func prunesOrders(_ store: any Store) async throws {
        let later = Sample.now + .seconds(40 * 86_400)
        try await store.take(announcement("e1"))
        try await store.take(announcement("e2", ReportOrder(product: "cape", kind: "task", id: "18"), at: later))
        let lease = try #require(try await store.claimAll(.feeds).first)
        #expect(try await store.prune(before: later, now: later) == 1)
        #expect(try await store.reportOrders(after: VerdictID(0), limit: 10).map(\.verdict.value) == [2])
        #expect(try await store.advance(FeedProgress(lease: lease, job: .finish(lease))) == nil)
        #expect(try await store.claimAll(.feeds, now: later).map(\.key) == [JobKey(.fetch, 2)])
    }
}
