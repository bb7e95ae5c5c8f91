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
            var order = context.order()
            var way = MachineWay(run: run, steps: plan.steps, actions: members)
            let effects = way.handle(event, for: id, at: order.now)
            order.take(effects, of: way)
            try await VoidApprovals(context: context).withdraw(ofRun: run.id, order: &order)
            order.jobs += jobs
            guard let outcome = try await context.commit(order) else { break }
            if case .committed = outcome { return }
        }
        if !jobs.isEmpty { try await context.store.settle(jobs) }
    }

    /// For events of an action that has ended and whose effect lasts.
    func applyToEnded(_ event: Action.Event, _ id: ActionID) async throws {
        for _ in 0..<16 {
            guard var action = try await context.store.action(id) else { return }
            var order = context.order()
            order.take(action.handle(event, at: order.now), of: action)
            guard let outcome = try await context.commit(order) else { return }
            if case .committed = outcome { return }
        }
    }

    /// Somebody else took the effect back: people are told.
    func contradicted(_ id: ActionID, by contrary: ServiceAction) async throws {
        for _ in 0..<16 {
            guard var action = try await context.store.action(id), let run = try await context.store.run(action.runID)
            else { return }
            var order = context.order()
            order.take(action.handle(.takenBack(by: "somebody else, order \(contrary.id)"), at: order.now), of: action)
            let plan = try await context.plans.plan(action.plan, in: context.store)
            let announcing = Announcing(context: context)
            try await announcing.announce(
                .failed, to: plan.notifiers(of: .failed),
                Announcement.Content(
                    title:
                        "\(action.kind.rawValue) no longer holds on \(action.machineName ?? action.machine?.text ?? "")",
                    text: "Somebody else took it back: \(contrary.kind.rawValue) \(contrary.id).",
                    caseID: action.caseID, run: run.publicID, facts: announcing.facts(plan),
                    command: "bailiff run show \(run.publicID.text)"), &order)
            guard let outcome = try await context.commit(order) else { return }
            if case .committed = outcome { return }
        }
    }
}
