import BailiffModel
import BailiffStore
import BailiffTestSupport
import Logging
import ServiceLifecycle
import Testing

@testable import BailiffAPI

@Suite("Connections, byte by byte")
struct ConnectionTests {
    /// A listener on loopback over an API in memory, stopped at the end.
    private func withListener(
        _ change: (inout ConnectionLimits) -> Void = { _ in },
        _ body: (Harness, Int, ServiceGroup) async throws -> Void
    ) async throws {
        let harness = try Harness()
        // A machine may be busy with other tests.
        var limits = ConnectionLimits()
        limits.headTime = .seconds(300)
        limits.bodyTime = .seconds(300)
        limits.idleTime = .seconds(300)
        change(&limits)
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let listener = Listener(
            harness.api, door: .both, address: .network(host: "127.0.0.1", port: 0), limits: limits, logger: logger
        ) { bound in
            if case .network(_, let number) = bound { port.yield(number) }
        }
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: listener, successTerminationBehavior: .gracefullyShutdownGroup)],
                logger: logger))
        async let running: Void = group.run()
        for await number in ports {
            try await body(harness, number, group)
            break
        }
        await group.triggerGracefulShutdown()
        try await running
    }

    private static func delivery(_ number: Int, _ more: String = "") -> String {
        let body = Harness.verdict(number).text()
        return "POST /v1/feeds/open HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\(more)\r\n\(body)"
    }

    private static func count(_ part: String, in text: String) -> Int { text.split(separator: part).count - 1 }

    @Test("requests that come all at once are answered one after another, in their order")
    func pipelined() async throws {
        try await withListener { _, port, _ in
            let connection = try RawConnection(port: port)
            await connection.send(
                (1...20).map { Self.delivery($0) }.joined() + "GET /v1/nothing HTTP/1.1\r\nHost: a\r\n\r\n")
            let text = await connection.receive { $0.contains("route.unknown") }
            #expect(Self.count("HTTP/1.1 200 OK", in: "-" + text) == 20)
            let numbers = text.split(separator: "\"verdict\":").dropFirst().compactMap { part in
                Int(part.prefix { $0.isNumber })
            }
            #expect(numbers == Array(1...20))
            #expect(Self.count("HTTP/1.1 404", in: text) == 1)
        }
    }

    @Test("a body that comes byte by byte and in chunks is one body")
    func pieces() async throws {
        try await withListener { _, port, _ in
            let connection = try RawConnection(port: port)
            await connection.send(Self.delivery(1).utf8.map { [$0] })
            #expect(await connection.receive { $0.contains("\"verdict\":1") }.hasPrefix("HTTP/1.1 200 OK"))
            await connection.send(
                "POST /v1/feeds/open HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n")
            await connection.send(
                Harness.verdict(2).utf8().map { Array("1\r\n".utf8) + [$0] + Array("\r\n".utf8) })
            await connection.send("0\r\n\r\n")
            #expect(await connection.receive { $0.contains("\"verdict\":2") }.hasPrefix("HTTP/1.1 200 OK"))
        }
    }

    @Test("a sender that waits to be asked for its body is asked, unless it is refused before")
    func expectContinue() async throws {
        try await withListener { _, port, _ in
            let connection = try RawConnection(port: port)
            let whole = Self.delivery(1, "Expect: 100-continue\r\n")
            let head = whole.split(separator: "\r\n\r\n")[0] + "\r\n\r\n"
            await connection.send(String(head))
            let asked = await connection.receive { $0.hasSuffix("\r\n\r\n") }
            #expect(asked.hasPrefix("HTTP/1.1 100 Continue"))
            await connection.send(Harness.verdict(1).text())
            #expect(await connection.receive { $0.contains("\"verdict\":1") }.hasPrefix("HTTP/1.1 200 OK"))
            await connection.send(String(head.replacing("feeds/open", with: "feeds/other")))
            #expect(await connection.receive { $0.contains("feed.unknown") }.hasPrefix("HTTP/1.1 404"))
        }
    }

    @Test("whoever ends its side, or asks for the end, gets the answer and then the end")
    func lastRequest() async throws {
        try await withListener { _, port, _ in
            let first = try RawConnection(port: port)
            await first.send(Self.delivery(1))
            first.endSending()
            #expect(await first.rest().contains("\"verdict\":1"))
            let second = try RawConnection(port: port)
            await second.send(Self.delivery(2, "Connection: Close\r\n"))
            let answer = await second.rest()
            #expect(answer.contains("\"verdict\":2") && answer.lowercased().contains("connection: close"))
            let silent = try RawConnection(port: port)
            silent.endSending()
            #expect(await silent.rest().isEmpty)
        }
    }

    @Test("a server that stops answers what it was asked for, takes nothing more, and then is gone")
    func stopping() async throws {
        try await withListener { _, port, group in
            let resting = try RawConnection(port: port)
            await resting.send(Self.delivery(1))
            #expect(await resting.receive { $0.contains("\"verdict\":1") }.hasPrefix("HTTP/1.1 200 OK"))
            let asking = try RawConnection(port: port)
            let whole = Self.delivery(2, "Expect: 100-continue\r\n")
            await asking.send(String(whole.split(separator: "\r\n\r\n")[0]) + "\r\n\r\n")
            // The server has begun with the request when it asks for the body.
            #expect(await asking.receive { $0.hasSuffix("\r\n\r\n") }.hasPrefix("HTTP/1.1 100 Continue"))
            await group.triggerGracefulShutdown()
            #expect(await resting.rest().isEmpty)
            await asking.send(Harness.verdict(2).text() + Self.delivery(3))
            let rest = await asking.rest()
            #expect(rest.hasPrefix("HTTP/1.1 200 OK") && rest.contains("\"verdict\":2"))
            #expect(!rest.contains("\"verdict\":3"))
        }
    }

    @Test("a body that nobody wants does not stand in the way of the next request")
    func unwantedBody() async throws {
        try await withListener { _, port, _ in
            let connection = try RawConnection(port: port)
            let large = String(repeating: " ", count: 3 << 20)
            await connection.send(
                "POST /v1/feeds/other HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                    + "Content-Length: \(large.utf8.count)\r\n\r\n\(large)")
            #expect(await connection.receive { $0.contains("feed.unknown") }.hasPrefix("HTTP/1.1 404"))
            await connection.send(Self.delivery(1))
            #expect(await connection.receive { $0.contains("\"verdict\":1") }.hasPrefix("HTTP/1.1 200 OK"))
            // More than the feed takes: refused by the announcement, and the connection ends with the request.
            await connection.send(
                "POST /v1/feeds/open HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                    + "Content-Length: \(large.utf8.count)\r\n\r\n")
            #expect(await connection.receive { $0.contains("request.too_large") }.hasPrefix("HTTP/1.1 413"))
            await connection.send(large)
            #expect(await connection.rest().isEmpty)
        }
    }

    @Test(
        "what is no HTTP is answered 400 and closed",
        arguments: [
            "\u{16}\u{3}\u{1}\r\n\r\n", "POST /v1/feeds/open HTTP/1.1\r\nno colon\r\n\r\n",
            "POST /v1/feeds/open HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
            "POST /v1/feeds/open HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST /v1/feeds/open HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        ])
    func noHTTP(_ text: String) async throws {
        try await withListener { harness, port, _ in
            let connection = try RawConnection(port: port)
            await connection.send(text)
            #expect(await connection.rest().hasPrefix("HTTP/1.1 400"))
            #expect(try await harness.store.verdict(VerdictID(1)) == nil)
            let next = try RawConnection(port: port)
            await next.send(Self.delivery(1))
            #expect(await next.receive { $0.contains("\"verdict\":1") }.hasPrefix("HTTP/1.1 200 OK"))
        }
    }

    @Test("a head that takes too long, a body that stops and a connection that rests are closed; nothing is stored")
    func deadlines() async throws {
        try await withListener { limits in
            limits.headTime = .milliseconds(500)
            limits.bodyTime = .milliseconds(500)
        } _: { harness, port, _ in
            let silent = try RawConnection(port: port)
            #expect(await silent.rest().isEmpty)
            let slow = try RawConnection(port: port)
            // Every byte is in time, all of them together are not.
            let hasSent = await slow.send(Self.delivery(1).utf8.map { [$0] }, pause: 5_000)
            let answer = hasSent ? await slow.rest() : ""
            #expect(answer.isEmpty)
            let stopping = try RawConnection(port: port)
            await stopping.send(String(Self.delivery(2).dropLast(5)))
            #expect(!(await stopping.rest()).contains("200 OK"))
            #expect(try await harness.store.verdict(VerdictID(1)) == nil)
        }
        try await withListener {
            $0.idleTime = .milliseconds(500)
        } _: { _, port, _ in
            let resting = try RawConnection(port: port)
            await resting.send(Self.delivery(1) + Self.delivery(2))
            // Answered, and only then closed.
            #expect(await resting.rest().contains("\"verdict\":2"))
        }
    }
}
