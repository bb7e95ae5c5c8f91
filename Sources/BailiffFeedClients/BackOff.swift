/// How long to wait before the next attempt. Pure: the share of chance comes in.
package struct BackOff: Sendable, Hashable {
    package var first: Duration
    package var longest: Duration

    package init(first: Duration, longest: Duration) {
        self.first = first
        self.longest = longest
    }

    /// For reports that a sandbox is still writing, and for servers in trouble.
    package static let standard = BackOff(first: .seconds(5), longest: .seconds(1_800))

    /// Doubles with every attempt, up to the longest wait, of which half is left to chance so that many jobs do not come
    /// back together. What the server asked for is waited in full, and then the share of chance on top.
    ///
    /// - Parameters:
    ///   - attempt: How many attempts there were; 1 after the first.
    ///   - share: From 0 to 1.
    package func delay(attempt: Int, retryAfter: Duration? = nil, share: Double) -> Duration {
        let share = share.isFinite ? min(max(share, 0), 1) : 1
        var wait = first
        for _ in 1..<min(max(attempt, 1), 40) where wait < longest { wait *= 2 }
        wait = min(wait, longest)
        let own = wait / 2 + wait / 2 * share
        guard let retryAfter else { return own }
        return max(retryAfter + first * share, own)
    }
}
