/// What the engine of this build carries out. A playbook that asks for more is refused at activation: nothing written in a
/// file is ever ignored.
package struct EngineCapabilities: Hashable, Sendable {
    package var actions: Set<ActionKind>
    /// Keys by their path, as in the reference: `steps.lease`.
    package var keys: Set<LanguageKey>

    package init(actions: Set<ActionKind>, keys: Set<LanguageKey>) {
        self.actions = actions
        self.keys = keys
    }

    /// Everything the language has.
    package static let complete = EngineCapabilities(
        actions: Set(ActionKind.allCases), keys: Set(LanguageKey.allCases))
}

/// The parts of the language that an engine carries out or not.
package enum LanguageKey: String, Hashable, Sendable, CaseIterable {
    case valid
    case precedence
    case dedupe = "trigger.dedupe"
    case ignoreSofter = "trigger.dedupe.on_change: ignore_softer"
    case corroborate = "trigger.corroborate"
    case lookback = "targets.lookback"
    case order = "targets.order"
    case watch = "targets.watch"
    case guards
    case budget
    case rings
    case needs = "steps.needs"
    case approve = "steps.approve"
    case groupBy = "steps.approve.group_by"
    case deadline = "steps.deadline"
    case onFail = "steps.on_fail"
    case offline = "steps.offline"
    case lease = "steps.lease"
    case undo = "steps.undo"
    case alertByReference = "steps.with.via: alert_by_reference"
    case verdictReversed = "after.verdict_reversed"
    case notify = "after.notify"
    case breaker
    case isolationPolicy = "isolation"
    case ask = "on_expiry: ask"
    case approvalNotify = "policies.notify"
}
