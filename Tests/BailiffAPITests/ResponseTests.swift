import BailiffAPI
import BailiffAudit
import BailiffCore
import BailiffModel
import BailiffStore
import BailiffTestSupport
import HTTPTypes
import Testing

@Suite("What people do to runs, cases, machines and the breaker")
struct ResponseTests {
    @Test("the breaker is shown and reset, and the reset stands in the log")
    func breaker() async throws {
        let harness = try Harness()
        var breaker = Breaker()
        let drafts = breaker.open("5 failures in a row", at: harness.now)
        let entries = drafts.map { EntryBuilder(kind: $0.kind, at: harness.now, actor: "engine").build() }
        let commit = Commit(entries: NonEmpty(try #require(entries.first)), puts: [.breaker(breaker)])
        guard case .committed = try await harness.store.commit(commit) else { return #expect(Bool(false)) }
        let shown = await harness.get("/v1/breaker")
        #expect(shown.json["open"]?.bool == true)
        #expect(shown.json["reason"]?.string == "5 failures in a row")
        #expect(await harness.post("/v1/breaker/reset", [:]).code == "request.body")
        #expect(try await harness.store.breaker().isOpen)
        let reset = await harness.post("/v1/breaker/reset", ["reason": "looked at"])
        #expect(reset.json["open"]?.bool == false)
        #expect(reset.json["reset_by"]?.string == "local")
        #expect(try await harness.store.breaker().isOpen == false)
        #expect(await harness.get("/v1/audit/entries").text.contains("breaker.reset"))
    }

    @Test("cancelling a run withdraws what it had not sent; the second time it has ended")
    func cancel() async throws {
        let scene = try await Scene.make()
        let rita = try await scene.person("rita", ["responder"])
        let path = "/v1/runs/\(scene.run.publicID.text)"
        let reply = await scene.harness.post("\(path)/cancel", ["reason": "wrong file"], as: rita)
        #expect(reply.status == .ok, "\(reply.text)")
        #expect(reply.json["state"]?.string == "ended")
        let outcomes = (reply.json["actions"]?.array ?? []).map { $0["outcome"]?.string }
        #expect(outcomes == ["cancelled", "cancelled", "denied"])
        #expect(reply.json["approvals"]?.array?.first?["state"]?.string == "withdrawn")
        let again = await scene.harness.post("\(path)/cancel", ["reason": "wrong file"], as: rita)
        #expect(again.status == .conflict)
        #expect(again.code == "run.ended")
        let undo = await scene.harness.post("\(path)/undo", ["reason": "x"], as: rita)
        #expect(undo.status == .conflict)
        #expect(undo.code == "run.nothing_to_undo")
        #expect(
            await scene.harness.post("\(path)/undo", ["reason": "x", "machines": ["PC 042"]], as: rita).code
                == "id.malformed")
    }

    @Test("a false positive withdraws, allows the file for a time, and the allowance can be ended")
    func falsePositive() async throws {
        let scene = try await Scene.make()
        let rita = try await scene.person("rita", ["responder"])
        let path = "/v1/cases/\(Harness.hash(1))/close"
        let bad: [(JSONValue, String)] = [
            (["as": "harmless", "reason": "x"], "request.body"), (["as": "resolved"], "request.body"),
            (["as": "resolved", "reason": "x", "for": "3d"], "request.body"),
            (["as": "false-positive", "reason": "x", "for": "3 days"], "request.body"),
            (["as": "false-positive", "reason": "x", "for": "0d"], "request.body"),
        ]
        for (body, code) in bad { #expect(await scene.harness.post(path, body, as: rita).code == code) }
        #expect(
            await scene.harness.post("/v1/cases/ffff0000/close", ["as": "resolved", "reason": "x"], as: rita).code
                == "id.unknown")
        let reply = await scene.harness.post(
            path, ["as": "false-positive", "reason": "our tool", "for": "3d"], as: rita)
        #expect(reply.status == .ok, "\(reply.text)")
        #expect(reply.json["closure"]?["by"]?.string == "rita")
        let allowed = try #require(reply.json["allowed"])
        #expect(allowed["active"]?.bool == true)
        #expect(allowed["until"]?.string == (scene.harness.now + .seconds(3 * 86_400)).rfc3339)
        let again = await scene.harness.post(path, ["as": "false-positive", "reason": "x"], as: rita)
        #expect(again.status == .conflict)
        #expect(again.code == "case.closed")
        let listed = await scene.harness.get("/v1/allowlist")
        #expect(listed.json["allowlist"]?.array?.count == 1)
        let id = try #require(allowed["id"]?.string)
        let removed = await scene.harness.post("/v1/allowlist/\(id)/remove", ["reason": "it was malicious"])
        #expect(removed.json["active"]?.bool == false)
        #expect(removed.json["removed_by"]?.string == "local")
        #expect(await scene.harness.get("/v1/allowlist").json["allowlist"]?.array == [])
        #expect(await scene.harness.get("/v1/allowlist?state=all").json["allowlist"]?.array?.count == 1)
        #expect(await scene.harness.post("/v1/allowlist/00000000/remove", ["reason": "x"]).code == "id.unknown")
    }

    @Test("machines are listed by id in parts, actions by phase and outcome")
    func lists() async throws {
        let scene = try await Scene.make()
        let first = await scene.harness.get("/v1/machines?limit=2").json
        let ids = scene.machines.map { JSONValue.string($0.text) }
        #expect(first["machines"]?.array?.compactMap { $0["machine_id"] } == Array(ids.prefix(2)))
        #expect(first["machines"]?.array?.first?["isolation"]?["state"]?.string == "no")
        let cursor = try #require(first["next"]?.string)
        let rest = await scene.harness.get("/v1/machines?limit=2&cursor=\(cursor)").json
        #expect(rest["machines"]?.array?.compactMap { $0["machine_id"] } == [ids[2]])
        #expect(rest["next"]?.isNull == true)
        #expect(await scene.harness.get("/v1/machines?cursor=a%20b").code == "request.query")
        let denied = await scene.harness.get("/v1/actions?outcome=denied").json
        #expect(denied["actions"]?.array?.compactMap { $0["machine_id"] } == [ids[2]])
        let planned = await scene.harness.get("/v1/actions?state=planned&limit=1").json
        #expect(planned["actions"]?.array?.compactMap { $0["machine_id"] } == [ids[1]])
        #expect(planned["next"]?.string != nil)
        #expect(await scene.harness.get("/v1/actions?outcome=fine").code == "request.query")
        #expect(await scene.harness.get("/v1/actions?case=\(Harness.hash(1))&state=planned").code == "request.query")
    }

    @Test("one machine is acted upon without a second person; a guard's deny answers at once")
    func byHand() async throws {
        let scene = try await Scene.make()
        scene.harness.files.withLock { $0 = Documents.all }
        let pat = try await scene.person("pat", ["playbook-admin"])
        let rita = try await scene.person("rita", ["responder"])
        for name in ["org/approvals", "org/baseline"] {
            #expect(await scene.harness.activate(name, as: pat).status == .ok)
        }
        func path(_ index: Int) -> String { "/v1/machines/\(scene.machines[index].text)/actions" }
        let order: JSONValue = ["action": "isolate", "reason": "beacons", "type": "full", "for": "4h"]
        let made = await scene.harness.post(path(0), order, as: rita)
        #expect(made.status == .created, "\(made.text)")
        #expect(made.json["requester"]?.string == "rita")
        #expect(made.json["actions"]?.array?.first?["parameters"]?["type"]?.string == "full")
        #expect(made.json["approvals"]?.array == [])
        let run = try #require(made.json["id"]?.string)
        #expect(made.headers[.location] == "/v1/runs/\(run)")
        let denied = await scene.harness.post(path(2), order, as: rita)
        #expect(denied.status == .created)
        #expect(denied.json["state"]?.string == "ended")
        #expect(denied.json["actions"]?.array?.first?["outcome"]?.string == "denied")
        #expect(
            denied.json["actions"]?.array?.first?["reasons"]?.array?.first?.string?.contains("shared infrastructure")
                == true)
        let local = await scene.harness.post(path(0), order)
        #expect(local.code == "auth.forbidden")
        #expect(local.json["detail"]?.string?.contains("a person with a name") == true)
    }

    @Test("several machines take an approval policy that is in force, and ask it")
    func several() async throws {
        let scene = try await Scene.make()
        scene.harness.files.withLock { $0 = Documents.all }
        let pat = try await scene.person("pat", ["playbook-admin"])
        let rita = try await scene.person("rita", ["responder"])
        for name in ["org/approvals", "org/baseline"] { _ = await scene.harness.activate(name, as: pat) }
        let path = "/v1/cases/\(Harness.hash(1))/actions"
        let machines = JSONValue.array(scene.machines.prefix(2).map { .string($0.text) })
        let bare: JSONValue = ["action": "isolate", "reason": "x", "machines": machines]
        let unapproved = await scene.harness.post(path, bare, as: rita)
        #expect(unapproved.code == "order.needs_approval")
        #expect(unapproved.json["policies"]?.array == ["soc-one"])
        let wrong: JSONValue = ["action": "isolate", "reason": "x", "machines": machines, "approve": "soc-two"]
        #expect(await scene.harness.post(path, wrong, as: rita).code == "order.unknown_approval")
        let right: JSONValue = ["action": "isolate", "reason": "x", "machines": machines, "approve": "soc-one"]
        let made = await scene.harness.post(path, right, as: rita)
        #expect(made.status == .created, "\(made.text)")
        #expect(made.json["case"]?.string == Harness.hash(1))
        #expect(made.json["actions"]?.array?.count == 2)
        #expect(made.json["actions"]?.array?.first?["approvals"]?.array?.first?["policy"]?.string == "soc-one")
    }

    @Test(
        "orders that say nothing that can be done are refused, and nothing is stored",
        arguments: [
            (#"{"action":"isolate"}"#, "request.body"), (#"{"action":"explode","reason":"x"}"#, "request.body"),
            (#"{"action":"isolate","reason":"x","type":"quick"}"#, "request.body"),
            (#"{"action":"release","reason":"x","type":"full"}"#, "request.body"),
            (#"{"action":"release","reason":"x","for":"1h"}"#, "request.body"),
            (#"{"action":"tag","reason":"x"}"#, "request.body"),
            (#"{"action":"isolate","reason":"x","value":"t"}"#, "request.body"),
            (#"{"action":"isolate","reason":"x","machine":"t"}"#, "request.body"),
            (#"{"action":"block_file","reason":"x"}"#, "order.not_possible"),
            (#"{"action":"stop_and_quarantine","reason":"x"}"#, "order.needs_file"),
            (#"{"action":"isolate","reason":"x","case":"ffff0000"}"#, "id.unknown"),
        ])
    func refused(_ body: String, _ code: String) async throws {
        let scene = try await Scene.make()
        let rita = try await scene.person("rita", ["responder"])
        let before = try await scene.harness.store.entryCount()
        func post(_ path: String) async -> Reply {
            await scene.harness.send(
                .post, path, headers: [("Content-Type", "application/json")], body: Array(body.utf8), as: rita)
        }
        #expect(await post("/v1/machines/\(scene.machines[0].text)/actions").code == code)
        #expect(await post("/v1/machines/PC%20042/actions").code == "id.malformed")
        #expect(try await scene.harness.store.entryCount() == before)
        let named = await scene.harness.post("/v1/machines/a1/actions", ["action": "isolate", "reason": "x"], as: rita)
        #expect(named.code == "order.unknown_machines", "a name that Defender answers to is no id")
        let stranger = await scene.harness.post(
            "/v1/machines/\(String(repeating: "f", count: 40))/actions", ["action": "isolate", "reason": "x"], as: rita)
        #expect(stranger.code == "order.unknown_machines")
        let nobody = await scene.harness.post(
            "/v1/cases/\(Harness.hash(1))/actions", ["action": "isolate", "reason": "x", "machines": []], as: rita)
        #expect(nobody.code == "request.body")
    }
}
