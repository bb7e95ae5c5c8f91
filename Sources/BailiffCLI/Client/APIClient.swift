import BailiffHTTPClient
import BailiffModel
import Logging

/// Talks to a server's API.
struct APIClient: Sendable {
    private let transport: OutgoingHTTPClient
    private let base: HTTPURL
    private let token: Secret?
    /// As typed, for messages.
    let place: ServerPlace.Way

    init(_ place: ServerPlace) throws(CommandFailure) {
        self.place = place.way
        token = place.token
        let url: HTTPURL?
        var socket: String?
        switch place.way {
        case .url(let text): url = HTTPURL(text)
        case .socket(let path):
            url = HTTPURL("http://localhost")
            socket = path
        }
        guard let url, url.query == nil else {
            throw .usage(
                "the server's address is no http or https URL", hint: "it looks like https://bailiff.example:8480")
        }
        guard url.isSecure || url.isLoopback else {
            throw .usage(
                "plain http is for addresses on this machine only: a token must not cross a network in the clear",
                hint: "use https, or the server's socket on its own machine")
        }
        base = url
        do throws(HTTPFailure) {
            transport = try OutgoingHTTPClient(
                allowing: [.origin(url)],
                limits: HTTPLimits(connect: .seconds(5), firstByte: .seconds(60), whole: .seconds(120)),
                trustRoots: place.certificates.map { .pem($0) } ?? .system, connectionsPerHost: 4, socket: socket,
                logger: TextLog.standardError("client", level: .error))
        } catch {
            throw CommandFailure("the certificates to trust cannot be read")
        }
    }

    /// Runs `body` with a client and closes its connections afterwards.
    static func with<Result>(
        _ options: ServerOptions, prefersSocket: Bool = false, _ body: (APIClient) async throws -> Result
    ) async throws -> Result {
        try await with(try ServerPlace(options, prefersSocket: prefersSocket), body)
    }

    static func with<Result>(_ place: ServerPlace, _ body: (APIClient) async throws -> Result) async throws -> Result {
        let client = try APIClient(place)
        do {
            let result = try await body(client)
            await client.transport.shutdown()
            return result
        } catch {
            await client.transport.shutdown()
            throw error
        }
    }

    func close() async { await transport.shutdown() }

    // MARK: Calls

    /// - Parameter path: Segments as they are; they are encoded here.
    func get(_ path: [String], query: [(String, String)] = []) async throws(CommandFailure) -> JSONValue {
        try json(await send(.get, path, query: query))
    }

    func post(_ path: [String], _ body: JSONValue) async throws(CommandFailure) -> JSONValue {
        let headers = [HTTPHeader("Content-Type", "application/json")]
        return try json(await send(.post, path, headers: headers, body: body.utf8()))
    }

    func delete(_ path: [String]) async throws(CommandFailure) -> JSONValue { try json(await send(.delete, path)) }

    /// A file of the log; nil where the server has none of this name.
    func file(_ path: [String]) async throws(CommandFailure) -> [UInt8]? {
        let reply = try await exchange(.get, path)
        if reply.status == 404 { return nil }
        return try checked(reply).body
    }

    /// Posts bytes with headers of the caller's own and no token.
    func deliver(_ path: [String], headers: [HTTPHeader], body: [UInt8]) async throws(CommandFailure) -> JSONValue {
        try json(checked(await exchange(.post, path, headers: headers, body: body, isAuthorized: false)))
    }

    /// The elements of a list in parts, at most `limit`.
    /// - Returns: Also whether there are more.
    func list(
        _ path: [String], member: String, query: [(String, String)] = [], limit: Int
    ) async throws(CommandFailure) -> (elements: [JSONValue], hasMore: Bool) {
        var elements: [JSONValue] = []
        var cursor: String?
        while true {
            let part = max(1, min(1_000, limit - elements.count))
            var asked = query + [("limit", String(part))]
            if let cursor { asked.append(("cursor", cursor)) }
            let page = try await get(path, query: asked)
            let found = page[member]?.array ?? []
            elements += found
            cursor = page["next"]?.string
            guard cursor != nil, !found.isEmpty else { return (elements, false) }
            guard elements.count < limit else { return (elements, true) }
        }
    }

    // MARK: One exchange

    private func send(
        _ method: BailiffHTTPClient.HTTPRequest.Method, _ path: [String], query: [(String, String)] = [],
        headers: [HTTPHeader] = [], body: [UInt8] = []
    ) async throws(CommandFailure) -> HTTPReply {
        try checked(await exchange(method, path, query: query, headers: headers, body: body))
    }

    private func exchange(
        _ method: BailiffHTTPClient.HTTPRequest.Method, _ path: [String], query: [(String, String)] = [],
        headers: [HTTPHeader] = [], body: [UInt8] = [], isAuthorized: Bool = true
    ) async throws(CommandFailure) -> HTTPReply {
        let prefix = base.path == "/" ? "" : base.path.utf8.last == 0x2F ? String(base.path.dropLast()) : base.path
        let whole = prefix + path.map { "/" + HTTPURL.encoded($0) }.joined()
        let asked = query.map { "\(HTTPURL.encoded($0.0))=\(HTTPURL.encoded($0.1))" }.joined(separator: "&")
        guard let url = base.at(path: whole, query: asked.isEmpty ? nil : asked) else {
            throw .usage("an id is too long")
        }
        var headers = headers
        if isAuthorized, let token { headers.append(HTTPHeader("Authorization", "Bearer \(token.revealedText)")) }
        do throws(HTTPFailure) {
            return try await transport.send(
                BailiffHTTPClient.HTTPRequest(method, url, headers: headers, body: body))
        } catch {
            throw failure(error)
        }
    }

    private func json(_ reply: HTTPReply) throws(CommandFailure) -> JSONValue {
        do throws(JSONError) {
            return try StrictJSON.parse(reply.body, limits: .trusted)
        } catch {
            throw CommandFailure("\(name) answers with something that is no JSON: is it a Bailiff server?")
        }
    }

    private func checked(_ reply: HTTPReply) throws(CommandFailure) -> HTTPReply {
        guard (200..<300).contains(reply.status) else {
            throw ProblemReply(reply).failure(from: name, hasToken: token != nil)
        }
        return reply
    }

    private var name: String {
        switch place {
        case .url(let url): url
        case .socket(let path): path
        }
    }

    private func failure(_ error: HTTPFailure) -> CommandFailure {
        let isSocket = if case .socket = place { true } else { false }
        let hint: String? =
            switch error.code {
            case .refusedConnection, .connectTimeout, .unknownHost, .connectionLost:
                isSocket
                    ? "does the server run, and may you open its socket?"
                    : "does the server run, and is the address right?"
            case .tls: "name the certificate that signed the server's with --ca-file"
            default: nil
            }
        let unsure = error.mayHaveBeenReceived ? " (the request may have been received)" : ""
        var failure = CommandFailure("\(name): \(error.description)\(unsure)", hint: hint)
        failure.isTemporary = [.refusedConnection, .connectTimeout, .connectionLost].contains(error.code)
        return failure
    }
}
