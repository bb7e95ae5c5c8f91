import BailiffIntake
package import BailiffModel
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
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
                try await application(at: .hostname(host, port: port)) { channel in
                    isBound.withLock { $0 = true }
                    await onBound(.network(host: host, port: channel.localAddress?.port ?? port))
                }.run()
            } catch  where !isBound.withLock({ $0 }) && !(error is CancellationError) {
                throw ListenError(host: host, port: port, error)
            }
        case .socket(let path):
            let place = try SocketPlace(path: path)
            defer { place.remove() }
            try await application(at: .unixDomainSocket(path: place.temporaryPath)) { _ in
                do {
                    try place.publish()
                    await onBound(.socket(path: path))
                } catch {
                    logger.error("the local administrator's socket could not be put in place: \(error)")
                }
            }.run()
        }
    }

    private func application(
        at address: BindAddress, onRunning: @escaping @Sendable (any Channel) async -> Void
    ) -> some ApplicationProtocol {
        let limits = limits
        let tls = tls
        let peers = PeerLedger(limits: limits, now: now)
        return Application(
            responder: APIResponder(api: api, door: door, isLocal: isLocal, peers: peers),
            server: HTTPServerBuilder { responder in
                GuardedChannel(responder: responder, limits: limits, peers: peers, tls: tls)
            },
            configuration: ApplicationConfiguration(
                address: address, backlog: 1_024,
                availableConnectionsDelegate: MaximumAvailableConnections(limits.connections)),
            onServerRunning: onRunning, logger: logger)
    }

    private var isLocal: Bool { if case .socket = address { true } else { false } }
}

/// What a request needs to know of its connection.
struct ConnectionContext: InitializableFromSource {
    let channel: any Channel
    let requestName: Logger.MetadataValue

    init(source: ApplicationRequestContextSource) {
        channel = source.channel
        requestName = source.logger[metadataKey: "hb.request.id"] ?? "unknown"
    }
}

/// Between Hummingbird's words and the API's.
struct APIResponder: HTTPResponder {
    typealias Context = ConnectionContext

    let api: API
    let door: API.Door
    let isLocal: Bool
    let peers: PeerLedger

    func respond(to request: Request, context: ConnectionContext) async throws -> Response {
        if !isLocal, let seconds = peers.wait(of: context.channel.remoteAddress) {
            let problem = Problem(
                .tooManyRequests, "this address asks too often", headers: Problem.retryAfter(seconds))
            return response(problem.reply(requestID: "\(context.requestName)"))
        }
        let asked = APIRequest(
            method: request.method, target: request.head.path ?? "", headers: request.headers, body: request.body,
            peer: isLocal ? .local : .network(context.channel.remoteAddress), name: context.requestName,
            clientIdentity: { [channel = context.channel] in await ClientIdentity(of: channel) })
        return response(await api.respond(to: asked, at: door))
    }

    private func response(_ reply: Reply) -> Response {
        Response(
            status: reply.status, headers: reply.headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body)))
    }
}
