package import BailiffModel
package import BailiffPlaybook

package typealias RunID = RowID<Run>

/// One plan being carried out. Keeps counters only; what happens to machines stands in their actions.
package struct Run: Hashable, Sendable, Codable {
    package enum Phase: String, Hashable, Sendable, Codable, CaseIterable { case active, ended }

    package enum Purpose: String, Hashable, Sendable, Codable, CaseIterable {
        /// A playbook contains a file.
        case playbook
        /// Takes effects back: a lease ended, a verdict was reversed, a person undoes a run or closes a case.
        case undo
        /// A person's own order.
        case order
    }

    package let id: RunID
    package let publicID: PublicID
    package var caseID: CaseID
    package var version: Int
    package private(set) var phase: Phase
    package let plan: Digest
    /// The document of what the plan was made from.
    package let facts: Digest
    package let playbook: PlaybookReference
    package let purpose: Purpose
    package let precedence: Int
    package let mode: ActivationMode
    package let startedAt: Timestamp
    package private(set) var endedAt: Timestamp?
    /// Who asked for it: `system`, or an operator who then may not approve.
    package let requester: String
    /// Who activated the playbook: may not approve either. `system` with `activate: on_load`.
    package let activator: String
    /// Actions not ended yet.
    package private(set) var open: Int
    package private(set) var outcomes: [String: Int]
    /// Empty: all machines at once.
    package internal(set) var rings: [RunRing]
    /// The index of the ring that runs.
    package internal(set) var ring: Int
    /// When it was withdrawn: by a person, or with its verdict. Nothing joins it after that.
    package private(set) var withdrawnAt: Timestamp?
    /// The verdict's revision for which its effects were asked to be taken back, so that each reversal asks once.
    package var reversedAtRevision: Int?

    package init(
        id: RunID, publicID: PublicID, caseID: CaseID, plan: Digest, facts: Digest, playbook: PlaybookReference,
        mode: ActivationMode, startedAt: Timestamp, requester: String, activator: String, open: Int,
        purpose: Purpose = .playbook, precedence: Int = 0, rings: [PlannedRing] = []
    ) {
        self.id = id
        self.publicID = publicID
        self.caseID = caseID
        version = 0
        phase = .active
        self.plan = plan
        self.facts = facts
        self.playbook = playbook
        self.mode = mode
        self.startedAt = startedAt
        endedAt = nil
        self.requester = requester
        self.activator = activator
        self.open = open
        outcomes = [:]
        self.purpose = purpose
        self.precedence = precedence
        self.rings = rings.map { RunRing($0) }
        ring = 0
        if !rings.isEmpty { self.rings[0].openedAt = startedAt }
    }

    package func count(_ outcome: Outcome) -> Int { outcomes[outcome.rawValue] ?? 0 }

    /// One of its actions ended. Ends the run with the last one; later calls on an ended run change nothing.
    package mutating func actionEnded(_ outcome: Outcome, at now: Timestamp) -> [EntryDraft] {
        guard phase == .active else { return [] }
        open = max(0, open - 1)
        outcomes[outcome.rawValue, default: 0] += 1
        return open == 0 ? end(at: now) : []
    }

    /// Ends a run that has nothing to do.
    package mutating func endIfIdle(at now: Timestamp) -> [EntryDraft] {
        phase == .active && open == 0 ? end(at: now) : []
    }

    /// Further actions join a run that has not ended: late arrivals.
    package mutating func extend(by count: Int) {
        guard phase == .active else { return }
        open += max(0, count)
    }

    /// What was not sent is taken back. A second call changes nothing.
    package mutating func withdraw(at now: Timestamp) { withdrawnAt = withdrawnAt ?? now }

    /// Late arrivals find that the run had ended: it goes on.
    package mutating func reopen(by count: Int, at now: Timestamp) -> [EntryDraft] {
        guard phase == .ended, count > 0 else { return [] }
        phase = .active
        endedAt = nil
        open = count
        return [EntryDraft("run.reopened", at: now, ["run": .string(publicID.text), "actions": .int(Int64(count))])]
    }

    private mutating func end(at now: Timestamp) -> [EntryDraft] {
        phase = .ended
        endedAt = now
        let counts = outcomes.sorted { $0.key < $1.key }.map { JSONObject.Member($0.key, .int(Int64($0.value))) }
        return [
            EntryDraft(
                "run.ended", at: now,
                ["run": .string(publicID.text), "outcomes": .object(JSONObject(counts))])
        ]
    }
}
