import BailiffAPI
import BailiffAudit
import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore
import BailiffTestSupport
import HTTPTypes
import Testing

@Suite("What a playbook would have done")
struct BacktestTests {
    private static func machine(_ name: String, group: String = "oslo") throws -> MachineFacts {
        let id = try #require(MachineID(name + String(repeating: "0", count: 40 - name.utf8.count)))
        return MachineFacts(
            machine: Machine(
                id: id, name: "host-\(name)", kind: .workstation, os: "windows11", health: "active", onboarded: true,
                group: group),
            sighting: Sighting(machine: id, sources: [.fileMachines]))
    }

    /// A case with recorded facts: a verdict, and a run whose plan was made of these machines.
    private func record(_ number: Int, _ machines: [MachineFacts], in harness: Harness) async throws {
        let reply = try await harness.deliver(Harness.verdict(number).utf8(), id: "msg_\(number)")
        try #require(reply.status == .ok)
        let id = try #require(try await harness.store.cases(withHashPrefix: Harness.hash(number)).first)
        let input = PlanInput(
            tenant: "tenant-1", now: harness.now,
            verdict: VerdictFacts(
                level: .malicious, score: 90, scored: false, category: .other, trust: 2, feed: "lab",
                product: "generic"),
            machines: machines, fleet: FleetFacts(size: 1_000, groups: ["oslo": 1_000]), mode: .live)
        let facts = StoredDocument(kind: .facts, bytes: try CanonicalCoding.encode(input))
        let run = Run(
            id: RunID(Int64(number)), publicID: PublicID(random: [1, 2, 3, 4, UInt8(number)]), caseID: id,
            plan: Digest.of("plan"), facts: facts.digest,
            playbook: PlaybookReference(name: "other", version: 1, digest: Digest.of("other")), mode: .live,
            startedAt: harness.now, requester: "system", activator: "system", open: 0)
        let entry = EntryBuilder(kind: "run.started", at: harness.now, actor: "engine").build()
        guard
            case .committed = try await harness.store.commit(
                Commit(entries: NonEmpty(entry), puts: [.document(facts), .run(run)]))
        else { throw CancellationError() }
    }

    private func harness() async throws -> (Harness, Harness.Sender) {
        let harness = try Harness()
        harness.files.withLock { $0 = Documents.all }
        return (harness, try await harness.token("pat", ["playbook-admin"]))
    }

    @Test("machines, guards, peaks, and the cases that the version in force treats differently")
    func report() async throws {
        let (harness, pat) = try await harness()
        for name in ["org/approvals", "org/baseline", "contain"] { _ = await harness.activate(name, as: pat) }
        try await record(1, try ["a1", "a2", "a3"].map { try Self.machine($0) }, in: harness)
        harness.advance(by: .seconds(1_800))
        try await record(2, [try Self.machine("b1"), try Self.machine("d1", group: "Domain Controllers")], in: harness)
        harness.advance(by: .seconds(7_200))
        // No plan was ever made: nobody knows which machines there were.
        _ = try await harness.deliver(Harness.verdict(3).utf8(), id: "msg_3")
        _ = try await harness.deliver(Harness.verdict(4, level: "benign").utf8(), id: "msg_4")
        harness.files.withLock { $0["playbook.yaml"] = Documents.playbook(version: 2, cap: 2) }
        let json = await harness.get("/v1/playbooks/contain/backtest?days=7").json
        #expect(json["playbook"]?["version"]?.int == 2)
        #expect(json["cases"]?.int == 4)
        let would = try #require(json["would"])
        #expect(would["triggered"]?.int == 3)
        #expect(would["without_facts"]?.int == 1)
        // Two of the first file's three machines fit into the cap of two; the third asks.
        #expect(would["machines"]?["automatic"]?.int == 3)
        #expect(would["machines"]?["asked"]?.int == 1)
        #expect(would["machines"]?["denied"]?.int == 1)
        #expect(would["denied_by"] == ["tier0": 1])
        #expect(would["peak_per_hour"]?["automatic"]?.int == 3)
        #expect(would["peak_per_hour"]?["with_approvals"]?.int == 4)
        let active = try #require(json["active"])
        #expect(active["playbook"]?["version"]?.int == 1)
        #expect(active["does"]?["machines"]?["automatic"]?.int == 4)
        #expect(active["different_cases"]?.int == 1)
        let difference = try #require(active["differences"]?.array?.first)
        #expect(difference["case"]?.string == Harness.hash(1))
        #expect(difference["would"]?["asked"]?.int == 1)
        #expect(difference["active"]?["asked"]?.int == 0)
        // Nothing was changed by looking.
        #expect(
            try await harness.store.activations().first { $0.name == "contain" }?.digest
                == Digest.of(Documents.playbook()))
    }

    @Test("what is older than asked for does not count")
    func window() async throws {
        let (harness, _) = try await harness()
        try await record(1, [try Self.machine("a1")], in: harness)
        harness.advance(by: .seconds(3 * 86_400))
        #expect(await harness.get("/v1/playbooks/contain/backtest?days=2").json["cases"]?.int == 0)
        #expect(await harness.get("/v1/playbooks/contain/backtest?days=4").json["cases"]?.int == 1)
        #expect(await harness.get("/v1/playbooks/contain/backtest?days=0").code == "request.query")
        #expect(await harness.get("/v1/playbooks/contain/backtest?version=old").code == "request.query")
        #expect(await harness.get("/v1/playbooks/contain/backtest?version=active").code == "id.unknown")
        #expect(await harness.get("/v1/playbooks/org%2Fbaseline/backtest").code == "id.unknown")
    }

    @Test("what is on the allow-list is not planned for")
    func allowed() async throws {
        let (harness, _) = try await harness()
        try await record(1, [try Self.machine("a1")], in: harness)
        let id = try #require(try await harness.store.cases(withHashPrefix: Harness.hash(1)).first)
        let hash = try #require(FileHash(.sha256, Harness.hash(1)))
        let entry = AllowListEntry(
            id: AllowListID(1), publicID: PublicID(random: [3, 3, 3, 3, 3]), caseID: id, hashes: [hash],
            from: harness.now, until: harness.now + .seconds(60), by: "rex", reason: "ours")
        guard
            case .committed = try await harness.store.commit(
                Commit(
                    entries: NonEmpty(EntryBuilder(kind: "allowlist.added", at: harness.now, actor: "rex").build()),
                    puts: [.allow(entry)]))
        else { throw CancellationError() }
        let body: JSONObject = ["case": .string(Harness.hash(1))]
        let reply = await harness.post("/v1/playbooks/contain/plan", .object(body))
        #expect(reply.json["triggered"]?.bool == false)
        #expect(reply.json["why_not"]?.string?.contains("allow-list") == true)
        harness.advance(by: .seconds(61))
        let later = await harness.post("/v1/playbooks/contain/plan", .object(body))
        #expect(later.json["triggered"]?.bool == true)
    }

    @Test("the version in force is compared with itself, too: its policies may differ")
    func sameVersion() async throws {
        let (harness, pat) = try await harness()
        for name in ["org/approvals", "org/baseline", "contain"] { _ = await harness.activate(name, as: pat) }
        try await record(1, [try Self.machine("a1")], in: harness)
        let json = await harness.get("/v1/playbooks/contain/backtest?version=loaded").json
        #expect(json["active"]?["different_cases"]?.int == 0)
        #expect(await harness.get("/v1/playbooks/contain/backtest?version=active").json["active"] == .null)
    }

    @Test("one case can be planned with a version that is not in force")
    func plan() async throws {
        let (harness, _) = try await harness()
        try await record(1, [try Self.machine("a1"), try Self.machine("d1", group: "Domain Controllers")], in: harness)
        let entries = try await harness.store.entryCount()
        let reply = await harness.post(
            "/v1/playbooks/contain/plan", ["case": .string(String(Harness.hash(1).prefix(10)))])
        #expect(reply.status == .ok, "\(reply.text)")
        #expect(reply.json["triggered"]?.bool == true)
        let withNull = await harness.post(
            "/v1/playbooks/contain/plan", ["case": .string(Harness.hash(1)), "version": .null])
        #expect(withNull.status == .ok, "null counts as absent: \(withNull.text)")
        let actions = reply.json["plan"]?["actions"]?.array ?? []
        #expect(actions.map { $0["outcome"]?.string } == [nil, "denied"])
        #expect(try await harness.store.entryCount() == entries)
        _ = try await harness.deliver(Harness.verdict(2).utf8(), id: "msg_2")
        let unknown = await harness.post("/v1/playbooks/contain/plan", ["case": .string(Harness.hash(2))])
        #expect(unknown.code == "playbook.no_facts")
    }
}
