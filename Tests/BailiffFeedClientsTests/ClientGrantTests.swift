import BailiffFeedClients
import BailiffHTTPClient
import BailiffIntake
import BailiffModel
import Testing

/// Tokens that a service gives: asked for, kept, renewed, taken back.
struct ClientGrantTests {
    private static let md5 = "542a09dbd513bf75e29572922ce0687e"
    private static let report = #"""
        {"Full Details": {"Classification": {"Type": "MALICIOUS", "Score": 80, "Category": "MALWARE_BOTNET"},
        "FileProperties": {"MD5": "542a09dbd513bf75e29572922ce0687e"}}}
        """#

    /// The token service and the product's server. Tokens are `t1`, `t2`, …; the server takes those in `good`.
    private final class World: HTTPTransport {
        struct State {
            var time = Timestamp(seconds: 1_780_000_000)
            var asked: [HTTPRequest] = []
            var issued = 0
            var refused: Set<String> = []
            var answer: HTTPReply?
            var lifetime = "3600"
            /// Whether a token holds no longer than until the next one is given.
            var takesBack = false
        }

        let state = Locked(State())

        func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPReply {
            await Task.yield()
            return state.withLock { state in
                state.asked.append(request)
                if request.url.path == "/oauth2/v1/token" {
                    if let answer = state.answer { return answer }
                    state.issued += 1
                    let text =
                        #"{"access_token":"t\#(state.issued)","token_type":"Bearer","expires_in":\#(state.lifetime)}"#
                    return HTTPReply(status: 200, body: Array(text.utf8))
                }
                let shown = request.headers.filter { $0.name == "Authorization" }.map(\.value)
                guard shown.count == 1, !state.refused.contains(shown[0]) else { return HTTPReply(status: 401) }
                if state.takesBack, shown[0] != "Bearer t\(state.issued)" { return HTTPReply(status: 401) }
                return HTTPReply(status: 200, body: Array(ClientGrantTests.report.utf8))
            }
        }

        var paths: [String] { state.withLock { $0.asked.map(\.url.path) } }
    }

    private struct House {
        let world = World()
        let server: FeedServer
        let client: FeedClient
        let reference = ReportReference(product: .zscaler, kind: .file, id: ClientGrantTests.md5)

        init() throws {
            let endpoint = try #require(HTTPURL("https://acme.zslogin.net/oauth2/v1/token"))
            let grant = try #require(
                ClientGrant(
                    endpoint: endpoint, clientID: "a b&c",
                    secret: Secret("p=w+ä"), audience: "https://api.zscaler.com"))
            let base = try #require(HTTPURL("https://api.zsapi.net/zia/api/v1"))
            server = try #require(FeedServer(base: base, credential: .client(grant)))
            let world = world
            client = FeedClient(transport: world, server: server) { world.state.withLock { $0.time } }
        }

        func ask() async throws -> ReportFetch.Outcome {
            await client.report(try #require(reference), with: ReportFetch(server: server))
        }

        func isRead(_ outcome: ReportFetch.Outcome) -> Bool { if case .read = outcome { true } else { false } }
        func trouble(_ outcome: ReportFetch.Outcome) -> FeedTrouble? {
            if case .trouble(let trouble) = outcome { trouble } else { nil }
        }
    }

    private static let token = "/oauth2/v1/token"
    private static let path = "/zia/api/v1/sandbox/report/\(md5)"

    @Test("a token is asked for once and kept while it holds")
    func kept() async throws {
        let house = try House()
        for _ in 1...3 { #expect(try await house.isRead(house.ask())) }
        #expect(house.world.paths == [Self.token, Self.path, Self.path, Self.path])
        let asked = try #require(house.world.state.withLock { $0.asked.first })
        #expect(asked.method == .post)
        #expect(
            String(decoding: asked.body, as: UTF8.self)
                == "grant_type=client_credentials&client_id=a%20b%26c&client_secret=p%3Dw%2B%C3%A4"
                + "&audience=https%3A%2F%2Fapi.zscaler.com")
        #expect(!asked.headers.contains { $0.name == "Authorization" })
        #expect(house.server.rules.contains { $0.allows(asked.url) })
    }

    @Test(
        "it is renewed a minute before it ends", arguments: [("3600", 3_539, 3_541), ("\"100\"", 49, 51), ("0", 0, 0)])
    func renewed(lifetime: String, kept: Int64, gone: Int64) async throws {
        let house = try House()
        house.world.state.withLock { $0.lifetime = lifetime }
        #expect(try await house.isRead(house.ask()))
        let start = house.world.state.withLock { $0.time }
        if kept > 0 {
            house.world.state.withLock { $0.time = start + .seconds(kept) }
            #expect(try await house.isRead(house.ask()))
            #expect(house.world.state.withLock { $0.issued } == 1)
        }
        house.world.state.withLock { $0.time = start + .seconds(gone) }
        #expect(try await house.isRead(house.ask()))
        #expect(house.world.state.withLock { $0.issued } == 2)
    }

    @Test("a token that was taken back early is replaced once, and a refused new one is a person's to mend")
    func takenBack() async throws {
        let house = try House()
        #expect(try await house.isRead(house.ask()))
        house.world.state.withLock { $0.refused = ["Bearer t1"] }
        #expect(try await house.isRead(house.ask()))
        #expect(house.world.paths == [Self.token, Self.path, Self.path, Self.token, Self.path])
        house.world.state.withLock { $0.refused = ["Bearer t1", "Bearer t2", "Bearer t3", "Bearer t4"] }
        #expect(try await house.trouble(house.ask())?.code == .refused)
        // t2, then t3, and no more in this attempt.
        #expect(house.world.state.withLock { $0.issued } == 3)
        // The refused one isn't kept.
        #expect(try await house.trouble(house.ask())?.code == .refused)
        #expect(house.world.state.withLock { $0.issued } == 4)
    }

    @Test("calls at once ask for one token")
    func together() async throws {
        let house = try House()
        house.world.state.withLock { $0.takesBack = true }
        let outcomes = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 1...20 { group.addTask { try await house.isRead(house.ask()) } }
            return try await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        #expect(outcomes == Array(repeating: true, count: 20))
        #expect(house.world.state.withLock { $0.issued } == 1)
    }

    struct Answer: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var reply: HTTPReply
        var code: FeedTrouble.Code

        init(
            _ description: String, _ status: Int, _ code: FeedTrouble.Code, _ body: String = "",
            _ headers: [HTTPHeader] = []
        ) {
            testDescription = description
            reply = HTTPReply(status: status, headers: headers, body: Array(body.utf8))
            self.code = code
        }
    }

    @Test(arguments: [
        Answer("an unknown client", 401, .refused, #"{"error":"invalid_client"}"#),
        Answer("a wrong secret", 400, .refused, #"{"error":"invalid_client"}"#),
        Answer("too many calls", 429, .throttled, "", [HTTPHeader("Retry-After", "9")]),
        Answer("a failure", 503, .serverFailed),
        Answer("another address", 302, .redirected),
        Answer("no JSON", 200, .unexpected, "<html>"),
        Answer("no token", 200, .unexpected, "{}"),
        Answer("a token that is none", 200, .unexpected, #"{"access_token":"a\r\nb"}"#),
        Answer("another kind of token", 200, .unexpected, #"{"access_token":"a","token_type":"mac"}"#),
    ])
    func noToken(_ row: Answer) async throws {
        let house = try House()
        house.world.state.withLock { $0.answer = row.reply }
        let trouble = try #require(house.trouble(try await house.ask()))
        #expect(trouble.code == row.code)
        #expect(trouble.retryAfter == (row.code == .throttled ? .seconds(9) : nil))
        #expect(trouble.message.contains("token service"))
        // The server isn't asked without one.
        #expect(house.world.paths == [Self.token])
    }

    @Test func theSecretDoesNotTravelInClear() throws {
        for text in ["http://acme.example/token", "https://acme.example/token?a=b"] {
            let url = try #require(HTTPURL(text))
            #expect(ClientGrant(endpoint: url, clientID: "a", secret: Secret("b")) == nil)
        }
    }

    @Test("lists are read with such a token, too")
    func polled() async throws {
        let house = try House()
        let poll = try #require(FeedPoll(product: .misp, server: house.server))
        // The answer is none of MISP's; what counts is that it came with a token.
        _ = await house.client.page(PollWindow(startingAt: Timestamp(seconds: 1_780_000_000)), of: poll)
        let last = try #require(house.world.state.withLock { $0.asked.last })
        #expect(last.headers.contains(HTTPHeader("Authorization", "Bearer t1")))
    }
}
