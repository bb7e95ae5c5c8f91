package import BailiffModel
package import BailiffPlaybook

/// A verdict as stored: with its feed and the time it came.
package struct StoredVerdict: Hashable, Sendable {
    package var id: VerdictID
    package var caseID: CaseID?
    package var feed: String
    /// 0 to 3, the feed's trust when the verdict came.
    package var trust: Int
    package var receivedAt: Timestamp
    package var verdict: Verdict

    package init(
        id: VerdictID, caseID: CaseID?, feed: String, trust: Int, receivedAt: Timestamp, verdict: Verdict
    ) {
        self.id = id
        self.caseID = caseID
        self.feed = feed
        self.trust = trust
        self.receivedAt = receivedAt
        self.verdict = verdict
    }

    /// When the statement was made: the product's time, else when it came.
    package var statedAt: Timestamp { verdict.analysedAt ?? receivedAt }
}

/// What all feeds together say about one file.
package struct CaseOpinion: Hashable, Sendable {
    /// The current statement of every feed, by feed name.
    package let byFeed: [StoredVerdict]
    /// The hardest of them; ties go to trust, score, the later statement, then the feed's name.
    package let deciding: StoredVerdict
    /// Distinct feeds whose current statement is malicious.
    package let feedsMalicious: Int

    /// Nil without a verdict.
    ///
    /// A feed's current statement is its latest by ``StoredVerdict/statedAt``; one that knows nothing (`unknown`) never
    /// replaces one that does, and of two made at one instant the harder counts.
    package init?(_ verdicts: [StoredVerdict]) {
        var current: [String: StoredVerdict] = [:]
        for verdict in verdicts.sorted(by: { $0.id < $1.id }) {
            guard let held = current[verdict.feed] else {
                current[verdict.feed] = verdict
                continue
            }
            if CaseOpinion.replaces(verdict, held) { current[verdict.feed] = verdict }
        }
        let statements = current.values.sorted { $0.feed.utf8.lexicographicallyPrecedes($1.feed.utf8) }
        guard let first = statements.first else { return nil }
        byFeed = statements
        deciding = statements.dropFirst().reduce(first) { CaseOpinion.isHarder($1, than: $0) ? $1 : $0 }
        feedsMalicious = statements.filter { $0.verdict.level == .malicious }.count
    }

    /// The current statement that takes back what `acted` was about: one of the same feed, or of a feed with more trust,
    /// that calls the file benign, made later. None where another feed of at least its trust still calls it malicious.
    package func reversal(of acted: VerdictFacts, statedAt: Timestamp) -> StoredVerdict? {
        byFeed.first { statement in
            guard statement.verdict.level == .benign, statement.statedAt >= statedAt else { return false }
            let isSame = statement.feed.utf8.elementsEqual(acted.feed.utf8)
            guard isSame || statement.trust > acted.trust else { return false }
            return !byFeed.contains { other in
                other.verdict.level == .malicious && other.trust >= statement.trust
                    && !other.feed.utf8.elementsEqual(statement.feed.utf8)
            }
        }
    }

    /// How many feeds' own statements fulfil the trigger of `playbook`, made within its window of each other.
    package func corroborating(_ playbook: Playbook, within window: Duration, at now: Timestamp) -> Int {
        let times = byFeed.filter { statement in
            let facts = VerdictFacts(
                statement.verdict, feed: statement.feed, trust: statement.trust, revision: 1, feeds: feedsMalicious)
            if case .matched = Planner.isTriggered(playbook, by: facts, now: now) { return true }
            return false
        }.map(\.statedAt).sorted()
        var most = 0
        for (index, first) in times.enumerated() {
            most = max(most, times[index...].prefix { $0 <= first + window }.count)
        }
        return most
    }

    private static func replaces(_ new: StoredVerdict, _ old: StoredVerdict) -> Bool {
        if old.verdict.level == .unknown { return true }
        if new.verdict.level == .unknown { return false }
        if new.statedAt != old.statedAt { return new.statedAt > old.statedAt }
        return new.verdict.level >= old.verdict.level
    }

    private static func isHarder(_ left: StoredVerdict, than right: StoredVerdict) -> Bool {
        if left.verdict.level != right.verdict.level { return left.verdict.level > right.verdict.level }
        if left.trust != right.trust { return left.trust > right.trust }
        if left.verdict.score.value != right.verdict.score.value {
            return left.verdict.score.value > right.verdict.score.value
        }
        return left.statedAt > right.statedAt
    }
}
