import BailiffCEL
package import BailiffModel

/// Makes plans and repeats the guards before a send. Pure: no clock, no I/O.
package enum Planner {
    /// Whether a verdict starts a playbook: `valid` and `trigger.when`. Dedupe and corroboration are the engine's.
    package static func isTriggered(
        _ playbook: Playbook, by verdict: VerdictFacts, now: Timestamp
    ) -> TriggerResult {
        guard playbook.valid.covers(now) else { return .notMatched(reason: "outside 'valid'") }
        do {
            let matched = try playbook.trigger.when.program.evaluateCondition(FactValues(verdict: verdict, now: now))
            return matched ? .matched : .notMatched(reason: "trigger.when is false")
        } catch {
            return .failed(reason: error.message)
        }
    }

    /// What the playbook would do to which machines. The caller has checked the trigger.
    ///
    /// The same input always gives the same plan. Machines given twice are planned once.
    package static func plan(_ playbook: Playbook, in library: PlaybookLibrary, for input: PlanInput) -> Plan {
        var input = input
        var seen: Set<MachineID> = []
        input.machines = input.machines.filter { seen.insert($0.machine.id).inserted }
        var maker = PlanMaker(playbook, in: library, for: input)
        return maker.make(references: library.references(inForceFor: playbook))
    }

    /// The windows that the budget of a plan from this input is counted in, so that only what counts there has to be known.
    package static func budgetWindows(
        _ playbook: Playbook, in library: PlaybookLibrary, for input: PlanInput
    ) -> [BudgetWindow] {
        BudgetAllocator(playbook: playbook, effective: EffectivePolicy(library.policies(of: playbook)), input: input)
            .windows(ofGroups: Set(input.machines.map(\.machine.group)))
    }

    /// The guards once more, right before a send.
    ///
    /// - Parameter input: Fresh facts of the action's machine (others may be left out), the verdict as it is now.
    /// - Returns: `.denied` by a finding named `facts` where the machine's facts are missing from `input`.
    package static func recheck(
        _ action: PlannedAction, of plan: Plan, playbook: Playbook, library: PlaybookLibrary, input: PlanInput
    ) -> Recheck {
        guard let step = playbook.step(action.step) else {
            return .denied(GuardFinding(id: "facts", enforcement: .deny, because: "the step is not in the playbook"))
        }
        let effective = EffectivePolicy(library.policies(of: playbook))
        var facts = FactValues(verdict: input.verdict, now: input.now)
        facts.file = input.file
        facts.signerTrusted = effective.context.signerTrusted(input.file)
        let hits = max(input.machines.count, plan.machines.count + plan.notSelected.count)
        facts.fleet = FactValues.Fleet(hits: hits, size: input.fleet.size)
        var roles: [String] = []
        if let id = action.machine {
            guard let machine = input.machines.first(where: { $0.machine.id == id }) else {
                return .denied(GuardFinding(id: "facts", enforcement: .deny, because: "no fresh facts of the machine"))
            }
            facts.machine = machine
            roles = effective.context.roles(of: machine.machine)
            facts.role = roles.first
        }
        let findings = GuardJury(playbook, effective).matches(facts, roles: roles, for: [step.action])
            .findings(for: step.action)
        if let strictest = findings.first {
            if strictest.enforcement == .deny { return .denied(strictest) }
            if strictest.enforcement == .skip { return .skipped(strictest) }
        }
        if step.action == .blockFile, facts.signerTrusted != false {
            return .denied(
                GuardFinding(id: "signer", enforcement: .deny, because: "the file's signer is trusted or not known"))
        }
        var additional: [RequiredApproval] = []
        for finding in findings where finding.enforcement == .hold {
            guard let policy = finding.approve, !action.approvals.contains(where: { $0.policy == policy }) else {
                continue
            }
            additional.require(policy, because: "guard \(finding.id): \(finding.because)")
        }
        return additional.isEmpty ? .proceed : .needsApproval(additional)
    }
}
