import BailiffAPI
import BailiffAudit
import BailiffCore
import BailiffModel
import BailiffStore
import BailiffTestSupport
import HTTPTypes
import Testing

@Suite("Intake over HTTP")
struct IntakeTests {
    // MARK: Good deliveries

    @Test("a verdict is stored, named by its case, and recorded")
    func stores() async throws {
        let harness = try Harness()
        let reply = try await harness.deliver(Harness.verdict(1).utf8(), id: "msg_1")
        #expect(reply.status == .ok)
        let accepted = try #require(reply.json["accepted"]?.array)
        #expect(accepted.count == 1)
        #expect(accepted[0]["case"]?.string == Harness.hash(1))
        #expect(accepted[0]["duplicate"]?.bool == false)
        #expect(reply.json["rejected"]?.array == [])
        let id = try #require(accepted[0]["verdict"]?.int)
        #expect(try await harness.store.verdict(VerdictID(id))?.verdict.fileName == "invoice.exe")
        let entries = try await harness.store.entries(from: 0, limit: 10)
        let contents = try #require(entries.last.flatMap { EntryContents($0.entry) })
        #expect(contents.kind == "delivery.received")
        #expect(contents.actor == "feed:lab")
        #expect(contents.fields["verdicts"]?.array == [.string(String(id))])
        #expect(contents.fields["body"]?.string == Digest.of(Harness.verdict(1).utf8()).hex)
        let text = String(decoding: try #require(entries.last).entry.bytes, as: UTF8.self)
        #expect(!text.contains("invoice.exe"))
    }

    @Test("senders that put are taken like those that post, and one event by both counts once")
    func puts() async throws {
        let harness = try Harness()
        let body = Harness.verdict(1).utf8()
        let first = try await harness.deliver(body, id: "msg_1", by: .put)
        #expect(first.status == .ok)
        #expect(try await harness.deliver(body, id: "msg_1").body == first.body)
        #expect(await harness.send(.put, "/v1/feeds/lab", body: body, as: .network).status == .unauthorized)
    }

    @Test("a sender of CloudEvents asks first, and is told that it may; its deliveries are authenticated all the same")
    func handshake() async throws {
        let harness = try Harness()
        func ask(_ feed: String, _ headers: [(String, String)]) async -> Reply {
            await harness.send(.options, "/v1/feeds/\(feed)", headers: headers, as: .network)
        }
        func value(_ reply: Reply, _ name: String) -> String? { HTTPField.Name(name).flatMap { reply.headers[$0] } }
        let origin = ("WebHook-Request-Origin", "events.example.com")
        let reply = await ask("lab", [origin, ("WebHook-Request-Rate", "120")])
        #expect(reply.status == .ok && reply.body.isEmpty)
        #expect(value(reply, "WebHook-Allowed-Origin") == "events.example.com")
        #expect(value(reply, "WebHook-Allowed-Rate") == "*")
        #expect(reply.headers[.allow] == "OPTIONS, POST, PUT")
        #expect(value(await ask("lab", [origin]), "WebHook-Allowed-Rate") == nil)
        for odd in [[], [("WebHook-Request-Origin", "a b")], [("WebHook-Request-Origin", "")]] {
            let reply = await ask("lab", odd)
            #expect(reply.status == .ok && value(reply, "WebHook-Allowed-Origin") == nil)
        }
        #expect(await ask("lab", [origin, origin]).code == "request.header_repeated")
        #expect(await ask("nowhere", [origin]).status == .notFound)
    }

    @Test("the same event again is answered with the same bytes and stores nothing")
    func replays() async throws {
        let harness = try Harness()
        let body = Harness.verdict(1).utf8()
        let first = try await harness.deliver(body, id: "msg_1")
        harness.advance(by: .seconds(3_600))
        let second = try await harness.deliver(body, id: "msg_1")
        #expect(second.status == .ok)
        #expect(second.body == first.body)
        #expect(try await harness.store.verdicts(feed: nil, PageRequest()).elements.count == 1)
    }

    @Test("the same event id with another body is refused and stores nothing but the rejection")
    func conflicts() async throws {
        let harness = try Harness()
        _ = try await harness.deliver(Harness.verdict(1).utf8(), id: "msg_1")
        let reply = try await harness.deliver(Harness.verdict(2).utf8(), id: "msg_1")
        #expect(reply.status == .conflict)
        #expect(reply.code == "delivery.conflict")
        #expect(try await harness.store.verdicts(feed: nil, PageRequest()).elements.count == 1)
        #expect(try await harness.store.rejections(feed: "lab", PageRequest()).elements.count == 1)
    }

    @Test("fifty deliveries of one event at once make one verdict")
    func together() async throws {
        let harness = try Harness()
        let body = Harness.verdict(1).utf8()
        let replies = try await withThrowingTaskGroup(of: Reply.self) { group in
            for _ in 0..<50 { group.addTask { try await harness.deliver(body, id: "msg_1") } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(replies.allSatisfy { $0.status == .ok })
        #expect(Set(replies.map(\.text)).count == 1)
        #expect(try await harness.store.verdicts(feed: nil, PageRequest()).elements.count == 1)
    }

    @Test("a batch with a good record is answered well, the bad ones are kept and listed")
    func mixedBatch() async throws {
        let harness = try Harness()
        let bad: JSONValue = ["verdict": "malicious", "sha256": "12345"]
        let reply = try await harness.deliver(JSONValue.array([bad, Harness.verdict(1)]).utf8(), id: "msg_1")
        #expect(reply.status == .ok)
        #expect(reply.json["accepted"]?.array?.count == 1)
        let rejected = try #require(reply.json["rejected"]?.array)
        #expect(rejected.count == 1)
        #expect(rejected.first?["index"]?.int == 0)
        #expect(rejected.first?["code"]?.string?.hasPrefix("record.") == true)
        let kept = await harness.get("/v1/rejected?feed=lab")
        #expect(kept.json["rejected"]?.array?.first?["text"]?.string == bad.text())
    }

    @Test("a body-signed feed remembers the body, whatever id comes with it")
    func capturedRequest() async throws {
        let harness = try Harness()
        let body = Harness.verdict(1).utf8()
        func send(_ id: String) async -> Reply {
            let signature = "sha256=" + Hex.encode(hmac("mirror-secret", body))
            return await harness.send(
                .post, "/v1/feeds/mirror",
                headers: [
                    ("Content-Type", "application/json"), ("X-Hub-Signature-256", signature),
                    ("X-GitHub-Delivery", id),
                ], body: body, as: .network)
        }
        let first = await send("delivery-1")
        let second = await send("delivery-2")
        #expect(first.status == .ok)
        #expect(second.body == first.body)
        #expect(try await harness.store.verdicts(feed: nil, PageRequest()).elements.count == 1)
    }

    // MARK: Bad deliveries

    struct Row: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var feed = "lab"
        var body: String
        var status: Int
        var code: String
        var reason: String?
    }

    private static let sha = Harness.hash(1)

    @Test(
        "what cannot be used says why and changes nothing",
        arguments: [
            Row(testDescription: "no JSON", body: "{", status: 400, code: "delivery.unreadable", reason: "json.syntax"),
            Row(testDescription: "nothing", body: "", status: 400, code: "delivery.unreadable", reason: "body.empty"),
            Row(
                testDescription: "a duplicate key",
                body: #"{"verdict":"malicious","sha256":"\#(sha)","sha256":"\#(sha)"}"#, status: 422,
                code: "delivery.rejected", reason: "json.duplicate_key"),
            Row(
                testDescription: "U+0000", body: #"{"verdict":"malicious","sha256":"\#(sha)","threat":"a\u0000"}"#,
                status: 422, code: "delivery.rejected", reason: "json.nul_character"),
            Row(
                testDescription: "a byte order mark", body: "\u{FEFF}{}", status: 400, code: "delivery.unreadable",
                reason: "json.byte_order_mark"),
            Row(
                testDescription: "more behind the value", body: #"{"verdict":"malicious"} {}"#, status: 400,
                code: "delivery.unreadable", reason: "json.trailing_data"),
            Row(
                testDescription: "a bad hash", body: #"{"verdict":"malicious","sha256":"xyz"}"#, status: 422,
                code: "delivery.rejected", reason: "record.bad_hash"),
            Row(
                testDescription: "a misspelt hash", body: #"{"verdict":"malicious","sha265":"\#(sha)"}"#, status: 422,
                code: "delivery.rejected", reason: "record.misspelt_member"),
            Row(
                testDescription: "an unknown verdict", body: #"{"verdict":"evil","sha256":"\#(sha)"}"#, status: 422,
                code: "delivery.rejected", reason: "record.bad_verdict"),
            Row(testDescription: "an unknown feed", feed: "nobody", body: "{}", status: 404, code: "feed.unknown"),
        ])
    func refuses(_ row: Row) async throws {
        let harness = try Harness()
        let reply = try await harness.deliver(Array(row.body.utf8), id: "msg_1", feed: row.feed)
        #expect(reply.status.code == row.status)
        #expect(reply.code == row.code)
        #expect(reply.headers[.contentType] == "application/problem+json")
        if let reason = row.reason { #expect(reply.json["reason"]?.string == reason) }
        #expect(try await harness.store.entryCount() == 0)
        #expect(try await harness.store.verdicts(feed: nil, PageRequest()).elements.isEmpty)
    }

    @Test("a body over the limit is refused before it is read, announced or not")
    func tooLarge() async throws {
        let harness = try Harness()
        let body = [UInt8](repeating: 0x20, count: 64 * 1_024 + 1)
        let announced = await harness.deliverZscaler(body)
        #expect(announced.status.code == 413)
        #expect(announced.code == "request.too_large")
        #expect(announced.json["limit"]?.int == 65_536)
        let unannounced = await harness.send(
            .post, "/v1/feeds/zscaler", headers: [("X-Feed-Key", Harness.zscalerKey)], body: body, as: .network,
            announcesLength: false)
        #expect(unannounced.status.code == 413)
        #expect(try await harness.store.entryCount() == 0)
    }

    @Test(
        "types that hold no verdicts are refused",
        arguments: [("image/png", 415), ("text/plain", 200), ("application/x-ndjson", 200), ("nonsense", 415)])
    func contentType(_ type: String, _ status: Int) async throws {
        let harness = try Harness()
        let reply = await harness.send(
            .post, "/v1/feeds/open", headers: [("Content-Type", type)], body: Harness.verdict(1).utf8(), as: .network)
        #expect(reply.status.code == status)
    }

    @Test("of all encodings only gzip is taken", arguments: ["br", "deflate", "zstd", "gzip, gzip"])
    func encoded(_ encoding: String) async throws {
        let harness = try Harness()
        let reply = await harness.send(
            .post, "/v1/feeds/open", headers: [("Content-Encoding", encoding)], body: [0x1F, 0x8B], as: .network)
        #expect(reply.status.code == 415)
        #expect(reply.code == "request.encoding")
    }

    @Test("a gzip body is inflated")
    func compressed() async throws {
        let harness = try Harness()
        let reply = await harness.send(
            .post, "/v1/feeds/open",
            headers: [("Content-Type", "application/json"), ("Content-Encoding", "gzip")],
            body: GzipSample.compress(Harness.verdict(1).utf8()), as: .network)
        #expect(reply.status.code == 200)
        #expect(reply.json["accepted"]?.array?.count == 1)
    }

    @Test("a gzip body that is damaged, goes on too long or was made to explode is refused", arguments: GzipRow.all)
    func badCompression(_ row: GzipRow) async throws {
        let harness = try Harness()
        let reply = await harness.send(
            .post, "/v1/feeds/open",
            headers: [("Content-Type", "application/json"), ("Content-Encoding", "gzip")], body: row.body, as: .network)
        #expect(reply.status == row.status)
        #expect(reply.json["reason"]?.string == row.reason)
    }

    struct GzipRow: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var body: [UInt8]
        var reason: String
        var status = HTTPResponse.Status.badRequest

        static let all: [GzipRow] = {
            let whole = GzipSample.compress(Harness.verdict(1).utf8())
            var damaged = whole
            damaged[damaged.count - 6] ^= 0x40
            return [
                GzipRow(testDescription: "cut off", body: Array(whole.dropLast(9)), reason: "body.gzip"),
                GzipRow(testDescription: "a wrong checksum", body: damaged, reason: "body.gzip"),
                GzipRow(testDescription: "followed by something else", body: whole + [1, 2, 3], reason: "body.gzip"),
                GzipRow(testDescription: "no gzip at all", body: Harness.verdict(1).utf8(), reason: "body.gzip"),
                GzipRow(
                    testDescription: "half a megabyte of blanks",
                    body: GzipSample.compress([UInt8](repeating: 0x20, count: 512 * 1_024)), reason: "body.gzip_size",
                    status: .contentTooLarge),
                GzipRow(
                    testDescription: "more than the feed takes",
                    body: GzipSample.compress((0..<20_000).flatMap { "\($0 % 1_000) ".utf8 }),
                    reason: "body.gzip_size", status: .contentTooLarge),
            ]
        }()
    }

    // MARK: Authentication

    @Test("a wrong signature gets one fixed answer without a reason")
    func wrongSignature() async throws {
        let harness = try Harness()
        let body = Harness.verdict(1).utf8()
        let time = String(harness.now.seconds)
        func headers(_ signature: String, _ time: String) -> [(String, String)] {
            [("webhook-id", "msg_1"), ("webhook-timestamp", time), ("webhook-signature", signature)]
        }
        var answers: Set<String> = []
        for sent in [
            headers("v1,AAAA", time), headers("v1," + Base64.encode([UInt8](repeating: 0, count: 32)), time),
            headers("", time), headers("v1,AAAA", "-9223372036854775808"), [],
        ] {
            let reply = await harness.send(.post, "/v1/feeds/lab", headers: sent, body: body, as: .network)
            #expect(reply.status == .unauthorized)
            answers.insert(reply.text)
        }
        #expect(answers.count == 1)
        #expect(try await harness.store.entryCount() == 0)
    }

    @Test("time stamps are checked on both sides", arguments: [(-301, 401), (-299, 200), (299, 200), (301, 401)])
    func tolerance(_ offset: Int, _ status: Int) async throws {
        let harness = try Harness()
        let reply = try await harness.deliver(
            Harness.verdict(1).utf8(), id: "msg_1", at: harness.now + .seconds(offset))
        #expect(reply.status.code == status)
    }

    @Test("a repeated security header is refused as such")
    func repeatedHeader() async throws {
        let harness = try Harness()
        let reply = try await harness.deliver(
            Harness.verdict(1).utf8(), id: "msg_1", extra: [("webhook-id", "msg_2")])
        #expect(reply.status == .badRequest)
        #expect(reply.code == "request.header_repeated")
    }

    // MARK: Zscaler

    @Test(
        "an authenticated batch is always answered 200, what is unusable is kept",
        arguments: ["{", "\u{FEFF}{}", #"[{"nothing":1}]"#, "garbage", "[]]"])
    func zscalerKeeps(_ body: String) async throws {
        let harness = try Harness()
        let reply = await harness.deliverZscaler(Array(body.utf8))
        #expect(reply.status == .ok)
        #expect(reply.json["accepted"]?.array == [])
        #expect(reply.json["rejected"]?.array?.count == 1)
        let kept = try await harness.store.rejections(feed: "zscaler", PageRequest()).elements
        #expect(kept.count == 1)
        #expect(try await harness.store.entryCount() == 1)
    }

    @Test("trying whether somebody answers keeps nothing", arguments: ["", "{}", "[]", "[{}]"])
    func zscalerTest(_ body: String) async throws {
        let harness = try Harness()
        let reply = await harness.deliverZscaler(Array(body.utf8))
        #expect(reply.status == .ok)
        #expect(reply.json == ["accepted": [], "rejected": []])
        #expect(try await harness.store.entryCount() == 0)
    }

    @Test("a wrong key is 401 and nothing is kept")
    func zscalerKey() async throws {
        let harness = try Harness()
        let reply = await harness.deliverZscaler(Array("{".utf8), key: "a-long-feed-kez")
        #expect(reply.status == .unauthorized)
        #expect(try await harness.store.rejections(feed: nil, PageRequest()).elements.isEmpty)
    }

    // MARK: Overload

    @Test("a full queue is 503 with a time to come back, also for Zscaler")
    func overloaded() async throws {
        let harness = try Harness()
        harness.store.setGate { point throws(StoreError) in
            if point == "ingest.before" { throw StoreError(.overloaded, "the queue is full") }
        }
        for reply in [
            try await harness.deliver(Harness.verdict(1).utf8(), id: "msg_1"),
            await harness.deliverZscaler(Array("{".utf8)),
        ] {
            #expect(reply.status == .serviceUnavailable)
            #expect(reply.code == "server.overloaded")
            #expect(reply.headers[.retryAfter] == "1")
        }
    }

    @Test("what a failed store says stays in the log", arguments: [StoreError.Code.corrupt, .schema, .other])
    func failed(_ code: StoreError.Code) async throws {
        let harness = try Harness()
        harness.store.setGate { point throws(StoreError) in
            if point == "ingest.before" { throw StoreError(code, "table verdict of tenant-1 is broken") }
        }
        let reply = try await harness.deliver(Harness.verdict(1).utf8(), id: "msg_1")
        #expect(reply.status == .internalServerError)
        #expect(reply.json["request_id"]?.string == "request-1")
        #expect(!reply.text.contains("verdict of tenant"))
    }
}
