/// How the documented limits are enforced: per application, per API, in any 60 seconds and any hour.
package struct EmulatorQuotas: Sendable, Equatable {
    package enum ErrorCode: String, Sendable, CaseIterable {
        /// `"429"`, as recorded.
        case number
        /// `TooManyRequests`, as documented.
        case name
    }

    package var isEnforced: Bool
    /// Multiplies every documented number of calls; at least one call stays.
    package var scale: Double
    package var errorCode: ErrorCode
    /// Whether a refused call says how long to wait.
    package var sendsRetryAfter: Bool
    /// What one hunting query costs of the ten CPU minutes an hour, beside what it scans.
    package var huntingCost: Duration

    package init(
        isEnforced: Bool = true, scale: Double = 1, errorCode: ErrorCode = .number, sendsRetryAfter: Bool = true,
        huntingCost: Duration = .milliseconds(200)
    ) {
        self.isEnforced = isEnforced
        self.scale = scale
        self.errorCode = errorCode
        self.sendsRetryAfter = sendsRetryAfter
        self.huntingCost = huntingCost
    }

    package static let documented = EmulatorQuotas()
    package static let off = EmulatorQuotas(isEnforced: false)
    package static func scaled(_ factor: Double) -> EmulatorQuotas { EmulatorQuotas(scale: factor) }
}
