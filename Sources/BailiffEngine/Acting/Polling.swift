import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore
import Logging

/// Works off the `poll` job: reads the state of everything the service has accepted, many with one call.
struct Polling: Sendable {
    let context: EngineContext

    func perform(_ lease: JobLease) async throws {
        let pending = try await context.store.pendingActions(limit: 2_000)
        guard !pending.isEmpty else { return try await context.store.settle([.finish(lease)]) }
        var retryAfter: Duration?
        do throws(ThreatError) {
            try await read(pending)
        } catch {
            retryAfter = error.retryAfter ?? .seconds(10)
            context.logger.warning("polling: \(error.message)")
        }
        let left = try await context.store.pendingActions(limit: 1)
        let interval = retryAfter ?? self.interval(for: pending)
        try await context.store.settle(
            left.isEmpty ? [.finish(lease)] : [.reschedule(lease, due: context.now() + interval, error: nil)])
    }

    /// Young orders are asked for often, old ones seldom: one poll reads them all, so the youngest decides.
    private func interval(for pending: [Action]) -> Duration {
        let base = context.options.pollInterval
        let youngest = pending.compactMap(\.acceptedAt).max() ?? context.now()
        let age = context.now() - youngest
        if age < .seconds(15) { return base }
        if age < .seconds(120) { return base * 3 }
        if age < .seconds(900) { return base * 8 }
        if age < .seconds(6 * 3_600) { return base * 30 }
        return base * 300
    }

    private func read(_ pending: [Action]) async throws(ThreatError) {
        let machineActions = pending.filter { $0.kind != .investigate }
        let apart = pending.filter { $0.kind == .investigate }
        if machineActions.count == 1, let only = machineActions.first {
            try await readOne(only)
        } else if let oldest = machineActions.compactMap({ $0.acceptedAt }).min() {
            // An adopted order may be older than its adoption.
            let since =
                machineActions.contains(where: \.isAdopted) ? oldest - .seconds(4 * 86_400) : oldest - .seconds(120)
            let all = try await context.threat.actions(since: since)
            let byID = Dictionary(all.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            let histories = ActionHistory.byMachine(all)
            for action in machineActions {
                if let order = action.serviceID.flatMap({ byID[$0] }) {
                    let history = order.machine.flatMap { histories[$0] }
                    await take(order, action, contradictedBy: history?.contradiction(of: order))
                } else {
                    try await readOne(action)
                }
            }
        }
        for action in apart { try await readOne(action) }
    }

    private func readOne(_ action: Action) async throws(ThreatError) {
        guard let id = action.serviceID, let order = try await context.threat.action(id, kind: action.kind) else {
            return
        }
        var contradiction: ServiceAction?
        if order.status == .succeeded, order.kind.undo != nil {
            if let machine = order.machine {
                let later = try await context.threat.history(
                    of: machine, family: action.family, since: order.createdAt)
                contradiction = ActionHistory(later).contradiction(of: order)
            }
        }
        await take(order, action, contradictedBy: contradiction)
    }

    private func take(_ order: ServiceAction, _ action: Action, contradictedBy contradiction: ServiceAction?) async {
        guard order.status != .active || (order.isReceived && action.receivedAt == nil) else { return }
        do {
            try await ActionEvents(context: context.stored).apply(
                .polled(order, contradictedBy: contradiction), to: action.id)
        } catch {
            context.logger.error("the state of action \(action.publicID) was not written: \(error)")
        }
    }
}
