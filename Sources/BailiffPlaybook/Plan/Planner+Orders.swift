package import BailiffModel

/// A person's own order, before it is planned.
package struct PersonalOrder: Hashable, Sendable {
    package var kind: ActionKind
    package var parameters: ActionParameters
    /// The effect's end, where the action has an effect.
    package var lease: PlannedLease?
    /// The approval policy that is asked; needed for more than one machine.
    package var approve: String?
    package var reason: String
    /// The budget class it draws on.
    package var budgetClass: String

    package init(
        kind: ActionKind, parameters: ActionParameters = ActionParameters(), lease: PlannedLease? = nil,
        approve: String? = nil, reason: String, budgetClass: String = "standard"
    ) {
        self.kind = kind
        self.parameters = parameters
        self.lease = lease
        self.approve = approve
        self.reason = reason
        self.budgetClass = budgetClass
    }

    /// The one step of its plan.
    package static let step = "order"
    /// The name that stands where runs of playbooks have the playbook's.
    package static let name = "by-hand"
}

extension Planner {
    /// The plan of a person's order: the guards' `deny` and `skip` of every policy in force, the budget class, no rings.
    ///
    /// - Parameter input: The machines that were named; all of them are targets.
    package static func plan(order: PersonalOrder, in library: PlaybookLibrary, for input: PlanInput) -> Plan {
        let effective = EffectivePolicy(library.policies)
        let limits = effective.classes[order.budgetClass]
        var windows: [BudgetWindow] = []
        if order.kind.isDisruptive, let cap = limits?.perHour {
            windows.append(
                BudgetWindow(
                    scope: .budgetClass(order.budgetClass), seconds: 3_600, cap: cap, key: "class.per_hour"))
        }
        if order.kind.isDisruptive, let cap = limits?.perDay {
            windows.append(
                BudgetWindow(
                    scope: .budgetClass(order.budgetClass), seconds: 86_400, cap: cap, key: "class.per_day"))
        }
        let step = PlannedStep(
            id: PersonalOrder.step, action: order.kind, parameters: order.parameters, onFail: .stop, auto: order.reason,
            lease: order.kind.holds ? order.lease : nil, undo: order.kind.undo)
        var actions: [PlannedAction] = []
        for facts in input.machines.sorted(by: { $0.machine.id < $1.machine.id }) {
            actions.append(action(order, facts, effective, input))
        }
        return Plan(
            tenant: input.tenant,
            playbook: PlaybookReference(name: PersonalOrder.name, digest: Digest.of(PersonalOrder.name)),
            policies: library.policies.map(\.reference) + library.approvalFiles, mode: .live, madeAt: input.now,
            verdict: input.verdict, steps: [step],
            machines: input.machines.sorted { $0.machine.id < $1.machine.id }.map { facts in
                PlannedMachine(
                    id: facts.machine.id, name: facts.machine.name, group: facts.machine.group,
                    role: effective.context.roles(of: facts.machine).first ?? MachineContext.noRole)
            }, notSelected: [], actions: actions,
            budget: PlannedBudget(
                budgetClass: order.budgetClass, windows: windows, reserved: [], approve: order.approve ?? ""),
            cost: ActionCatalogue.cost(of: [order.kind], machines: input.machines.count))
    }

    private static func action(
        _ order: PersonalOrder, _ facts: MachineFacts, _ effective: EffectivePolicy, _ input: PlanInput
    ) -> PlannedAction {
        var planned = PlannedAction(step: PersonalOrder.step, machine: facts.machine.id, disposition: .proceed)
        if !Platform(os: facts.machine.os).allows(order.kind, order.parameters) {
            planned.disposition = .ended(.notPossible)
            planned.reasons = ["platform: \(order.kind.rawValue) is not possible on \(facts.machine.os)"]
            return planned
        }
        planned.guards = findings(order.kind, facts, effective, input)
        if let strictest = planned.guards.first, strictest.enforcement >= .skip {
            planned.disposition = .ended(strictest.enforcement == .deny ? .denied : .skipped)
            planned.reasons = planned.guards.filter { $0.enforcement == strictest.enforcement }.map(\.reason)
            return planned
        }
        planned.reasons = [order.reason]
        if order.kind.isDisruptive { planned.budget = .waitsForRoom }
        if let policy = order.approve {
            planned.approvals = [RequiredApproval(policy: policy, because: [order.reason])]
        }
        return planned
    }

    private static func findings(
        _ kind: ActionKind, _ machine: MachineFacts, _ effective: EffectivePolicy, _ input: PlanInput
    ) -> [GuardFinding] {
        guard kind.isDisruptive else { return [] }
        var facts = FactValues(verdict: input.verdict, now: input.now)
        facts.file = input.file
        facts.signerTrusted = effective.context.signerTrusted(input.file)
        facts.fleet = FactValues.Fleet(hits: input.machines.count, size: input.fleet.size)
        facts.machine = machine
        let roles = effective.context.roles(of: machine.machine)
        facts.role = roles.first
        return GuardJury(effective).matches(facts, roles: roles, for: [kind]).findings(for: kind)
    }

    /// The guards' `deny` and `skip` once more, right before a person's order is sent.
    ///
    /// - Parameter input: Fresh facts of the order's machine.
    package static func recheck(
        order kind: ActionKind, machine: MachineID?, library: PlaybookLibrary, input: PlanInput
    ) -> Recheck {
        guard kind.isDisruptive else { return .proceed }
        guard let machine, let facts = input.machines.first(where: { $0.machine.id == machine }) else {
            return .denied(GuardFinding(id: "facts", enforcement: .deny, because: "no fresh facts of the machine"))
        }
        let findings = findings(kind, facts, EffectivePolicy(library.policies), input)
        switch findings.first?.enforcement {
        case .deny?: return findings.first.map { .denied($0) } ?? .proceed
        case .skip?: return findings.first.map { .skipped($0) } ?? .proceed
        default: return .proceed
        }
    }
}
