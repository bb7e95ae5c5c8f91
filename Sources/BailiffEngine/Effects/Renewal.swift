import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore

/// Leases that people may renew: a yes gives the effect its time once more, a no or silence takes it back.
struct Renewal: Sendable {
    let context: StoreContext

    /// Opens the question.
    /// - Returns: False where it stands already.
    func ask(_ policy: String, _ action: Action, _ engine: EngineContext, _ order: inout WorkOrder) async throws -> Bool
    {
        guard let run = try await context.store.run(action.runID), let terms = action.lease else { return false }
        let plan = try await context.plans.plan(action.plan, in: context.store)
        let isOpen = try await context.store.approvals(ofRun: run.id).contains { approval in
            if case .waiting = approval.phase { approval.renews == action.id } else { false }
        }
        if isOpen { return true }
        guard let step = plan.step(action.step), let rules = engine.approvalPolicy(policy, of: plan),
            let id = try await context.store.reserveIDs(Approval.self, count: 1).first
        else { return false }
        let because = "lease: \(step.action.rawValue) for another \(terms.seconds / 3_600) hours"
        let digest = Digest.of(
            "\(plan.tenant)|renew|\(action.publicID.text)|\(action.machine?.text ?? "")|\(terms.seconds)|\(action.leaseUntil?.rfc3339 ?? "")"
        )
        let told = Announcing.approvers(plan, rules)
        let approval = Approval(
            id: id, publicID: context.publicID(), run: run, step: step, policy: rules.name,
            requirements: rules.require, digest: digest, because: [because],
            subjects: [Approval.Subject(action: action.id, machine: action.machine, machineName: action.machineName)],
            askedAt: order.now, expires: rules.expires, isToBeTold: !told.isEmpty, renews: action.id)
        order.puts.append(.approval(approval))
        if let until = approval.openUntil { order.jobs.append(.upsert(JobKey(.approval, id.value), due: until)) }
        order.record(Asking.entry(approval))
        try await Announcing(context: context).announce(question: approval, of: plan, to: told, &order)
        return true
    }

    func granted(_ ids: [ActionID], _ approval: Approval, order: inout WorkOrder) async throws {
        for id in ids {
            guard var action = try await context.store.action(id), let terms = action.lease else { continue }
            let until = order.now + .seconds(terms.seconds)
            order.take(action.handle(.renewed(until: until, by: approval.policy), at: order.now), of: action)
        }
    }

    func refused(_ ids: [ActionID], by: String, order: inout WorkOrder) async throws {
        var targets: [Action] = []
        for id in ids { if let action = try await context.store.action(id) { targets.append(action) } }
        _ = try await UndoPlanning(context: context).plan(
            UndoPlanning.Request(
                targets: targets, approve: nil, because: "lease: not renewed, by \(by)", requester: "system",
                isByPerson: false), order: &order)
    }
}

extension EngineContext {
    /// The policy of that name in force; a role counts as a policy of one person of that role. Nil for any other name.
    func approvalPolicy(_ name: String, of plan: Plan) -> ApprovalPolicy? {
        let library = playbooks.current?.library ?? .empty
        if let policy = library.approvals[name] { return policy }
        let isRole =
            OperatorRole(rawValue: name) != nil
            || library.approvals.values.contains { $0.require.contains { $0.role == name } }
        guard isRole else { return nil }
        guard let origin = library.approvals[plan.budget.approve] else { return ApprovalPolicy.ofRole(name) }
        var policy = library.approvalPolicy(name, askedAfter: origin)
        // What a role is asked about (a lease, a machine that stays away) has a day's time.
        policy.expires = max(policy.expires, ApprovalPolicy.ofRole(name).expires)
        return policy
    }
}
