import BailiffCEL
import BailiffDiagnostics
import BailiffYAML

extension SetChecker {
    mutating func check(_ playbook: Playbook) {
        let used = resolvePolicies(of: playbook)
        let effective = EffectivePolicy(used.policies)
        checkReferences(playbook)
        checkReportWindow(playbook.targets.select)
        for step in playbook.steps {
            if let when = step.when { checkReportWindow(when) }
            checkTenantWide(step)
        }
        for test in playbook.tests { check(test) }
        checkShadowing(playbook, used.policies)
        // What a policy with mistakes seems to lack may be what could not be read.
        guard used.isComplete, !used.policies.contains(where: { faulty.contains($0.name) }) else { return }
        checkCoverage(playbook, effective)
        checkClass(playbook, effective)
        checkLeases(playbook, effective)
        checkIsolation(playbook, effective)
        checkCost(playbook, effective)
        checkQuota(playbook)
        checkReasons(playbook, effective)
    }

    private mutating func resolvePolicies(of playbook: Playbook) -> (policies: [Policy], isComplete: Bool) {
        var found: [Policy] = []
        var isComplete = true
        for name in playbook.use {
            if let policy = policies.first(where: { $0.name.utf8.elementsEqual(name.value.utf8) }) {
                found.append(policy)
                continue
            }
            isComplete = false
            if broken.contains(name.value) || broken.contains("*") { continue }
            let known = policies.map(\.name)
            report(
                .unknownPolicy, "no policy '\(name.value)'", at: name.location,
                hint: closestMatch(to: name.value, among: known).map { "did you mean '\($0)'?" })
        }
        return (found, isComplete)
    }

    // MARK: Names

    private mutating func checkReferences(_ playbook: Playbook) {
        expectApproval(playbook.budget.approve, at: playbook.budget.approveLocation)
        for entry in playbook.localGuards { check(entry) }
        for ring in playbook.rings {
            if let approve = ring.approve { expectApproval(approve, at: ring.approveLocation ?? ring.location) }
        }
        for step in playbook.steps {
            for approval in step.approve { expectApproval(approval.policy, at: approval.location) }
            if let to = step.offline?.to { expectRole(to, at: step.offline?.toLocation ?? step.location) }
            if let to = step.lease?.to { expectRole(to, at: step.lease?.toLocation ?? step.location) }
            if let approve = step.lease?.approve {
                expectApproval(approve, at: step.lease?.approveLocation ?? step.location)
            }
        }
        if let reversed = playbook.after.reversed {
            if let approve = reversed.approve, let place = reversed.approveLocation {
                expectApproval(approve, at: place)
            }
            for (id, place) in zip(reversed.undo, reversed.undoLocations) { checkUndo(id, of: playbook, at: place) }
        }
    }

    private mutating func checkUndo(_ id: String, of playbook: Playbook, at place: SourceLocation) {
        guard let step = playbook.step(id) else {
            report(
                .unknownStep, "no step '\(id)'", at: place,
                hint: closestMatch(to: id, among: playbook.steps.map(\.id)).map { "did you mean '\($0)'?" })
            return
        }
        if step.action.undo == nil {
            report(.wrongUndo, "nothing takes '\(id)' (\(step.action.rawValue)) back", at: place)
        }
    }

    private mutating func checkShadowing(_ playbook: Playbook, _ used: [Policy]) {
        // By the id in lower case: case alone sets no two guards apart.
        var owners: [String: String] = [:]
        for policy in used {
            for entry in policy.guards {
                if let other = owners[entry.id.lowercased()], other != policy.name {
                    report(
                        .guardShadowed, "the policies '\(other)' and '\(policy.name)' both have a guard '\(entry.id)'",
                        at: playbook.use.first { $0.value == policy.name }?.location ?? entry.location)
                }
                owners[entry.id.lowercased()] = policy.name
            }
        }
        for entry in playbook.localGuards {
            guard let owner = owners[entry.id.lowercased()] else { continue }
            report(
                .guardShadowed, "the policy '\(owner)' has a guard '\(entry.id)' already", at: entry.location,
                hint: "a playbook adds guards of its own and never replaces one; use another id")
        }
    }

    // MARK: Tests

    private mutating func check(_ test: PlaybookTest) {
        for role in test.given.approvedBy { expectPerson(role.text, at: role.location) }
        for approval in test.expect.approvals { expectApproval(approval.policy.text, at: approval.policy.location) }
    }

    /// A reason that no plan of the playbook can ever give would make the test fail for ever.
    private mutating func checkReasons(_ playbook: Playbook, _ effective: EffectivePolicy) {
        let guards = (effective.guards + playbook.localGuards).map(\.id)
        for reason in playbook.tests.compactMap(\.expect.reason) where reason.text.hasPrefix("guards.") {
            let id = String(reason.text.dropFirst("guards.".count))
            if guards.contains(id) { continue }
            report(
                .badTest, "neither the playbook nor a policy in use has a guard '\(id.escapedForDisplay(limit: 64))'",
                at: reason.location, hint: closestMatch(to: id, among: guards).map { "did you mean '\($0)'?" })
        }
    }

    // MARK: Safety

    private mutating func checkCoverage(_ playbook: Playbook, _ effective: EffectivePolicy) {
        for step in playbook.steps where step.action.isDisruptive {
            if step.action.isTenantWide {
                let limit = effective.classes[playbook.budget.budgetClass]?.indicatorsPerDay
                if limit == nil, effective.classes[playbook.budget.budgetClass] != nil {
                    report(
                        .notCovered, "the budget class '\(playbook.budget.budgetClass)' allows no indicators",
                        at: step.location, hint: "the policy must give it 'indicators_per_day'")
                }
                continue
            }
            let isCovered = effective.guards.contains { $0.enforce == .deny && $0.applies(to: step.action) }
            if !isCovered {
                report(
                    .notCovered, "no policy in use has a 'deny' guard for \(step.action.rawValue)", at: step.location,
                    hint: "use a policy that says where \(step.action.rawValue) must never happen")
            }
        }
    }

    private mutating func checkClass(_ playbook: Playbook, _ effective: EffectivePolicy) {
        let budget = playbook.budget
        guard let budgetClass = effective.classes[budget.budgetClass] else {
            report(
                .unknownClass, "no policy in use has a budget class '\(budget.budgetClass)'", at: budget.classLocation,
                hint: closestMatch(to: budget.budgetClass, among: effective.classes.keys.sorted())
                    .map { "did you mean '\($0)'?" })
            return
        }
        if !budgetClass.admits(owner: playbook.owner) {
            let owners = (budgetClass.owners ?? []).joined(separator: ", ")
            report(
                .classNotForOwner, "the budget class '\(budgetClass.name)' is for \(owners), not for \(playbook.owner)",
                at: budget.classLocation)
        }
    }

    /// A tenant-wide step has no machine to ask about.
    private mutating func checkTenantWide(_ step: PlaybookStep) {
        guard step.action.isTenantWide else { return }
        if let when = step.when, when.touchesMachine {
            report(
                .notForThisAction, "\(step.action.rawValue) acts on no machine, and the condition asks about one",
                at: when.location)
        }
        for approval in step.approve where approval.groupBy != nil {
            report(
                .notForThisAction, "\(step.action.rawValue) acts on no machine that could be grouped",
                at: approval.location)
        }
    }

    // MARK: Warnings

    private mutating func checkLeases(_ playbook: Playbook, _ effective: EffectivePolicy) {
        for step in playbook.steps {
            let needsLease = step.action == .isolate || step.action == .restrictApps
            if needsLease, step.lease == nil, effective.defaultLease == nil,
                environment.carriedOut.keys.contains(.lease)
            {
                report(
                    .noLease, "\(step.action.rawValue) has no lease, and no policy in use has a 'default_lease'",
                    at: step.location, hint: "add 'lease: { for: 72h, then: escalate, to: ROLE }'")
            }
        }
    }

    private mutating func checkIsolation(_ playbook: Playbook, _ effective: EffectivePolicy) {
        guard effective.proxyEstate else { return }
        for step in playbook.steps where step.action == .isolate && step.parameters.isolationType == .full {
            report(
                .fullIsolationBehindProxy, "full isolation in a proxy estate cuts machines off from Defender, too",
                at: step.location, hint: "write 'with: { type: auto }' or 'selective'")
        }
    }

    /// Defender's machines report about once a day.
    mutating func checkReportWindow(_ condition: Condition) {
        guard condition.program.referencedVariables.contains(Fact.machineLastReport.rawValue) else { return }
        let short = ConditionParts.conjuncts(of: condition.text)
            .map(\.text).filter { $0.contains(Fact.machineLastReport.rawValue) }
            .flatMap { ConditionParts.durations(in: $0) }
            .contains { $0 < 36 * 3_600 }
        if short {
            report(
                .shortReportWindow, "machines report about once a day: this window leaves healthy ones out",
                at: condition.location, hint: "use at least duration(\"36h\")")
        }
    }

    /// The static cost of all conditions over 10,000 machines.
    private mutating func checkCost(_ playbook: Playbook, _ effective: EffectivePolicy) {
        let conditions =
            [playbook.targets.select] + playbook.steps.compactMap(\.when)
            + (effective.guards + playbook.localGuards).map(\.when)
        var sum: UInt64 = 0
        var costliest = playbook.targets.select
        for condition in conditions {
            sum = sum.addingSaturating(condition.program.estimatedCost.max)
            if condition.program.estimatedCost.max > costliest.program.estimatedCost.max { costliest = condition }
        }
        let total = sum.multipliedSaturating(by: 10_000)
        guard total > Self.planCostLimit else { return }
        let own = costliest.program.estimatedCost.max
        report(
            .planCost,
            "the conditions of '\(playbook.name)' may cost \(total) units over 10,000 machines, more than "
                + "\(Self.planCostLimit); this one, the costliest, \(own) for each machine",
            at: costliest.location, hint: "simplify it; 'select', 'when' of steps and all guards count together")
    }

    private static let planCostLimit: UInt64 = 1_000_000_000

    private mutating func checkQuota(_ playbook: Playbook) {
        let cost = ActionCatalogue.cost(of: playbook.steps.map(\.action), machines: playbook.budget.perRun)
        for bucket in cost.calls.keys.sorted() {
            guard let calls = cost.calls[bucket], let limit = ActionCatalogue.quotas[bucket]?.perHour, calls > limit
            else {
                continue
            }
            report(
                .overQuota,
                "\(playbook.budget.perRun) machines need \(calls) calls of the quota '\(bucket)', which has \(limit) an hour: "
                    + "about \(cost.seconds / 60) minutes", at: playbook.budget.classLocation)
        }
    }
}

extension Condition {
    /// Whether it asks about a machine.
    package var touchesMachine: Bool { program.referencedVariables.contains { $0.hasPrefix("machine.") } }
}

extension UInt64 {
    func addingSaturating(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }

    func multipliedSaturating(by other: UInt64) -> UInt64 {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }
}
