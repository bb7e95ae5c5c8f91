import BailiffModel

/// Counts calls by application and API, in sliding windows; hunting, and the time it takes, for the whole tenant.
struct QuotaLedger: Sendable {
    private struct Key: Hashable {
        /// Nil: everyone's calls count together.
        var application: String?
        var endpoint: Endpoint
    }

    /// Times of accepted calls, oldest first, none older than an hour.
    private struct Window {
        private var times: [Timestamp] = []
        private var head = 0

        mutating func forget(before time: Timestamp) {
            while head < times.count, times[head] <= time { head += 1 }
            if head > 1_024, head * 2 > times.count {
                times.removeFirst(head)
                head = 0
            }
        }

        var count: Int { times.count - head }

        /// The last but `rank` of the times; the newest has rank 0.
        func time(rank: Int) -> Timestamp? { rank < count ? times[times.count - 1 - rank] : nil }

        mutating func add(_ time: Timestamp) { times.append(time) }
    }

    var policy: EmulatorQuotas
    private var windows: [Key: Window] = [:]
    /// Hunting: when, and how much time it cost.
    private var spent: [(time: Timestamp, cost: Duration)] = []

    private static let cpuLimits: [(window: Duration, limit: Duration)] = [
        (.seconds(3_600), .seconds(600)), (.seconds(86_400), .seconds(3 * 3_600)),
    ]

    init(_ policy: EmulatorQuotas) { self.policy = policy }

    /// Counts a call, or says why it is one too many. A refused call does not count.
    mutating func take(_ endpoint: Endpoint, application: String, now: Timestamp) throws(APIError) {
        guard policy.isEnforced else { return }
        let key = Key(application: endpoint.isHunting ? nil : application, endpoint: endpoint)
        var window = windows[key] ?? Window()
        window.forget(before: now - .seconds(3_600))
        let quota = endpoint.quota
        for (limit, span, text) in [(quota.minute, 60, "00:01:00"), (quota.hour, 3_600, "01:00:00")] {
            guard let limit = limit.map(scaled) else { continue }
            // The call that stands where the limit is reached must fall out of the window first.
            if let oldest = window.time(rank: limit - 1), now - oldest < .seconds(span) {
                throw refusal(
                    "API calls quota exceeded! maximum allowed \(limit) per \(text)",
                    until: oldest + .seconds(span), now: now)
            }
        }
        if endpoint.isHunting { try checkTime(now: now) }
        window.add(now)
        windows[key] = window
    }

    /// Adds what a query cost.
    mutating func spend(_ cost: Duration, now: Timestamp) {
        if policy.isEnforced { spent.append((now, cost)) }
    }

    private mutating func checkTime(now: Timestamp) throws(APIError) {
        spent.removeAll { now - $0.time >= .seconds(86_400) }
        for (window, limit) in QuotaLedger.cpuLimits {
            let recent = spent.filter { now - $0.time < window }
            let total = recent.reduce(Duration.zero) { $0 + $1.cost }
            guard total >= limit * policy.scale, let oldest = recent.first else { continue }
            throw refusal(
                "CPU quota exceeded! The running time of the queries of the last \(window.components.seconds / 60) "
                    + "minutes reached \(limit.components.seconds / 60) minutes", until: oldest.time + window, now: now)
        }
    }

    private func scaled(_ limit: Int) -> Int {
        let scaled = (Double(limit) * policy.scale).rounded(.down)
        return scaled >= 1 ? Int(exactly: scaled) ?? limit : 1
    }

    func refusal(_ message: String, until: Timestamp, now: Timestamp) -> APIError {
        let wait = max(1, ((until - now).wholeMicroseconds + 999_999) / 1_000_000)
        return APIError(
            429, policy.errorCode == .number ? "429" : "TooManyRequests", message,
            retryAfter: policy.sendsRetryAfter ? Int(wait) : nil)
    }
}

extension Endpoint {
    var isHunting: Bool { self == .advancedQuery || self == .advancedHunting || self == .graphHunting }
}
