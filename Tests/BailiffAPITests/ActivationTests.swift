import BailiffAPI
import BailiffAudit
import BailiffCore
import BailiffDiagnostics
import BailiffEngine
import BailiffModel
import BailiffPlaybook
import BailiffStore
import BailiffTestSupport
import HTTPTypes
import Testing

@Suite("Putting playbooks in force")
struct ActivationTests {
    /// A folder of three files and somebody who may put them in force.
    private func harness() async throws -> (Harness, Harness.Sender) {
        let harness = try Harness()
        harness.files.withLock { $0 = Documents.all }
        return (harness, try await harness.token("pat", ["playbook-admin"]))
    }

    private func activateAll(_ harness: Harness, as pat: Harness.Sender, mode: String = "live") async {
        for name in ["org/approvals", "org/baseline"] {
            let reply = await harness.activate(name, as: pat)
            #expect(reply.status == .ok, "\(reply.text)")
        }
        let reply = await harness.activate("contain", mode: mode, as: pat)
        #expect(reply.status == .ok, "\(reply.text)")
    }

    private func entries(_ harness: Harness) async throws -> [EntryContents] {
        try await harness.store.entries(from: 0, limit: 1_000).compactMap { EntryContents($0.entry) }
            .filter { $0.kind.hasPrefix("playbook.") }
    }

    @Test("nothing is in force until somebody says so; then it is, with its mode and whoever said it")
    func activates() async throws {
        let (harness, pat) = try await harness()
        let before = await harness.get("/v1/playbooks").json
        #expect(before["activate"]?.string == "manual")
        #expect(before["playbooks"]?.array?.map { $0["state"]?.string } == Array(repeating: "not in force", count: 3))
        #expect(harness.playbooks.current == nil)
        await activateAll(harness, as: pat, mode: "hold")
        let generation = try #require(harness.playbooks.current)
        #expect(generation.modes == ["contain": .hold])
        #expect(generation.activators == ["contain": "pat"])
        let rows = await harness.get("/v1/playbooks").json["playbooks"]?.array ?? []
        #expect(rows.map { $0["name"]?.string } == ["contain", "org/approvals", "org/baseline"])
        #expect(rows.allSatisfy { $0["state"]?.string == "in force" && $0["active"]?["by"]?.string == "pat" })
        #expect(rows.first?["active"]?["mode"]?.string == "hold")
        let log = try await entries(harness)
        #expect(log.map(\.kind) == Array(repeating: "playbook.activated", count: 3))
        #expect(log.allSatisfy { $0.actor == "operator:pat" })
        #expect(log.last?.fields["mode"]?.string == "hold")
    }

    @Test("the shipped default is hold")
    func standardMode() async throws {
        let (harness, pat) = try await harness()
        for name in ["org/approvals", "org/baseline", "contain"] { _ = await harness.activate(name, as: pat) }
        #expect(harness.playbooks.current?.modes == ["contain": .hold])
    }

    @Test("what was activated survives a restart, whatever has become of the folder")
    func restart() async throws {
        let (harness, pat) = try await harness()
        await activateAll(harness, as: pat)
        let expected = try #require(harness.playbooks.current)
        for files in [[:], ["gone": ""], ["broken.yaml": "bailiff: playbook/v1\n"]] as [[String: String]] {
            let active = ActivePlaybooks()
            let desk = Harness.desk(
                harness.store, active, harness.surroundings, .manual, files: Locked(files))
            try await desk.restore()
            let restored = try #require(active.current)
            #expect(restored.library.references == expected.library.references)
            #expect(restored.modes == expected.modes)
            #expect(restored.activators == expected.activators)
        }
    }

    @Test("the folder's new version shows what it changes, and replaces the old one only when it is activated")
    func newVersion() async throws {
        let (harness, pat) = try await harness()
        await activateAll(harness, as: pat)
        let old = Digest.of(Documents.playbook())
        harness.files.withLock { $0["playbook.yaml"] = Documents.playbook(version: 2, cap: 50) }
        let shown = await harness.get("/v1/playbooks/contain").json
        #expect(shown["state"]?.string == "changed in the folder")
        #expect(shown["worst"]?.string == "weakens")
        let change = shown["changes"]?.array?.first { $0["path"]?.string == "budget.per_run" }
        #expect(change?["old"]?.string == "5")
        #expect(change?["new"]?.string == "50")
        #expect(harness.playbooks.current?.library.playbook("contain")?.digest == old)
        #expect(
            await harness.activate("contain", mode: "live", digest: old.hex, as: pat).code == "playbook.other_digest")
        #expect(harness.playbooks.current?.library.playbook("contain")?.digest == old)
        #expect(await harness.activate("contain", mode: "live", as: pat).status == .ok)
        #expect(harness.playbooks.current?.library.playbook("contain")?.version == 2)
        let last = try #require(try await entries(harness).last)
        #expect(last.fields["was"]?.string == old.hex)
        #expect(last.fields["change"]?.string == "weakens")
    }

    @Test("doing it twice changes nothing and records nothing; another mode is a change")
    func twice() async throws {
        let (harness, pat) = try await harness()
        await activateAll(harness, as: pat)
        let count = try await harness.store.entryCount()
        #expect(await harness.activate("contain", mode: "live", as: pat).status == .ok)
        #expect(try await harness.store.entryCount() == count)
        #expect(await harness.activate("contain", mode: "shadow", as: pat).status == .ok)
        #expect(try await harness.store.entryCount() == count + 1)
        #expect(harness.playbooks.current?.modes == ["contain": .shadow])
        #expect(try await entries(harness).last?.fields["was_mode"]?.string == "live")
    }

    @Test("what does not fit together with what is in force is refused with its diagnostics")
    func doesNotFit() async throws {
        let (harness, pat) = try await harness()
        let reply = await harness.activate("contain", mode: "live", as: pat)
        #expect(reply.status.code == 422)
        #expect(reply.code == "playbook.refused")
        #expect(reply.json["diagnostics"]?.array?.isEmpty == false)
        #expect(harness.playbooks.current == nil)
        #expect(try await entries(harness).isEmpty)
        await activateAll(harness, as: pat)
        // The playbook needs its policy.
        let digest = Digest.of(Documents.policy).hex
        let out = await harness.post(
            "/v1/playbooks/org%2Fbaseline/deactivate", ["digest": .string(digest), "reason": "tidy"], as: pat)
        #expect(out.code == "playbook.refused")
        #expect(harness.playbooks.current?.library.policies.count == 1)
    }

    @Test("taking a playbook out of force stops it from triggering, and is recorded")
    func deactivates() async throws {
        let (harness, pat) = try await harness()
        await activateAll(harness, as: pat)
        let digest = Digest.of(Documents.playbook()).hex
        let wrong: JSONValue = ["digest": .string(Digest.of("x").hex), "reason": "too bold"]
        #expect(await harness.post("/v1/playbooks/contain/deactivate", wrong, as: pat).code == "playbook.other_digest")
        let reply = await harness.post(
            "/v1/playbooks/contain/deactivate", ["digest": .string(digest), "reason": "too bold"], as: pat)
        #expect(reply.status == .ok)
        #expect(harness.playbooks.current?.modes == [:])
        #expect(try await entries(harness).last?.kind == "playbook.deactivated")
        #expect(
            await harness.post(
                "/v1/playbooks/contain/deactivate", ["digest": .string(digest), "reason": "again"], as: pat
            ).code == "id.unknown")
    }

    @Test("a broken file in the folder keeps everything of it from being activated and touches nothing in force")
    func brokenFolder() async throws {
        let (harness, pat) = try await harness()
        await activateAll(harness, as: pat)
        harness.files.withLock { $0["broken.yaml"] = "bailiff: playbook/v1\nname: b\nversoin: 1\n" }
        let list = await harness.get("/v1/playbooks").json
        #expect(list["folder_problem"]?.string?.hasPrefix("the folder holds ") == true)
        #expect(list["diagnostics"]?.array?.contains { $0["file"]?.string == "broken.yaml" } == true)
        #expect(
            list["playbooks"]?.array?.map { $0["state"]?.string } == Array(repeating: "not in the folder", count: 3))
        #expect(await harness.activate("contain", mode: "live", as: pat).code == "playbook.folder")
        #expect(harness.playbooks.current?.modes == ["contain": .live])
        harness.files.withLock { $0 = ["gone": ""] }
        #expect(await harness.activate("contain", mode: "live", as: pat).code == "playbook.folder")
        #expect(await harness.get("/v1/playbooks/nothing").status == .notFound)
    }

    @Test("with activate: on_load nobody activates by hand")
    func onLoad() async throws {
        let harness = try Harness(activate: .onLoad)
        harness.files.withLock { $0 = Documents.all }
        let pat = try await harness.token("pat", ["playbook-admin"])
        #expect(await harness.activate("org/approvals", as: pat).code == "playbook.on_load")
    }

    @Test("an administrator and the socket put nothing in force")
    func others() async throws {
        let (harness, _) = try await harness()
        let admin = try await harness.token("adm", ["admin", "responder", "auditor"])
        #expect(await harness.activate("org/approvals", as: admin).code == "auth.forbidden")
        let local = await harness.activate("org/approvals", as: .local)
        #expect(local.code == "auth.forbidden")
        #expect(local.json["detail"]?.string?.contains("a person with a name") == true)
    }

    @Test("two people at once: one after the other, and what is in force is what the log says last", arguments: 0..<10)
    func together(_ round: Int) async throws {
        let (harness, pat) = try await harness()
        let quinn = try await harness.token("quinn", ["playbook-admin"])
        await activateAll(harness, as: pat)
        async let first = harness.activate("contain", mode: "shadow", as: pat)
        async let second = harness.activate("contain", mode: "hold", as: quinn)
        let codes = await [first, second].map(\.status.code)
        #expect(codes == [200, 200])
        let last = try #require(try await entries(harness).last)
        let mode = try #require(harness.playbooks.current?.modes["contain"])
        #expect(last.fields["mode"]?.string == mode.rawValue)
        #expect(last.actor == "operator:\(harness.playbooks.current?.activators["contain"] ?? "")")
    }
}
