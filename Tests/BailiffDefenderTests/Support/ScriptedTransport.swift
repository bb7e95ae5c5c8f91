import BailiffHTTPClient
import BailiffModel

/// Answers requests as a test says, and remembers them. Token requests are answered by itself unless the script says
/// otherwise.
final class ScriptedTransport: HTTPTransport {
    typealias Script = @Sendable (HTTPRequest, Int) async throws(HTTPFailure) -> HTTPReply

    private struct State {
        var requests: [HTTPRequest] = []
        var tokenRequests: [HTTPRequest] = []
    }

    private let state = Locked(State())
    private let script: Script
    private let tokens: Script

    /// - Parameters:
    ///   - tokens: Called with each token request and its number, from 1.
    ///   - script: Called with each other request and its number, from 1.
    init(tokens: @escaping Script = ScriptedTransport.token, _ script: @escaping Script) {
        self.script = script
        self.tokens = tokens
    }

    /// One answer after the other; the last one again and again.
    convenience init(_ replies: [HTTPReply]) {
        self.init { (_, number) async throws(HTTPFailure) in replies[min(number, replies.count) - 1] }
    }

    var requests: [HTTPRequest] { state.withLock { $0.requests } }
    var tokenRequests: [HTTPRequest] { state.withLock { $0.tokenRequests } }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPReply {
        if request.url.path.hasSuffix("/oauth2/v2.0/token") {
            let number = state.withLock { state in
                state.tokenRequests.append(request)
                return state.tokenRequests.count
            }
            return try await tokens(request, number)
        }
        let number = state.withLock { state in
            state.requests.append(request)
            return state.requests.count
        }
        return try await script(request, number)
    }

    static let token: Script = { (_, number) async throws(HTTPFailure) in
        .json(200, ["token_type": "Bearer", "expires_in": 3599, "access_token": .string("token-\(number)")])
    }
}

extension HTTPReply {
    static func json(_ status: Int, _ body: JSONValue, _ headers: [HTTPHeader] = []) -> HTTPReply {
        HTTPReply(status: status, headers: headers, body: body.utf8())
    }

    static func error(_ status: Int, _ code: String, _ headers: [HTTPHeader] = []) -> HTTPReply {
        .json(
            status,
            ["error": ["code": .string(code), "message": "words of the service", "target": "c0ffee00-1111"]], headers)
    }

    static func action(_ id: String, _ type: String? = nil, machine: String? = nil) -> HTTPReply {
        .json(
            201,
            [
                "id": .string(id), "type": type.map { .string($0) } ?? .null, "status": "Pending",
                "machineId": machine.map { .string($0) } ?? .null,
            ])
    }
}

extension HTTPRequest {
    var json: JSONValue? { try? StrictJSON.parse(body) }
    var bearer: String? { headers.first { $0.name == "Authorization" }?.value }
    /// The fields of a form.
    var form: [String: String] {
        var fields: [String: String] = [:]
        for pair in String(decoding: body, as: UTF8.self).split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            if parts.count == 2 { fields[parts[0]] = Self.decoded(parts[1]) }
        }
        return fields
    }

    /// The query with its escapes undone.
    var plainQuery: String { Self.decoded(url.query ?? "") }

    private static func decoded(_ text: String) -> String {
        var out: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == 0x25, let bytes = Hex.decode(String(decoding: rest.prefix(2), as: UTF8.self)),
                let first = bytes.first
            {
                out.append(first)
                rest = rest.dropFirst(2)
            } else {
                out.append(byte)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
