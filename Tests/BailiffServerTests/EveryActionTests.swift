import BailiffDefenderEmulator
import BailiffHTTPClient
import BailiffModel
import BailiffServer
import Testing

/// Each action of the catalogue over the real client, the emulator and a database on disk.
@Suite("Every action", .serialized)
struct EveryActionTests {
    private static let playbook = """
        bailiff: playbook/v1
        name: everything
        version: 1
        owner: soc
        trigger:
          when: verdict.level == "malicious"
        targets:
          select: machine.onboarded && machine.kind == "workstation"
        guards: { use: [org/baseline] }
        budget: { class: standard, per_run: 5, over: hold, approve: soc-one }
        steps:
          - id: contain
            action: isolate
            auto: "A test"
            lease: { for: 2s, then: release }
            undo: release
          - id: restrict
            action: restrict_apps
            auto: "A test"
            needs: { contain: done }
            lease: { for: 1h, then: release }
            undo: unrestrict_apps
          - id: evidence
            action: collect_package
            needs: { contain: sent }
            on_fail: continue
          - id: look
            action: investigate
            with: { via: [alert_by_reference, antivirus_scan] }
            needs: { contain: sent }
            on_fail: continue
          - id: scan
            action: antivirus_scan
            with: { type: quick }
            needs: { contain: sent }
            on_fail: continue
          - id: mark
            action: tag
            with: { value: incident-118 }
            needs: { contain: sent }
            on_fail: continue
            undo: untag
          - id: block
            action: block_file
            with: { expires: 1d }
            needs: {}
            approve: [{ policy: soc-one }]
            undo: unblock_file
        """

    private func files(_ folder: TemporaryFolder) throws {
        try folder.write("playbooks/everything.yaml", Self.playbook)
        for name in ["policy.yaml", "approvals.yaml"] {
            var text = try TemporaryFolder.contents("fixtures/demo/\(name)")
            text = text.replacing("share_of_group: 10% }", with: "share_of_group: 10%, indicators_per_day: 5 }")
            try folder.write("playbooks/\(name)", text)
        }
    }

    @Test("all of them are ordered, confirmed and taken back")
    func everything() async throws {
        let playbooks = try TemporaryFolder()
        try files(playbooks)
        try await Estate.with(
            tenant: { text in
                text.replacing("- Machine.Scan\n", with: "- Machine.Scan\n      - Machine.ReadWrite.All\n")
                    .replacing(
                        "    threat: Trojan:Win32/Invoyce.A!ml\n",
                        with: "    threat: Trojan:Win32/Invoyce.A!ml\n    signer: Nobody Ltd\n")
            },
            { configuration in
                configuration.playbooks.folder = playbooks.file("playbooks")
            }
        ) { estate in
            let viewer = try await estate.person("vera", ["viewer", "auditor"])
            let analyst = try await estate.person("ana", ["soc-analyst"])
            let body = Array(try TemporaryFolder.contents("fixtures/demo/verdict.json").utf8)
            let reply = try await estate.deliver(body, id: "msg_every")
            #expect(reply.status == 200)
            let id = try #require(reply.json["accepted"]?.array?.first?["case"]?.string)
            let asked = try await estate.eventually("/v1/approvals", by: analyst) {
                $0["approvals"]?.array?.isEmpty == false
            }
            let question = try #require(asked["approvals"]?.array?.first?["id"]?.string)
            let digest = try #require(try await analyst.get("/v1/approvals/\(question)")["digest"]?.string)
            let answered = try await analyst.send(
                .post, "/v1/approvals/\(question)/decisions",
                body: ["answer": "approve", "digest": .string(digest), "reason": "block it"])
            #expect(answered.status == 200)
            let done = try await estate.eventually("/v1/cases/\(id)", by: viewer) { shown in
                let actions = shown["actions"]?.array ?? []
                return actions.contains { $0["action"]?.string == "release" && $0["outcome"]?.string == "done" }
                    && actions.allSatisfy { $0["outcome"]?.string != nil }
            }
            var outcomes: [String: String] = [:]
            for action in done["actions"]?.array ?? [] {
                outcomes[action["action"]?.string ?? ""] = action["outcome"]?.string
            }
            #expect(
                outcomes == [
                    "isolate": "done", "release": "done", "restrict_apps": "done", "collect_package": "done",
                    "investigate": "done", "antivirus_scan": "done", "tag": "done", "block_file": "done",
                ])
            let machine = "f033ab5fb13ce2cd1d028131f8775375f904fd2e"
            let state = try #require(estate.emulator.machineState(machine))
            #expect(!state.isIsolated, "the lease of two seconds is over")
            let taken = estate.emulator.requests().filter(\.isActionTaken)
            #expect(taken.contains { $0.path.hasSuffix("/alerts/CreateAlertByReference") })
            #expect(taken.contains { $0.path.hasSuffix("/indicators") && $0.body.contains("BlockAndRemediate") })
            #expect(taken.contains { $0.path.hasSuffix("/tags") && $0.body.contains("incident-118") })
            #expect(taken.count { $0.actionType == "Isolate" } == 1)
            #expect(taken.count { $0.actionType == "Unisolate" } == 1)
            let log = try await viewer.get("/v1/audit/entries?limit=1000")["entries"]?.array ?? []
            let kinds = log.compactMap { $0["kind"]?.string }
            #expect(kinds.contains("undo.planned"))
            #expect(kinds.contains("action.taken_back"))
        }
    }
}
