import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore

/// Puts what people are to be told into the commit that makes it true.
struct Announcing: Sendable {
    let context: StoreContext

    /// How many machines a message names; the rest is counted.
    private static let namedMachines = 12

    func announce(
        _ event: NotifyEvent, to notifiers: [String], _ content: Announcement.Content, _ order: inout WorkOrder
    ) async throws {
        guard !notifiers.isEmpty else { return }
        let ids = try await context.store.reserveIDs(Announcement.self, count: notifiers.count)
        for (id, name) in zip(ids, notifiers) {
            let announcement = Announcement(
                id: id, publicID: context.publicID(), event: event, at: order.now, to: name, content: content)
            order.puts.append(.announcement(announcement))
            order.jobs.append(.upsert(JobKey(.notify, id.value), due: order.now))
        }
    }

    /// Failures of actions and ends of runs.
    func announce(changesOf order: inout WorkOrder) async throws {
        for id in order.ended {
            guard let action = order.action(id), let outcome = action.outcome else { continue }
            switch outcome {
            case .failed, .dropped, .unknown: try await announceFailure(of: action, outcome, &order)
            default: continue
            }
        }
        for id in order.endedRuns {
            guard let run = order.changedRun(id), run.purpose == .playbook, run.mode != .shadow else { continue }
            try await announceEnd(of: run, &order)
        }
    }

    private func announceFailure(of action: Action, _ outcome: Outcome, _ order: inout WorkOrder) async throws {
        let plan = try await plan(action.plan, order)
        let to = plan.notifiers(of: .failed)
        guard !to.isEmpty, let run = try await run(action.runID, order) else { return }
        let place = action.machineName ?? action.machine?.text ?? "the tenant"
        try await announce(
            .failed, to: to,
            Announcement.Content(
                title: "\(action.step): \(outcome.rawValue) on \(place)",
                text: action.reasons.last ?? "The service gives no reason.", caseID: action.caseID, run: run.publicID,
                facts: facts(plan) + [
                    .init("action", "\(action.kind.rawValue) \(action.publicID.text)"),
                    .init("machine", action.machine?.text ?? "tenant"),
                ], command: "bailiff run show \(run.publicID.text)"), &order)
    }

    private func announceEnd(of run: Run, _ order: inout WorkOrder) async throws {
        let plan = try await plan(run.plan, order)
        let counts = run.outcomes.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        try await announce(
            .done, to: plan.notifiers(of: .done),
            Announcement.Content(
                title: "\(run.playbook.name): run \(run.publicID.text) has ended",
                text: counts.isEmpty ? "Nothing was to be done." : counts, caseID: run.caseID, run: run.publicID,
                facts: facts(plan), command: "bailiff run show \(run.publicID.text)"), &order)
    }

    /// What a new plan holds back and whom it left out.
    func announce(plan: Plan, of run: Run, _ order: inout WorkOrder) async throws {
        let held = plan.actions.filter { action in
            guard plan.step(action.step)?.action.isDisruptive == true else { return false }
            if action.disposition == .ended(.held) { return true }
            return action.disposition == .proceed
                && (action.guards.contains { $0.enforcement == .hold } || action.budget == .afterApproval
                    || action.budget == .waitsForRoom)
        }
        let command = "bailiff run show \(run.publicID.text)"
        if !held.isEmpty {
            let named = self.names(Set(held.compactMap(\.machine)), plan)
            var reasons: [String] = []
            for reason in held.flatMap(\.reasons) where !reasons.contains(reason) { reasons.append(reason) }
            try await announce(
                .held, to: plan.notifiers(of: .held),
                Announcement.Content(
                    title: "\(plan.playbook.name): \(Set(held.map(\.machine)).count) machines are held",
                    text: reasons.prefix(5).joined(separator: "\n"), caseID: run.caseID, run: run.publicID,
                    facts: facts(plan) + [.init("machines", named)], command: command), &order)
        }
        guard !plan.notSelected.isEmpty else { return }
        let listed = plan.notSelected.prefix(Self.namedMachines).map { "\($0.name ?? $0.id.text): \($0.reason)" }
        let more = plan.notSelected.count - listed.count
        try await announce(
            .notSelected, to: plan.notifiers(of: .notSelected),
            Announcement.Content(
                title: "\(plan.playbook.name): \(plan.notSelected.count) machines saw the file and are not contained",
                text: (listed + (more > 0 ? ["and \(more) more"] : [])).joined(separator: "\n"), caseID: run.caseID,
                run: run.publicID, facts: facts(plan), command: command), &order)
    }

    /// Who is told of a question: by the playbook, and by the policy that is asked.
    static func approvers(_ plan: Plan, _ policy: ApprovalPolicy) -> [String] {
        let names = plan.notifiers(of: .approvalNeeded) + policy.notify
        return names.enumerated().filter { names.firstIndex(of: $0.element) == $0.offset }.map(\.element)
    }

    func announce(question approval: Approval, of plan: Plan, to notifiers: [String], _ order: inout WorkOrder)
        async throws
    {
        let people = approval.requirements.map { "\($0.count) \($0.role)" }.joined(separator: " and ")
        let machines = self.names(Set(approval.subjects.compactMap(\.machine)), plan)
        try await announce(
            .approvalNeeded, to: notifiers,
            Announcement.Content(
                title: "Approval needed: \(approval.action.rawValue) on \(approval.subjects.count) machines",
                text: approval.because.joined(separator: "\n"), caseID: approval.caseID, run: approval.run,
                approval: approval.id,
                facts: facts(plan) + [
                    .init("asks", people), .init("machines", machines), .init("digest", approval.digest.hex),
                ], command: "bailiff approval show \(approval.publicID.text)"), &order)
    }

    func facts(_ plan: Plan) -> [Announcement.Fact] {
        [
            .init("playbook", plan.playbook.name + (plan.playbook.version.map { " v\($0)" } ?? "")),
            .init("verdict", "\(plan.verdict.level.rawValue) \(plan.verdict.score), \(plan.verdict.product)"),
            .init("file", plan.verdict.hashes.all.first?.hex ?? "unknown"),
        ]
    }

    func names(_ machines: Set<MachineID>, _ plan: Plan) -> String {
        let known = plan.machines.filter { machines.contains($0.id) }
        let shown = known.prefix(Self.namedMachines).map { $0.name ?? $0.id.text }
        let more = machines.count - shown.count
        return (shown + (more > 0 ? ["and \(more) more"] : [])).joined(separator: ", ")
    }

    /// A run may end with the commit that makes its plan.
    private func plan(_ digest: Digest, _ order: WorkOrder) async throws -> Plan {
        if let new = order.document(digest) { return try CanonicalCoding.decode(Plan.self, from: new.bytes) }
        return try await context.plans.plan(digest, in: context.store)
    }

    private func run(_ id: RunID, _ order: WorkOrder) async throws -> Run? {
        if let changed = order.changedRun(id) { return changed }
        return try await context.store.run(id)
    }
}

extension Plan {
    func notifiers(of event: NotifyEvent) -> [String] {
        var names: [String] = []
        for entry in notify where entry.events.contains(event) && !names.contains(entry.to) { names.append(entry.to) }
        return names
    }
}
