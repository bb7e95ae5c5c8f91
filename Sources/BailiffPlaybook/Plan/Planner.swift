package import BailiffModel

/// Makes plans and repeats the guards before a send. Pure: no clock, no I/O.
package enum Planner {
    /// Whether a verdict starts a playbook: `valid` and `trigger.when`. Dedupe and corroboration are the engine's.
    package static func isTriggered(
        _ playbook: Playbook, by verdict: VerdictFacts, now: Timestamp
    ) -> TriggerResult {
        .failed(reason: "not evaluated yet")
    }

    /// What the playbook would do to which machines. The caller has checked the trigger.
    package static func plan(_ playbook: Playbook, in library: PlaybookLibrary, for input: PlanInput) -> Plan {
        Plan(
            tenant: input.tenant, playbook: playbook.reference, policies: [], mode: input.mode, madeAt: input.now,
            verdict: input.verdict, steps: [], machines: [], notSelected: [], actions: [],
            budget: PlannedBudget(budgetClass: playbook.budget.budgetClass, windows: [], reserved: []),
            cost: PlannedCost())
    }

    /// The guards once more, right before a send.
    ///
    /// - Parameter input: Fresh facts of the action's machine (others may be left out), the verdict as it is now.
    package static func recheck(
        _ action: PlannedAction, of plan: Plan, playbook: Playbook, library: PlaybookLibrary, input: PlanInput
    ) -> Recheck {
        .proceed
    }
}
