/// Whether a verdict starts a playbook.
package enum TriggerResult: Hashable, Sendable {
    case matched
    /// For people: why not.
    case notMatched(reason: String)
    /// The condition could not be evaluated, which starts nothing.
    case failed(reason: String)
}

/// What guards say right before a send.
package enum Recheck: Hashable, Sendable {
    case proceed
    /// Never sent.
    case denied(GuardFinding)
    /// Not sent, because there is no need.
    case skipped(GuardFinding)
    /// Sent once these have said yes as well; policies that the plan named already are not repeated.
    case needsApproval([RequiredApproval])
}
