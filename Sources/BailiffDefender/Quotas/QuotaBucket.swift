/// The calls of one API by one app registration: how many may still be made, and when the next ones.
///
/// A value: time comes in as the monotonic time since the client's start. A call counts from its *end*, since the service
/// counts when a request arrives, which is before its answer does: so this side's 60 s never end before the service's.
struct QuotaBucket: Sendable {
    private var limits: QuotaLimits
    /// When calls of the last hour ended, ascending.
    private var ended: [Duration] = []
    private var underWay = 0
    private var blockedUntil: Duration?
    private var refusalsInRow = 0
    private var minute = LearnedLimit(window: .seconds(60))
    private var hour = LearnedLimit(window: .seconds(3_600))

    /// Clocks of two machines don't run alike.
    private static let margin = Duration.milliseconds(50)

    init(limits: QuotaLimits) { self.limits = limits }

    /// How long the `position`-th call from now has to wait (1: the next one).
    func wait(for position: Int, lane: DefenderLane, at now: Duration) -> Duration {
        let perMinute = share(minute.limit(limits.perMinute, at: now), lane)
        let perHour = share(hour.limit(limits.perHour, at: now), lane)
        let start = max(now, blockedUntil ?? .zero)
        guard perMinute != nil || perHour != nil, position > 0 else { return start - now }
        let known = ended.count + underWay
        // Starts of calls to come are taken as their ends: the earliest that can be promised.
        var planned: [Duration] = []
        func time(_ index: Int) -> Duration {
            if index < ended.count { return ended[index] }
            if index < known { return now }
            return planned[index - known]
        }
        var at = start
        for index in known..<(known + position) {
            if let perMinute, index >= perMinute { at = max(at, time(index - perMinute) + minute.window + Self.margin) }
            if let perHour, index >= perHour { at = max(at, time(index - perHour) + hour.window + Self.margin) }
            planned.append(at)
        }
        return at - now
    }

    mutating func start() { underWay += 1 }

    /// A call that went out came to its end, whatever the answer was, a 429 apart.
    mutating func end(at now: Duration) {
        underWay = max(0, underWay - 1)
        refusalsInRow = 0
        ended.append(max(now, ended.last ?? now))
        forget(at: now)
        minute.proved(count(within: minute.window, at: now), at: now)
        hour.proved(count(within: hour.window, at: now), at: now)
    }

    /// A call that surely never left gives its place back.
    mutating func giveBack() { underWay = max(0, underWay - 1) }

    /// The service refused a call for its number. It does not count as one made.
    /// - Parameter retryAfter: Nil where the answer did not say: then 15 s, doubling up to two minutes.
    /// - Returns: How long to wait.
    mutating func refused(retryAfter: Duration?, at now: Duration) -> Duration {
        underWay = max(0, underWay - 1)
        // Calls that were under way together are refused together: that says no more than one refusal does.
        let rest = blockedUntil.map { $0 - now } ?? .zero
        if rest <= .zero { refusalsInRow += 1 }
        let pause =
            retryAfter ?? (rest > .zero ? rest : min(.seconds(120), .seconds(15) * (1 << min(refusalsInRow - 1, 4))))
        forget(at: now)
        let window = pause > minute.window ? hour.window : minute.window
        let count = count(within: window, at: now)
        let oldest = ended.count > 0 && count > 0 ? ended[ended.count - count] : nil
        if window == minute.window {
            minute.refused(at: count, pause: retryAfter, oldest: oldest, documented: limits.perMinute, now: now)
        } else {
            hour.refused(at: count, pause: retryAfter, oldest: oldest, documented: limits.perHour, now: now)
        }
        blockedUntil = max(blockedUntil ?? .zero, now + pause)
        return pause
    }

    /// The limits as they are held at present.
    func limits(at now: Duration) -> QuotaLimits {
        QuotaLimits(perMinute: minute.limit(limits.perMinute, at: now), perHour: hour.limit(limits.perHour, at: now))
    }

    /// Calls that count at present.
    func used(at now: Duration) -> (minute: Int, hour: Int) {
        (count(within: minute.window, at: now) + underWay, count(within: hour.window, at: now) + underWay)
    }

    private func share(_ limit: Int?, _ lane: DefenderLane) -> Int? { limit.map { max(1, $0 * lane.share / 100) } }

    private func count(within window: Duration, at now: Duration) -> Int {
        let start = now - window
        var low = 0
        var high = ended.count
        while low < high {
            let middle = (low + high) / 2
            if ended[middle] > start { high = middle } else { low = middle + 1 }
        }
        return ended.count - low
    }

    private mutating func forget(at now: Duration) {
        let kept = count(within: hour.window + .seconds(1), at: now)
        if ended.count - kept > 64 { ended.removeFirst(ended.count - kept) }
    }
}
