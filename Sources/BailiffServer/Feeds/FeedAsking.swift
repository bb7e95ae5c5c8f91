import BailiffAPI
import BailiffEngine
import BailiffFeedClients
import BailiffHTTPClient
import BailiffIntake
import BailiffModel
import BailiffStore
import Logging

/// Asks the servers of feeds for reports that were only announced and for lists of what is new, and stores the answers as
/// deliveries of those feeds. What was asked and what came of it is one commit: a crash neither loses nor repeats.
struct FeedAsking: FeedJobs {
    let store: any Store
    let servers: FeedServers
    let wantsAssessment: BailiffAPI.Feed.Interest
    let troubles: FeedTroubles
    let surroundings: Surroundings
    let logger: Logger

    /// A report that is not written yet, or a server that is away, is asked for about a day.
    static let greatestAttempts = 60
    /// What only a person mends is tried as long, but seldom.
    static let greatestHopelessAttempts = 24
    static let hopelessWait: Duration = .seconds(3_600)
    /// A report without any verdict is taken as the last word after that many attempts, about an hour: sandboxes answer
    /// while they are still at it.
    static let attemptsForVerdict = 9

    /// Makes the jobs that read lists, and takes up again what was given up: what was in the way may be gone. Called once,
    /// before the engine works.
    func begin() async throws(StoreError) {
        let now = surroundings.now()
        try await store.settle(servers.polled.map { .upsert(JobKey(.pull, $0.number), due: now) })
        var last = VerdictID(0)
        while true {
            let orders = try await store.reportOrders(after: last, limit: 500)
            guard let newest = orders.last else { return }
            last = newest.verdict
            try await store.settle(orders.map { .upsert(JobKey(.fetch, $0.verdict.value), due: now) })
        }
    }

    func perform(_ lease: JobLease) async throws {
        switch lease.key.kind {
        case .fetch: try await fetch(lease)
        case .pull: try await pull(lease)
        default: try await store.settle([.reschedule(lease, due: surroundings.now() + Self.hopelessWait, error: nil)])
        }
    }

    // MARK: Reports

    private func fetch(_ lease: JobLease) async throws {
        guard let stored = try await store.reportOrder(VerdictID(lease.key.subject)) else {
            return try await store.settle([.finish(lease)])
        }
        let shown = "feed \(stored.feed): report of \(stored.order.product) \(stored.order.kind) \(stored.order.id)"
        guard let server = servers.server(of: stored.feed), let reference = Self.reference(stored.order) else {
            return try await setAside(lease, "\(shown): the feed has no server that could be asked")
        }
        // Attempts that the process did not survive count, too.
        guard lease.attempts < Self.greatestAttempts else {
            return try await setAside(lease, "\(shown): given up after \(lease.attempts) attempts")
        }
        switch await server.client.report(reference, with: ReportFetch(server: server.configured.server)) {
        case .read(let body, let bytes):
            if lease.attempts < Self.attemptsForVerdict,
                !body.records.contains(where: { ($0.verdict?.level ?? .unknown) != .unknown })
            {
                return try await wait(lease, "\(shown): the report holds no verdict yet")
            }
            let delivery = server.feed.delivery(
                answering: "\(stored.order.product):\(stored.order.kind):\(stored.order.id)", body, bytes: bytes,
                at: surroundings.now(), wantsAssessment: wantsAssessment)
            _ = try await store.advance(
                FeedProgress(lease: lease, deliveries: [delivery], endsOrder: true, job: .finish(lease)))
            troubles.ended(stored.feed)
        case .notYet(let why): try await wait(lease, "\(shown): \(why)")
        case .gone(let why):
            logger.error("a report was given up", metadata: ["report": "\(shown)", "cause": "\(why)"])
            _ = try await store.advance(
                FeedProgress(lease: lease, endsOrder: true, job: .setAside(lease, error: "\(shown): \(why)")))
        case .trouble(let trouble):
            note(trouble, stored.feed)
            guard trouble.passesByItself else {
                guard lease.attempts + 1 < Self.greatestHopelessAttempts else {
                    return try await setAside(lease, "\(shown): \(trouble)")
                }
                return try await again(lease, after: Self.hopelessWait, "\(shown): \(trouble)")
            }
            try await wait(lease, "\(shown): \(trouble)", retryAfter: trouble.retryAfter)
        }
    }

    private static func reference(_ order: ReportOrder) -> ReportReference? {
        guard let product = Product(named: order.product), let kind = ReportReference.Kind(rawValue: order.kind) else {
            return nil
        }
        return ReportReference(product: product, kind: kind, id: order.id)
    }

    /// Comes back later, each time later; too often, and the report is given up.
    private func wait(_ lease: JobLease, _ why: String, retryAfter: Duration? = nil) async throws {
        guard lease.attempts + 1 < Self.greatestAttempts else { return try await setAside(lease, why) }
        try await again(lease, after: delay(lease, retryAfter), why)
    }

    private func again(_ lease: JobLease, after wait: Duration, _ why: String) async throws {
        try await store.settle([.reschedule(lease, due: surroundings.now() + wait, error: why)])
    }

    /// The order stays, so that the next start tries again.
    private func setAside(_ lease: JobLease, _ why: String) async throws {
        logger.error("a report was given up", metadata: ["cause": "\(why)"])
        try await store.settle([.setAside(lease, error: why)])
    }

    private func delay(_ lease: JobLease, _ retryAfter: Duration?) -> Duration {
        let share = Double(surroundings.randomBytes(1).first ?? 0) / 255
        return servers.backOff.delay(attempt: lease.attempts + 1, retryAfter: retryAfter, share: share)
    }

    // MARK: Lists

    /// One page. Never given up: what is new is only there.
    private func pull(_ lease: JobLease) async throws {
        guard let polled = servers.polled(lease.key.subject) else { return try await store.settle([.finish(lease)]) }
        let feed = polled.server.feed
        guard let window = try await store.feedCursor(feed.name).flatMap(Self.window) else {
            // Where the list begins is kept before it is first asked for: what is new from now on is not missed.
            let now = surroundings.now()
            _ = try await store.advance(
                FeedProgress(
                    lease: lease, cursor: Self.cursor(feed.name, PollWindow(startingAt: now)),
                    job: .reschedule(lease, due: now, error: nil)))
            return
        }
        switch await polled.server.client.page(window, of: polled.poll) {
        case .step(let step):
            let now = surroundings.now()
            let due = step.continues ? now : now + polled.interval
            _ = try await store.advance(
                FeedProgress(
                    lease: lease, deliveries: deliveries(step, feed, now), cursor: Self.cursor(feed.name, step.window),
                    job: .reschedule(lease, due: due, error: nil)))
            troubles.ended(feed.name)
        case .trouble(let trouble):
            note(trouble, feed.name)
            let wait = trouble.passesByItself ? delay(lease, trouble.retryAfter) : Self.hopelessWait
            try await again(lease, after: wait, "feed \(feed.name): \(trouble)")
        }
    }

    private func deliveries(
        _ step: FeedPoll.Step, _ feed: BailiffAPI.Feed, _ now: Timestamp
    ) -> [PreparedDelivery] {
        var deliveries = step.bodies.map { body, bytes in
            feed.delivery(answering: "list", body, bytes: bytes, at: now, wantsAssessment: wantsAssessment)
        }
        if let (body, bytes) = step.announcement {
            var delivery = feed.delivery(
                answering: "list", body, bytes: bytes, at: now, wantsAssessment: wantsAssessment)
            delivery.reports = feed.reports(announcedIn: body)
            deliveries.append(delivery)
        }
        return deliveries
    }

    private static func cursor(_ feed: String, _ window: PollWindow) -> FeedCursor {
        FeedCursor(feed: feed, bytes: window.json.utf8())
    }

    private static func window(_ cursor: FeedCursor) -> PollWindow? {
        (try? StrictJSON.parse(cursor.bytes, limits: .trusted)).flatMap { PollWindow(json: $0) }
    }

    private func note(_ trouble: FeedTrouble, _ feed: String) {
        guard troubles.began(feed, trouble.description) else { return }
        logger.warning(
            "a feed's server is of no use", metadata: ["feed": "\(feed)", "cause": "\(trouble)"])
    }
}
