import BailiffIntake
package import BailiffModel
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// One address at which the API answers.
package struct Listener: Service {
    package enum Address: Sendable, Hashable {
        case network(host: String, port: Int)
        /// A Unix socket that only its owner may open.
        case socket(path: String)
    }

    /// Where it turned out to listen.
    package enum Bound: Sendable, Hashable {
        case network(host: String, port: Int)
        case socket(path: String)
    }

    private let api: API
    private let door: API.Door
    private let address: Address
    private let limits: ConnectionLimits
    private let tls: TLSCertificates?
    private let now: @Sendable () -> Timestamp
    private let logger: Logger
    private let onBound: @Sendable (Bound) async -> Void

    /// - Parameter onBound: Called once, as soon as connections are taken.
    package init(
        _ api: API, door: API.Door, address: Address, limits: ConnectionLimits = ConnectionLimits(),
        tls: TLSCertificates? = nil, now: @escaping @Sendable () -> Timestamp = Surroundings.system.now,
        logger: Logger, onBound: @escaping @Sendable (Bound) async -> Void
    ) {
        self.api = api
        self.door = door
        self.address = address
        self.limits = limits
        self.tls = tls
        self.now = now
        self.logger = logger
        self.onBound = onBound
    }

    /// Answers until shutdown; requests under way are finished first.
    package func run() async throws {
        switch address {
        case .network(let host, let port):
            let isBound = Locked(false)
            do {
                try await server(at: .hostname(host, port: port)) { channel in
                    isBound.withLock { $0 = true }
                    await onBound(.network(host: host, port: channel.localAddress?.port ?? port))
                }.run()
            } catch  where !isBound.withLock({ $0 }) && !(error is CancellationError) {
                throw ListenError(host: host, port: port, error)
            }
        case .socket(let path):
            let place = try SocketPlace(path: path)
            defer { place.remove() }
            try await server(at: .unixDomainSocket(path: place.temporaryPath)) { _ in
                do {
                    try place.publish()
                    await onBound(.socket(path: path))
                } catch {
                    logger.error("the local administrator's socket could not be put in place: \(error)")
                }
            }.run()
        }
    }

    private func server(
        at address: BindAddress, onRunning: @escaping @Sendable (any Channel) async -> Void
    ) -> Server<GuardedChannel> {
        let peers = PeerLedger(limits: limits, now: now)
        let responder = APIResponder(api: api, door: door, isLocal: isLocal, peers: peers, date: ResponseDate(now))
        let connections = GuardedChannel(
            responder: { await responder.respond(to: $0, $1, on: $2) }, limits: limits, peers: peers, tls: tls)
        return Server(
            childChannelSetup: connections,
            configuration: ServerConfiguration(
                address: address, backlog: 1_024,
                availableConnectionsDelegate: MaximumAvailableConnections(limits.connections)),
            onServerRunning: onRunning, eventLoopGroup: .singletonMultiThreadedEventLoopGroup, logger: logger)
    }

    private var isLocal: Bool { if case .socket = address { true } else { false } }
}

/// Between a connection's words and the API's.
private struct APIResponder: Sendable {
    let api: API
    let door: API.Door
    let isLocal: Bool
    let peers: PeerLedger
    let date: ResponseDate

    func respond(to request: HTTPRequest, _ body: IncomingBody, on channel: any Channel) async -> Reply {
        let name = RequestID()
        var reply: Reply
        if !isLocal, let seconds = peers.wait(of: channel.remoteAddress) {
            let problem = Problem(
                .tooManyRequests, "this address asks too often", headers: Problem.retryAfter(seconds))
            reply = problem.reply(requestID: "\(name)")
        } else {
            let asked = APIRequest(
                method: request.method, target: request.path ?? "", headers: request.headerFields, body: body,
                peer: isLocal ? .local : .network(channel.remoteAddress), name: name,
                clientIdentity: { await ClientIdentity(of: channel) })
            reply = await api.respond(to: asked, at: door)
        }
        reply.headers[.date] = date.text
        return reply
    }
}
