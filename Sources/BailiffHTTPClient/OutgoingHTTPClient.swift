import AsyncHTTPClient
package import BailiffModel
package import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// The one client through which anything leaves the process.
///
/// Only configured hosts; TLS with verification everywhere except on loopback addresses; no redirects, no repetition, no
/// cookies, no decompression (so a small answer cannot grow); HTTP/1.1 with connections kept alive. Everything runs on
/// one event loop, which makes the order of "the head was written" and "time is up" certain.
package final class OutgoingHTTPClient: HTTPTransport {
    private let client: HTTPClient
    private let group: MultiThreadedEventLoopGroup
    private let rules: [HostRule]
    private let limits: HTTPLimits
    private let logger: Logger
    private let socket: String?

    /// What certificates are trusted.
    package enum TrustRoots: Sendable {
        case system
        /// In place of the system's: PEM text with one or more certificates.
        case pem([UInt8])
    }

    /// Who this process shows itself to be to servers that ask for a client certificate: PEM text.
    package struct Identity: Sendable {
        package var certificates: [UInt8]
        package var key: Secret

        package init(certificates: [UInt8], key: Secret) {
            self.certificates = certificates
            self.key = key
        }
    }

    /// - Parameters:
    ///   - rules: The servers that may be called. A rule for plain `http` counts only for a loopback address.
    ///   - limits: Where a request brings none of its own.
    ///   - connectionsPerHost: Above that, calls wait for a free connection, at most as long as `limits.connect`.
    ///   - identity: Shown to servers that ask for it.
    ///   - socket: The path of a Unix socket over which every call goes, whatever host its URL names; rules still count.
    /// - Throws: `HTTPFailure` with `.tls` where `trustRoots` or `identity` cannot be read.
    package init(
        allowing rules: [HostRule], limits: HTTPLimits = .standard, trustRoots: TrustRoots = .system,
        identity: Identity? = nil, connectionsPerHost: Int = 64, socket: String? = nil, logger: Logger
    ) throws(HTTPFailure) {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if case .pem(let bytes) = trustRoots { tls.trustRoots = .certificates(try Self.certificates(bytes)) }
        if let identity {
            tls.certificateChain = try Self.certificates(identity.certificates).map { .certificate($0) }
            tls.privateKey = .privateKey(try Self.key(identity.key))
        }
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: HTTPClient.Configuration.Timeout(connect: TimeAmount(limits.connect)), decompression: .disabled)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.idleTimeout = .seconds(50)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(1, connectionsPerHost)
        configuration.connectionPool.retryConnectionEstablishment = false
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        client = HTTPClient(eventLoopGroup: group, configuration: configuration)
        self.rules = rules
        self.limits = limits
        self.logger = logger
        self.socket = socket
    }

    /// Whether `TrustRoots.pem` would take this.
    package static func isTrustStore(_ pem: [UInt8]) -> Bool {
        (try? certificates(pem)).map { !$0.isEmpty } ?? false
    }

    private static func certificates(_ pem: [UInt8]) throws(HTTPFailure) -> [NIOSSLCertificate] {
        do {
            return try NIOSSLCertificate.fromPEMBytes(pem)
        } catch {
            throw HTTPFailure(.tls, mayHaveBeenReceived: false, underlying: error)
        }
    }

    private static func key(_ pem: Secret) throws(HTTPFailure) -> NIOSSLPrivateKey {
        do {
            return try NIOSSLPrivateKey(bytes: pem.revealedBytes, format: .pem)
        } catch {
            throw HTTPFailure(.tls, mayHaveBeenReceived: false, underlying: error)
        }
    }

    deinit {
        // The library stops the process when its client is dropped while running; both calls may come twice.
        client.shutdown { [group] _ in group.shutdownGracefully { _ in } }
    }

    /// Closes all connections; calls under way fail. A second call does nothing.
    package func shutdown() async {
        try? await client.shutdown()
    }

    /// Whether `send` would call this server at all.
    package func allows(_ url: HTTPURL) -> Bool {
        (url.isSecure || url.isLoopback) && rules.contains { $0.allows(url) }
    }

    package func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPReply {
        guard allows(request.url) else { throw HTTPFailure(.hostNotAllowed, mayHaveBeenReceived: false) }
        if Task.isCancelled { throw HTTPFailure(.cancelled, mayHaveBeenReceived: false) }
        let limits = request.limits ?? limits
        let outgoing: HTTPClient.Request
        do {
            outgoing = try HTTPClient.Request(
                url: address(of: request.url), method: HTTPMethod(rawValue: request.method.rawValue),
                headers: headers(of: request), body: request.body.isEmpty ? nil : .bytes(request.body))
        } catch {
            throw HTTPFailure(.invalidRequest, mayHaveBeenReceived: false, underlying: error)
        }
        let exchange = Exchange(bodyLimit: limits.bodyInBytes)
        let task = client.execute(request: outgoing, delegate: exchange)
        exchange.watch(task, limits: limits)
        do {
            return try await withTaskCancellationHandler {
                try await task.futureResult.get()
            } onCancel: {
                task.fail(reason: Exchange.Stop.cancelled)
            }
        } catch {
            let failure = HTTPFailure(error, headWasSent: exchange.headWasSent)
            logger.debug(
                "outgoing call failed",
                metadata: [
                    "url": "\(request.url)", "code": "\(failure.code.rawValue)",
                    "cause": "\(String(reflecting: error))",
                ])
            throw failure
        }
    }

    private func address(of url: HTTPURL) -> String {
        guard let socket else { return url.text }
        return "http+unix://\(HTTPURL.encoded(socket))\(url.path)\(url.query.map { "?\($0)" } ?? "")"
    }

    private func headers(of request: HTTPRequest) -> HTTPHeaders {
        var headers = HTTPHeaders(request.headers.map { ($0.name, $0.value) })
        // Without it a server may compress as it likes.
        if headers["Accept-Encoding"].isEmpty { headers.add(name: "Accept-Encoding", value: "identity") }
        if socket != nil { headers.replaceOrAdd(name: "Host", value: request.url.host) }
        return headers
    }
}

extension HTTPMethod {
    fileprivate init(rawValue: String) { self = .RAW(value: rawValue) }
}
