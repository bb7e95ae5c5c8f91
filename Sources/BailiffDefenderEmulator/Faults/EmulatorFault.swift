/// One way to misbehave.
package enum EmulatorFault: String, Sendable, CaseIterable {
    /// 429 with `Retry-After`.
    case throttled
    /// 429 without a hint when to come back.
    case throttledSilently
    /// 429 with `Retry-After`, and so for every call of the API by anyone until that time is over.
    case throttleStorm
    /// 401; the token is worthless from now on, a fresh one works.
    case unauthorized
    /// 401 "Account mode is inactive", with any token, until faults are cleared.
    case unauthorizedForGood
    /// 500, nothing was done.
    case serverError
    /// 503, nothing was done.
    case unavailable
    /// The connection is closed before anything was done.
    case connectionClosed
    /// The request is carried out, then answered with 500.
    case serverErrorAfterAction
    /// The request is carried out, then the connection is closed without an answer.
    case answerLost
    /// The request is carried out; the body ends half-way and the connection closes.
    case bodyCut
    /// The request is carried out; the body is no JSON.
    case bodyMalformed
    /// The request is carried out; the answer comes late.
    case stalled
    /// The action is accepted and stays Pending until it times out.
    case stuckPending
    /// The action is accepted and ends long after those placed behind it.
    case completesLate
    /// The action is accepted and fails on the machine.
    case actionFails
    /// The action is accepted and stands in the list twice.
    case actionDoubled
    /// The action is accepted and shows up in lists only later.
    case listedLate

    /// Whether it can only befall a request that places a machine action or starts an investigation.
    package var needsAction: Bool {
        switch self {
        case .stuckPending, .completesLate, .actionFails, .actionDoubled, .listedLate: true
        default: false
        }
    }

    /// What a request asks for, as far as it decides what can befall it.
    enum Target: Sendable { case token, order, other }

    /// A fault that cannot befall a request is kept for one that it can.
    func befalls(_ target: Target) -> Bool {
        switch target {
        case .order: true
        case .other: !needsAction
        // What is wrong with a token shows only where it is used.
        case .token: !needsAction && self != .unauthorized && self != .unauthorizedForGood && self != .throttleStorm
        }
    }
}
