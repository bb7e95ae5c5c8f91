import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore

/// Carries what an answer or an expiry means to the actions it was about, in one commit with it.
struct ApprovalEffects: Sendable {
    let context: StoreContext

    /// Adds the changed approval and its consequences to `order`.
    func apply(_ effects: [Approval.Effect], of approval: Approval, order: inout WorkOrder) async throws {
        order.puts.append(.approval(approval))
        for effect in effects {
            switch effect {
            case .record(let draft): order.record(draft)
            case .granted(let actions) where approval.renews != nil:
                try await Renewal(context: context).granted(actions, approval, order: &order)
            case .refused(let actions, _, let by) where approval.renews != nil:
                try await Renewal(context: context).refused(actions, by: by, order: &order)
            case .escalated(let actions, let other):
                try await tell(
                    actions, .escalated(policy: approval.policy, to: other), approval, order: &order)
            case .granted(let actions):
                try await tell(actions, .granted(policy: approval.policy), approval, order: &order)
            case .refused(let actions, let outcome, let by):
                try await tell(
                    actions, .refusedByPeople(policy: approval.policy, outcome, by: by), approval, order: &order)
            }
        }
        try await VoidApprovals(context: context).withdraw(
            ofRun: approval.runID, except: approval.id, order: &order)
    }

    private func tell(
        _ ids: [ActionID], _ event: Action.Event, _ approval: Approval, order: inout WorkOrder
    ) async throws {
        guard let run = try await context.store.run(approval.runID) else { return }
        let plan = try await context.plans.plan(run.plan, in: context.store)
        let all = try await context.store.actions(ofRun: run.id).map { order.action($0.id) ?? $0 }
        for id in ids {
            guard let action = all.first(where: { $0.id == id }) else { continue }
            let members = all.filter { $0.machine == action.machine }.map { order.action($0.id) ?? $0 }
            var way = MachineWay(run: order.run(run), steps: plan.steps, actions: members)
            let effects = way.handle(event, for: id, at: order.now)
            order.take(effects, of: way)
        }
    }
}

/// Works off `approval` jobs: a question nobody answered in time ends.
struct ApprovalExpiry: Sendable {
    let context: StoreContext

    func perform(_ lease: JobLease) async throws {
        for _ in 0..<8 {
            guard var approval = try await context.store.approval(ApprovalID(lease.key.subject)),
                case .waiting(let until) = approval.phase
            else { return try await context.store.settle([.finish(lease)]) }
            let now = context.now()
            guard now >= until else {
                return try await context.store.settle([.reschedule(lease, due: until, error: nil)])
            }
            var order = context.order(at: now)
            order.requires = [.lease(lease)]
            order.jobs = [.finish(lease)]
            let effects = approval.tick(at: now)
            try await ApprovalEffects(context: context).apply(effects, of: approval, order: &order)
            switch try await context.commit(order) {
            case nil, .committed, .refused(.precondition(.lease)): return
            case .refused: continue
            }
        }
    }
}
