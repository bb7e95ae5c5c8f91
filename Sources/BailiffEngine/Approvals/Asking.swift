import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore

/// Works off `ask` jobs: collects the actions of a run that wait for people into questions, one for each step and policy.
/// Actions that come later are asked about apart: nobody is asked twice about the same machine.
struct Asking: Sendable {
    let context: EngineContext

    func perform(_ lease: JobLease) async throws {
        let runID = RunID(lease.key.subject)
        for _ in 0..<8 {
            guard let run = try await context.store.run(runID), run.phase == .active else {
                return try await context.store.settle([.finish(lease)])
            }
            let plan = try await context.plans.plan(run.plan, in: context.store)
            let actions = try await context.store.actions(ofRun: runID)
            var order = context.order()
            order.requires = [.lease(lease), .runActive(runID)]
            order.jobs = [.finish(lease)]
            try await open(run, plan, actions, order: &order)
            switch try await context.commit(order) {
            case nil: return try await context.store.settle([.finish(lease)])
            case .committed, .refused(.precondition(.lease)): return
            case .refused: continue
            }
        }
        try await context.store.settle([.reschedule(lease, due: context.now() + .seconds(1), error: nil)])
    }

    private struct Question: Hashable {
        var step: String
        var policy: String
        /// With `group_by`.
        var group: String?
        /// The plan that names the machines: late arrivals are asked about apart.
        var plan: Digest
    }

    private func open(_ run: Run, _ plan: Plan, _ actions: [Action], order: inout WorkOrder) async throws {
        var wanted: [Question: [Action]] = [:]
        // An order that waits for its machine may be asked about, too.
        for action in actions where action.phase == .asking || action.phase == .pending {
            for consent in action.openConsents where consent.approval == nil {
                let question = Question(
                    step: action.step, policy: consent.policy, group: consent.group, plan: action.plan)
                wanted[question, default: []].append(action)
            }
        }
        let stepOrder = plan.steps.map(\.id)
        let questions = wanted.sorted {
            (stepOrder.firstIndex(of: $0.key.step) ?? 0, $0.key.policy, $0.key.group ?? "", $0.key.plan.hex) < (
                stepOrder.firstIndex(of: $1.key.step) ?? 0, $1.key.policy, $1.key.group ?? "", $1.key.plan.hex
            )
        }
        var changed: [ActionID: Action] = [:]
        for (question, members) in questions {
            guard let step = plan.step(question.step) else { continue }
            let plan = try await context.plans.plan(question.plan, in: context.store)
            guard let policy = context.approvalPolicy(question.policy, of: plan) else {
                order.record(
                    EntryDraft(
                        "approval.impossible", at: order.now,
                        ["run": .string(run.publicID.text), "policy": .string(question.policy)]))
                continue
            }
            guard let id = try await context.store.reserveIDs(Approval.self, count: 1).first else { return }
            let told = Announcing.approvers(plan, policy)
            let approval = make(
                id, run, plan, step, policy, question.group, members, isToBeTold: !told.isEmpty, at: order.now)
            order.puts.append(.approval(approval))
            if let until = approval.openUntil {
                order.jobs.append(.upsert(JobKey(.approval, id.value), due: until))
            }
            order.record(Asking.entry(approval))
            try await Announcing(context: context.stored).announce(
                question: approval, of: plan, to: told, &order)
            for action in members {
                var asked = changed[action.id] ?? action
                _ = asked.handle(.asked(policy: question.policy, approval: approval.publicID), at: order.now)
                changed[action.id] = asked
            }
        }
        for action in changed.values.sorted(by: { $0.id < $1.id }) { order.put(action) }
    }

    private func make(
        _ id: ApprovalID, _ run: Run, _ plan: Plan, _ step: PlannedStep, _ policy: ApprovalPolicy, _ group: String?,
        _ members: [Action], isToBeTold: Bool, at now: Timestamp
    ) -> Approval {
        let because = members.flatMap { member in member.consents.filter { $0.policy == policy.name }.flatMap(\.because)
        }
        var reasons: [String] = []
        for reason in because where !reasons.contains(reason) { reasons.append(reason) }
        return Approval(
            id: id, publicID: context.publicID(), run: run, step: step, policy: policy.name,
            requirements: policy.require,
            digest: plan.approvalDigest(
                step: step.id, policy: policy.name, machines: members.compactMap(\.machine), because: reasons),
            because: reasons,
            subjects: members.map {
                Approval.Subject(action: $0.id, machine: $0.machine, machineName: $0.machineName)
            }, askedAt: now, expires: policy.expires, isToBeTold: isToBeTold, group: group,
            escalatesTo: policy.onExpiry.policy)
    }

    static func entry(_ approval: Approval) -> EntryDraft {
        EntryDraft(
            "approval.asked", at: approval.askedAt,
            [
                "approval": .string(approval.publicID.text), "run": .string(approval.run.text),
                "step": .string(approval.step), "policy": .string(approval.policy),
                "digest": .string(approval.digest.hex),
                "machines": .array(approval.subjects.compactMap { $0.machine.map { .string($0.text) } }),
            ])
    }
}
