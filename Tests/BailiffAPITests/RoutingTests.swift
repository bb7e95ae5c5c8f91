import BailiffAPI
import BailiffCore
import BailiffModel
import BailiffTestSupport
import HTTPTypes
import Testing

@Suite("Addresses, queries and bodies")
struct RoutingTests {
    @Test("an unknown address and an unknown method say what there is")
    func unknown() async throws {
        let harness = try Harness()
        let nowhere = await harness.get("/v1/nothing")
        #expect(nowhere.status == .notFound)
        #expect(nowhere.code == "route.unknown")
        #expect(nowhere.json["type"]?.string == "urn:bailiff:problem:route.unknown")
        #expect(nowhere.json["status"]?.int == 404)
        #expect(nowhere.json["request_id"]?.string == "request-1")
        let wrong = await harness.send(.put, "/v1/operators")
        #expect(wrong.status == .methodNotAllowed)
        #expect(wrong.headers[.allow] == "GET, HEAD, POST")
        let feed = await harness.get("/v1/feeds/lab")
        #expect(feed.headers[.allow] == "OPTIONS, POST, PUT")
    }

    @Test(
        "the intake's door opens to deliveries and health alone",
        arguments: ["/v1/cases", "/v1/status", "/audit/checkpoint"])
    func intakeDoor(_ path: String) async throws {
        let harness = try Harness()
        #expect(await harness.send(.get, path, at: .intake).code == "route.unknown")
        #expect(await harness.send(.get, "/healthz", at: .intake).status == .ok)
        let delivery = await harness.send(
            .post, "/v1/feeds/open", body: Harness.verdict(1).utf8(), as: .network, at: .intake)
        #expect(delivery.status == .ok)
    }

    @Test("the API's own door takes no deliveries")
    func apiDoor() async throws {
        let harness = try Harness()
        #expect(await harness.send(.post, "/v1/feeds/open", at: .api).code == "route.unknown")
        #expect(await harness.send(.get, "/v1/cases", at: .api).status == .ok)
    }

    @Test(
        "broken addresses and queries are refused",
        arguments: [
            ("/v1/cases/%zz", "request.path"), ("/v1/cases/%00", "request.path"), ("/v1/cases/%ff", "request.path"),
            ("v1/cases", "request.path"), ("/v1/cases?limit=0", "request.query"),
            ("/v1/cases?limit=-1", "request.query"), ("/v1/cases?limit=99999999999999999999", "request.query"),
            ("/v1/cases?limit=1&limit=2", "request.query"), ("/v1/cases?limti=1", "request.query"),
            ("/v1/cases?cursor=%21", "request.query"), ("/v1/cases?cursor=00", "request.query"),
            ("/v1/cases/abcd?x=1", "request.query"), ("/v1/actions?state=odd", "request.query"),
            ("/v1/audit/entries?from=-1", "request.query"), ("/v1/approvals?state=open", "request.query"),
            ("/v1/cases/abc", "id.malformed"), ("/v1/cases/nothex", "id.malformed"),
            ("/v1/cases/abcd", "id.unknown"), ("/v1/runs/7F3K", "id.unknown"), ("/v1/runs/$$", "id.malformed"),
            ("/v1/verdicts/12", "id.unknown"), ("/v1/verdicts/1x", "id.malformed"),
            ("/v1/verdicts/99999999999999999999", "id.malformed"), ("/v1/machines/a%20b", "id.malformed"),
            ("/v1/machines/" + String(repeating: "a", count: 40), "id.unknown"),
            ("/audit/tile/0/000.p/0", "id.malformed"), ("/audit/tile/0/000", "id.unknown"),
            ("/audit/tile/99/000", "id.malformed"),
        ])
    func broken(_ target: String, _ code: String) async throws {
        let harness = try Harness()
        let reply = await harness.get(target)
        #expect(reply.code == code)
        #expect((400..<500).contains(reply.status.code))
    }

    @Test("a misspelt parameter is met with a guess")
    func guess() async throws {
        let harness = try Harness()
        #expect(
            await harness.get("/v1/cases?limti=1").json["detail"]?.string
                == "unknown parameter 'limti'; did you mean 'limit'?")
    }

    @Test("HEAD is GET without the body")
    func head() async throws {
        let harness = try Harness()
        let reply = await harness.send(.head, "/healthz")
        #expect(reply.status == .ok)
        #expect(reply.body.isEmpty)
    }

    @Test(
        "bodies of the API's own are JSON, whole and known",
        arguments: [
            ("text/plain", #"{"reason":"x"}"#, "request.media_type"), ("application/json", "{", "request.body"),
            ("application/json", #"{"reason":"x","reason":"y"}"#, "request.body"),
            ("application/json", #"{"reason":""}"#, "request.body"),
            ("application/json", #"{"all":true}"#, "request.body"),
            ("application/json", #"{"reason":"x","all":"yes"}"#, "request.body"),
            ("application/json", #"{"reason":"x","foo":1}"#, "request.body"),
            ("application/json; charset=utf-8", #"{"reason":"x"}"#, ""),
        ])
    func bodies(_ type: String, _ text: String, _ code: String) async throws {
        let harness = try Harness()
        let reply = await harness.send(
            .post, "/v1/halt", headers: [("Content-Type", type)], body: Array(text.utf8), as: .local)
        #expect((reply.code ?? "") == code)
        #expect(try await harness.store.control().halt == (code.isEmpty ? .automatic : nil))
    }

    @Test("replies are ASCII: nothing from outside acts on a terminal")
    func ascii() async throws {
        let harness = try Harness()
        let name = "\u{1B}[31m\u{202E}exe.\u{0301}\u{2028}<script>"
        let body: JSONValue = ["verdict": "malicious", "sha256": .string(Harness.hash(1)), "file_name": .string(name)]
        #expect(try await harness.deliver(body.utf8(), id: "msg_1").status == .ok)
        let reply = await harness.get("/v1/verdicts")
        #expect(reply.json["verdicts"]?.array?.first?["file_name"]?.string == name)
        #expect(reply.body.allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x0A })
    }
}
