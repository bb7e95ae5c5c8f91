/// What 429s have taught about one window's limit.
///
/// A 429 tells little by itself: others may share the application's quota, or the service may have a bad moment. It is
/// believed to mark a limit where this side's own count was near the documented one, where the announced wait is just the
/// time until our oldest call leaves the window, or where it happens twice at about the same count; and never below what
/// the service is known to have accepted within the last hour. After a while the documented figure is tried again.
struct LearnedLimit: Sendable {
    let window: Duration
    private var learned: (limit: Int, until: Duration)?
    private var suspicion: (count: Int, at: Duration)?
    private var proven: (count: Int, at: Duration)?

    init(window: Duration) { self.window = window }

    func limit(_ documented: Int?, at now: Duration) -> Int? {
        guard let learned, now < learned.until else { return documented }
        return min(learned.limit, documented ?? learned.limit)
    }

    /// The service has accepted `count` calls within one window.
    mutating func proved(_ count: Int, at now: Duration) {
        if let proven, proven.count > count, now - proven.at < .seconds(3_600) { return }
        proven = (count, now)
    }

    /// The service refused a call when `count` others were within the window, the oldest of them ended at `oldest`.
    mutating func refused(at count: Int, pause: Duration?, oldest: Duration?, documented: Int?, now: Duration) {
        let seen = max(count, proven.flatMap { now - $0.at < .seconds(3_600) ? $0.count : nil } ?? 0)
        guard seen >= 1, seen < documented ?? .max else { return }
        let isNearDocumented = documented.map { count >= $0 / 4 } ?? false
        if isNearDocumented || announces(pause, oldest: oldest, count: count, now: now) {
            learned = (seen, now + .seconds(3_600))
        } else if let suspicion, now - suspicion.at >= window, now - suspicion.at < .seconds(3_600), count >= 2,
            abs(suspicion.count - count) <= 1
        {
            // The weakest sign is believed for ten minutes; seen again behind that, for an hour.
            learned = (seen, now + .seconds(learned == nil ? 600 : 3_600))
        }
        suspicion = (count, now)
    }

    /// Services round the wait up to whole seconds, and the oldest call arrived there a little before it ended here.
    private func announces(_ pause: Duration?, oldest: Duration?, count: Int, now: Duration) -> Bool {
        guard let pause, let oldest, count >= 2 else { return false }
        let difference = (now + pause) - (oldest + window)
        return difference > .seconds(-1) && difference < .milliseconds(1_500)
    }
}
