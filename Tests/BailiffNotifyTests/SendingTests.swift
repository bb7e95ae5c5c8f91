import BailiffHTTPClient
import BailiffModel
import BailiffNotify
import HTTPTypes
import Logging
import Testing

@Suite("Delivering messages")
struct SendingTests {
    static let now = Timestamp(seconds: 1_614_265_330)
    static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    @Test("the signature is the one of the published example")
    func signature() throws {
        let key = try WebhookSigningKey(Secret(Self.secret))
        let signature = key.signature(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: Array(#"{"test": 2432232314}"#.utf8))
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test(
        "what can be no secret is refused, and none is ever shown",
        arguments: [
            ("", WebhookSigningKey.Problem.notBase64), ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", .notBase64),
            ("whsec_", .wrongLength), ("whsec_AAAA", .wrongLength), ("whsec_not base64", .notBase64),
            ("whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", .notBase64),
        ])
    func badSecrets(_ text: String, _ problem: WebhookSigningKey.Problem) {
        #expect(throws: problem) { try WebhookSigningKey(Secret(text)) }
    }

    private func client(_ port: Int, logger: Logger) throws -> (OutgoingHTTPClient, HTTPURL) {
        let url = try #require(HTTPURL("http://127.0.0.1:\(port)/hooks/T000/very-secret-path?sig=very-secret-query"))
        return (try OutgoingHTTPClient(allowing: [.origin(url)], logger: logger), url)
    }

    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test("a webhook arrives signed, and its signature fits its body")
    func webhook() async throws {
        let key = try WebhookSigningKey(Secret(Self.secret))
        try await Receiver.with(.init(status: .noContent)) { receiver in
            let (client, url) = try self.client(receiver.port, logger: Self.silent)
            let sender = NotificationSender(transport: client, now: { Self.now })
            let notice = Notice.test(id: "ntf_abc", notifier: "soc", by: "ana", at: Self.now)
            try await sender.send(notice, to: Notifier(name: "soc", channel: .webhook(url, key)))
            await client.shutdown()
            let message = try #require(receiver.received.first)
            #expect(receiver.received.count == 1)
            #expect(message.path == "/hooks/T000/very-secret-path")
            let id = try #require(HTTPField.Name("webhook-id"))
            let time = try #require(HTTPField.Name("webhook-timestamp"))
            let signature = try #require(HTTPField.Name("webhook-signature"))
            #expect(message.headers[id] == "ntf_abc")
            #expect(message.headers[time] == "1614265330")
            #expect(
                message.headers[signature]
                    == key.signature(id: "ntf_abc", timestamp: 1_614_265_330, body: message.body))
            #expect(message.headers[.contentType] == "application/json")
            #expect(try StrictJSON.parse(message.body)["type"]?.string == "bailiff.test")
        }
    }

    @Test("Teams and Slack get their own bodies and no signature")
    func messengers() async throws {
        try await Receiver.with(.init(status: .accepted)) { receiver in
            let (client, url) = try self.client(receiver.port, logger: Self.silent)
            let sender = NotificationSender(transport: client, now: { Self.now })
            let notice = Notice.test(id: "ntf_abc", notifier: "soc", by: "ana", at: Self.now)
            try await sender.send(notice, to: Notifier(name: "t", channel: .teams(url)))
            try await sender.send(notice, to: Notifier(name: "s", channel: .slack(url)))
            await client.shutdown()
            let bodies = try receiver.received.map { try StrictJSON.parse($0.body) }
            #expect(bodies == [TeamsPayload.json(notice), SlackPayload.json(notice)])
            let signature = try #require(HTTPField.Name("webhook-signature"))
            #expect(receiver.received.allSatisfy { $0.headers[signature] == nil })
        }
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var status: HTTPResponse.Status
        var retryAfter: String?
        var code: NotifyError.Code
        var wait: Duration?
    }

    @Test(
        "what may arrive later is told from what never will",
        arguments: [
            Row(
                testDescription: "too many", status: .tooManyRequests, retryAfter: "7", code: .unavailable,
                wait: .seconds(7)),
            Row(
                testDescription: "a wait of days", status: .serviceUnavailable, retryAfter: "999999",
                code: .unavailable,
                wait: .seconds(3_600)),
            Row(
                testDescription: "a wait that is a date", status: .serviceUnavailable,
                retryAfter: "Wed, 21 Oct 2026 07:28:00 GMT", code: .unavailable),
            Row(testDescription: "a broken receiver", status: .internalServerError, code: .unavailable),
            Row(testDescription: "a slow receiver", status: .requestTimeout, code: .unavailable),
            Row(testDescription: "a wrong body", status: .badRequest, code: .refused),
            Row(testDescription: "a hook that is gone", status: .gone, code: .refused),
            Row(testDescription: "a redirect", status: .temporaryRedirect, code: .refused),
        ])
    func statuses(_ row: Row) async throws {
        var headers = HTTPFields()
        headers[.retryAfter] = row.retryAfter
        headers[.location] = "http://127.0.0.1:1/elsewhere"
        try await Receiver.with(.init(status: row.status, headers: headers)) { receiver in
            let (client, url) = try self.client(receiver.port, logger: Self.silent)
            let sender = NotificationSender(transport: client, now: { Self.now })
            let notice = Notice.test(id: "ntf_1", notifier: "soc", by: "ana", at: Self.now)
            do throws(NotifyError) {
                try await sender.send(notice, to: Notifier(name: "soc", channel: .slack(url)))
                Issue.record("status \(row.status.code) counts as delivered")
            } catch {
                #expect(error.code == row.code)
                #expect(error.status == row.status.code)
                #expect(error.retryAfter == row.wait)
                #expect(receiver.received.count == 1)
            }
            await client.shutdown()
        }
    }

    @Test("no address and no secret reaches a description, a dump or an error")
    func secrets() async throws {
        let url = try #require(HTTPURL("http://127.0.0.1:1/hooks/very-secret-path?sig=very-secret-query"))
        let key = try WebhookSigningKey(Secret(Self.secret))
        let client = try OutgoingHTTPClient(allowing: [.origin(url)], logger: Self.silent)
        let sender = NotificationSender(transport: client, now: { Self.now })
        let notifiers = [
            Notifier(name: "w", channel: .webhook(url, key)), Notifier(name: "t", channel: .teams(url)),
            Notifier(name: "s", channel: .slack(url)),
        ]
        var shown = ""
        for notifier in notifiers {
            dump(notifier, to: &shown)
            dump(key, to: &shown)
            shown += "\(notifier) \(String(reflecting: notifier)) \(key) \(String(reflecting: key))"
            do throws(NotifyError) {
                let notice = Notice.test(id: "ntf_1", notifier: "soc", by: "ana", at: Self.now)
                try await sender.send(notice, to: notifier)
                Issue.record("nobody listens there")
            } catch {
                #expect(error.code == .unavailable)
                shown += "\(error) \(String(reflecting: error))"
            }
        }
        await client.shutdown()
        #expect(!shown.contains("very-secret"))
        #expect(!shown.contains("MfKQ9r8"))
        #expect(shown.contains("127.0.0.1"))
    }
}
