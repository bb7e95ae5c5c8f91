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

/// A file seen on three machines: one isolated, one waiting for people, one denied by a guard.
struct Scene: Sendable {
    let harness: Harness
    let run: Run
    let approval: Approval
    let machines: [MachineID]
    let plan: Plan

    static func make(activator: String = "system", requester: String = "system") async throws -> Scene {
        let harness = try Harness()
        let reply = try await harness.deliver(Harness.verdict(1).utf8(), id: "msg_1")
        try #require(reply.status.code == 200)
        let caseID = try #require(try await harness.store.cases(withHashPrefix: Harness.hash(1)).first)
        let machines = try ["a1", "b2", "d3"].map { name in
            try #require(MachineID(name + String(repeating: "0", count: 38)))
        }
        let plan = try plan(machines, now: harness.now)
        let run = Run(
            id: RunID(1), publicID: PublicID(random: [1, 2, 3, 4, 5]), caseID: caseID, plan: plan.digest,
            facts: Digest.of("facts"),
            playbook: plan.playbook, mode: .live, startedAt: harness.now, requester: requester, activator: activator,
            open: 2)
        let actions = plan.actions.enumerated().map { index, planned in
            Action(
                id: ActionID(Int64(index + 1)), publicID: PublicID(random: [9, 9, 9, 9, UInt8(index)]), runID: run.id,
                caseID: caseID, planned: planned, step: plan.steps[0], plan: plan.digest,
                facts: Digest.of("facts"), machineName: "host-\(index)", sha1: nil)
        }
        let approval = Approval(
            id: ApprovalID(1), publicID: PublicID(random: [7, 7, 7, 7, 7]), run: run, step: plan.steps[0],
            policy: "soc-lead-one",
            requirements: [.init(role: "releaser", count: 1), .init(role: "responder", count: 1)],
            digest: plan.approvalDigest(step: "contain", policy: "soc-lead-one", machines: Array(machines.prefix(2))),
            because: ["guard unknown-or-server: Servers are never contained without people."],
            subjects: zip(actions, machines.prefix(2)).map {
                Approval.Subject(action: $0.id, machine: $1, machineName: $0.machineName)
            }, askedAt: harness.now, expires: .seconds(1_800))
        let entry = EntryBuilder(kind: "run.started", at: harness.now, actor: "engine").build()
        let document = StoredDocument(kind: .plan, bytes: try CanonicalCoding.encode(plan))
        let commit = Commit(
            entries: NonEmpty(entry),
            puts: [.document(document), .run(run)] + actions.map(Record.action) + [
                .approval(approval), .sightings(caseID, sightings(machines, now: harness.now)),
            ])
        guard case .committed = try await harness.store.commit(commit) else { throw Failure.notCommitted }
        return Scene(harness: harness, run: run, approval: approval, machines: machines, plan: plan)
    }

    private enum Failure: Error { case notCommitted }

    private static func sightings(_ machines: [MachineID], now: Timestamp) -> [StoredSighting] {
        machines.enumerated().map { index, id in
            StoredSighting(
                machine: Machine(
                    id: id, name: "host-\(index)", kind: .server, os: "windowsserver2022", onboarded: true),
                sighting: Sighting(
                    machine: id, path: #"C:\Users\eva\invoice.exe"#, sources: [.fileMachines, .hunting]),
                isolated: .no, shownOnly: index == 2 ? "duplicate" : nil, seenAt: now)
        }
    }

    private static func plan(_ machines: [MachineID], now: Timestamp) throws -> Plan {
        let hold = GuardFinding(
            id: "unknown-or-server", enforcement: .hold, because: "Servers are never contained without people.",
            approve: "soc-lead-one")
        let deny = GuardFinding(
            id: "tier0", enforcement: .deny, because: "Isolation would take down shared infrastructure.")
        let actions = machines.enumerated().map { index, machine in
            PlannedAction(
                step: "contain", machine: machine, disposition: index == 2 ? .ended(.denied) : .proceed,
                approvals: index == 2
                    ? [] : [RequiredApproval(policy: "soc-lead-one", because: ["guard unknown-or-server"])],
                guards: index == 2 ? [deny] : [hold], budget: index == 2 ? .notCounted : .reserved)
        }
        var verdict = VerdictFacts(
            level: .malicious, score: 97, scored: true, category: .ransomware, trust: 2, feed: "lab",
            product: "generic",
            hashes: FileHashes(sha256: FileHash(Harness.hash(1))))
        verdict.threat = "Emotet"
        return Plan(
            tenant: "tenant-1",
            playbook: PlaybookReference(name: "tiered-containment", version: 1, digest: Digest.of("playbook")),
            policies: [PlaybookReference(name: "org/baseline", digest: Digest.of("policy"))], mode: .live, madeAt: now,
            verdict: verdict,
            steps: [
                PlannedStep(
                    id: "contain", action: .isolate, parameters: ActionParameters(isolationType: .auto), onFail: .stop)
            ],
            machines: machines.enumerated().map {
                PlannedMachine(
                    id: $1, name: "host-\($0)", group: "Servers", role: $0 == 2 ? "domain_controller" : "none")
            },
            notSelected: [
                NotSelectedMachine(id: try #require(MachineID("c9")), name: "kiosk", reason: "not onboarded")
            ], actions: actions, budget: PlannedBudget(budgetClass: "standard", windows: [], reserved: []),
            cost: PlannedCost(calls: ["default": 2], seconds: 20))
    }

    /// An operator with these roles; their token.
    func person(_ name: String, _ roles: [String]) async throws -> Harness.Sender {
        let added = try await harness.operators.add(name: name, roles: roles, isService: false, by: "test")
        return .token(added.token.revealedText)
    }

    func decide(
        _ answer: String, digest: Digest? = nil, only: [String]? = nil, reason: String = "looked at it",
        as sender: Harness.Sender
    ) async -> Reply {
        var body: JSONObject = [
            "answer": .string(answer), "digest": .string((digest ?? approval.digest).hex), "reason": .string(reason),
        ]
        if let only { body["only"] = .array(only.map { .string($0) }) }
        return await harness.post(
            "/v1/approvals/\(approval.publicID.text)/decisions", .object(body), as: sender)
    }
}
