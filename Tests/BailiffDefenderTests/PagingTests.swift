import BailiffDefender
import BailiffHTTPClient
import BailiffModel
import Testing

@Suite struct PagingTests {
    private static func page(_ ids: [String], link: JSONValue? = nil) -> HTTPReply {
        var body: JSONObject = ["value": .array(ids.map { ["id": .string($0)] })]
        body["@odata.nextLink"] = link
        return .json(200, .object(body))
    }

    private func list(
        _ transport: ScriptedTransport, linkDomains: [String] = [], pageLimit: Int = 100
    ) async throws -> DefenderList<Machine> {
        let fixture = try Fixture(transport) {
            $0.endpoints.linkDomains = linkDomains
            $0.pageLimit = pageLimit
        }
        return try await fixture.client.machines(filter: .equal(.healthStatus, "Active"))
    }

    @Test func followsLinksOfItsOwnServer() async throws {
        let transport = ScriptedTransport { (_, number) async throws(HTTPFailure) in
            switch number {
            case 1: Self.page(["a", "b"], link: "http://127.0.0.1:9/other/path?$skip=2")
            case 2: Self.page(["c", "b"], link: "http://127.0.0.1:9/other/path?$skip=4")
            default: Self.page(["d"])
            }
        }
        let list = try await list(transport)
        #expect(list.map(\.id.text) == ["a", "b", "c", "d"])
        #expect(list.isComplete)
        #expect(transport.requests.map(\.url.text)[1] == "http://127.0.0.1:9/other/path?$skip=2")
    }

    @Test("a link of its own server that leads to no page is replaced, too")
    func aLinkToNowhere() async throws {
        let transport = ScriptedTransport { (request, _) async throws(HTTPFailure) in
            switch request.url.text {
            case "http://127.0.0.1:9/oauth2/token?$skip=2": .error(404, "NotFound")
            case let text where text.contains("skip=2"): Self.page(["c"])
            default: Self.page(["a", "b"], link: "http://127.0.0.1:9/oauth2/token?$skip=2")
            }
        }
        let list = try await list(transport)
        #expect(list.map(\.id.text) == ["a", "b", "c"])
        #expect(list.isComplete)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var link: JSONValue
    }

    static let badLinks = [
        Row(testDescription: "foreign", link: "https://evil.example/api/machines?$skip=2"),
        Row(testDescription: "foreign port", link: "http://127.0.0.1:10/api/machines?$skip=2"),
        Row(testDescription: "plain", link: "http://api.security.microsoft.com/api/machines?$skip=2"),
        Row(testDescription: "lookalike", link: "https://notsecuritycenter.windows.com/api/machines?$skip=2"),
        Row(testDescription: "user", link: "https://api-us3.securitycenter.windows.com@evil.example/?$skip=2"),
        Row(testDescription: "no URL", link: "machines?$skip=2"), Row(testDescription: "empty", link: ""),
        Row(testDescription: "a number", link: 2),
        Row(
            testDescription: "to itself",
            link: "http://127.0.0.1:9/api/machines?$filter=healthStatus%20eq%20%27Active%27"),
    ]

    @Test(arguments: badLinks)
    func aBadLinkGetsNoTokenAndIsReplaced(_ row: Row) async throws {
        let transport = ScriptedTransport { (request, _) async throws(HTTPFailure) in
            switch request.plainQuery {
            case "$filter=healthStatus eq 'Active'": Self.page(["a", "b"], link: row.link)
            case "$filter=healthStatus eq 'Active'&$skip=2": Self.page(["c"])
            default: HTTPReply(status: 500)
            }
        }
        let list = try await list(transport, linkDomains: ["securitycenter.windows.com"])
        #expect(list.map(\.id.text) == ["a", "b", "c"])
        #expect(list.isComplete)
        #expect(transport.requests.allSatisfy { $0.url.origin == "http://127.0.0.1:9" })
    }

    @Test(arguments: badLinks)
    func aBadLinkThatNothingReplacesIsSaid(_ row: Row) async throws {
        // A service that ignores our $skip sends the same page for ever.
        let transport = ScriptedTransport { (_, _) async throws(HTTPFailure) in Self.page(["a", "b"], link: row.link) }
        let list = try await list(transport)
        #expect(list.map(\.id.text) == ["a", "b"])
        #expect(list.cut == .badLink)
        #expect(transport.requests.count == 2)
    }

    /// Another address than before, and the same page: asked past by ourselves, from behind what is known.
    @Test func aLinkToWhatIsKnownIsReplaced() async throws {
        let transport = ScriptedTransport { (request, _) async throws(HTTPFailure) in
            let skip = request.plainQuery.split(separator: "=").last.map(String.init) ?? ""
            let own = "http://127.0.0.1:9/api/machines?$filter=healthStatus eq 'Active'&$skip="
            return switch skip {
            case "2": Self.page(["c", "d"], link: .string(own + "02"))
            case "02": Self.page(["c", "d"], link: .string(own + "02"))
            case "4": Self.page(["e"])
            default: Self.page(["a", "b"], link: .string(own + "0"))
            }
        }
        let list = try await list(transport)
        #expect(list.map(\.id.text) == ["a", "b", "c", "d", "e"])
        #expect(list.isComplete)
    }

    @Test func aPageOfUnreadableEntriesIsNoRepetition() async throws {
        let transport = ScriptedTransport { (_, number) async throws(HTTPFailure) in
            switch number {
            case 1: Self.page(["a"], link: "http://127.0.0.1:9/api/machines?$skip=1")
            case 2: .json(200, ["value": [[:], [:]], "@odata.nextLink": "http://127.0.0.1:9/api/machines?$skip=3"])
            default: Self.page(["b"])
            }
        }
        let list = try await list(transport)
        #expect(list.map(\.id.text) == ["a", "b"])
        #expect(list.unreadable == 2 && list.cut == nil)
    }

    @Test func anErrorForOurOwnLinkKeepsWhatWeHave() async throws {
        let transport = ScriptedTransport { (_, number) async throws(HTTPFailure) in
            number == 1 ? Self.page(["a"], link: "nowhere") : .error(400, "ODataError")
        }
        let list = try await list(transport)
        #expect(list.map(\.id.text) == ["a"])
        #expect(list.cut == .badLink)
    }

    @Test func theEndFoundByOurOwnLinkIsTheEnd() async throws {
        let transport = ScriptedTransport { (_, number) async throws(HTTPFailure) in
            number == 1 ? Self.page(["a"], link: "nowhere") : Self.page([], link: "nowhere")
        }
        #expect(try await list(transport).isComplete)
    }

    @Test func linksToAllowedRegionsAreFollowed() async throws {
        let regional = "https://api-us3.securitycenter.windows.com/api/v1.0/machines?$filter=a eq 'b'&$skip=1"
        let transport = ScriptedTransport { (_, number) async throws(HTTPFailure) in
            number == 1 ? Self.page(["a"], link: .string(regional)) : Self.page(["b"])
        }
        let list = try await list(transport, linkDomains: ["securitycenter.windows.com"])
        #expect(list.map(\.id.text) == ["a", "b"])
        #expect(
            transport.requests.last?.url.text
                == "https://api-us3.securitycenter.windows.com/api/v1.0/machines?$filter=a%20eq%20'b'&$skip=1")
        #expect(transport.requests.last?.bearer == "Bearer token-1")
    }

    @Test func pagesAreBounded() async throws {
        let transport = ScriptedTransport { (_, number) async throws(HTTPFailure) in
            Self.page(["m\(number)"], link: .string("http://127.0.0.1:9/api/machines?$skip=\(number)"))
        }
        let list = try await list(transport, pageLimit: 7)
        #expect(list.count == 7)
        #expect(list.cut == .pageLimit)
    }

    @Test func entriesWithoutAnIdAreCounted() async throws {
        let body: JSONValue = ["value": [["id": "a"], ["id": nil], [:], 3]]
        let list = try await list(ScriptedTransport([.json(200, body)]))
        #expect(list.map(\.id.text) == ["a"])
        #expect(list.unreadable == 3)
        #expect(!list.isComplete)
    }

    @Test func aPageWithoutAListIsAnError() async throws {
        for body in [JSONValue.null, ["value": nil], ["value": ["id": "a"]], [], ["values": []]] {
            let transport = ScriptedTransport([.json(200, body)])
            #expect(await failure { try await list(transport) }?.code == .malformedReply)
        }
    }

    @Test func aFilterThatMatchesNothingIsNotSent() async throws {
        let transport = ScriptedTransport([Self.page(["a"])])
        let fixture = try Fixture(transport)
        #expect(try await fixture.client.machines(filter: .oneOf(.id, [])).isEmpty)
        #expect(
            try await fixture.client.machineActions(filter: .and([.equal(.status, "Pending"), .oneOf(.id, [])])).isEmpty
        )
        #expect(try await fixture.client.machineCount(filter: .or([])) == 0)
        #expect(transport.requests.isEmpty)
    }
}
