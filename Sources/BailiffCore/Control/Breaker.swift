package import BailiffModel
package import BailiffPlaybook

/// What happened to one disruptive action, for the breaker: evidence is only added, so that workers never wait for each
/// other.
package struct BreakerEvidence: Hashable, Sendable, Codable {
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// The check before sending let it pass.
        case sent
        /// A `deny` at the check before sending.
        case guardStop
        /// Ended well.
        case done
        /// Failed at the service; a machine that stays away is no failure.
        case failed
    }

    package var at: Timestamp
    package var machine: MachineID
    package var kind: Kind

    package init(at: Timestamp, machine: MachineID, kind: Kind) {
        self.at = at
        self.machine = machine
        self.kind = kind
    }
}

extension BreakerEvidence.Kind {
    /// Whether it speaks for opening the breaker.
    package var isAgainst: Bool { self == .failed || self == .guardStop }
}

/// What the breaker judges by.
package struct BreakerRecord: Hashable, Sendable {
    /// What decides, in the order it came: see ``deciding(among:sentSince:)``.
    package var evidence: [BreakerEvidence]
    /// Rises with everything that speaks for opening the breaker: nothing was added while it stays the same.
    package var mark: Int64

    package init(evidence: [BreakerEvidence], mark: Int64) {
        self.evidence = evidence
        self.mark = mark
    }

    /// The part of the evidence that ``Breaker/trips(_:_:at:)`` depends on: little, as long as little goes wrong.
    ///
    /// - Parameters:
    ///   - all: In the order it came.
    ///   - start: What was sent is counted where a guard stopped something after this.
    package static func deciding(among all: [BreakerEvidence], sentSince start: Timestamp) -> [BreakerEvidence] {
        let countsSent = all.contains { $0.kind == .guardStop && $0.at > start }
        var isRow = false
        return all.filter { item in
            switch item.kind {
            case .guardStop: return true
            case .failed:
                isRow = true
                return true
            case .done:
                defer { isRow = false }
                return isRow
            case .sent: return countsSent && item.at > start
            }
        }
    }
}

/// The tenant-wide breaker: while it is open everything disruptive holds.
package struct Breaker: Hashable, Sendable, Codable {
    package var version: Int
    package private(set) var openedAt: Timestamp?
    /// For people: what opened it.
    package private(set) var reason: String?
    /// Evidence from before does not count any more.
    package private(set) var resetAt: Timestamp?
    package private(set) var resetBy: String?

    package init() { version = 0 }

    package var isOpen: Bool { openedAt != nil }

    /// Why the evidence opens the breaker; nil where it does not.
    ///
    /// - Parameter evidence: In the order it came; what decides of it is enough.
    package func trips(_ limits: Policy.Breaker, _ evidence: [BreakerEvidence], at now: Timestamp) -> String? {
        guard !isOpen else { return nil }
        let counted = evidence.filter { item in resetAt.map { item.at > $0 } ?? true }
        // A row counts also where something went well after it: it should have opened before.
        var longest = 0
        var failures = 0
        for item in counted {
            if item.kind == .done { failures = 0 }
            if item.kind == .failed { failures += 1 }
            longest = max(longest, failures)
        }
        if longest >= limits.failuresInRow { return "\(longest) failures in a row" }
        let recent = counted.filter { $0.at > now - limits.within }
        let stopped = Set(recent.filter { $0.kind == .guardStop }.map(\.machine))
        let checked = Set(recent.filter { $0.kind == .guardStop || $0.kind == .sent }.map(\.machine))
        guard limits.isReached(stopped: stopped.count, of: checked.count) else { return nil }
        return "guards stopped \(stopped.count) of \(checked.count) machines right before sending"
    }

    package mutating func open(_ reason: String, at now: Timestamp) -> [EntryDraft] {
        guard !isOpen else { return [] }
        openedAt = now
        self.reason = reason
        return [EntryDraft("breaker.opened", at: now, ["reason": .string(reason)])]
    }

    /// Closes it and forgets the evidence. Closing a closed one forgets the evidence, too.
    package mutating func reset(by person: String, reason: String, at now: Timestamp) -> [EntryDraft] {
        openedAt = nil
        self.reason = nil
        resetAt = now
        resetBy = person
        return [
            EntryDraft(
                "breaker.reset", at: now, actor: "operator:\(person)", [:],
                erasable: [EntryDraft.Erasable("reason", reason)])
        ]
    }
}
