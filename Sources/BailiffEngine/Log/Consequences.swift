import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore

/// What follows from the changes of one commit for others: effects that are gone, holders, evidence for the breaker, and
/// who is told. It is part of the same commit.
struct Consequences: Sendable {
    let context: StoreContext

    /// Why a release is not sent.
    static let heldByAnother = "another case wants the effect as well"

    func add(to order: inout WorkOrder) async throws {
        for id in order.ended {
            guard let action = order.action(id) else { continue }
            if action.kind.takesBack { try await ended(taker: action, &order) }
            if let evidence = evidence(of: action, at: order.now) { order.puts.append(.evidence(evidence)) }
        }
        // The breaker opens at once, not when the next action is about to leave.
        let speaksAgainst = order.puts.contains { record in
            guard case .evidence(let evidence) = record else { return false }
            return evidence.kind == .failed || evidence.kind == .guardStop
        }
        if speaksAgainst { order.jobs.append(.upsert(JobKey(.breaker, 0), due: order.now)) }
        if order.changedActions.contains(where: { $0.isInForce }) {
            order.jobs.append(.upsert(JobKey(.confirm, 0), due: order.now + context.options.confirmInterval))
        }
        for id in order.unheld { if let action = order.action(id) { try await unhold(action, &order) } }
        try await Announcing(context: context).announce(changesOf: &order)
    }

    private func evidence(of action: Action, at now: Timestamp) -> BreakerEvidence? {
        guard action.kind.isDisruptive, action.origin == .step, let machine = action.machine, action.wasSent else {
            return nil
        }
        switch action.outcome {
        case .done: return BreakerEvidence(at: now, machine: machine, kind: .done)
        case .failed: return BreakerEvidence(at: now, machine: machine, kind: .failed)
        default: return nil
        }
    }

    // MARK: - Effects

    /// A release, or what else takes an effect back, has ended.
    private func ended(taker: Action, _ order: inout WorkOrder) async throws {
        switch taker.outcome {
        case .done:
            for effect in try await effects(takenBackBy: taker, order) {
                take(.takenBack(by: taker.publicID.text), effect, &order)
            }
        case .skipped:
            // Somebody else holds the machine: this case no longer does.
            guard let effect = try await target(of: taker, order) else { return }
            take(.takenBack(by: taker.reasons.last ?? "another holder"), effect, &order)
        case .denied:
            // People want the effect to stay: for another lease, or until somebody asks again.
            guard let effect = try await target(of: taker, order), let lease = effect.lease else { return }
            let until = order.now + .seconds(lease.seconds)
            take(.renewed(until: until, by: taker.reasons.last ?? "people"), effect, &order)
        default:
            guard let effect = try await target(of: taker, order), effect.lease != nil else { return }
            let wait = taker.outcome == .expired ? .zero : context.options.releaseRetry
            order.jobs.append(.upsert(JobKey(.lease, effect.id.value), due: order.now + wait))
        }
    }

    private func take(_ event: Action.Event, _ effect: Action, _ order: inout WorkOrder) {
        var effect = effect
        let effects = effect.handle(event, at: order.now)
        order.take(effects, of: effect)
    }

    private func target(of taker: Action, _ order: WorkOrder) async throws -> Action? {
        guard let id = taker.undoes else { return nil }
        if let changed = order.action(id) { return changed }
        return try await context.store.action(id)
    }

    /// All effects that are gone once `taker` is done.
    private func effects(takenBackBy taker: Action, _ order: WorkOrder) async throws -> [Action] {
        try await context.store.effects(onMachine: taker.machine, family: taker.family)
            .map { order.action($0.id) ?? $0 }.filter { effect in
                switch taker.family {
                case .tag: effect.parameters.value == taker.parameters.value
                case .indicator: effect.fileHashes == taker.fileHashes
                default: true
                }
            }
    }

    /// The case no longer wants the effect, unless another action of it does.
    private func unhold(_ action: Action, _ order: inout WorkOrder) async throws {
        let onMachine: [Action]
        if let machine = action.machine {
            onMachine = try await context.store.actions(onMachine: machine, limit: 200)
        } else {
            onMachine = try await context.store.actions(ofCase: action.caseID).filter { $0.machine == nil }
        }
        let wants = onMachine.map { order.action($0.id) ?? $0 }.contains { other in
            other.id != action.id && other.caseID == action.caseID && other.family == action.family && other.kind.holds
                && (other.isInForce || other.holdsLane)
        }
        if !wants { order.puts.append(.unhold(machine: action.machine, family: action.family, action.caseID)) }
    }
}
