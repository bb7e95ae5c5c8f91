import BailiffDiagnostics
import BailiffModel
import Logging

/// Counts deliveries and requests that could not be authenticated, and says so in the log at most once a minute for each
/// source.
final class RefusalLog: Sendable {
    private struct Source: Hashable {
        var target: String
        var peer: String
    }

    private struct Count {
        var total: Int
        var loggedAt: Timestamp
        var sinceLogged: Int
    }

    private struct State {
        var counts: [Source: Count] = [:]
        var total: Int64 = 0
    }

    private static let interval: Duration = .seconds(60)
    /// Beyond that, sources are counted together: an attacker with many addresses must not fill the memory.
    private static let greatestSourceCount = 10_000

    private let logger: Logger
    private let state = Locked(State())

    init(logger: Logger) { self.logger = logger }

    var total: Int64 { state.withLock { $0.total } }

    func note(feed: String, peer: Peer, reason: String, at now: Timestamp) {
        note(target: "feed \(feed)", peer: peer, reason: reason, at: now)
    }

    func note(target: String, peer: Peer, reason: String, at now: Timestamp) {
        let shown = peer.description
        let unlogged: Int? = state.withLock { state in
            state.total += 1
            var source = Source(target: target, peer: shown)
            if state.counts[source] == nil, state.counts.count >= Self.greatestSourceCount {
                state.counts = state.counts.filter { now < $0.value.loggedAt + Self.interval }
                if state.counts.count >= Self.greatestSourceCount {
                    source = Source(target: "", peer: "many")
                }
            }
            guard var count = state.counts[source] else {
                state.counts[source] = Count(total: 1, loggedAt: now, sinceLogged: 0)
                return 1
            }
            count.total += 1
            count.sinceLogged += 1
            defer { state.counts[source] = count }
            guard now >= count.loggedAt + Self.interval else { return nil }
            count.loggedAt = now
            defer { count.sinceLogged = 0 }
            return count.sinceLogged
        }
        guard let unlogged else { return }
        logger.warning(
            "refused: not authenticated",
            metadata: [
                "target": "\(target.escapedForDisplay(limit: 100))", "peer": "\(shown)", "reason": "\(reason)",
                "count": "\(unlogged)",
            ])
    }
}
