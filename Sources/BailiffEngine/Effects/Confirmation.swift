import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore

/// Works off the `confirm` job: whether the effects in force still hold, by the service's history. Somebody else's release is
/// found here, and people are told.
struct Confirmation: Sendable {
    let context: EngineContext

    private static let page = 500

    func perform(_ lease: JobLease) async throws {
        var after: ActionID?
        var histories: [MachineID: ActionHistory]?
        var isAny = false
        while true {
            let effects = try await context.store.effects(after: after, limit: Self.page)
            guard let last = effects.last else { break }
            after = last.id
            isAny = true
            let known: [MachineID: ActionHistory]
            if let histories {
                known = histories
            } else {
                do throws(ThreatError) {
                    // Longer than between two looks, so that an outage leaves no gap.
                    let since = context.now() - max(context.options.confirmInterval * 4, .seconds(2 * 86_400))
                    known = ActionHistory.byMachine(try await context.threat.actions(since: since))
                } catch {
                    let due = context.now() + (error.retryAfter ?? context.options.confirmInterval)
                    return try await context.store.settle([.reschedule(lease, due: due, error: nil)])
                }
                histories = known
            }
            for effect in effects { try await look(at: effect, known) }
        }
        try await context.store.settle(
            isAny
                ? [.reschedule(lease, due: context.now() + context.options.confirmInterval, error: nil)]
                : [.finish(lease)])
    }

    private func look(at effect: Action, _ histories: [MachineID: ActionHistory]) async throws {
        guard let began = effect.acceptedAt ?? effect.endedAt, let machine = effect.machine, effect.family != .tag
        else {
            return
        }
        let contrary = histories[machine]?.actions.first { order in
            order.kind == effect.kind.undo && order.status == .succeeded && order.createdAt > began
                && !ActionComment.isOwn(order.comment)
        }
        // What was ordered anew after that is another action's effect, or somebody else's.
        if let contrary {
            try await ActionEvents(context: context.stored).contradicted(effect.id, by: contrary)
        } else if context.now() >= (effect.lastConfirmedAt ?? began) + context.options.confirmAge {
            try await ActionEvents(context: context.stored).applyToEnded(.confirmed, effect.id)
        }
    }
}
