import BailiffAudit
import BailiffCore
import BailiffIntake
import BailiffModel
import BailiffPlaybook
import BailiffStore
import HTTPTypes

/// How the server is.
struct StatusRoutes: Sendable {
    let store: any StoreReading & LogStore
    let feeds: FeedBook
    let feedTrouble: @Sendable (_ feed: String) -> String?
    let facts: ServerFacts
    let key: VerifierKey
    let now: @Sendable () -> Timestamp

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .get, "/healthz", .open, side: .both,
                EndpointDocumentation("healthz", "Whether the process answers at all.", reply: "Health"),
                respond: health),
            Endpoint(
                .get, "/readyz", .open, side: .both,
                EndpointDocumentation(
                    "readyz", "Whether the server can take deliveries and requests.", reply: "Health",
                    problems: [.unavailable]), respond: ready),
            Endpoint(
                .get, "/v1/status", .needs(.read),
                EndpointDocumentation(
                    "status", "Switches, queues, feeds, playbooks and the log.", reply: "Status"), respond: status),
        ]
    }

    private func health(_ call: Call) async throws -> Reply { .json(["status": "ok"]) }

    private func ready(_ call: Call) async throws -> Reply {
        do {
            _ = try await store.control()
        } catch {
            throw Problem(.unavailable, "the database does not answer", headers: Problem.retryAfter(1))
        }
        return .json(["status": "ok"])
    }

    private func status(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        let time = now()
        let control = try await store.control()
        let jobs = try await store.jobStatistics(now: time)
        let waiting = try await store.approvals(waitingOnly: true, PageRequest(limit: 1_000))
        let pending = try await store.pendingActions(limit: 1_000)
        let entries = try await store.entryCount()
        let head = try await store.logHead()
        let latest = try await store.latestCheckpoint()
        let breaker = try await store.breaker()
        let effects = try await store.effects(after: nil, limit: 1_000)
        let announcements = try await store.announcementCount()
        let activations = try await store.activations()
        return .json([
            "version": .string(facts.version), "tenant": .string(facts.tenant),
            "started_at": .optional(facts.startedAt), "now": .optional(time), "control": ControlRoutes.json(control),
            "jobs": json(jobs), "approvals_waiting": .int(Int64(waiting.elements.count)),
            "breaker": BreakerRoutes.json(breaker), "effects_in_force": .int(Int64(effects.count)),
            "announcements_waiting": .int(Int64(announcements)),
            "actions_pending": .int(Int64(pending.count)),
            "log": [
                "entries": .int(entries), "integrated": .int(head.size), "root": .string(head.root.hex),
                "checkpoint_size": .optional(latest.map { Int($0.size) }), "origin": .string(key.name),
                "key": .string(key.text),
            ],
            "feeds": .array(
                feeds.all.map {
                    [
                        "name": .string($0.name), "product": .string($0.product.name),
                        "authentication": .string(name($0.authentication)), "trust": .int(Int64($0.trust)),
                        "max_body": .int(Int64($0.bodyLimitInBytes)), "trouble": .optional(feedTrouble($0.name)),
                    ]
                }),
            "playbooks": .array(
                activations.filter(\.isActive).map {
                    [
                        "name": .string($0.name), "kind": .string($0.kind.rawValue), "digest": .string($0.digest.hex),
                        "mode": .optional($0.mode?.rawValue), "at": .optional($0.at), "by": .string($0.by),
                    ]
                }),
        ])
    }

    private func json(_ jobs: JobStatistics) -> JSONValue {
        func counts(_ byLane: [Lane: Int]) -> JSONValue {
            Rendering.object(Lane.allCases.map { ($0.rawValue, .int(Int64(byLane[$0] ?? 0))) })
        }
        return [
            "waiting": counts(jobs.waiting), "overdue": counts(jobs.overdue), "oldest_due": .optional(jobs.oldestDue),
            "set_aside": .array(
                jobs.setAside.map {
                    [
                        "kind": .string($0.key.kind.rawValue), "subject": .int($0.key.subject),
                        "attempts": .int(Int64($0.attempts)), "error": .string($0.error),
                    ]
                }),
        ]
    }

    private func name(_ authentication: WebhookAuthentication) -> String {
        switch authentication {
        case .none: "none"
        case .closed: "closed"
        case .header: "header"
        case .standardWebhooks: "standard_webhooks"
        case .gitHub: "github"
        case .stripe: "stripe"
        case .basic: "basic"
        case .bearer: "bearer"
        }
    }
}
