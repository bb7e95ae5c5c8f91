package import BailiffModel
package import BailiffPlaybook

package typealias CaseID = RowID<Case>

/// Everything about one file: the union of its hashes, what the feeds say, what was planned because of it.
///
/// A pure state machine; time and ids come in with events.
package struct Case: Hashable, Sendable, Codable {
    package enum Phase: Hashable, Sendable, Codable {
        case open
        /// Turned out to be the same file as another case.
        case merged(into: CaseID)
    }

    package let id: CaseID
    /// Optimistic lock; counted by the store.
    package var version: Int
    package private(set) var phase: Phase
    package private(set) var openedAt: Timestamp
    /// Sorted, strongest kind first. Never a hash of a trivial file.
    package private(set) var hashes: [FileHash]
    /// The deciding verdict as playbooks see it; nil before the first assessment.
    package private(set) var verdict: VerdictFacts?
    package private(set) var file: FileFacts
    package private(set) var coverage: Coverage?
    /// The newest plan of each playbook, by playbook name.
    package private(set) var plans: [String: LastPlan]

    /// A person has closed it; nil while it is open.
    package private(set) var closure: Closure?
    /// Until then machines that turn up late join its runs.
    package private(set) var watchUntil: Timestamp?
    /// Playbooks whose trigger matches and that wait for more feeds to say so, by name.
    package private(set) var uncorroborated: [String]

    package struct Closure: Hashable, Sendable, Codable {
        package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
            /// Dealt with: a harder or newer verdict opens it again.
            case resolved
            /// The file is harmless: it stands on the allow-list.
            case falsePositive = "false-positive"
        }

        package var kind: Kind
        package var at: Timestamp
        package var by: String
        package var reason: String

        package init(kind: Kind, at: Timestamp, by: String, reason: String) {
            self.kind = kind
            self.at = at
            self.by = by
            self.reason = reason
        }
    }

    package struct LastPlan: Hashable, Sendable, Codable {
        package var run: PublicID
        package var at: Timestamp
        package var signature: Signature
        /// A source had not answered: when it does, machines that the plan did not know are planned for, whatever the
        /// dedupe window says.
        package var isPartial: Bool
        /// The verdict's revision at which it was taken back; a later one is a new reason to act.
        package var reversedAtRevision: Int?
    }

    /// How the questions of the newest plan ended, as far as that decides when the next one is made.
    package enum PlanAnswer: Hashable, Sendable {
        /// Nothing was asked, or it was granted, or it still waits.
        case open
        /// People said no to one of them.
        case denied
        /// Nobody answered one of them in time, and nobody said no.
        case expired(at: Timestamp)

        package init(_ questions: [Approval]) {
            self = .open
            // A lease's renewal asks about an effect there is, not about the plan.
            for question in questions where question.renews == nil {
                switch question.phase {
                case .denied:
                    self = .denied
                    return
                case .expired(let at) where question.escalatesTo == nil:
                    if case .expired(let before) = self, before > at { continue }
                    self = .expired(at: at)
                default: break
                }
            }
        }
    }

    /// What makes a verdict another one for the dedupe window.
    package struct Signature: Hashable, Sendable, Codable {
        package var level: VerdictLevel
        package var category: VerdictCategory
        package var score: Int
        package var hashes: [FileHash]
        package var playbook: Digest

        package init(_ facts: VerdictFacts, hashes: [FileHash], playbook: Digest) {
            level = facts.level
            category = facts.category
            score = facts.score
            self.hashes = hashes
            self.playbook = playbook
        }

        /// Ignores the playbook's digest: a new version alone is no new reason to act.
        package func isChange(from other: Signature) -> Bool {
            level != other.level || category != other.category || score != other.score || hashes != other.hashes
        }

        package func isHarder(than other: Signature) -> Bool {
            level > other.level || (level == other.level && score > other.score)
        }
    }

    package init(id: CaseID, openedAt: Timestamp) {
        self.id = id
        version = 0
        phase = .open
        self.openedAt = openedAt
        hashes = []
        verdict = nil
        file = FileFacts()
        coverage = nil
        plans = [:]
        closure = nil
        watchUntil = nil
        uncorroborated = []
    }

    package enum Event: Sendable {
        /// The verdicts of the case were read; `hashes` is the union over them.
        case verdicts(CaseOpinion, hashes: [FileHash])
        /// Defender was asked. `learned` are hashes it gave for the file.
        case assessed(FileFacts, Coverage, learned: [FileHash])
        case planned(playbook: String, run: PublicID, signature: Signature, isPartial: Bool)
        /// All sources have answered, and the newest plan of the playbook knew every machine.
        case completed(playbook: String)
        /// The verdict that this run acted upon was taken back.
        case reversed(run: PublicID)
        case merged(into: CaseID)
        /// Another case turned out to be this file.
        case absorbed(Case)
        case closed(Closure)
        /// Late arrivals are looked for until then; nil: not any more.
        case watching(until: Timestamp?)
        /// These playbooks wait for corroboration.
        case waiting([String])
    }

    package enum Effect: Hashable, Sendable {
        case record(EntryDraft)
        /// The file's hashes grew: the store links them to this case.
        case link([FileHash])
    }

    package mutating func handle(_ event: Event, at now: Timestamp) -> [Effect] {
        switch event {
        case .verdicts(let opinion, let union): return take(opinion, hashes: union, at: now)
        case .assessed(let facts, let coverage, let learned): return assess(facts, coverage, learned: learned)
        case .planned(let playbook, let run, let signature, let isPartial):
            plans[playbook] = LastPlan(run: run, at: now, signature: signature, isPartial: isPartial)
            return []
        case .completed(let playbook):
            plans[playbook]?.isPartial = false
            return []
        case .reversed(let run):
            for (name, plan) in plans where plan.run == run { plans[name]?.reversedAtRevision = verdict?.revision }
            return []
        case .merged(let survivor):
            guard phase == .open else { return [] }
            phase = .merged(into: survivor)
            return [
                .record(EntryDraft("case.merged", at: now, ["case": .int(id.value), "into": .int(survivor.value)]))
            ]
        case .absorbed(let other):
            addHashes(other.hashes)
            openedAt = min(openedAt, other.openedAt)
            for (name, plan) in other.plans where plan.at > (plans[name]?.at ?? .distantPast) { plans[name] = plan }
            if let theirs = other.watchUntil { watchUntil = watchUntil.map { max($0, theirs) } ?? theirs }
            if closure == nil { closure = other.closure }
            return []
        case .closed(let closure): return close(closure)
        case .watching(let until):
            watchUntil = until
            return []
        case .waiting(let names):
            uncorroborated = names
            return []
        }
    }

    /// Closing once more the same way changes nothing.
    private mutating func close(_ closure: Closure) -> [Effect] {
        guard phase == .open, self.closure?.kind != closure.kind else { return [] }
        self.closure = closure
        watchUntil = nil
        return [
            .record(
                EntryDraft(
                    "case.closed", at: closure.at, actor: "operator:\(closure.by)",
                    ["case": .int(id.value), "as": .string(closure.kind.rawValue)],
                    erasable: [EntryDraft.Erasable("reason", closure.reason)]))
        ]
    }

    private mutating func take(_ opinion: CaseOpinion, hashes union: [FileHash], at now: Timestamp) -> [Effect] {
        let before = verdict
        addHashes(union)
        let deciding = opinion.deciding
        var facts = VerdictFacts(
            deciding.verdict, feed: deciding.feed, trust: deciding.trust, revision: before?.revision ?? 1,
            feeds: opinion.feedsMalicious)
        facts.hashes = FileHashes(
            sha256: deciding.verdict.hashes.sha256 ?? hashes.only(.sha256),
            sha1: deciding.verdict.hashes.sha1 ?? hashes.only(.sha1),
            md5: deciding.verdict.hashes.md5 ?? hashes.only(.md5))
        let changed =
            before.map {
                $0.level != facts.level || $0.category != facts.category || $0.score != facts.score
            } ?? false
        if changed { facts.revision = (before?.revision ?? 1) + 1 }
        verdict = facts
        guard before == nil || changed else { return [] }
        var fields: JSONObject = [
            "case": .int(id.value), "level": .string(facts.level.rawValue), "score": .int(Int64(facts.score)),
            "category": .string(facts.category.rawValue), "feed": .string(facts.feed),
            "revision": .int(Int64(facts.revision)),
        ]
        if let before { fields["was"] = .string(before.level.rawValue) }
        var effects: [Effect] = [.record(EntryDraft("case.verdict", at: now, fields))]
        if closure?.kind == .resolved {
            closure = nil
            effects.append(.record(EntryDraft("case.reopened", at: now, ["case": .int(id.value)])))
        }
        return effects
    }

    private mutating func assess(_ facts: FileFacts, _ coverage: Coverage, learned: [FileHash]) -> [Effect] {
        file = facts
        self.coverage = coverage
        let before = hashes
        addHashes(learned)
        let fresh = hashes.filter { !before.contains($0) }
        // What Defender tells of a file that was planned for is no new statement of a feed: it is no reason to plan again.
        plans = plans.mapValues { plan in
            var plan = plan
            plan.signature.hashes = Set(plan.signature.hashes).union(fresh).sorted()
            return plan
        }
        if var verdict {
            verdict.hashes = FileHashes(
                sha256: verdict.hashes.sha256 ?? hashes.only(.sha256), sha1: verdict.hashes.sha1 ?? hashes.only(.sha1),
                md5: verdict.hashes.md5 ?? hashes.only(.md5))
            self.verdict = verdict
        }
        return fresh.isEmpty ? [] : [.link(fresh)]
    }

    private mutating func addHashes(_ more: [FileHash]) {
        let fresh = more.filter { !$0.isOfTrivialFile && !hashes.contains($0) }
        hashes = (hashes + Set(fresh)).sorted()
    }

    /// Whether the dedupe rules let `playbook` plan for this case now.
    ///
    /// - Parameter lastVerdict: When the newest verdict about the file came.
    package func mayPlan(
        _ playbook: String, signature: Signature, window: Duration, onChange: DedupeRule, answer: PlanAnswer = .open,
        lastVerdict: Timestamp? = nil, at now: Timestamp
    ) -> Bool {
        guard let last = plans[playbook], now < last.at + window else { return true }
        return last.isPartial && !signature.isChange(from: last.signature)
            || isNewReason(
                playbook, signature: signature, onChange: onChange, answer: answer, lastVerdict: lastVerdict)
    }

    /// Whether the verdict is another one than the newest plan of the playbook was made for, so that the dedupe rule wants a
    /// new plan; also one that was taken back in between and is what it was again. What people refused is asked again on a
    /// harder verdict alone, what nobody answered on any.
    package func isNewReason(
        _ playbook: String, signature: Signature, onChange: DedupeRule, answer: PlanAnswer = .open,
        lastVerdict: Timestamp? = nil
    ) -> Bool {
        guard let last = plans[playbook] else { return true }
        if let reversed = last.reversedAtRevision, let verdict, verdict.revision > reversed { return true }
        switch answer {
        case .denied: return signature.isHarder(than: last.signature)
        case .expired(let at): if let lastVerdict, lastVerdict > at { return true }
        case .open: break
        }
        guard signature.isChange(from: last.signature) else { return false }
        return onChange == .supersede || signature.isHarder(than: last.signature)
    }
}

extension [FileHash] {
    /// The first of a kind: the hashes are sorted, so every reader takes the same.
    package func only(_ algorithm: FileHash.Algorithm) -> FileHash? { first { $0.algorithm == algorithm } }
}
