import BailiffCEL
import BailiffModel

/// Makes one plan: selects machines, asks guards, shares out the budget, names the approvals.
struct PlanMaker {
    let playbook: Playbook
    let effective: EffectivePolicy
    let input: PlanInput
    let jury: GuardJury
    /// Facts without a machine; those of one are added as they are needed.
    var facts: FactValues

    /// One machine on its way through the stages.
    struct Candidate {
        let facts: MachineFacts
        /// Never empty.
        let roles: [String]
        var role: String { roles.first ?? MachineContext.noRole }
        var matches: [GuardJury.Match] = []
    }

    init(_ playbook: Playbook, in library: PlaybookLibrary, for input: PlanInput) {
        self.playbook = playbook
        self.input = input
        effective = EffectivePolicy(library.policies(of: playbook))
        jury = GuardJury(playbook, effective)
        facts = FactValues(verdict: input.verdict, now: input.now)
        facts.file = input.file
        facts.signerTrusted = effective.context.signerTrusted(input.file)
        facts.fleet = FactValues.Fleet(hits: input.machines.count, size: input.fleet.size)
    }

    mutating func make(references: [PlaybookReference]) -> Plan {
        let (selected, left) = select()
        var candidates = ordered(selected)
        let actions = Set(playbook.steps.map(\.action))
        for index in candidates.indices {
            candidates[index].matches = jury.matches(
                values(for: candidates[index]), roles: candidates[index].roles, for: actions)
        }
        var planned = playbook.steps.map { step in draft(step, candidates) }
        propagateNeeds(&planned)
        count(candidates, planned)
        addApprovals(&planned)
        let budget = BudgetAllocator(playbook: playbook, effective: effective, input: input)
        let allotted = budget.allot(candidates.map(\.facts.machine), &planned)
        let all = planned.flatMap(\.actions)
        return Plan(
            tenant: input.tenant, playbook: playbook.reference, policies: references, mode: input.mode,
            madeAt: input.now, verdict: input.verdict, steps: playbook.steps.map { plannedStep($0) },
            machines: candidates.map { candidate in
                let machine = candidate.facts.machine
                return PlannedMachine(id: machine.id, name: machine.name, group: machine.group, role: candidate.role)
            },
            notSelected: left, actions: all, budget: allotted, cost: cost(all),
            rings: rings(candidates, planned, reserved: allotted.reserved), precedence: playbook.precedence,
            watchSeconds: playbook.targets.watch?.components.seconds,
            notify: playbook.after.notify.map { PlannedNotification(to: $0.to, events: $0.events) },
            reversal: playbook.after.reversed.map { PlannedReversal(undo: $0.undo, approve: $0.approve) })
    }

    private func values(for candidate: Candidate) -> FactValues {
        var values = facts
        values.machine = candidate.facts
        values.role = candidate.role
        return values
    }

    // MARK: Targets

    private func select() -> (selected: [Candidate], left: [NotSelectedMachine]) {
        var selected: [Candidate] = []
        var left: [NotSelectedMachine] = []
        for machine in input.machines.sorted(by: { $0.machine.id < $1.machine.id }) {
            let candidate = Candidate(facts: machine, roles: effective.context.roles(of: machine.machine))
            let values = values(for: candidate)
            do {
                if try playbook.targets.select.program.evaluateCondition(values) {
                    selected.append(candidate)
                    continue
                }
                let reason = whyNot(values)
                left.append(NotSelectedMachine(id: machine.machine.id, name: machine.machine.name, reason: reason))
            } catch {
                let reason = "select could not be evaluated: \(error.message)"
                left.append(NotSelectedMachine(id: machine.machine.id, name: machine.machine.name, reason: reason))
            }
        }
        return (selected, left)
    }

    /// The first part of `select` that is false, in words.
    private func whyNot(_ values: FactValues) -> String {
        guard
            let part = playbook.targets.conjuncts.first(where: { (try? $0.program.evaluateCondition(values)) == false })
        else { return "select is false" }
        guard let machine = values.machine?.machine else { return "select is false" }
        let touched = part.program.referencedVariables
        if touched == [Fact.machineOnboarded.rawValue] { return machine.onboarded ? "onboarded" : "not onboarded" }
        if touched == [Fact.machineHealth.rawValue] { return "health is \(machine.health)" }
        if touched == [Fact.machineKind.rawValue] { return "kind is \(machine.kind.rawValue)" }
        return "select is false: \(part.text)"
    }

    /// The order in which machines are acted upon.
    private func ordered(_ candidates: [Candidate]) -> [Candidate] {
        let keys = playbook.targets.order
        return candidates.sorted { left, right in
            for key in keys {
                let (first, second) = (Self.rank(left, by: key), Self.rank(right, by: key))
                if first != second { return first > second }
            }
            return left.facts.machine.id < right.facts.machine.id
        }
    }

    private static func rank(_ candidate: Candidate, by key: Playbook.Targets.Order) -> Int64 {
        switch key {
        case .value: ["unknown": 0, "low": 1, "normal": 2, "high": 3][candidate.facts.machine.value] ?? 0
        case .sighting: (candidate.facts.sighting.last ?? candidate.facts.sighting.first)?.microseconds ?? .min
        }
    }

    // MARK: Steps

    /// The actions of one step, still without approvals and budget.
    private func draft(_ step: PlaybookStep, _ candidates: [Candidate]) -> DraftStep {
        var actions: [PlannedAction] = []
        if step.action.isTenantWide {
            let matches = jury.matches(facts, roles: [], for: [step.action])
            actions.append(action(step, nil, values: facts, matches: matches))
        } else {
            for candidate in candidates {
                actions.append(
                    action(step, candidate.facts, values: values(for: candidate), matches: candidate.matches))
            }
        }
        return DraftStep(step: step, actions: actions)
    }

    private func action(
        _ step: PlaybookStep, _ machine: MachineFacts?, values: FactValues, matches: [GuardJury.Match]
    ) -> PlannedAction {
        var planned = PlannedAction(step: step.id, machine: machine?.machine.id, disposition: .proceed)
        do {
            if let when = step.when, try !when.program.evaluateCondition(values) {
                planned.disposition = .ended(.skipped)
                planned.reasons = ["when: \(when.text) is false"]
                return planned
            }
        } catch {
            planned.disposition = .ended(.held)
            planned.reasons = ["when: could not be evaluated: \(error.message)"]
            return planned
        }
        planned.guards = matches.findings(for: step.action)
        if let strictest = planned.guards.first, strictest.enforcement >= .skip {
            planned.disposition = .ended(strictest.enforcement == .deny ? .denied : .skipped)
            planned.reasons = planned.guards.filter { $0.enforcement == strictest.enforcement }.map(\.reason)
            return planned
        }
        if let reason = impossible(step, machine) {
            planned.disposition = .ended(reason.outcome)
            planned.reasons = [reason.text]
            return planned
        }
        planned.reasons = planned.guards.filter { $0.enforcement == .hold }.map(\.reason)
        return planned
    }

    /// Why the action can't be done there, whatever people say.
    private func impossible(_ step: PlaybookStep, _ machine: MachineFacts?) -> (outcome: Outcome, text: String)? {
        if let machine {
            let platform = Platform(os: machine.machine.os)
            if !platform.allows(step.action, step.parameters) {
                return (.notPossible, "platform: \(step.action.rawValue) is not possible on \(machine.machine.os)")
            }
            if step.action == .release, machine.isolated == .byOther {
                return (.skipped, "isolated: someone else holds this machine")
            }
            if step.action == .release, machine.isolated == .no { return (.skipped, "isolated: no") }
        }
        if step.action == .stopAndQuarantine, input.verdict.hashes.sha1 == nil {
            return (.notPossible, "hash: no SHA-1 of the file is known")
        }
        if step.action == .blockFile {
            if input.verdict.hashes.isEmpty { return (.notPossible, "hash: no hash of the file is known") }
            switch facts.signerTrusted {
            case true?: return (.denied, "signer: a trusted signer's file is never blocked")
            case nil: return (.denied, "signer: it is not known whether the file's signer is trusted")
            case false?: return nil
            }
        }
        return nil
    }

    /// A step that waits for what will never be sent, or never be done, is never reached.
    private func propagateNeeds(_ steps: inout [DraftStep]) {
        var endings: [String: [MachineID?: Bool]] = [:]  // by step and machine: whether it may still be sent
        // Needs are free of circles; as many rounds as steps settle every chain.
        for _ in steps.indices {
            for step in steps {
                for action in step.actions {
                    endings[step.step.id, default: [:]][action.machine] = action.disposition == .proceed
                }
            }
            for index in steps.indices {
                for (needed, need) in steps[index].step.needs.sorted(by: { $0.key < $1.key }) where need != .ended {
                    guard let ending = endings[needed] else { continue }
                    for position in steps[index].actions.indices
                    where steps[index].actions[position].disposition == .proceed {
                        let machine = steps[index].actions[position].machine
                        guard (ending[machine] ?? ending[nil]) == false else { continue }
                        steps[index].actions[position].disposition = .ended(.skipped)
                        steps[index].actions[position].reasons = ["needs: \(needed) is not going to be sent"]
                    }
                }
            }
        }
    }

    // MARK: Approvals

    /// Counts `fleet.selected` and `fleet.servers`: machines with a disruptive action left after deny and skip.
    private mutating func count(_ candidates: [Candidate], _ steps: [DraftStep]) {
        let disruptive = steps.filter { $0.step.action.isDisruptive && !$0.step.action.isTenantWide }
        var left: Set<MachineID> = []
        for step in disruptive {
            for action in step.actions {
                if let machine = action.machine, action.isOpenOrImpossible { left.insert(machine) }
            }
        }
        let counted = disruptive.isEmpty ? candidates : candidates.filter { left.contains($0.facts.machine.id) }
        facts.fleet?.selected = counted.count
        facts.fleet?.servers = counted.count { $0.facts.machine.kind == .server }
    }

    private func addApprovals(_ steps: inout [DraftStep]) {
        let groups = Dictionary(
            input.machines.map { ($0.machine.id, $0.machine.group) }, uniquingKeysWith: { first, _ in first })
        for index in steps.indices {
            let step = steps[index].step
            let required = stepApprovals(step)
            let grouped = Set(step.approve.filter { $0.groupBy == .machineGroup }.map(\.policy))
            for position in steps[index].actions.indices where steps[index].actions[position].disposition == .proceed {
                var approvals = required
                let group = steps[index].actions[position].machine.flatMap { groups[$0] }
                for entry in approvals.indices where grouped.contains(approvals[entry].policy) {
                    approvals[entry].group = group
                }
                for finding in steps[index].actions[position].guards where finding.enforcement == .hold {
                    guard let policy = finding.approve else { continue }
                    approvals.require(policy, because: "guard \(finding.id): \(finding.because)")
                }
                if input.mode == .hold, step.action.isDisruptive {
                    approvals.require(playbook.budget.approve, because: "mode hold")
                    steps[index].actions[position].reasons.append("mode: hold")
                }
                steps[index].actions[position].approvals = approvals
            }
        }
    }

    /// What `approve` of the step asks for. A condition that can't be evaluated counts as true.
    private func stepApprovals(_ step: PlaybookStep) -> [RequiredApproval] {
        var approvals: [RequiredApproval] = []
        for approval in step.approve {
            if let when = approval.when {
                guard (try? when.program.evaluateCondition(facts)) != false else { continue }
                approvals.require(approval.policy, because: "step \(step.id): \(when.text)")
            } else {
                approvals.require(approval.policy, because: "step \(step.id)")
            }
        }
        return approvals
    }

    // MARK: Rings

    /// Machines report about once a day; those that have done so recently are likely to be online.
    private static let recentReport = Duration.seconds(36 * 3_600)

    /// Machines with something disruptive to do, in rings: recently reporting ones first, then in the order of the plan.
    private func rings(_ candidates: [Candidate], _ steps: [DraftStep], reserved: [MachineID]) -> [PlannedRing] {
        guard let last = playbook.rings.last else { return [] }
        var wanting: Set<MachineID> = []
        for step in steps where step.step.action.isDisruptive {
            for action in step.actions where action.disposition == .proceed {
                if let machine = action.machine { wanting.insert(machine) }
            }
        }
        let places = Set(reserved)
        let since = input.now - Self.recentReport
        let machines = candidates.map(\.facts.machine).filter { wanting.contains($0.id) }
        let ready = machines.filter { places.contains($0.id) }
        let recent =
            ready.filter { ($0.lastReport ?? .epoch) > since } + ready.filter { ($0.lastReport ?? .epoch) <= since }
        var rest = recent.map(\.id)[...]
        var rings: [PlannedRing] = []
        for ring in playbook.rings.dropLast() {
            let taken = rest.prefix(ring.size ?? 0)
            rest = rest.dropFirst(taken.count)
            rings.append(
                PlannedRing(
                    machines: Array(taken), waitSeconds: ring.wait?.components.seconds,
                    proceedWhen: ring.proceedWhen?.text, approve: ring.approve))
        }
        let waiting = machines.filter { !places.contains($0.id) }.map(\.id)
        rings.append(PlannedRing(machines: Array(rest) + waiting, approve: last.approve))
        return rings
    }

    // MARK: Documents

    private func plannedStep(_ step: PlaybookStep) -> PlannedStep {
        PlannedStep(
            id: step.id, action: step.action, parameters: step.parameters, needs: step.needs,
            needsAreImplicit: step.declaredNeeds == nil && !step.needs.isEmpty, onFail: step.onFail, auto: step.auto,
            deadlineSeconds: step.deadline?.components.seconds, lease: lease(of: step),
            offline: step.offline.map {
                PlannedOffline(waitSeconds: $0.wait.components.seconds, then: $0.then, to: $0.to)
            }, undo: step.undo ?? (step.action.isDisruptive ? step.action.undo : nil))
    }

    /// The step's own lease, else the shortest default of the policies for what holds machines back, else three days and
    /// then the releasers are asked: every isolation has an end.
    private func lease(of step: PlaybookStep) -> PlannedLease? {
        if let lease = step.lease {
            return PlannedLease(
                seconds: lease.length.components.seconds, then: lease.then, to: lease.to, approve: lease.approve)
        }
        guard step.action == .isolate || step.action == .restrictApps else { return nil }
        guard let standard = effective.defaultLease else { return .last }
        return PlannedLease(seconds: standard.length.components.seconds, then: .escalate, to: standard.to)
    }

    private func cost(_ actions: [PlannedAction]) -> PlannedCost {
        var calls: [String: Int] = [:]
        for action in actions where action.disposition == .proceed {
            guard let step = playbook.step(action.step) else { continue }
            ActionCatalogue.add(step.action, 1, to: &calls)
        }
        return PlannedCost(calls: calls, seconds: ActionCatalogue.seconds(calls))
    }
}

/// A step and its actions while the plan is being made.
struct DraftStep {
    let step: PlaybookStep
    var actions: [PlannedAction]
}

extension PlannedAction {
    /// Not taken out by a guard, a false `when` or a need that fails.
    fileprivate var isOpenOrImpossible: Bool {
        switch disposition {
        case .proceed, .ended(.notPossible), .ended(.held): true
        case .ended: false
        }
    }
}

extension [RequiredApproval] {
    /// Adds a reason to the entry of the policy; makes the entry if there is none.
    mutating func require(_ policy: String, because reason: String) {
        if let index = firstIndex(where: { $0.policy == policy }) {
            if !self[index].because.contains(reason) { self[index].because.append(reason) }
        } else {
            append(RequiredApproval(policy: policy, because: [reason]))
        }
    }
}
