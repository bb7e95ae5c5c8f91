import BailiffAPI
import BailiffAudit
import BailiffCore
import BailiffModel
import BailiffStore
import BailiffTestSupport
import HTTPTypes
import Testing

@Suite("Approvals over HTTP")
struct ApprovalTests {
    @Test("an approver sees what would happen to what, why, at what cost, and whether they may answer")
    func shows() async throws {
        let scene = try await Scene.make()
        let lead = try await scene.person("ana", ["releaser"])
        let prefix = String(scene.approval.publicID.text.prefix(3)).lowercased()
        let reply = await scene.harness.get("/v1/approvals/\(prefix)", as: lead)
        #expect(reply.status == .ok)
        let shown = reply.json
        #expect(shown["id"]?.string == scene.approval.publicID.text)
        #expect(shown["digest"]?.string == scene.approval.digest.hex)
        #expect(shown["state"]?.string == "waiting")
        #expect(shown["expires_at"]?.string == (Harness.start + .seconds(1_800)).rfc3339)
        #expect(shown["playbook"]?["name"]?.string == "tiered-containment")
        #expect(shown["policies"]?.array?.first?["name"]?.string == "org/baseline")
        #expect(shown["verdict"]?["score"]?.int == 97)
        #expect(shown["machines"]?.array?.map { $0["machine_id"]?.string } == scene.machines.prefix(2).map(\.text))
        #expect(shown["guards"]?.array?.first?["machines"]?.int == 2)
        #expect(shown["denied"]?.array?.map { $0["guard"]?.string } == ["tier0"])
        #expect(shown["not_selected"]?.array?.first?["reason"]?.string == "not onboarded")
        #expect(shown["cost"]?["calls"]?["default"]?.int == 2)
        #expect(shown["undo"]?.string == "release")
        #expect(shown["seen_on"]?.int == 3)
        #expect(shown["shown_only"]?.int == 1)
        #expect(shown["needs"]?.array?.map { $0["given"]?.int } == [0, 0])
        #expect(shown["you"] == ["as": ["releaser"], "may_answer": true, "why_not": nil])
        let viewer = try await scene.person("vic", ["viewer"])
        let other = await scene.harness.get("/v1/approvals/\(prefix)", as: viewer).json["you"]
        #expect(other?["may_answer"]?.bool == false)
        let local = await scene.harness.get("/v1/approvals/\(prefix)").json["you"]
        #expect(local?["may_answer"]?.bool == false)
    }

    @Test("two different people with the two roles grant it, and the log says who")
    func grants() async throws {
        let scene = try await Scene.make()
        let ana = try await scene.person("ana", ["releaser", "responder"])
        let bo = try await scene.person("bo", ["responder"])
        let first = await scene.decide("approve", as: ana)
        #expect(first.status == .ok)
        #expect(first.json["state"]?.string == "waiting")
        let again = await scene.decide("approve", as: ana)
        #expect(again.code == "approval.already_answered")
        let second = await scene.decide("approve", reason: "agreed", as: bo)
        #expect(second.json["state"]?.string == "granted")
        #expect(second.json["machines"]?.array?.allSatisfy { $0["granted"]?.bool == true } == true)
        let late = await scene.decide("deny", as: bo)
        #expect(late.status == .conflict)
        #expect(late.code == "approval.not_open")
        #expect(late.json["state"]?.string == "granted")
        let kinds = try await scene.harness.store.entries(from: 0, limit: 100).compactMap { EntryContents($0.entry) }
        #expect(kinds.filter { $0.kind == "approval.approve" }.map(\.actor) == ["operator:ana", "operator:bo"])
        #expect(kinds.contains { $0.kind == "approval.granted" })
        let list = await scene.harness.get("/v1/approvals")
        #expect(list.json["approvals"]?.array == [])
        #expect(await scene.harness.get("/v1/approvals?state=all").json["approvals"]?.array?.count == 1)
    }

    @Test("a subset can be approved; the rest stays open")
    func subset() async throws {
        let scene = try await Scene.make()
        let only = [scene.machines[0].text]
        let ana = try await scene.person("ana", ["releaser"])
        let bo = try await scene.person("bo", ["responder"])
        #expect(await scene.decide("approve", only: only, as: ana).status == .ok)
        let reply = await scene.decide("approve", only: only, as: bo)
        #expect(reply.json["state"]?.string == "waiting")
        #expect(reply.json["machines"]?.array?.map { $0["granted"]?.bool } == [true, false])
        let cy = try await scene.person("cy", ["releaser"])
        let unknown = await scene.decide("approve", only: [scene.machines[2].text], as: cy)
        #expect(unknown.status.code == 422)
        #expect(unknown.code == "approval.unknown_machines")
        #expect(unknown.json["machines"]?.array == [.string(scene.machines[2].text)])
        let bea = try await scene.person("bea", ["releaser"])
        #expect(await scene.decide("approve", only: [], as: bea).code == "approval.unknown_machines")
        #expect(await scene.decide("approve", only: ["a machine name"], as: ana).code == "id.malformed")
    }

    @Test("one denial ends it")
    func denies() async throws {
        let scene = try await Scene.make()
        let ana = try await scene.person("ana", ["releaser"])
        let reply = await scene.decide("deny", reason: "a false positive", as: ana)
        #expect(reply.json["state"]?.string == "denied")
        #expect(reply.json["denied_by"]?.string == "ana")
    }

    @Test("another digest is refused and the question is shown as it is")
    func otherDigest() async throws {
        let scene = try await Scene.make()
        let ana = try await scene.person("ana", ["releaser"])
        let reply = await scene.decide("approve", digest: Digest.of("something else"), as: ana)
        #expect(reply.status == .conflict)
        #expect(reply.code == "approval.other_digest")
        #expect(reply.json["digest"]?.string == scene.approval.digest.hex)
        #expect(reply.json["changed"] == .null)
        #expect(reply.json["approval"]?["machines"]?.array?.count == 2)
        #expect(try await scene.harness.store.approval(scene.approval.id)?.decisions.isEmpty == true)
    }

    @Test("the requester and the activator cannot answer, whatever their roles")
    func ownRun() async throws {
        let scene = try await Scene.make(activator: "act", requester: "req")
        let act = try await scene.person("act", ["releaser", "responder", "admin"])
        let req = try await scene.person("req", ["releaser", "responder", "admin"])
        #expect(await scene.decide("approve", as: act).code == "approval.is_activator")
        #expect(await scene.decide("approve", as: req).code == "approval.is_requester")
        let other = try await scene.person("adm", ["admin"])
        let reply = await scene.decide("approve", as: other)
        #expect(reply.status == .forbidden)
        #expect(reply.code == "approval.lacks_role")
        #expect(reply.json["roles"]?.array == ["releaser", "responder"])
    }

    @Test("the socket has no name and answers nothing")
    func local() async throws {
        let scene = try await Scene.make()
        #expect(await scene.decide("approve", as: .local).code == "approval.needs_person")
    }

    @Test("nothing is granted at the deadline")
    func expired() async throws {
        let scene = try await Scene.make()
        let ana = try await scene.person("ana", ["releaser"])
        scene.harness.advance(by: .seconds(1_800))
        let reply = await scene.decide("approve", as: ana)
        #expect(reply.code == "approval.not_open")
        #expect(reply.json["detail"]?.string == "the question's time is over")
    }

    @Test("a case and a run show what is planned, done and asked")
    func caseAndRun() async throws {
        let scene = try await Scene.make()
        let shown = await scene.harness.get("/v1/cases/\(Harness.hash(1).prefix(8))").json
        #expect(shown["sightings"]?.array?.map { $0["machine_id"]?.string } == scene.machines.map(\.text))
        #expect(shown["runs"]?.array?.first?["id"]?.string == scene.run.publicID.text)
        let actions = try #require(shown["actions"]?.array)
        #expect(actions.count == 3)
        #expect(actions.map { $0["action"]?.string } == ["isolate", "isolate", "isolate"])
        let denied = actions.first { $0["machine_id"]?.string == scene.machines[2].text }
        #expect(denied?["outcome"]?.string == "denied")
        #expect(actions.first?["defender_action_id"] == .null)
        #expect(shown["approvals"]?.array?.first?["missing"]?.array?.count == 2)
        let run = await scene.harness.get("/v1/runs/\(scene.run.publicID.text)").json
        #expect(run["planned"]?["machines"]?.array?.count == 3)
        #expect(run["case"]?.string == Harness.hash(1))
        let machine = await scene.harness.get("/v1/machines/\(scene.machines[0].text)").json
        #expect(await scene.harness.get("/v1/machines/a100").json == machine)
        #expect(await scene.harness.get("/v1/machines/a1").code == "id.unknown")
        #expect(await scene.harness.get("/v1/machines/a200").code == "id.unknown")
        #expect(machine["actions"]?.array?.count == 1)
        let byMachine = await scene.harness.get("/v1/actions?machine=\(scene.machines[0].text)").json
        #expect(byMachine["actions"]?.array?.first?["run"]?.string == scene.run.publicID.text)
    }
}
