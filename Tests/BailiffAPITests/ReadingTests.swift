import BailiffAPI
import BailiffEngine
import BailiffModel
import BailiffStore
import BailiffTestSupport
import HTTPTypes
import Testing

@Suite("Reading")
struct ReadingTests {
    @Test("a case answers to any beginning of any of its hashes")
    func casePrefixes() async throws {
        let harness = try Harness()
        let sha1 = String(Digest.of("sha1").hex.prefix(40))
        let body: JSONValue = [
            "verdict": "malicious", "sha256": .string(Harness.hash(1)), "sha1": .string(sha1), "threat": "Emotet",
        ]
        #expect(try await harness.deliver(body.utf8(), id: "msg_1").status == .ok)
        for id in [Harness.hash(1), String(Harness.hash(1).prefix(4)), sha1.uppercased(), String(sha1.prefix(7))] {
            let reply = await harness.get("/v1/cases/\(id)")
            #expect(reply.status == .ok)
            #expect(reply.json["id"]?.string == Harness.hash(1))
            #expect(reply.json["sha1"]?.string == sha1)
            #expect(reply.json["verdicts"]?.array?.first?["threat"]?.string == "Emotet")
            for member in ["sightings", "runs", "actions", "approvals"] { #expect(reply.json[member]?.array == []) }
            #expect(reply.json["coverage"] == .null)
        }
    }

    @Test("the body that brought a verdict is there, byte for byte, with its digest")
    func bodies() async throws {
        let harness = try Harness()
        let body = Array(#"  {"verdict":"malicious", "sha256":"\#(Harness.hash(1))","file_name":"é\u0007"} "#.utf8)
        #expect(try await harness.deliver(body, id: "msg_1").status == .ok)
        let shown = await harness.get("/v1/verdicts/1").json["delivery"]
        #expect(shown?["sha256"]?.string == Digest.of(body).hex && shown?["bytes"]?.int == Int64(body.count))
        let reply = await harness.get("/v1/verdicts/1/body")
        #expect(reply.status == .ok && reply.body == body)
        #expect(reply.headers[.contentType] == "application/octet-stream")
        #expect(reply.headers[.contentDisposition] == "attachment; filename=\"verdict-1.body\"")
        #expect(await harness.get("/v1/verdicts/2/body").code == "id.unknown")
        #expect(await harness.get("/v1/verdicts/x/body").code == "id.malformed")
    }

    @Test("a beginning that fits several cases names them")
    func ambiguous() async throws {
        let harness = try Harness()
        let rest = String(repeating: "12", count: 30)
        let hashes = ["abcd" + rest, "abce" + rest].map { String($0.prefix(64)) }
        for (number, hash) in hashes.enumerated() {
            let body: JSONValue = ["verdict": "malicious", "sha256": .string(hash)]
            #expect(try await harness.deliver(body.utf8(), id: "msg_\(number)").status == .ok)
        }
        // Four digits at least, so the two share none: one more case with the first one's beginning.
        let third = String(("abcd" + String(repeating: "34", count: 30)).prefix(64))
        let body: JSONValue = ["verdict": "benign", "sha256": .string(third)]
        #expect(try await harness.deliver(body.utf8(), id: "msg_3").status == .ok)
        let reply = await harness.get("/v1/cases/abcd")
        #expect(reply.status == .conflict)
        #expect(reply.code == "id.ambiguous")
        let candidates = try #require(reply.json["candidates"]?.array).compactMap(\.string)
        #expect(Set(candidates) == [hashes[0], third])
        #expect(await harness.get("/v1/cases/abcd3").json["id"]?.string == third)
    }

    @Test("lists come in parts, newest first, without gap or repeat", arguments: ["cases", "verdicts"])
    func pages(_ name: String) async throws {
        let harness = try Harness()
        for number in 0..<25 {
            #expect(try await harness.deliver(Harness.verdict(number).utf8(), id: "msg_\(number)").status == .ok)
        }
        var seen: [String] = []
        var cursor = ""
        var parts = 0
        repeat {
            let reply = await harness.get("/v1/\(name)?limit=10\(cursor)")
            #expect(reply.status == .ok)
            let elements = try #require(reply.json[name]?.array)
            #expect(elements.count <= 10)
            seen += elements.compactMap { $0["sha256"]?.string }
            parts += 1
            cursor = reply.json["next"]?.string.map { "&cursor=\($0)" } ?? ""
        } while !cursor.isEmpty && parts < 10
        #expect(seen == (0..<25).reversed().map { Harness.hash($0) })
    }

    @Test("verdicts can be listed by feed")
    func byFeed() async throws {
        let harness = try Harness()
        #expect(try await harness.deliver(Harness.verdict(1).utf8(), id: "msg_1").status == .ok)
        let other = await harness.send(
            .post, "/v1/feeds/open", body: Harness.verdict(2).utf8(), as: .network)
        #expect(other.status == .ok)
        let reply = await harness.get("/v1/verdicts?feed=open")
        #expect(reply.json["verdicts"]?.array?.map { $0["sha256"]?.string } == [Harness.hash(2)])
        #expect(reply.json["verdicts"]?.array?.first?["trust"]?.int == 1)
    }

    @Test("a verdict that cannot be acted upon has no case and says why")
    func notActionable() async throws {
        let harness = try Harness()
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        let reply = try await harness.deliver(
            JSONValue.object(["verdict": "malicious", "sha256": .string(empty)]).utf8(), id: "msg_1")
        #expect(reply.status == .ok)
        #expect(reply.json["accepted"]?.array?.first?["case"] == .null)
        let verdict = await harness.get("/v1/verdicts").json["verdicts"]?.array?.first
        #expect(verdict?["actionable"]?.bool == false)
        #expect(verdict?["sha256"]?.string == empty)
    }

    @Test("the status tells switches, queues, feeds and the log")
    func status() async throws {
        let harness = try Harness()
        #expect(try await harness.deliver(Harness.verdict(1).utf8(), id: "msg_1").status == .ok)
        _ = await harness.post("/v1/halt", ["reason": "drill", "all": true])
        try await harness.sequencer.catchUp(checkpoint: true)
        let status = await harness.get("/v1/status").json
        #expect(status["control"]?["halted"]?.bool == true)
        #expect(status["control"]?["extent"]?.string == "all")
        #expect(status["control"]?["changed_by"]?.string == "local")
        #expect(status["jobs"]?["waiting"]?["enrichment"]?.int == 1)
        #expect(status["log"]?["entries"]?.int == 2)
        #expect(status["log"]?["checkpoint_size"]?.int == 2)
        #expect(status["feeds"]?.array?.count == 4)
        _ = await harness.post("/v1/resume", ["reason": "over"])
        #expect(await harness.get("/v1/status").json["control"]?["halted"]?.bool == false)
    }

    @Test("a closed store is not ready but alive")
    func ready() async throws {
        let harness = try Harness()
        await harness.store.close()
        let reply = await harness.get("/readyz", as: .network)
        #expect(reply.status == .serviceUnavailable)
        #expect(await harness.get("/healthz", as: .network).status == .ok)
    }
}
