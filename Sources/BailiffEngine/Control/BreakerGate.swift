import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore

/// What the breaker says about one disruptive action, right before it is sent.
struct BreakerGate: Sendable {
    let context: EngineContext

    /// The reason under which people are asked while it is open.
    static let reason = "breaker"

    enum Standing: Hashable {
        /// By what was known up to the mark.
        case closed(mark: Int64)
        case passes
        case asks(RequiredApproval)
    }

    /// Opens the breaker where the evidence says so.
    ///
    /// Actions that do nothing disruptive, that take something back, and those a person ordered are not the breaker's
    /// business. One that people approved because of the breaker passes.
    func standing(for action: Action) async throws -> Standing {
        guard action.kind.isDisruptive, action.origin == .step else { return .passes }
        guard let limits = EffectivePolicy.breaker(of: context.playbooks.policiesInForce) else { return .passes }
        if let mark = try await markWhereClosed(limits) { return .closed(mark: mark) }
        let isGiven = action.consents.contains { $0.state == .granted && $0.because.contains(Self.reason) }
        if isGiven { return .passes }
        let plan = try await context.plans.plan(action.plan, in: context.store)
        return .asks(RequiredApproval(policy: plan.budget.approve, because: [Self.reason]))
    }

    /// Whether it is open, now that the evidence was looked at.
    func isOpen() async throws -> Bool {
        guard let limits = EffectivePolicy.breaker(of: context.playbooks.policiesInForce) else {
            return try await context.store.breaker().isOpen
        }
        return try await markWhereClosed(limits) == nil
    }

    /// Nil where it is open.
    private func markWhereClosed(_ limits: Policy.Breaker) async throws -> Int64? {
        for _ in 0..<16 {
            var breaker = try await context.store.breaker()
            if breaker.isOpen { return nil }
            let now = context.now()
            // Failures in a row count however long ago the first was; a week is what is kept.
            let since = max(now - .seconds(7 * 86_400), breaker.resetAt ?? .distantPast)
            let record = try await context.store.breakerRecord(since: since, sentSince: now - limits.within)
            guard let reason = breaker.trips(limits, record.evidence, at: now) else { return record.mark }
            var order = context.order(at: now)
            order.record(breaker.open(reason, at: now))
            order.puts.append(.breaker(breaker))
            try await Announcing(context: context.stored).announce(
                .breakerOpen, to: context.playbooks.notifiers(of: .breakerOpen),
                Announcement.Content(
                    title: "The breaker has opened: \(reason)",
                    text: "Everything disruptive waits for people until the breaker is reset.",
                    command: "bailiff breaker show"), &order)
            if case .committed = try await context.commit(order) { return nil }
        }
        return nil
    }
}

/// Works off the `breaker` job: opens it where something failed and the evidence says so; what was asked only because of the
/// breaker goes on once it is closed.
struct BreakerWork: Sendable {
    let context: EngineContext

    func perform(_ lease: JobLease) async throws {
        guard try await !BreakerGate(context: context).isOpen() else {
            return try await context.store.settle([.finish(lease)])
        }
        var after: ActionID?
        while true {
            let asking = try await context.store.askingActions(after: after, limit: 200)
            guard let last = asking.last else { break }
            after = last.id
            for action in asking where action.openConsents.contains(where: { $0.because == [BreakerGate.reason] }) {
                try await ActionEvents(context: context.stored).apply(
                    .lifted(because: BreakerGate.reason), to: action.id)
            }
        }
        try await context.store.settle([.finish(lease)])
    }
}
