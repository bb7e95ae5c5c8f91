/// How long an effect holds, counted from done, and what happens then.
package struct PlannedLease: Hashable, Sendable, Codable {
    package enum Then: String, Hashable, Sendable, Codable, CaseIterable { case release, renew, escalate }

    package var seconds: Int64
    package var then: Then
    /// With `escalate`: the role or approval policy that is told.
    package var to: String?
    /// With `renew`: the approval policy that is asked.
    package var approve: String?

    package init(seconds: Int64, then: Then, to: String? = nil, approve: String? = nil) {
        self.seconds = seconds
        self.then = then
        self.to = to
        self.approve = approve
    }

    /// Where neither a step nor a policy says how long machines are held back.
    package static let last = PlannedLease(seconds: 72 * 3_600, then: .escalate, to: OperatorRole.releaser.rawValue)
}

/// What becomes of an action that waits for its machine.
package struct PlannedOffline: Hashable, Sendable, Codable {
    package enum Then: String, Hashable, Sendable, Codable, CaseIterable { case ask, reissue, drop }

    package var waitSeconds: Int64
    package var then: Then
    /// With `ask`: the role or approval policy that is asked.
    package var to: String?

    package init(waitSeconds: Int64, then: Then, to: String? = nil) {
        self.waitSeconds = waitSeconds
        self.then = then
        self.to = to
    }
}
