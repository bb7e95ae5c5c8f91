import BailiffHTTPClient
import BailiffModel
import BailiffTestSupport
import Logging
import NIOSSL
import Testing

@Suite struct OutgoingHTTPClientTests {
    init() async { await CooperativeThreads.untilPrompt() }

    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func url(_ text: String) throws -> HTTPURL { try #require(HTTPURL(text)) }

    /// Runs `body` with a server that acts as told, a client that may call it, and the server's address.
    private func withServer(
        tls: NIOSSLContext? = nil, trusting roots: OutgoingHTTPClient.TrustRoots = .system,
        limits: HTTPLimits = .standard, act: @escaping @Sendable (String, Int) -> RawServer.Act,
        _ body: (OutgoingHTTPClient, String, RawServer) async throws -> Void
    ) async throws {
        let server = try await RawServer.start(tls: tls, act: act)
        let base = "\(tls == nil ? "http" : "https")://\(tls == nil ? "127.0.0.1" : "localhost"):\(server.port)"
        let client = try OutgoingHTTPClient(
            allowing: [.origin(try url(base))], limits: limits, trustRoots: roots, logger: logger)
        try await body(client, base, server)
        await client.shutdown()
        await server.stop()
    }

    private func failure(
        _ client: OutgoingHTTPClient, _ request: HTTPRequest
    ) async -> HTTPFailure? {
        do throws(HTTPFailure) {
            _ = try await client.send(request)
            return nil
        } catch {
            return error
        }
    }

    @Test func sendsOnceAndBringsTheAnswerBack() async throws {
        try await withServer(act: { _, _ in .write(reply("201 Created", headers: "X-Id: 7\r\n", body: #"{"a":1}"#)) }) {
            client, base, server in
            let answer = try await client.send(
                HTTPRequest(
                    .post, try url(base + "/api/machines/m1/isolate?x=%20y"),
                    headers: [HTTPHeader("Authorization", "Bearer t")], body: Array(#"{"Comment":"c"}"#.utf8)))
            #expect(answer.status == 201)
            #expect(answer.header("x-ID") == "7")
            #expect(String(decoding: answer.body, as: UTF8.self) == #"{"a":1}"#)
            let request = try #require(server.requests.first)
            #expect(request.hasPrefix("POST /api/machines/m1/isolate?x=%20y HTTP/1.1\r\n"))
            #expect(request.lowercased().contains("authorization: bearer t\r\n"))
            // Compressed answers are not read, so none is asked for.
            #expect(request.lowercased().contains("accept-encoding: identity\r\n"))
            #expect(request.hasSuffix("\r\n\r\n{\"Comment\":\"c\"}"))
            #expect(server.requests.count == 1)
        }
    }

    @Test func keepsTheConnection() async throws {
        try await withServer(act: { _, _ in .write(reply("200 OK", body: "x")) }) { client, base, server in
            for _ in 0..<20 { _ = try await client.send(HTTPRequest(.get, try url(base + "/"))) }
            #expect(server.connectionCount == 1)
        }
    }

    @Test func followsNoRedirect() async throws {
        try await withServer(act: { _, _ in .write(reply("307 Temporary Redirect", headers: "Location: /other\r\n")) })
        {
            client, base, server in
            let answer = try await client.send(HTTPRequest(.post, try url(base + "/a"), body: [1]))
            #expect(answer.status == 307)
            #expect(server.requests.count == 1)
        }
    }

    @Test(arguments: [
        "http://127.0.0.1:1/", "https://example.org/", "https://127.0.0.1/", "http://127.0.0.2:80/",
    ])
    func callsNoOtherServer(_ address: String) async throws {
        try await withServer(act: { _, _ in .write(reply("200 OK")) }) { client, _, server in
            let failure = await failure(client, HTTPRequest(.get, try url(address)))
            #expect(failure?.code == .hostNotAllowed)
            #expect(failure?.mayHaveBeenReceived == false)
            #expect(server.requests.isEmpty)
        }
    }

    @Test func speaksPlainTextOnLoopbackOnly() throws {
        let client = try OutgoingHTTPClient(
            allowing: [.origin(try url("http://internal.example/")), .origin(try url("http://localhost:8080"))],
            logger: logger)
        #expect(!client.allows(try url("http://internal.example/api")))
        #expect(client.allows(try url("http://localhost:8080/api")))
    }

    @Test func tellsARefusedConnection() async throws {
        let deaf = try DeafPort()
        let address = "http://127.0.0.1:\(deaf.port)/"
        let client = try OutgoingHTTPClient(allowing: [.origin(try url(address))], logger: logger)
        let failure = await failure(client, HTTPRequest(.post, try url(address), body: [1]))
        #expect(failure?.code == .refusedConnection)
        #expect(failure?.mayHaveBeenReceived == false)
        await client.shutdown()
        deaf.close()
    }

    @Test func tellsANameThatDoesNotResolve() async throws {
        let address = "https://no-such-host.invalid/"
        let client = try OutgoingHTTPClient(allowing: [.origin(try url(address))], logger: logger)
        let failure = await failure(client, HTTPRequest(.get, try url(address)))
        #expect(failure?.code == .unknownHost)
        #expect(failure?.mayHaveBeenReceived == false)
        await client.shutdown()
    }

    struct BrokenAnswer: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var act: RawServer.Act
        var code: HTTPFailure.Code
    }

    @Test(arguments: [
        BrokenAnswer(testDescription: "no answer, closed", act: .close, code: .connectionLost),
        BrokenAnswer(
            testDescription: "body cut", act: .writeAndClose("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":"),
            code: .connectionLost),
        BrokenAnswer(
            testDescription: "head cut", act: .writeAndClose("HTTP/1.1 200 OK\r\nContent-Le"), code: .connectionLost),
        BrokenAnswer(testDescription: "no HTTP", act: .writeAndClose("SSH-2.0-OpenSSH\r\n\r\n"), code: .malformed),
        BrokenAnswer(
            testDescription: "announced too long", act: .write("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"),
            code: .tooLarge),
        BrokenAnswer(
            testDescription: "too long in pieces",
            act: .write(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + "400\r\n"
                    + String(repeating: "x", count: 1_024)
                    + "\r\n" + "400\r\n" + String(repeating: "x", count: 1_024) + "\r\n"), code: .tooLarge),
        BrokenAnswer(testDescription: "no first byte", act: .silence, code: .firstByteTimeout),
        BrokenAnswer(
            testDescription: "never ends", act: .write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n1234"),
            code: .timeout),
    ])
    func tellsWhatIsWrongWithAnAnswer(_ row: BrokenAnswer) async throws {
        let limits = HTTPLimits(firstByte: .milliseconds(150), whole: .milliseconds(300), bodyInBytes: 2_000)
        try await withServer(limits: limits, act: { _, _ in row.act }) { client, base, server in
            let failure = await failure(client, HTTPRequest(.post, try url(base + "/"), body: [1]))
            #expect(failure?.code == row.code)
            #expect(failure?.mayHaveBeenReceived == true)
            #expect(server.requests.count == 1)
        }
    }

    @Test func limitsOfTheRequestWin() async throws {
        try await withServer(act: { _, _ in .silence }) { client, base, _ in
            let failure = await failure(
                client,
                HTTPRequest(
                    .get, try url(base + "/"), limits: HTTPLimits(firstByte: .milliseconds(50), whole: .seconds(9))))
            #expect(failure?.code == .firstByteTimeout)
        }
    }

    @Test func aCancelledCallEnds() async throws {
        let (arrived, arrival) = AsyncStream.makeStream(of: Void.self)
        try await withServer(act: { _, _ in
            arrival.yield()
            return .silence
        }) { client, base, _ in
            let address = try url(base + "/")
            let code = try await withThrowingTaskGroup(of: HTTPFailure.Code?.self) { group in
                group.addTask { await self.failure(client, HTTPRequest(.post, address, body: [1]))?.code }
                for await _ in arrived { break }
                group.cancelAll()
                return try await group.next() ?? nil
            }
            #expect(code == .cancelled)
        }
    }

    @Test func aStaleConnectionIsNotUsedAgain() async throws {
        // The server closes behind each answer; the next call has to notice.
        try await withServer(act: { _, _ in .writeAndClose(reply("200 OK", headers: "Connection: close\r\n", body: "x"))
        }) {
            client, base, server in
            for _ in 0..<5 { _ = try await client.send(HTTPRequest(.get, try url(base + "/"))) }
            #expect(server.requests.count == 5)
        }
    }

    @Test func afterShutdownNothingIsSent() async throws {
        try await withServer(act: { _, _ in .write(reply("200 OK")) }) { client, base, server in
            await client.shutdown()
            await client.shutdown()
            let failure = await failure(client, HTTPRequest(.get, try url(base + "/")))
            #expect(failure?.code == .shutDown)
            #expect(failure?.mayHaveBeenReceived == false)
            #expect(server.requests.isEmpty)
        }
    }

    @Test func verifiesCertificates() async throws {
        let context = try ServerCertificate.context()
        try await withServer(tls: context, act: { _, _ in .write(reply("200 OK")) }) { client, base, server in
            let failure = await failure(client, HTTPRequest(.post, try url(base + "/"), body: [1]))
            #expect(failure?.code == .tls)
            #expect(failure?.mayHaveBeenReceived == false)
            #expect(server.requests.isEmpty)
        }
    }

    @Test func acceptsACertificateOfGivenRoots() async throws {
        let context = try ServerCertificate.context()
        try await withServer(
            tls: context, trusting: .pem(Array(ServerCertificate.certificate.utf8)),
            act: { _, _ in .write(reply("200 OK", body: "x")) }
        ) { client, base, _ in
            let answer = try await client.send(HTTPRequest(.get, try url(base + "/")))
            #expect(answer.status == 200)
        }
    }

    @Test func aTrustFileWithoutCertificatesIsRefused() {
        #expect(throws: HTTPFailure.self) {
            try OutgoingHTTPClient(allowing: [], trustRoots: .pem(Array("nothing".utf8)), logger: logger)
        }
    }

    @Test func aDroppedClientEndsByItself() async throws {
        for _ in 0..<10 { _ = try OutgoingHTTPClient(allowing: [], logger: logger) }
    }
}
