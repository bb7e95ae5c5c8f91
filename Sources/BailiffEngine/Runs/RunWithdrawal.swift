import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore

/// Takes back what a run has not sent, and what the service has and no machine has taken up.
struct RunWithdrawal: Sendable {
    let context: StoreContext

    /// Adds the withdrawal to `order`. Machines that turn up later do not join the run any more.
    /// - Returns: The run's actions as they are with it.
    func withdraw(
        _ run: Run, outcome: Outcome = .cancelled, because reason: String, _ order: inout WorkOrder
    ) async throws -> [Action] {
        let plan = try await context.plans.plan(run.plan, in: context.store)
        var withdrawn = order.run(run)
        withdrawn.withdraw(at: order.now)
        order.put(withdrawn)
        let actions = try await context.store.actions(ofRun: run.id).map { order.action($0.id) ?? $0 }
        let ways = Dictionary(grouping: actions, by: \.machine).sorted {
            ($0.value.first?.id.value ?? 0) < ($1.value.first?.id.value ?? 0)
        }
        for (_, members) in ways where members.contains(where: { !$0.isEnded }) {
            var way = MachineWay(run: order.run(run), steps: plan.steps, actions: members)
            for action in members where !action.isEnded {
                let event: Action.Event =
                    action.phase == .pending && action.receivedAt == nil
                    ? .recalled(outcome, reason) : .withdrawn(outcome, reason)
                let effects = way.handle(event, for: action.id, at: order.now)
                order.take(effects, of: way)
                way.forgetEntries()
            }
        }
        try await VoidApprovals(context: context).withdraw(ofRun: run.id, order: &order)
        return actions.map { order.action($0.id) ?? $0 }
    }
}
