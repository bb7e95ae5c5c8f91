import BailiffFeedClients
import BailiffHTTPClient
import BailiffIntake
import BailiffModel
import Testing

struct FeedPollTests {
    static let start = Timestamp(seconds: 1_770_000_000)
    static let now = start + .seconds(600)
    static let sha256 = String(repeating: "6d", count: 32)

    static func poll(_ product: Product) throws -> FeedPoll {
        let base = try #require(HTTPURL("https://feed.example/api"))
        let server = try #require(FeedServer(base: base, credential: .header(name: "x-apikey", Secret("k"))))
        return try #require(FeedPoll(product: product, server: server))
    }

    static func step(_ product: Product, _ body: JSONValue, _ window: PollWindow) throws -> FeedPoll.Step {
        let outcome = try poll(product).outcome(
            of: .success(HTTPReply(status: 200, body: body.utf8())), window: window, now: now)
        guard case .step(let step) = outcome else { throw Failed(outcome: "\(outcome)") }
        return step
    }

    struct Failed: Error { var outcome: String }

    @Test func onlyWhatCanBePolled() throws {
        let base = try #require(HTTPURL("https://feed.example"))
        let server = try #require(FeedServer(base: base, credential: .none))
        #expect(FeedPoll(product: .cape, server: server) == nil)
        #expect(FeedPoll(product: .auto, server: server) == nil)
    }

    @Test func triage() throws {
        let poll = try Self.poll(.triage)
        let window = PollWindow(startingAt: Self.start)
        #expect(poll.request(window)?.url.text == "https://feed.example/api/v0/samples?subset=owned&limit=200")
        let page: JSONValue = [
            "data": [
                ["id": "260202-aaa", "status": "pending", "kind": "file", "submitted": "2026-02-02T02:45:00Z"],
                ["id": "260202-bbb", "status": "reported", "kind": "url", "submitted": "2026-02-02T02:44:00Z"],
                ["id": "260202-ccc", "status": "reported", "submitted": "2026-02-02T02:43:00.123Z"],
            ], "next": "2026-02-02T02:43:00.123Z",
        ]
        let step = try Self.step(.triage, page, window)
        #expect(step.reports.map(\.id) == ["260202-aaa", "260202-ccc"])
        #expect(step.bodies.isEmpty)
        #expect(step.continues)
        #expect(
            poll.request(step.window)?.url.query == "subset=owned&limit=200&offset=2026-02-02T02%3A43%3A00.123Z")
        let again = try Self.step(.triage, page, step.window)
        #expect(again.reports.isEmpty)
    }

    @Test func virusTotal() throws {
        let poll = try Self.poll(.virustotal)
        let window = PollWindow(startingAt: Self.start)
        #expect(poll.request(window)?.url.text == "https://feed.example/api/api/v3/ioc_stream?limit=40&order=date-")
        let file: JSONValue = [
            "type": "file", "id": .string(Self.sha256),
            "attributes": [
                "sha256": .string(Self.sha256), "last_analysis_date": 1_770_000_100,
                "last_analysis_stats": ["malicious": 40, "undetected": 20],
            ],
            "context_attributes": ["notification_id": "n1", "notification_date": 1_770_000_200, "origin": "hunting"],
        ]
        let page: JSONValue = [
            "data": [
                file,
                [
                    "type": "url", "id": "u", "attributes": [:],
                    "context_attributes": ["notification_id": "n2", "notification_date": 1_770_000_201],
                ],
            ], "meta": ["cursor": "c+/="],
        ]
        let step = try Self.step(.virustotal, page, window)
        #expect(step.bodies.count == 1)
        #expect(step.bodies.first?.body.records.first?.verdict?.level == .malicious)
        #expect(step.bodies.first?.body.records.first?.verdict?.hashes.sha256?.hex == Self.sha256)
        #expect(poll.request(step.window)?.url.query == "limit=40&order=date-&cursor=c%2B%2F%3D")
    }

    @Test func misp() throws {
        let poll = try Self.poll(.misp)
        let window = PollWindow(startingAt: Self.start)
        let request = try #require(poll.request(window))
        #expect(request.method == .post)
        let question = try StrictJSON.parse(request.body)
        #expect(question["publish_timestamp"] == "1770000000")
        #expect(question["page"] == 1)
        func event(_ uuid: String, _ published: String) -> JSONValue {
            [
                "Event": [
                    "uuid": .string(uuid), "info": "x", "publish_timestamp": .string(published),
                    "Attribute": [["type": "sha256", "value": .string(Self.sha256), "to_ids": true, "uuid": "a"]],
                ]
            ]
        }
        let first = try Self.step(.misp, ["response": [event("e1", "1770000100")]], window)
        #expect(first.bodies.count == 1)
        #expect(!first.continues)
        // Published again: another event; asked again in the overlap: nothing new.
        let second = try Self.step(
            .misp, ["response": [event("e1", "1770000100"), event("e1", "1770000300")]], first.window)
        #expect(second.bodies.count == 1)
        let whole = JSONValue.array((0..<50).map { event("f\($0)", "1770000400") })
        let third = try Self.step(.misp, ["response": whole], second.window)
        #expect(third.bodies.count == 50)
        #expect(third.continues)
        let next = try #require(poll.request(third.window))
        #expect(try StrictJSON.parse(next.body)["page"] == 2)
    }

    static let wrong: [(Product, JSONValue)] = [
        (.triage, ["data": [["id": "a/b", "submitted": "2026-02-02T02:45:00Z"]]]), (.triage, ["error": "x"]),
        (.triage, ["data": [["id": "a", "submitted": "yesterday"]]]), (.virustotal, ["data": [["type": "file"]]]),
        (.virustotal, [:]), (.misp, ["response": [["Event": ["info": "x"]]]]), (.misp, "x"),
    ]

    @Test(arguments: wrong)
    func whatIsNoPageMovesNothing(_ product: Product, _ body: JSONValue) throws {
        let outcome = try Self.poll(product).outcome(
            of: .success(HTTPReply(status: 200, body: body.utf8())), window: PollWindow(startingAt: Self.start),
            now: Self.now)
        guard case .trouble(let trouble) = outcome else {
            Issue.record("taken")
            return
        }
        #expect(trouble.code == .unexpected)
    }

    struct Script: HTTPTransport {
        var reply: HTTPReply
        func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPReply { reply }
    }

    @Test func theClientAsksAndReads() async throws {
        let now = Self.now
        let client = FeedClient(transport: Script(reply: HTTPReply(status: 503)), now: { now })
        guard
            case .trouble(let trouble) = await client.page(
                PollWindow(startingAt: Self.start), of: try Self.poll(.triage))
        else {
            Issue.record("taken")
            return
        }
        #expect(trouble.passesByItself)
        let reference = try #require(ReportReference(product: .joesandbox, kind: .task, id: "1"))
        let fetch = ReportFetch(server: try Self.poll(.triage).server)
        guard case .gone = await client.report(reference, with: fetch) else {
            Issue.record("fetched")
            return
        }
    }
}
