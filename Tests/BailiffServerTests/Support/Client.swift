import BailiffHTTPClient
import BailiffIntake
import BailiffModel
import Logging
import Testing

/// Talks to a server as programs do.
struct Client: Sendable {
    let base: String
    var token: String?
    let transport: OutgoingHTTPClient

    init(
        _ base: String, token: String? = nil, trusting certificate: TestCertificate? = nil,
        showing own: TestCertificate? = nil
    ) throws {
        let url = try #require(HTTPURL(base))
        self.base = base
        self.token = token
        transport = try OutgoingHTTPClient(
            allowing: [.origin(url)],
            trustRoots: certificate.map { .pem(Array($0.certificatePEM.utf8)) } ?? .system,
            identity: own.map { .init(certificates: Array($0.certificatePEM.utf8), key: Secret($0.keyPEM)) },
            logger: Logger(label: "client", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, body: JSONValue? = nil, headers: [HTTPHeader] = []
    ) async throws -> HTTPReply {
        try await send(
            method, path, bytes: body?.utf8() ?? [],
            headers: headers + (body == nil ? [] : [HTTPHeader("Content-Type", "application/json")]))
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, bytes: [UInt8], headers: [HTTPHeader]
    ) async throws -> HTTPReply {
        var headers = headers
        if let token { headers.append(HTTPHeader("Authorization", "Bearer \(token)")) }
        return try await transport.send(
            HTTPRequest(method, try #require(HTTPURL(base + path)), headers: headers, body: bytes))
    }

    func get(_ path: String) async throws -> JSONValue {
        try StrictJSON.parse(try await send(.get, path).body, limits: .trusted)
    }
}

extension HTTPReply {
    var json: JSONValue { (try? StrictJSON.parse(body, limits: .trusted)) ?? .null }
}

/// An address at which nobody listens: the discard port of this machine.
enum HTTPURLSample {
    static let closedPort = HTTPURL("http://127.0.0.1:9")
}
