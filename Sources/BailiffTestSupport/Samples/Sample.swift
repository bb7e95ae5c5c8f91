package import BailiffAudit
package import BailiffCore
package import BailiffModel
package import BailiffPlaybook
package import BailiffStore

/// Small valid values for tests of stores and of what stands above them. The same arguments always give the same value.
package enum Sample {
    package static let now = Timestamp(seconds: 1_790_000_000)

    /// The number in the hash's first digits, so that prefixes can be asked for.
    package static func hash(_ number: Int, _ algorithm: FileHash.Algorithm = .sha256) -> FileHash {
        let head = Hex.encode(withUnsafeBytes(of: UInt32(truncatingIfNeeded: number).bigEndian) { Array($0) })
        let text = head + String(repeating: "c3", count: (algorithm.digitCount - head.utf8.count) / 2)
        guard let hash = FileHash(algorithm, text) else { preconditionFailure("a sample hash has the right digits") }
        return hash
    }

    package static func machine(_ number: Int) -> MachineID {
        guard let id = MachineID("m\(number)") else { preconditionFailure("a sample machine id is valid") }
        return id
    }

    package static func publicID(_ number: Int) -> PublicID {
        PublicID(value: UInt64(truncatingIfNeeded: number) & (1 << 40 - 1)) ?? PublicID(random: [])
    }

    // MARK: - Intake

    package static func hashes(sha256: Int? = nil, sha1: Int? = nil, md5: Int? = nil) -> FileHashes {
        FileHashes(
            sha256: sha256.map { hash($0, .sha256) }, sha1: sha1.map { hash($0, .sha1) },
            md5: md5.map { hash($0, .md5) })
    }

    package static func verdict(
        _ hashes: FileHashes, level: VerdictLevel = .malicious, share: Double? = nil, analysedAt: Timestamp? = nil,
        event: String? = nil
    ) -> Verdict {
        Verdict(
            level: level, category: level == .malicious ? .ransomware : .unknown,
            score: NormalisedScore(level: level, share: share), hashes: hashes, fileName: "invoice.exe",
            analysedAt: analysedAt, product: "generic", eventID: event)
    }

    package static func delivery(
        _ records: [PreparedDelivery.RecordContent], feed: String = "lab", event: String? = nil,
        at time: Timestamp = now, body: String = "{}", bodyRejection: RejectedRecord? = nil
    ) -> PreparedDelivery {
        PreparedDelivery(
            feed: feed, trust: 2, at: time, eventID: event, bodyDigest: Digest.of(body), body: Array(body.utf8),
            records: records, bodyRejection: bodyRejection
        ) { receipt in
            EntryBuilder(kind: "verdict.received", at: time, actor: "feed:\(feed)")
                .setting("delivery", .integer(receipt.delivery))
                .setting("verdicts", .list(receipt.accepted.map { .integer($0.verdict.value) }))
                .setting("standing", .text(receipt.standing.rawValue)).build()
        }
    }

    package static func delivery(
        _ verdicts: Verdict..., feed: String = "lab", event: String? = nil, at time: Timestamp = now,
        body: String = "{}", wantsAssessment: Bool = true
    ) -> PreparedDelivery {
        delivery(
            verdicts.map { .verdict($0, wantsAssessment: wantsAssessment) }, feed: feed, event: event, at: time,
            body: body)
    }

    // MARK: - Commits

    package static func entry(_ kind: String = "test.changed", reason: String? = nil) -> BuiltEntry {
        var builder = EntryBuilder(kind: kind, at: now, actor: "test")
        if let reason {
            builder.set("reason", .committed(reason, salt: [UInt8](repeating: 7, count: Redactable.saltLengthInBytes)))
        }
        return builder.build()
    }

    package static func commit(
        _ puts: [Record] = [], requires: [Precondition] = [], jobs: [JobChange] = []
    ) -> Commit {
        Commit(entries: NonEmpty(entry()), requires: requires, puts: puts, jobs: jobs)
    }

    package static func run(_ number: Int, of caseID: Int64 = 1, open: Int = 1) -> Run {
        Run(
            id: RunID(Int64(number)), publicID: publicID(1_000 + number), caseID: CaseID(caseID),
            plan: Digest.of("plan \(number)"), facts: Digest.of("facts \(number)"),
            playbook: PlaybookReference(name: "isolate-on-malicious", version: 1, digest: Digest.of("playbook")),
            mode: .live, startedAt: now, requester: "system", activator: "system", open: open)
    }

    package static func ended(_ run: Run) -> Run {
        var ended = run
        for _ in 0..<max(1, run.open) { _ = ended.actionEnded(.done, at: now) }
        return ended
    }

    package static func step(_ kind: ActionKind) -> PlannedStep {
        PlannedStep(id: "step-\(kind.rawValue)", action: kind, onFail: .stop)
    }

    /// - Parameter machine: Nil for the tenant.
    package static func action(
        _ number: Int, run: Int = 1, of caseID: Int64 = 1, machine: Int? = 1, kind: ActionKind = .isolate,
        phase: Action.Phase = .planned
    ) -> Action {
        let step = step(kind)
        let planned = PlannedAction(
            step: step.id, machine: machine.map { Sample.machine($0) }, disposition: .proceed,
            approvals: phase == .asking ? [RequiredApproval(policy: "soc", because: ["test"])] : [])
        let action = Action(
            id: ActionID(Int64(number)), publicID: publicID(2_000 + number), runID: RunID(Int64(run)),
            caseID: CaseID(caseID), planned: planned, step: step, plan: Digest.of("plan"),
            facts: Digest.of("facts"), machineName: nil, sha1: nil)
        return moved(action, to: phase)
    }

    /// Brings a planned action to a phase by the events that lead there; to `asking` only one that has to ask.
    package static func moved(_ action: Action, to phase: Action.Phase) -> Action {
        var moved = action
        for event in events(to: phase, of: action) where moved.phase != phase { _ = moved.handle(event, at: now) }
        guard moved.phase == phase else { preconditionFailure("no way from \(action.phase) to \(phase)") }
        return moved
    }

    private static func events(to phase: Action.Phase, of action: Action) -> [Action.Event] {
        let order = ServiceAction(
            id: "order-\(action.id)", kind: action.kind, machine: action.machine ?? machine(0), status: .active,
            createdAt: now)
        var done = order
        done.status = .succeeded
        switch phase {
        case .planned: return []
        case .asking, .ready: return [.needsMet]
        case .intended: return [.needsMet, .intend]
        case .sending: return [.needsMet, .intend, .sending]
        case .unknown: return [.needsMet, .intend, .sending, .lost("test")]
        case .pending: return [.needsMet, .intend, .sending, .accepted(order)]
        case .ended(.done):
            return [.needsMet, .intend, .sending, .accepted(order), .polled(done, contradictedBy: nil)]
        case .ended(let outcome): return [.needsMet, .withdrawn(outcome, "test")]
        }
    }

    package static func approval(_ number: Int, of run: Run, action: Action) -> Approval {
        Approval(
            id: ApprovalID(Int64(number)), publicID: publicID(3_000 + number), run: run, step: step(action.kind),
            policy: "soc", requirements: [Approval.Requirement(role: "responder", count: 1)],
            digest: Digest.of("question \(number)"), because: ["step"],
            subjects: [Approval.Subject(action: action.id, machine: action.machine, machineName: nil)], askedAt: now,
            expires: .seconds(3_600))
    }

    package static func sighting(_ machine: Int, path: String = "C:\\x.exe", seenAt: Timestamp = now) -> StoredSighting
    {
        StoredSighting(
            machine: Machine(id: Sample.machine(machine), name: "host-\(machine)", onboarded: true),
            sighting: Sighting(machine: Sample.machine(machine), path: path, sources: [.fileMachines]), isolated: .no,
            seenAt: seenAt)
    }

    package static func person(_ number: Int, name: String? = nil, token: String? = nil) -> Operator {
        Operator(
            id: OperatorID(Int64(number)), name: name ?? "person\(number)", roles: ["responder"],
            tokenDigest: Digest.of(token ?? "token \(number)"), tokenPrefix: "tok", createdAt: now)
    }

    package static func activation(_ name: String) -> Activation {
        Activation(
            name: name, kind: .playbook, digest: Digest.of(name), mode: .live, at: now, by: "system")
    }

    package static func use(
        _ machine: Int, at time: Timestamp = now, budgetClass: String = "standard", playbook: String = "p",
        group: String = ""
    ) -> BudgetUse {
        BudgetUse(
            machine: Sample.machine(machine), budgetClass: budgetClass, playbook: playbook, group: group, at: time)
    }

    /// A case row that has planned once, so that new verdicts on it matter.
    package static func planned(_ id: CaseID, playbook: String = "isolate-on-malicious") -> Case {
        var kase = Case(id: id, openedAt: now)
        let facts = VerdictFacts(
            level: .malicious, score: 90, scored: true, category: .ransomware, trust: 2, feed: "lab",
            product: "generic")
        let signature = Case.Signature(facts, hashes: [], playbook: Digest.of("playbook"))
        _ = kase.handle(.planned(playbook: playbook, run: publicID(1), signature: signature, isPartial: false), at: now)
        return kase
    }
}

extension Store {
    /// Commits and wants it to be made.
    /// - Returns: The ids of the entries.
    @discardableResult
    package func make(
        _ puts: [Record] = [], requires: [Precondition] = [], jobs: [JobChange] = []
    ) async throws -> [Int64] {
        switch try await commit(Sample.commit(puts, requires: requires, jobs: jobs)) {
        case .committed(let ids): return ids
        case .refused(let refusal): throw UnexpectedRefusal(refusal: refusal)
        }
    }

    /// Commits and tells why it was refused; nil where it was made.
    package func refusal(
        of puts: [Record] = [], requires: [Precondition] = [], jobs: [JobChange] = []
    ) async throws -> CommitRefusal? {
        if case .refused(let refusal) = try await commit(Sample.commit(puts, requires: requires, jobs: jobs)) {
            return refusal
        }
        return nil
    }

    /// Ingests one delivery.
    @discardableResult
    package func take(_ delivery: PreparedDelivery) async throws -> DeliveryReceipt {
        let receipts = try await ingest([delivery])
        guard let receipt = receipts.first, receipts.count == 1 else { throw StoreError(.other, "no single receipt") }
        return receipt
    }

    package func claimAll(_ lane: Lane, now: Timestamp = Sample.now, lease: Duration = .seconds(60)) async throws
        -> [JobLease]
    {
        try await claim(lane, limit: 1_000, now: now, lease: lease, node: NodeID("test"))
    }
}

/// A commit that a test needs was refused.
package struct UnexpectedRefusal: Error, Sendable {
    package let refusal: CommitRefusal
}
