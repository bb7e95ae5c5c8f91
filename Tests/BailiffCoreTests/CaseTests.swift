import BailiffCore
import BailiffModel
import BailiffPlaybook
import Testing

@Suite("A case: what the feeds say, and what is one file")
struct CaseTests {
    static let now = Samples.start

    private func stored(
        _ id: Int64, _ feed: String, _ level: VerdictLevel, at seconds: Int64? = nil, trust: Int = 2, score: Int? = nil,
        category: VerdictCategory = .other
    ) -> StoredVerdict {
        StoredVerdict(
            id: VerdictID(id), caseID: CaseID(1), feed: feed, trust: trust, receivedAt: Self.now + .seconds(id),
            verdict: Verdict(
                level: level, category: category, score: score.map { NormalisedScore(value: $0, scored: true) },
                hashes: FileHashes(sha256: Samples.hash("a")), analysedAt: seconds.map { Self.now + .seconds($0) },
                product: "generic"))
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var verdicts: [StoredVerdict]
        var deciding: Int64
        var feeds: Int
    }

    @Test("the hardest current statement decides")
    func opinion() throws {
        let rows = [
            Row(
                testDescription: "an upgrade counts", verdicts: [stored(1, "z", .benign), stored(2, "z", .malicious)],
                deciding: 2, feeds: 1),
            Row(
                testDescription: "a later downgrade of the same feed counts too",
                verdicts: [stored(1, "z", .malicious, at: 1), stored(2, "z", .benign, at: 2)], deciding: 2, feeds: 0),
            Row(
                testDescription: "an older statement that comes late does not",
                verdicts: [stored(1, "z", .malicious, at: 9), stored(2, "z", .benign, at: 2)], deciding: 1, feeds: 1),
            Row(
                testDescription: "unknown never replaces a verdict",
                verdicts: [stored(1, "z", .malicious, at: 1), stored(2, "z", .unknown, at: 2)], deciding: 1, feeds: 1),
            Row(
                testDescription: "feeds are counted apart; trust breaks the tie",
                verdicts: [stored(1, "a", .malicious, trust: 1), stored(2, "b", .malicious, trust: 3)], deciding: 2,
                feeds: 2),
        ]
        for row in rows {
            let opinion = try #require(CaseOpinion(row.verdicts))
            #expect(opinion.deciding.id == VerdictID(row.deciding), "\(row.testDescription)")
            #expect(opinion.feedsMalicious == row.feeds, "\(row.testDescription)")
        }
        #expect(CaseOpinion([]) == nil)
    }

    @Test("learned hashes are linked once, trivial ones never")
    func hashes() throws {
        var file = Case(id: CaseID(1), openedAt: Self.now)
        let opinion = try #require(CaseOpinion([stored(1, "z", .malicious)]))
        _ = file.handle(.verdicts(opinion, hashes: [Samples.hash("a")]), at: Self.now)
        let empty = try #require(FileHash("d41d8cd98f00b204e9800998ecf8427e"))
        let coverage = Coverage(askedAt: Self.now, lookBackSeconds: 60, sources: [], gaps: [])
        let learned = [Samples.hash("b", .sha1), empty]
        #expect(
            file.handle(.assessed(FileFacts(), coverage, learned: learned), at: Self.now) == [
                .link([Samples.hash("b", .sha1)])
            ])
        #expect(file.handle(.assessed(FileFacts(), coverage, learned: learned), at: Self.now).isEmpty)
        #expect(file.verdict?.hashes.sha1 == Samples.hash("b", .sha1))
        #expect(file.hashes == [Samples.hash("a"), Samples.hash("b", .sha1)])
    }

    @Test("inside the window only a change plans again")
    func dedupe() throws {
        var file = Case(id: CaseID(1), openedAt: Self.now)
        let facts = VerdictFacts(
            level: .malicious, score: 90, scored: true, category: .other, trust: 2, feed: "z", product: "zscaler")
        let first = Case.Signature(facts, hashes: [Samples.hash("a")], playbook: Samples.digest)
        _ = file.handle(
            .planned(playbook: "p", run: Samples.publicID, signature: first, isPartial: false), at: Self.now)
        func may(_ signature: Case.Signature, _ rule: DedupeRule, after seconds: Int64) -> Bool {
            file.mayPlan(
                "p", signature: signature, window: .seconds(100), onChange: rule, at: Self.now + .seconds(seconds))
        }
        var softer = first
        softer.score = 85
        var harder = first
        harder.score = 95
        var newVersion = first
        newVersion.playbook = Digest.of("other")
        #expect(!may(first, .supersede, after: 99))
        #expect(may(first, .supersede, after: 100))
        #expect(may(softer, .supersede, after: 1))
        #expect(!may(softer, .ignoreSofter, after: 1))
        #expect(may(harder, .ignoreSofter, after: 1))
        #expect(!may(newVersion, .supersede, after: 1), "a new version alone is no new reason to act")
        #expect(file.mayPlan("q", signature: first, window: .seconds(100), onChange: .supersede, at: Self.now))
    }

    @Test("what people refused is asked again on a harder verdict alone, what nobody answered on any that comes after")
    func answered() throws {
        var file = Case(id: CaseID(1), openedAt: Self.now)
        let facts = VerdictFacts(
            level: .malicious, score: 90, scored: true, category: .other, trust: 2, feed: "z", product: "zscaler")
        let same = Case.Signature(facts, hashes: [Samples.hash("a")], playbook: Samples.digest)
        _ = file.handle(
            .planned(playbook: "p", run: Samples.publicID, signature: same, isPartial: false), at: Self.now)
        var softer = same
        softer.score = 85
        var harder = same
        harder.score = 95
        func may(
            _ signature: Case.Signature, _ answer: Case.PlanAnswer, _ rule: DedupeRule = .supersede,
            verdict: Int64 = 50, after seconds: Int64 = 60
        ) -> Bool {
            file.mayPlan(
                "p", signature: signature, window: .seconds(100), onChange: rule, answer: answer,
                lastVerdict: Self.now + .seconds(verdict), at: Self.now + .seconds(seconds))
        }
        #expect(!may(softer, .denied))
        #expect(!may(same, .denied))
        #expect(may(harder, .denied))
        #expect(may(softer, .denied, after: 100), "after the window on any")
        let expired = Case.PlanAnswer.expired(at: Self.now + .seconds(40))
        #expect(may(same, expired))
        #expect(may(softer, expired, .ignoreSofter))
        #expect(!may(same, expired, verdict: 30), "no verdict has come since")
        #expect(may(softer, expired, verdict: 30), "a change is one all the same")
    }

    @Test("a hash that Defender tells after the plan is no change, one that a verdict brings is")
    func learnedLater() throws {
        var file = Case(id: CaseID(1), openedAt: Self.now)
        let opinion = try #require(CaseOpinion([stored(1, "z", .malicious)]))
        _ = file.handle(.verdicts(opinion, hashes: [Samples.hash("a")]), at: Self.now)
        let facts = try #require(file.verdict)
        let signature = Case.Signature(facts, hashes: file.hashes, playbook: Samples.digest)
        _ = file.handle(
            .planned(playbook: "p", run: Samples.publicID, signature: signature, isPartial: false), at: Self.now)
        func may() -> Bool {
            file.mayPlan(
                "p", signature: Case.Signature(facts, hashes: file.hashes, playbook: Samples.digest),
                window: .seconds(100), onChange: .supersede, at: Self.now + .seconds(1))
        }
        let coverage = Coverage(askedAt: Self.now, lookBackSeconds: 60, sources: [], gaps: [])
        _ = file.handle(.assessed(FileFacts(), coverage, learned: [Samples.hash("b", .sha1)]), at: Self.now)
        #expect(!may())
        let told = [Samples.hash("a"), Samples.hash("b", .sha1)]
        _ = file.handle(.verdicts(opinion, hashes: told), at: Self.now)
        #expect(!may(), "a verdict that repeats what is known changes nothing")
        _ = file.handle(.verdicts(opinion, hashes: told + [Samples.hash("c", .md5)]), at: Self.now)
        #expect(may())
    }

    @Test("a merged case ends once and names its survivor")
    func merges() {
        var file = Case(id: CaseID(2), openedAt: Self.now)
        #expect(file.handle(.merged(into: CaseID(1)), at: Self.now).count == 1)
        #expect(file.phase == .merged(into: CaseID(1)))
        #expect(file.handle(.merged(into: CaseID(3)), at: Self.now).isEmpty)
    }
}
