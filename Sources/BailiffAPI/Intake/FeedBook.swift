import BailiffIntake
import BailiffModel

/// The configured feeds. Who may post to them can be replaced while requests are under way: each is checked against what
/// stood here when it began.
package final class FeedBook: Sendable {
    /// In the order of the configuration.
    package let names: [String]
    private let held: Locked<[String: Feed]>

    /// Of several feeds of one name the first counts.
    package init(_ feeds: [Feed]) {
        names = feeds.map(\.name)
        held = Locked(Dictionary(feeds.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }))
    }

    package subscript(name: String) -> Feed? { held.withLock { $0[name] } }

    package var all: [Feed] { held.withLock { feeds in names.compactMap { feeds[$0] } } }

    /// Takes over who may post, and how far that is trusted: secrets, networks and client certificates. Everything else, a
    /// feed of another product and feeds of other names stay as they are.
    /// - Returns: The names of the feeds that are open to others now.
    package func replaceSenders(by feeds: [Feed]) -> [String] {
        held.withLock { held in
            feeds.compactMap { new in
                guard var feed = held[new.name], feed.product == new.product, feed.senders != new.senders else {
                    return nil
                }
                feed.authentication = new.authentication
                feed.sources = new.sources
                feed.clientCertificates = new.clientCertificates
                feed.trust = new.trust
                held[new.name] = feed
                return new.name
            }
        }
    }
}

extension Feed {
    fileprivate struct Senders: Equatable {
        var authentication: WebhookAuthentication
        var sources: AddressList?
        var clientCertificates: ClientIdentityList?
        var trust: Int
    }

    fileprivate var senders: Senders {
        Senders(
            authentication: authentication, sources: sources, clientCertificates: clientCertificates, trust: trust)
    }
}
