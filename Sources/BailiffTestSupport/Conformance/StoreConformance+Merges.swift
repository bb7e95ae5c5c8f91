import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore
import Testing

extension StoreConformance {
    static let merges = [
        Check("merge: a verdict that names hashes of two cases", mergeAtIntake),
        Check("merge: within one batch", mergeInBatch),
        Check("merge: chains lead to the last survivor", mergeChain),
        Check("merge: moves all that belongs to the case, while runs are open", mergeMovesAll),
        Check("merge: carries over what the core knows", mergeCarriesCase),
        Check("merge: who still has the old id writes to the survivor", writesToSurvivor),
        Check("merge: a waiting assessment goes over", mergeMovesAssessment),
        Check("merge: statements of both stay known", mergeKeepsStatements),
    ]

    private static func open(_ store: any Store, _ hashes: FileHashes, wants: Bool = false) async throws -> CaseID {
        let receipt = try await store.take(Sample.delivery(Sample.verdict(hashes), wantsAssessment: wants))
        return try #require(receipt.accepted.first?.caseID)
    }

    @Sendable
    private static func mergeAtIntake(_ store: any Store) async throws {
        let one = try await open(store, Sample.hashes(sha256: 1))
        let two = try await open(store, Sample.hashes(sha1: 1))
        let three = try await open(store, Sample.hashes(md5: 1))
        let verdict = Sample.verdict(Sample.hashes(sha256: 1, sha1: 1, md5: 1))
        let receipt = try await store.take(Sample.delivery(verdict))
        #expect(
            receipt.merges == [
                DeliveryReceipt.Merge(from: two, into: one), DeliveryReceipt.Merge(from: three, into: one),
            ])
        #expect(receipt.accepted.map(\.caseID) == [one])
        #expect(receipt.accepted.map(\.caseHash) == [Sample.hash(1)])
        #expect(receipt.accepted.map(\.duplicate) == [false])
        for id in [one, two, three] {
            #expect(try await store.survivor(of: id) == one)
            #expect(try await store.summary(ofCase: id)?.id == one)
            #expect(try await store.hashes(ofCase: id).count == 3)
            #expect(try await store.verdicts(ofCase: id, limit: 10).map(\.id.value) == [4, 3, 2, 1])
            #expect(try await store.verdicts(ofCase: id, limit: 10).allSatisfy { $0.caseID == one })
        }
        #expect(try await store.cases(PageRequest()).elements.map(\.id) == [one])
        #expect(try await store.cases(withHashPrefix: Sample.hash(1, .md5).hex) == [one])
        #expect(try await store.take(Sample.delivery(verdict)).accepted.map(\.duplicate) == [true])
    }

    @Sendable
    private static func mergeInBatch(_ store: any Store) async throws {
        let receipt = try await store.take(
            Sample.delivery(
                Sample.verdict(Sample.hashes(sha256: 2)), Sample.verdict(Sample.hashes(sha1: 2)),
                Sample.verdict(Sample.hashes(sha256: 2, sha1: 2))))
        #expect(receipt.merges == [DeliveryReceipt.Merge(from: CaseID(2), into: CaseID(1))])
        #expect(receipt.accepted.map(\.caseID) == [CaseID(1), CaseID(1), CaseID(1)])
        #expect(receipt.accepted.map(\.caseHash) == Array(repeating: Sample.hash(2), count: 3))
        #expect(try await store.claimAll(.enrichment).map(\.key.subject) == [1])
    }

    @Sendable
    private static func mergeChain(_ store: any Store) async throws {
        for number in 1...5 { _ = try await open(store, Sample.hashes(sha256: number)) }
        try await store.make([.merge(from: CaseID(1), into: CaseID(2))])
        try await store.make([.merge(from: CaseID(2), into: CaseID(3)), .merge(from: CaseID(4), into: CaseID(1))])
        for number in 1...4 { #expect(try await store.survivor(of: CaseID(Int64(number))) == CaseID(3)) }
        #expect(try await store.survivor(of: CaseID(5)) == CaseID(5))
        #expect(try await store.hashes(ofCase: CaseID(1)) == [1, 2, 3, 4].map { Sample.hash($0) })
        #expect(try await store.cases(PageRequest()).elements.map(\.id.value) == [5, 3])
        // Into itself, by whatever name: nothing.
        try await store.make([.merge(from: CaseID(3), into: CaseID(1)), .merge(from: CaseID(5), into: CaseID(5))])
        #expect(try await store.survivor(of: CaseID(3)) == CaseID(3))
        #expect(try await store.survivor(of: CaseID(5)) == CaseID(5))
        // A verdict finds the survivor through any hash.
        #expect(try await open(store, Sample.hashes(sha256: 1, sha1: 1)) == CaseID(3))
    }

    @Sendable
    private static func mergeMovesAll(_ store: any Store) async throws {
        let from = try await open(store, Sample.hashes(sha256: 1))
        let into = try await open(store, Sample.hashes(sha256: 2))
        let run = Sample.run(1, of: from.value)
        let action = Sample.action(1, of: from.value, phase: .pending)
        let other = Sample.run(2, of: into.value)
        let later = Sample.now + .seconds(9)
        try await store.make([
            .run(run), .action(action), .approval(Sample.approval(1, of: run, action: action)), .run(other),
            .sightings(
                from, [Sample.sighting(1, seenAt: later), Sample.sighting(2), Sample.sighting(3, path: "from")]),
            .sightings(
                into, [Sample.sighting(1), Sample.sighting(2, seenAt: later), Sample.sighting(3, path: "into")]),
            .hold(machine: Sample.machine(1), family: .isolation, from),
            .hold(machine: Sample.machine(1), family: .isolation, into),
            .hold(machine: Sample.machine(2), family: .isolation, from),
        ])
        try await store.make([.merge(from: from, into: into)])
        for id in [from, into] {
            #expect(try await store.runs(ofCase: id).map(\.id) == [run.id, other.id])
            #expect(try await store.runs(ofCase: id).allSatisfy { $0.caseID == into })
            #expect(try await store.actions(ofCase: id).map(\.id) == [action.id])
            let seen = try await store.sightings(ofCase: id)
            #expect(seen.map(\.seenAt) == [later, later, Sample.now])
            #expect(seen.last?.sighting.path == "into", "of two looks at one time the survivor's stays")
        }
        #expect(try await store.action(action.id)?.caseID == into)
        #expect(try await store.approval(ApprovalID(1))?.caseID == into)
        #expect(try await store.run(run.id)?.version == 1, "a merge is no change of the run")
        #expect(try await store.holders(machine: Sample.machine(1), family: .isolation) == [into])
        #expect(try await store.holders(machine: Sample.machine(2), family: .isolation) == [into])
        #expect(try await store.pendingActions(limit: 1).first?.caseID == into)
    }

    @Sendable
    private static func mergeCarriesCase(_ store: any Store) async throws {
        let one = try await open(store, Sample.hashes(sha256: 1))
        let two = try await open(store, Sample.hashes(sha1: 2))
        try await store.make([.kase(Sample.planned(two))])
        #expect(try await store.findCase(one) == nil)
        try await store.take(
            Sample.delivery(Sample.verdict(Sample.hashes(sha256: 1, sha1: 2)), wantsAssessment: false))
        let survivor = try #require(try await store.findCase(two))
        #expect(survivor.id == one)
        #expect(survivor.version == 1)
        #expect(survivor.plans.keys.sorted() == ["isolate-on-malicious"])
        // Plans make new verdicts matter.
        #expect(try await store.claimAll(.enrichment).map(\.key) == [JobKey(.assess, one.value)])
        // Both have a row: both get a new version.
        let three = try await open(store, Sample.hashes(md5: 3))
        try await store.make([.kase(Sample.planned(three, playbook: "other"))])
        try await store.take(Sample.delivery(Sample.verdict(Sample.hashes(sha256: 1, md5: 3))))
        let both = try #require(try await store.findCase(three))
        #expect(both.id == one)
        #expect(both.version == 2)
        #expect(both.plans.keys.sorted() == ["isolate-on-malicious", "other"])
        var stale = Sample.planned(three)
        stale.version = 1
        #expect(try await store.refusal(of: [.kase(stale)]) == .version("case \(three)"))
    }

    @Sendable
    private static func writesToSurvivor(_ store: any Store) async throws {
        let into = try await open(store, Sample.hashes(sha256: 1))
        let from = try await open(store, Sample.hashes(sha256: 2))
        try await store.make([.run(Sample.run(1, of: from.value)), .action(Sample.action(1, of: from.value))])
        var run = try #require(try await store.run(RunID(1)))
        let action = try #require(try await store.action(ActionID(1)))
        try await store.make([.merge(from: from, into: into)])
        _ = run.actionEnded(.done, at: Sample.now)
        try await store.make([
            .run(run), .action(Sample.moved(action, to: .ready)), .sightings(from, [Sample.sighting(1)]),
            .hashes(from, [Sample.hash(3)]), .hold(machine: Sample.machine(1), family: .isolation, from),
            .approval(Sample.approval(1, of: run, action: action)),
        ])
        #expect(try await store.run(RunID(1))?.caseID == into)
        #expect(try await store.action(ActionID(1))?.caseID == into)
        #expect(try await store.approval(ApprovalID(1))?.caseID == into)
        #expect(try await store.sightings(ofCase: into).count == 1)
        #expect(try await store.hashes(ofCase: into).count == 3)
        #expect(try await store.holders(machine: Sample.machine(1), family: .isolation) == [into])
        try await store.make([.unhold(machine: Sample.machine(1), family: .isolation, from)])
        #expect(try await store.holders(machine: Sample.machine(1), family: .isolation).isEmpty)
        // A row for a case that is no more would hide what the survivor knows.
        let late = Case(id: from, openedAt: Sample.now)
        #expect(try await store.refusal(of: [.kase(late)]) == .precondition(.caseOpen(from)))
        var closed = late
        _ = closed.handle(.merged(into: into), at: Sample.now)
        try await store.make([.kase(closed)])
        #expect(try await store.findCase(from) == nil)
    }

    @Sendable
    private static func mergeMovesAssessment(_ store: any Store) async throws {
        let into = try await open(store, Sample.hashes(sha256: 1))
        let from = try await open(store, Sample.hashes(sha256: 2), wants: true)
        try await store.make([.merge(from: from, into: into)])
        let moved = try await store.claimAll(.enrichment)
        #expect(moved.map(\.key) == [JobKey(.assess, into.value)])
        #expect(moved.map(\.due) == [Sample.now])
        try await store.settle(moved.map { .finish($0) })
        // One that is being worked on ends by itself; the survivor is looked at afterwards.
        let third = try await open(store, Sample.hashes(sha256: 3), wants: true)
        let worked = try await store.claimAll(.enrichment)
        #expect(worked.map(\.key) == [JobKey(.assess, third.value)])
        try await store.make([.merge(from: third, into: into)])
        #expect(try await store.refusal(requires: worked.map { .lease($0) }) == nil)
        #expect(try await store.claimAll(.enrichment).map(\.key) == [JobKey(.assess, into.value)])
        try await store.settle(worked.map { .finish($0) })
        #expect(try await store.jobStatistics(now: Sample.now).waiting[.enrichment] == 1)
    }

    @Sendable
    private static func mergeKeepsStatements(_ store: any Store) async throws {
        let early = Sample.now - .seconds(60)
        let first = Sample.verdict(Sample.hashes(sha256: 1), analysedAt: early)
        let second = Sample.verdict(Sample.hashes(sha256: 2), level: .benign)
        try await store.take(Sample.delivery(first))
        try await store.take(Sample.delivery(second))
        try await store.make([.merge(from: CaseID(1), into: CaseID(2))])
        for verdict in [first, second] {
            #expect(try await store.take(Sample.delivery(verdict)).accepted.map(\.duplicate) == [true])
        }
        // The latest word of the feed is the benign one of the other case.
        let undated = Sample.verdict(Sample.hashes(sha256: 1), level: .benign)
        #expect(try await store.take(Sample.delivery(undated)).accepted.map(\.duplicate) == [true])
    }
}
