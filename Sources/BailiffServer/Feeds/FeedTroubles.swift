import BailiffModel

/// What is wrong with the servers of feeds at the moment, for the status. It is found anew after a restart.
final class FeedTroubles: Sendable {
    private let byFeed = Locked<[String: String]>([:])

    func current(_ feed: String) -> String? { byFeed.withLock { $0[feed] } }

    /// Whether that is news.
    func began(_ feed: String, _ text: String) -> Bool {
        byFeed.withLock { $0.updateValue(text, forKey: feed) != text }
    }

    func ended(_ feed: String) { byFeed.withLock { _ = $0.removeValue(forKey: feed) } }
}
