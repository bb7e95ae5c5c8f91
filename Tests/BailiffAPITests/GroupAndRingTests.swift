import BailiffAPI
import BailiffAudit
import BailiffCore
import BailiffEngine
import BailiffModel
import BailiffPlaybook
import BailiffStore
import BailiffTestSupport
import HTTPTypes
import Testing

@Suite("Grouped questions, machines that came late, and rings over HTTP")
struct GroupAndRingTests {
    private struct NotCommitted: Error {}

    private func put(_ records: [Record], in scene: Scene) async throws {
        let entry = EntryBuilder(kind: "test.put", at: scene.harness.now, actor: "test").build()
        let commit = Commit(entries: NonEmpty(entry), puts: records)
        guard case .committed = try await scene.harness.store.commit(commit) else { throw NotCommitted() }
    }

    /// A question about one machine, or about one that came late.
    private func question(
        _ number: Int64, _ scene: Scene, action: Int64, machine: MachineID, group: String? = nil, told: Bool = true
    ) -> Approval {
        Approval(
            id: ApprovalID(number), publicID: PublicID(random: [6, 6, 6, 6, UInt8(number)]), run: scene.run,
            step: scene.plan.steps[0], policy: "soc-lead-one", requirements: [.init(role: "releaser", count: 1)],
            digest: scene.plan.approvalDigest(step: "contain", policy: "soc-lead-one", machines: [machine]),
            because: ["step contain"],
            subjects: [.init(action: ActionID(action), machine: machine, machineName: "host-\(number)")],
            askedAt: scene.harness.now, expires: .seconds(1_800), isToBeTold: !told, group: group)
    }

    private func decide(
        _ approval: Approval, digest: Digest? = nil, in scene: Scene, as sender: Harness.Sender
    ) async -> Reply {
        await scene.harness.post(
            "/v1/approvals/\(approval.publicID.text)/decisions",
            ["answer": "approve", "digest": .string((digest ?? approval.digest).hex), "reason": "looked at"],
            as: sender)
    }

    @Test("each group has a question of its own; the answer to one says nothing about the other")
    func groups() async throws {
        let scene = try await Scene.make()
        let oslo = question(2, scene, action: 1, machine: scene.machines[0], group: "Oslo")
        let bergen = question(3, scene, action: 2, machine: scene.machines[1], group: "Bergen")
        try await put([.approval(oslo), .approval(bergen)], in: scene)
        func groups() async -> [String?] {
            (await scene.harness.get("/v1/approvals").json["approvals"]?.array ?? []).map { $0["group"]?.string }
        }
        #expect(await groups() == ["Bergen", "Oslo", nil])
        let ana = try await scene.person("ana", ["releaser"])
        #expect(await scene.harness.get("/v1/approvals/\(oslo.publicID.text)", as: ana).json["group"] == "Oslo")
        let crossed = await decide(oslo, digest: bergen.digest, in: scene, as: ana)
        #expect(crossed.code == "approval.other_digest")
        #expect(
            crossed.json["changed"]?.array?.first == .string("the digest is that of approval \(bergen.publicID.text)"))
        let answered = await decide(oslo, in: scene, as: ana)
        #expect(answered.json["state"] == "granted")
        #expect(await groups() == ["Bergen", nil])
        let all = await scene.harness.get("/v1/approvals?state=all").json["approvals"]?.array ?? []
        #expect(all.first { $0["group"] == "Oslo" }?["answered_by"] == ["ana"])
    }

    @Test("a question about a machine that came late shows what its own plan says of it")
    func late() async throws {
        let scene = try await Scene.make()
        let machine = try #require(MachineID("e5" + String(repeating: "0", count: 38)))
        var plan = scene.plan
        plan.machines = [PlannedMachine(id: machine, name: "host-late", group: "Board", role: "none")]
        plan.notSelected = []
        plan.actions = [
            PlannedAction(
                step: "contain", machine: machine, disposition: .proceed,
                approvals: [RequiredApproval(policy: "soc-lead-one", because: ["guards.protected-list: ask"])],
                guards: [
                    GuardFinding(
                        id: "protected-list", enforcement: .hold, because: "The owner asked to be consulted.",
                        approve: "soc-lead-one")
                ], budget: .reserved)
        ]
        let document = StoredDocument(kind: .plan, bytes: try CanonicalCoding.encode(plan))
        let action = Action(
            id: ActionID(9), publicID: PublicID(random: [9, 9, 9, 9, 9]), runID: scene.run.id, caseID: scene.run.caseID,
            planned: plan.actions[0], step: plan.steps[0], plan: document.digest, facts: Digest.of("facts"),
            machineName: "host-late", sha1: nil)
        let asked = question(2, scene, action: 9, machine: machine, told: false)
        try await put([.document(document), .action(action), .approval(asked)], in: scene)
        let shown = await scene.harness.get("/v1/approvals/\(asked.publicID.text)").json
        #expect(shown["guards"]?.array?.map { $0["id"]?.string } == ["protected-list"])
        #expect(shown["machines"]?.array?.first?["group"] == "Board")
        #expect(shown["told"] == false)
        let other = await scene.harness.get("/v1/approvals/\(scene.approval.publicID.text)").json
        #expect(other["guards"]?.array?.map { $0["id"]?.string } == ["unknown-or-server"])
        #expect(other["machines"]?.array?.first?["group"] == "Servers")
    }

    @Test("rings tell how they stand, what lets the next one go, and whether it held")
    func rings() async throws {
        let scene = try await Scene.make()
        var plan = scene.plan
        plan.rings = [
            PlannedRing(machines: [scene.machines[0]], waitSeconds: 60, proceedWhen: "ring.verified == ring.size"),
            PlannedRing(machines: [scene.machines[1]], approve: "soc-lead-one"),
        ]
        let document = StoredDocument(kind: .plan, bytes: try CanonicalCoding.encode(plan))
        var run = Run(
            id: RunID(2), publicID: PublicID(random: [2, 2, 2, 2, 2]), caseID: scene.run.caseID, plan: document.digest,
            facts: Digest.of("facts"), playbook: plan.playbook, mode: .live, startedAt: scene.harness.now,
            requester: "system", activator: "system", open: 2, rings: plan.rings)
        var actions = [0, 1].map { index in
            Action(
                id: ActionID(Int64(11 + index)), publicID: PublicID(random: [8, 8, 8, 8, UInt8(index)]), runID: run.id,
                caseID: run.caseID,
                planned: PlannedAction(
                    step: "contain", machine: scene.machines[index], disposition: .proceed, budget: .reserved),
                step: plan.steps[0], plan: document.digest, facts: Digest.of("facts"), machineName: "host-\(index)",
                sha1: nil)
        }
        try await put([.document(document), .run(run)] + actions.map(Record.action), in: scene)
        func shown() async -> [JSONValue] {
            await scene.harness.get("/v1/runs/\(run.publicID.text)").json["rings"]?.array ?? []
        }
        let first = await shown()
        #expect(first.map { $0["state"]?.string } == ["running", "waiting"])
        #expect(first.first?["proceed_when"] == "ring.verified == ring.size")
        #expect(first.first?["proceeded"] == .null)
        #expect(first.last?["asks_before"] == "soc-lead-one")

        run = try #require(try await scene.harness.store.run(run.id))
        actions[1] = try #require(try await scene.harness.store.action(actions[1].id))
        _ = run.openNextRing(at: scene.harness.now)
        let because = RequiredApproval(policy: "soc-lead-one", because: ["rings.proceed_when", "rings.approve"])
        _ = actions[1].handle(.gated([because]), at: scene.harness.now)
        _ = actions[1].handle(.needsMet, at: scene.harness.now)
        try await put([.run(run), .action(actions[1])], in: scene)
        let second = await shown()
        #expect(second.map { $0["state"]?.string } == ["passed", "asking"])
        #expect(second.first?["proceeded"] == false)

        run = try #require(try await scene.harness.store.run(run.id))
        actions[1] = try #require(try await scene.harness.store.action(actions[1].id))
        _ = actions[1].handle(.withdrawn(.cancelled, "cancelled by rex"), at: scene.harness.now)
        run.withdraw(at: scene.harness.now)
        _ = run.actionEnded(.done, at: scene.harness.now)
        _ = run.actionEnded(.cancelled, at: scene.harness.now)
        try await put([.run(run), .action(actions[1])], in: scene)
        let last = await shown()
        #expect(last.map { $0["state"]?.string } == ["passed", "cancelled"])
        #expect(last.last?["failed"] == 0, "what was taken back before it was sent did not fail")
    }

    @Test("a ring that never began in a run that is over did not start")
    func neverBegan() async throws {
        let scene = try await Scene.make()
        var run = Run(
            id: RunID(2), publicID: PublicID(random: [2, 2, 2, 2, 2]), caseID: scene.run.caseID,
            plan: scene.plan.digest,
            facts: Digest.of("facts"), playbook: scene.plan.playbook, mode: .live, startedAt: scene.harness.now,
            requester: "system", activator: "system", open: 1,
            rings: [PlannedRing(machines: [scene.machines[0]], waitSeconds: 60), PlannedRing(machines: [])])
        _ = run.actionEnded(.done, at: scene.harness.now)
        try await put([.run(run)], in: scene)
        let rings = await scene.harness.get("/v1/runs/\(run.publicID.text)").json["rings"]?.array ?? []
        #expect(rings.map { $0["state"]?.string } == ["passed", "not_started"])
    }

    @Test("who has answered, and whose token is limited, is told so before trying")
    func may() async throws {
        let scene = try await Scene.make()
        let path = "/v1/approvals/\(scene.approval.publicID.text)"
        let ana = try await scene.person("ana", ["releaser", "responder"])
        _ = await scene.decide("approve", as: ana)
        let shown = await scene.harness.get(path, as: ana).json
        #expect(shown["you"]?["may_answer"] == false)
        #expect(shown["you"]?["why_not"]?.string?.contains("you have approved") == true)
        #expect(shown["needs"]?.array?.map { $0["given"]?.int } == [1, 0], "one person fills one place")
        let listed = await scene.harness.get("/v1/approvals").json["approvals"]?.array?.first
        #expect(listed?["missing"]?.array?.map { $0["role"]?.string } == ["responder"])
        let limited = try await scene.harness.operators.add(
            name: "leo", roles: ["responder"], isService: false, scopes: ["read"], by: "test")
        let leo = Harness.Sender.token(limited.token.revealedText)
        #expect(await scene.harness.get(path, as: leo).json["you"]?["why_not"]?.string?.contains("limited") == true)
        let refused = await scene.decide("approve", as: leo)
        #expect(refused.code == "auth.forbidden")
        #expect(refused.json["scopes"] == ["read"])
        let viewer = try await scene.person("vic", ["viewer"])
        let lacking = await scene.harness.post("/v1/halt", ["reason": "test"], as: viewer)
        #expect(lacking.json["roles"] == ["responder", "admin"])
        let order = await scene.harness.post(
            "/v1/machines/\(scene.machines[0].text)/actions", ["action": "isolate", "reason": "test"], as: viewer)
        #expect(order.json["detail"]?.string?.contains("'respond'") == true)
        #expect(await scene.decide("deny", as: ana).json["state"] == "denied", "second thoughts count")
    }
}
