import BailiffAudit
import BailiffCore
import BailiffModel
import BailiffStore
import HTTPTypes

/// How the server is, for Prometheus.
struct MetricsRoutes: Sendable {
    let store: any StoreReading & LogStore
    let facts: ServerFacts
    let counters: RequestCounters
    let now: @Sendable () -> Timestamp

    /// Counts above this are told as this: they are an alarm long before.
    private static let countLimit = 1_000

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .get, "/metrics", .needs(.read),
                EndpointDocumentation("metrics", "Metrics in the text format of Prometheus."), respond: metrics)
        ]
    }

    private func metrics(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        var text = MetricsText()
        text.add(
            "bailiff_info", .gauge, "The server's version and tenant.",
            [([("version", facts.version), ("tenant", facts.tenant)], 1)])
        text.add(
            "bailiff_start_time_seconds", .gauge, "When the server started, in seconds since 1970.",
            Double(facts.startedAt.seconds))
        try await addWork(to: &text)
        try await addLasting(to: &text)
        try await addPeople(to: &text)
        try await addLog(to: &text)
        addRequests(to: &text)
        var reply = Reply.text(text.text)
        reply.headers[.contentType] = MetricsText.mediaType
        return reply
    }

    private func addWork(to text: inout MetricsText) async throws(StoreError) {
        let time = now()
        let control = try await store.control()
        let jobs = try await store.jobStatistics(now: time)
        text.add("bailiff_halted", .gauge, "1 while sends are halted.", control.halt == nil ? 0 : 1)
        func lanes(_ counts: [Lane: Int]) -> [(labels: [(String, String)], value: Double)] {
            Lane.allCases.map { ([("lane", $0.rawValue)], Double(counts[$0] ?? 0)) }
        }
        text.add("bailiff_jobs_waiting", .gauge, "Jobs that wait, by lane.", lanes(jobs.waiting))
        text.add("bailiff_jobs_overdue", .gauge, "Jobs that are due and not yet done, by lane.", lanes(jobs.overdue))
        text.add(
            "bailiff_jobs_set_aside", .gauge, "Jobs that failed too often, at most 100.", Double(jobs.setAside.count))
        let lag = jobs.oldestDue.map { max(0, (time - $0).components.seconds) } ?? 0
        text.add("bailiff_jobs_lag_seconds", .gauge, "How long the oldest due job has waited.", Double(lag))
        let pending = try await store.pendingActions(limit: Self.countLimit)
        text.add(
            "bailiff_actions_pending", .gauge, "Actions that Defender has accepted and not ended, at most 1000.",
            Double(pending.count))
    }

    private func addLasting(to text: inout MetricsText) async throws(StoreError) {
        let breaker = try await store.breaker()
        text.add(
            "bailiff_breaker_open", .gauge, "1 while the breaker holds everything disruptive.", breaker.isOpen ? 1 : 0)
        let effects = try await store.effects(after: nil, limit: Self.countLimit)
        text.add(
            "bailiff_effects_in_force", .gauge, "Effects that last until something takes them back, at most 1000.",
            Double(effects.count))
        text.add(
            "bailiff_announcements_waiting", .gauge, "Messages that have not arrived yet.",
            Double(try await store.announcementCount()))
    }

    private func addPeople(to text: inout MetricsText) async throws(StoreError) {
        let waiting = try await store.approvals(waitingOnly: true, PageRequest(limit: Self.countLimit))
        text.add(
            "bailiff_approvals_waiting", .gauge, "Questions that wait for people, at most 1000.",
            Double(waiting.elements.count))
        let active = try await store.activations().filter(\.isActive)
        let kinds = Activation.Kind.allCases.map { kind in
            (labels: [("kind", kind.rawValue)], value: Double(active.count { $0.kind == kind }))
        }
        text.add("bailiff_playbooks_active", .gauge, "Documents in force, by kind.", kinds)
    }

    private func addLog(to text: inout MetricsText) async throws(StoreError) {
        let head = try await store.logHead()
        let latest = try await store.latestCheckpoint()
        text.add("bailiff_log_entries", .gauge, "Entries of the log.", Double(try await store.entryCount()))
        text.add("bailiff_log_integrated", .gauge, "Entries in the log's tree.", Double(head.size))
        text.add(
            "bailiff_log_checkpoint_size", .gauge, "Entries under the newest signed checkpoint.",
            Double(latest?.size ?? 0))
    }

    private func addRequests(to text: inout MetricsText) {
        let counts = counters.all
        func labels(_ key: RequestCounters.Key) -> [(String, String)] {
            [("operation", key.operation), ("status", String(key.status))]
        }
        text.add(
            "bailiff_http_requests_total", .counter, "Requests by operation and status.",
            counts.map { (labels($0.key), Double($0.count.requests)) })
        text.add(
            "bailiff_http_request_seconds_total", .counter, "Time spent on requests, by operation and status.",
            counts.map { (labels($0.key), Double($0.count.microseconds) / 1_000_000) })
    }
}
