package import BailiffModel

extension Plan {
    /// The plan's name as a document.
    package var digest: Digest { Digest.of((try? CanonicalCoding.encode(self)) ?? []) }

    /// What an approval is bound to: tenant, playbook, policies, step, machines, parameters, reasons.
    ///
    /// - Parameters:
    ///   - machines: The machines asked about; the order does not matter. Empty for a tenant-wide step.
    ///   - reasons: Those that are not in the plan, because they came up on the way: a ring, the breaker, a machine that
    ///     stays away.
    package func approvalDigest(
        step: String, policy: String, machines: [MachineID], because reasons: [String] = []
    ) -> Digest {
        let subject = ApprovalSubject(self, step: step, policy: policy, machines: machines, because: reasons)
        return Digest.of((try? CanonicalCoding.encode(subject)) ?? [])
    }
}

/// What people agree to, as a document.
private struct ApprovalSubject: Encodable {
    struct Target: Encodable {
        let machine: MachineID?
        let reasons: [String]
    }

    let tenant: String
    let playbook: PlaybookReference
    let policies: [PlaybookReference]
    let approval: String
    let step: String
    let action: ActionKind?
    let parameters: ActionParameters?
    let targets: [Target]
    /// Nil where the plan says all.
    let because: [String]?

    init(_ plan: Plan, step id: String, policy: String, machines: [MachineID], because: [String]) {
        tenant = plan.tenant
        playbook = plan.playbook
        policies = plan.policies
        approval = policy
        step = id
        let step = plan.step(id)
        action = step?.action
        parameters = step?.parameters
        let wanted = Set(machines)
        func reasons(_ action: PlannedAction) -> [String] {
            action.approvals.first { $0.policy == policy }?.because ?? []
        }
        let ofStep = plan.actions.filter { $0.step == id }
        let byMachine = ofStep.filter { action in action.machine.map { wanted.contains($0) } ?? false }
            .sorted { ($0.machine?.text ?? "") < ($1.machine?.text ?? "") }
            .map { Target(machine: $0.machine, reasons: reasons($0)) }
        targets = byMachine + ofStep.filter { $0.machine == nil }.map { Target(machine: nil, reasons: reasons($0)) }
        let planned = Set(targets.flatMap(\.reasons))
        let further = because.filter { !planned.contains($0) }
        self.because = further.isEmpty ? nil : further
    }
}
