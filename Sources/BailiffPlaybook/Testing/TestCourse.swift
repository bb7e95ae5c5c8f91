import BailiffModel

/// One test on its way: the plan, and what has become of each of its actions.
struct TestCourse {
    let test: PlaybookTest
    let playbook: Playbook
    let library: PlaybookLibrary
    let now: Timestamp
    /// Those the test gives.
    let machines: [PlaybookTest.GivenMachine]

    private(set) var isTriggered = false
    private(set) var plan: Plan?
    /// The plan's actions by machine; under nil those of the tenant.
    private var actions: [MachineID?: [PlannedAction]] = [:]
    private(set) var states: [ActionKey: ActionState] = [:]
    /// Machines each policy was asked about; tenant-wide steps are asked about as "tenant".
    private(set) var questions: [String: Set<String>] = [:]
    private(set) var isWaitingForCorroboration = false
    /// Why a ring was not started.
    private(set) var ringReasons: [String] = []
    private var sendings = 0
    private(set) var automatic: Set<MachineID> = []
    private var behindRings: Set<MachineID> = []

    struct ActionKey: Hashable {
        let step: String
        let machine: MachineID?
    }

    enum ActionState: Hashable {
        case ended(Outcome)
        /// On its way, and going to stay there.
        case sent
        /// Waits for an answer or for room.
        case waiting
    }

    init(_ test: PlaybookTest, of playbook: Playbook, in library: PlaybookLibrary, now: Timestamp) {
        self.test = test
        self.playbook = playbook
        machines = test.given.machines.all
        self.library = library.givingRoles(to: machines)
        self.now = now
    }

    func run() -> TestCourse {
        var course = self
        course.advance()
        return course
    }

    private mutating func advance() {
        let input = self.input
        guard case .matched = Planner.isTriggered(playbook, by: input.verdict, now: now) else { return }
        isTriggered = true
        if let corroborate = playbook.trigger.corroborate, input.verdict.feeds < corroborate.feeds {
            isWaitingForCorroboration = true
            return
        }
        let plan = Planner.plan(playbook, in: library, for: input)
        self.plan = plan
        actions = Dictionary(grouping: plan.actions, by: \.machine)
        let machines = plan.machines.map(\.id)
        walk(nil, plan, mayContain: true)
        guard !plan.rings.isEmpty else {
            for machine in machines { walk(machine, plan, mayContain: true) }
            return
        }
        let inRings = Set(plan.rings.flatMap(\.machines))
        for machine in machines { walk(machine, plan, mayContain: !inRings.contains(machine)) }
        for (index, ring) in plan.rings.enumerated() {
            guard start(ring, index, plan) else {
                behindRings = Set(plan.rings[index...].flatMap(\.machines))
                return
            }
            for machine in ring.machines { walk(machine, plan, mayContain: true) }
        }
    }

    // MARK: Rings

    /// Whether the ring may start: its approval is given, and the ring before it lets it.
    private mutating func start(_ ring: PlannedRing, _ index: Int, _ plan: Plan) -> Bool {
        if index > 0, let gate = playbook.rings.indices.contains(index - 1) ? playbook.rings[index - 1] : nil {
            if !proceeds(gate, behind: plan.rings[index - 1], plan) {
                ringReasons.append("rings.proceed_when")
                for machine in ring.machines { ask(playbook.budget.approve, about: machine.text) }
                guard isGranted(playbook.budget.approve) else { return false }
            }
        }
        guard let policy = ring.approve, !ring.machines.isEmpty else { return true }
        for machine in ring.machines { ask(policy, about: machine.text) }
        if isGranted(policy) { return true }
        ringReasons.append("rings.approve")
        return false
    }

    private func proceeds(_ gate: Playbook.Ring, behind ring: PlannedRing, _ plan: Plan) -> Bool {
        guard let condition = gate.proceedWhen else { return true }
        var verified = 0
        var failed = 0
        for machine in ring.machines {
            let disruptive = (actions[machine] ?? []).filter { action in
                action.disposition == .proceed && plan.step(action.step)?.action.isDisruptive == true
            }
            let states = disruptive.map { self.states[ActionKey(step: $0.step, machine: machine)] }
            if states.contains(.ended(.failed)) { failed += 1 }
            if !states.isEmpty, states.contains(.ended(.done)), !states.contains(.sent) { verified += 1 }
        }
        return Planner.proceeds(
            condition, plan: plan, library: library, playbook: playbook, input: input,
            ring: (ring.machines.count, verified, failed), runStarted: now, now: now)
    }

    // MARK: Steps

    /// Takes one machine (nil: the tenant) as far as it gets.
    private mutating func walk(_ machine: MachineID?, _ plan: Plan, mayContain: Bool) {
        var moved = true
        while moved {
            moved = false
            for action in actions[machine] ?? [] {
                let key = ActionKey(step: action.step, machine: machine)
                guard let step = plan.step(action.step), states[key] == nil || states[key] == .waiting else { continue }
                if step.action.isDisruptive, !mayContain, machine != nil { continue }
                guard isReady(step, machine) else { continue }
                let state = state(of: action, step)
                if state != states[key] {
                    states[key] = state
                    moved = true
                }
                if state == .ended(.failed), step.onFail == .stop { stop(machine, behind: step, plan) }
            }
        }
    }

    private func isReady(_ step: PlannedStep, _ machine: MachineID?) -> Bool {
        step.needs.allSatisfy { id, need in
            let state = states[ActionKey(step: id, machine: machine)] ?? states[ActionKey(step: id, machine: nil)]
            return switch (need, state) {
            case (_, nil), (_, .waiting?): false
            case (.ended, .ended?): true
            case (.sent, .sent?): true
            case (.sent, .ended(let outcome)?): outcome == .done || outcome == .failed
            case (.done, .ended(let outcome)?): outcome == .done
            case (_, .sent?): false
            }
        }
    }

    private mutating func state(of action: PlannedAction, _ step: PlannedStep) -> ActionState {
        if case .ended(let outcome) = action.disposition { return .ended(outcome) }
        let subject = action.machine?.text ?? PlaybookTest.tenant
        for approval in action.approvals { ask(approval.policy, about: subject) }
        guard action.approvals.allSatisfy({ isGranted($0.policy) }), action.budget != .waitsForRoom else {
            return .waiting
        }
        if step.action.isDisruptive, let machine = action.machine, action.approvals.isEmpty, !isAsked(machine) {
            automatic.insert(machine)
        }
        sendings += 1
        let defender = test.given.defender
        if sendings <= defender.stuckPending + defender.offline { return .sent }
        return .ended(sendings <= defender.stuckPending + defender.offline + defender.failed ? .failed : .done)
    }

    /// A failed step ends the machine's way, except for steps that wait for nothing more than its end.
    private mutating func stop(_ machine: MachineID?, behind failed: PlannedStep, _ plan: Plan) {
        for action in actions[machine] ?? [] {
            let key = ActionKey(step: action.step, machine: machine)
            guard states[key] == nil, let step = plan.step(action.step) else { continue }
            let need = step.needsAreImplicit ? nil : step.needs[failed.id]
            if need != .ended, need != .sent { states[key] = .ended(.cancelled) }
        }
    }

    /// Whether the machine's ring had to be approved.
    private func isAsked(_ machine: MachineID) -> Bool {
        plan?.rings.contains { $0.approve != nil && $0.machines.contains(machine) } ?? false
    }

    // MARK: Questions

    private mutating func ask(_ policy: String, about subject: String) {
        questions[policy, default: []].insert(subject)
    }

    /// Whether the people of `approved_by` are enough. Each entry is one person with one role.
    private func isGranted(_ name: String) -> Bool {
        guard let policy = library.approvals[name] else { return false }
        return policy.require.allSatisfy { requirement in
            test.given.approvedBy.count { $0.text.utf8.elementsEqual(requirement.role.utf8) } >= requirement.count
        }
    }

    // MARK: What became of it

    func machines(sent step: String) -> [String] {
        guard let plan else { return [] }
        return plan.actions.filter { $0.step == step }.compactMap { action in
            switch states[ActionKey(step: step, machine: action.machine)] {
            case .sent, .ended(.done), .ended(.failed): action.machine?.text ?? PlaybookTest.tenant
            default: nil
            }
        }
    }

    /// Machines that a guard, the budget or a ring holds back.
    var held: [String] {
        guard let plan else { return [] }
        var machines: Set<String> = []
        for action in plan.actions {
            guard let machine = action.machine, plan.step(action.step)?.action.isDisruptive == true else { continue }
            let state = states[ActionKey(step: action.step, machine: machine)]
            if state == .ended(.held) || behindRings.contains(machine) { machines.insert(machine.text) }
            guard state == .waiting || state == nil, action.disposition == .proceed else { continue }
            let isHeldByGuard = action.guards.contains { $0.enforcement == .hold }
            if isHeldByGuard || action.budget == .afterApproval || action.budget == .waitsForRoom {
                machines.insert(machine.text)
            }
        }
        return machines.sorted()
    }

    var state: PlaybookTest.State {
        if !isTriggered { return .notTriggered }
        if isWaitingForCorroboration { return .waitingForCorroboration }
        if !held.isEmpty || ringReasons.contains("rings.proceed_when") { return .held }
        return states.values.contains(.waiting) ? .waitingForApproval : .done
    }

    /// All reasons that stand in the plan or came up on the way.
    var reasons: [String] { (plan?.actions.flatMap(\.reasons) ?? []) + ringReasons }
}

extension TestCourse {
    /// What the test gives, as the engine would hand it to the planner.
    var input: PlanInput {
        let given = test.given
        var verdict = given.verdict
        verdict.analysedAt = given.analysedAgo.map { now - $0 }
        var file = given.file
        file.firstSeenOrg = given.fileFirstSeenAgo.map { now - $0 }
        if let trusted = given.signerTrusted {
            file.certificateValid = trusted
            if trusted { file.signer = library.policies(of: playbook).flatMap(\.trustedSigners).first ?? file.signer }
        }
        let facts = machines.map { machine in
            var facts = MachineFacts(machine: machine.machine, sighting: machine.sighting, isolated: machine.isolated)
            facts.machine.recordFirstSeen = machine.recordFirstSeenAgo.map { now - $0 }
            facts.machine.lastReport = machine.lastReportAgo.map { now - $0 } ?? now
            facts.sighting.first = machine.firstAgo.map { now - $0 }
            facts.sighting.last = machine.lastAgo.map { now - $0 }
            return facts
        }
        var groups: [String: Int] = [:]
        for machine in machines where !machine.machine.group.isEmpty {
            groups[machine.machine.group] = given.fleet
        }
        return PlanInput(
            tenant: "test", now: now, verdict: verdict, file: file, machines: facts,
            fleet: FleetFacts(size: given.fleet, groups: groups), mode: .live)
    }
}

extension PlaybookLibrary {
    /// The same library with the given machines in the roles the test gives them.
    fileprivate func givingRoles(to machines: [PlaybookTest.GivenMachine]) -> PlaybookLibrary {
        let assigned = machines.compactMap { machine in machine.role.map { (machine.machine.id, $0) } }
        if assigned.isEmpty { return self }
        let ids = Set(assigned.map(\.0))
        let changed = policies.map { policy in
            policy.withRoles(
                policy.roles.map { role in
                    var role = role
                    role.machines =
                        role.machines.filter { !ids.contains($0) } + assigned.filter { $0.1 == role.name }.map(\.0)
                    return role
                })
        }
        return PlaybookLibrary(
            playbooks: playbooks, policies: changed, approvals: approvals, approvalFiles: approvalFiles)
    }
}
