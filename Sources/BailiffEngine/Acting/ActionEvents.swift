import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore

/// Applies an event to an action where no job of the action is at hand: from polling, deadlines, people.
struct ActionEvents: Sendable {
    let context: StoreContext

    /// Reads, applies and commits; again where somebody else was quicker. An event that no longer fits changes nothing.
    func apply(_ event: Action.Event, to id: ActionID, jobs: [JobChange] = []) async throws {
        for _ in 0..<16 {
            guard let action = try await context.store.action(id), let run = try await context.store.run(action.runID)
            else { break }
            let plan = try await context.plans.plan(run.plan, in: context.store)
            let members = try await context.store.actions(ofRun: run.id, machine: action.machine)
            var order = WorkOrder(now: context.now(), askSettle: context.options.askSettle)
            var way = MachineWay(run: run, steps: plan.steps, actions: members)
            let effects = way.handle(event, for: id, at: order.now)
            order.take(effects, of: way)
            try await VoidApprovals(context: context).withdraw(ofRun: run.id, order: &order)
            order.jobs += jobs
            guard let commit = order.commit(randomBytes: context.randomBytes) else { break }
            if case .committed = try await context.store.commit(commit) { return }
        }
        if !jobs.isEmpty { try await context.store.settle(jobs) }
    }
}
