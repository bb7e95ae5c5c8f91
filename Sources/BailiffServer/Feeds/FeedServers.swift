import BailiffAPI
import BailiffFeedClients
import BailiffHTTPClient
import BailiffModel
import Logging

/// The servers of feeds that may be asked, each with a client that reaches this one and no other.
struct FeedServers: Sendable {
    struct Server: Sendable {
        let feed: BailiffAPI.Feed
        let configured: ServerConfiguration.Feed.Server
        let client: FeedClient
    }

    /// A feed whose list is read.
    struct Polled: Sendable {
        let server: Server
        let poll: FeedPoll
        let interval: Duration
        /// The subject of its job.
        let number: Int64
    }

    let polled: [Polled]
    let backOff: BackOff
    private let servers: [[UInt8]: Server]
    private let clients: [OutgoingHTTPClient]

    /// - Parameter transport: In place of the clients, for tests.
    /// - Throws: `StartProblem` for an authority that cannot be read: reading the configuration has refused it before.
    init(
        _ feeds: [ServerConfiguration.Feed], backOff: BackOff, surroundings: Surroundings, logger: Logger,
        transport: (any HTTPTransport)? = nil
    ) throws(StartProblem) {
        var servers: [[UInt8]: Server] = [:]
        var clients: [OutgoingHTTPClient] = []
        var polled: [Polled] = []
        for feed in feeds {
            guard let configured = feed.server else { continue }
            var used = transport
            if used == nil {
                let client = try FeedServers.client(configured, feed: feed.name, logger)
                clients.append(client)
                used = client
            }
            guard let used else { continue }
            let server = Server(
                feed: feed.apiFeed, configured: configured,
                client: FeedClient(transport: used, server: configured.server, now: surroundings.now))
            servers[Array(feed.name.utf8)] = server
            guard let interval = configured.pollInterval,
                let poll = FeedPoll(product: feed.product, server: configured.server)
            else { continue }
            polled.append(
                Polled(server: server, poll: poll, interval: interval, number: FeedServers.number(feed.name)))
        }
        self.servers = servers
        self.clients = clients
        self.polled = polled
        self.backOff = backOff
    }

    private static func client(
        _ server: ServerConfiguration.Feed.Server, feed: String, _ logger: Logger
    ) throws(StartProblem) -> OutgoingHTTPClient {
        do throws(HTTPFailure) {
            return try OutgoingHTTPClient(
                allowing: server.server.rules, trustRoots: server.authority.map { .pem($0) } ?? .system,
                connectionsPerHost: 4, logger: logger)
        } catch {
            throw StartProblem(.feeds, "the client for the server of \(feed) cannot be made", underlying: error)
        }
    }

    func server(of feed: String) -> Server? { servers[Array(feed.utf8)] }
    func polled(_ number: Int64) -> Polled? { polled.first { $0.number == number } }

    func shutdown() async { for client in clients { await client.shutdown() } }

    /// The same for a name at every start.
    private static func number(_ name: String) -> Int64 {
        Digest.of(name).bytes.prefix(8).reduce(Int64(0)) { $0 << 8 | Int64($1) } & Int64.max
    }
}
