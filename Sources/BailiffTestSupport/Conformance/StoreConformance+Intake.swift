import BailiffAudit
import BailiffCore
import BailiffModel
import BailiffStore
import Testing

extension StoreConformance {
    static let intake = [
        Check("a verdict opens a case without a row and makes a job", firstVerdict),
        Check("verdicts without an actionable hash belong to no case", noCase),
        Check("records of a batch keep their order and places", batch),
        Check("rejected records and bodies are kept", rejections),
        Check("a job only where somebody may care", jobsOnlyOfInterest),
        Check("a repeated delivery is answered as the first time", replays),
        Check("the same event id with another body is a conflict", conflicts),
        Check("several deliveries at once are stored in order", severalDeliveries),
        Check("ids of events compare by bytes", eventBytes),
        Check("prune removes what is old and keeps the rest", prunes),
        Check("compressed bodies read as they came, and go with their deliveries", compresses),
    ]

    @Sendable
    private static func firstVerdict(_ store: any Store) async throws {
        let verdict = Sample.verdict(Sample.hashes(sha256: 1, sha1: 2, md5: 3), share: 0.97, event: "e1")
        let receipt = try await store.take(Sample.delivery(verdict, event: "d1", body: "body"))
        let id = VerdictID(1)
        let caseID = CaseID(1)
        #expect(
            receipt
                == DeliveryReceipt(
                    standing: .stored, delivery: 1,
                    accepted: [
                        DeliveryReceipt.Accepted(
                            ordinal: 0, verdict: id, caseID: caseID, caseHash: Sample.hash(1), duplicate: false)
                    ], rejected: []))
        let stored = StoredVerdict(
            id: id, caseID: caseID, feed: "lab", trust: 2, receivedAt: Sample.now, verdict: verdict)
        #expect(try await store.verdict(id) == stored)
        #expect(try await store.verdicts(ofCase: caseID, limit: 5) == [stored])
        #expect(try await store.findCase(caseID) == nil, "nobody has put a row")
        let summary = CaseSummary(
            id: caseID, hashes: [Sample.hash(1), Sample.hash(2, .sha1), Sample.hash(3, .md5)], state: nil,
            latestVerdict: stored, verdictCount: 1)
        #expect(try await store.summary(ofCase: caseID) == summary)
        #expect(try await store.cases(PageRequest()).elements == [summary])
        let jobs = try await store.claimAll(.enrichment)
        #expect(jobs.map(\.key) == [JobKey(.assess, 1)])
        #expect(jobs.map(\.due) == [Sample.now])
        let entries = try await store.entries(from: 0, limit: 5)
        #expect(entries.map(\.entry) == [Sample.delivery(verdict, event: "d1", body: "body").makeEntry(receipt).entry])
        #expect(try await store.verdict(VerdictID(2)) == nil)
        #expect(try await store.summary(ofCase: CaseID(2)) == nil)
    }

    @Sendable
    private static func noCase(_ store: any Store) async throws {
        let empty = FileHashes(
            sha256: FileHash("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            md5: Sample.hash(1, .md5))
        let receipt = try await store.take(
            Sample.delivery(Sample.verdict(FileHashes()), Sample.verdict(empty), Sample.verdict(empty)))
        #expect(receipt.accepted.map(\.caseID) == [nil, nil, nil])
        #expect(receipt.accepted.map(\.caseHash) == [nil, nil, nil])
        #expect(receipt.accepted.map(\.duplicate) == [false, false, false])
        #expect(try await store.verdict(VerdictID(2))?.verdict.hashes == empty)
        #expect(try await store.verdict(VerdictID(2))?.caseID == nil)
        #expect(try await store.cases(PageRequest()).elements.isEmpty)
        #expect(try await store.nextDue(.enrichment) == nil)
        // The hash beside the trivial one did not get linked.
        let other = try await store.take(Sample.delivery(Sample.verdict(Sample.hashes(md5: 1))))
        #expect(other.accepted.first?.caseID == CaseID(4))
    }

    @Sendable
    private static func batch(_ store: any Store) async throws {
        let receipt = try await store.take(
            Sample.delivery([
                .verdict(Sample.verdict(Sample.hashes(sha256: 1)), wantsAssessment: true),
                .rejected(code: "record.bad_hash", message: "no hash", bytes: Array("{1}".utf8)),
                .verdict(Sample.verdict(Sample.hashes(sha256: 2)), wantsAssessment: true),
                .verdict(Sample.verdict(Sample.hashes(sha256: 1)), wantsAssessment: true),
                .rejected(code: "record.bad_time", message: "no time", bytes: Array("{2}".utf8)),
            ]))
        #expect(receipt.accepted.map(\.ordinal) == [0, 2, 3])
        #expect(receipt.accepted.map(\.verdict) == [1, 2, 1].map { VerdictID($0) })
        #expect(receipt.accepted.map(\.duplicate) == [false, false, true])
        #expect(receipt.rejected.map(\.ordinal) == [1, 4])
        #expect(try await store.entryCount() == 1)
        #expect(try await store.claimAll(.enrichment).map(\.key.subject) == [1, 2])
    }

    @Sendable
    private static func rejections(_ store: any Store) async throws {
        let body = RejectedRecord(ordinal: 0, code: "json.syntax", message: "invalid JSON \u{0}\u{1B}[31m")
        let first = try await store.take(Sample.delivery([], feed: "a", body: "{oops", bodyRejection: body))
        #expect(first.rejected == [body])
        #expect(first.accepted.isEmpty)
        let second = try await store.take(
            Sample.delivery([.rejected(code: "record.bad_hash", message: "m", bytes: [0xFF, 0])], feed: "b"))
        let all = try await store.rejections(feed: nil, PageRequest()).elements
        #expect(
            all == [
                StoredRejection(
                    id: 2, delivery: second.delivery, feed: "b", at: Sample.now,
                    record: RejectedRecord(ordinal: 0, code: "record.bad_hash", message: "m"), bytes: [0xFF, 0]),
                StoredRejection(
                    id: 1, delivery: first.delivery, feed: "a", at: Sample.now, record: body,
                    bytes: Array("{oops".utf8)),
            ])
        #expect(try await store.rejections(feed: "a", PageRequest()).elements.map(\.id) == [1])
        #expect(try await store.rejections(feed: "c", PageRequest()).elements.isEmpty)
        #expect(try await store.entryCount() == 2)
    }

    @Sendable
    private static func jobsOnlyOfInterest(_ store: any Store) async throws {
        func isWanted(_ number: Int, _ hash: Int, wants: Bool) async throws -> Bool {
            let verdict = Sample.verdict(Sample.hashes(sha256: hash), share: Double(number) / 100)
            try await store.take(Sample.delivery(verdict, wantsAssessment: wants))
            let jobs = try await store.claimAll(.enrichment)
            try await store.settle(jobs.map { .finish($0) })
            return !jobs.isEmpty
        }
        #expect(try await !isWanted(86, 1, wants: false))
        #expect(try await isWanted(87, 1, wants: true))
        #expect(try await !isWanted(87, 1, wants: true), "a repeat wakes nobody")
        try await store.make([.kase(Case(id: CaseID(1), openedAt: Sample.now))])
        #expect(try await !isWanted(88, 1, wants: false), "the case has no plans")
        try await store.make([.run(Sample.run(1, of: 1))])
        #expect(try await isWanted(89, 1, wants: false), "a run is open")
        try await store.make([.run(Sample.ended(try #require(try await store.run(RunID(1)))))])
        #expect(try await !isWanted(90, 1, wants: false))
        var kase = Sample.planned(CaseID(1))
        kase.version = 1
        try await store.make([.kase(kase)])
        #expect(try await isWanted(91, 1, wants: false), "the case has plans")
        #expect(try await !isWanted(92, 2, wants: false))
    }

    @Sendable
    private static func replays(_ store: any Store) async throws {
        let delivery = Sample.delivery(
            [
                .verdict(Sample.verdict(Sample.hashes(sha256: 1), event: "x"), wantsAssessment: true),
                .rejected(code: "c", message: "m", bytes: [1]),
                .verdict(Sample.verdict(FileHashes()), wantsAssessment: true),
            ], event: "d", body: "same")
        let first = try await store.take(delivery)
        try await store.settle(try await store.claimAll(.enrichment).map { .finish($0) })
        var again = first
        again.standing = .replayed
        #expect(try await store.take(delivery) == again)
        #expect(try await store.take(delivery) == again)
        #expect(try await store.entryCount() == 1)
        #expect(try await store.verdicts(feed: nil, PageRequest()).elements.count == 2)
        #expect(try await store.rejections(feed: nil, PageRequest()).elements.count == 1)
        #expect(try await store.nextDue(.enrichment) == nil)
        // Another feed's ids are its own.
        let other = try await store.take(
            Sample.delivery(Sample.verdict(Sample.hashes(sha256: 9)), feed: "other", event: "d", body: "same"))
        #expect(other.standing == .stored)
        // A body that could not be read is answered again the same way.
        let unreadable = Sample.delivery(
            [], event: "u", body: "{", bodyRejection: RejectedRecord(ordinal: 0, code: "json.syntax", message: "bad"))
        let unread = try await store.take(unreadable)
        #expect(try await store.take(unreadable).rejected == unread.rejected)
        // The answer names the case as it stands now.
        try await store.take(Sample.delivery(Sample.verdict(Sample.hashes(sha256: 2))))
        try await store.make([.merge(from: CaseID(1), into: CaseID(4))])
        let moved = try await store.take(delivery)
        #expect(moved.accepted.first?.caseID == CaseID(4))
        #expect(moved.accepted.first?.caseHash == Sample.hash(1))
    }

    @Sendable
    private static func conflicts(_ store: any Store) async throws {
        let first = Sample.delivery(Sample.verdict(Sample.hashes(sha256: 1)), event: "d", body: "one")
        let second = Sample.delivery(Sample.verdict(Sample.hashes(sha256: 2)), event: "d", body: "two")
        try await store.take(first)
        let receipt = try await store.take(second)
        #expect(
            receipt == DeliveryReceipt(standing: .conflict, delivery: 2, accepted: [], rejected: [.conflict]))
        let kept = try await store.rejections(feed: "lab", PageRequest()).elements
        #expect(kept.map(\.bytes) == [Array("two".utf8)])
        #expect(try await store.cases(PageRequest()).elements.map(\.id) == [CaseID(1)])
        #expect(try await store.entryCount() == 2)
        // The first one keeps the id.
        #expect(try await store.take(first).standing == .replayed)
        #expect(try await store.take(second).standing == .conflict)
        #expect(try await store.entryCount() == 3)
    }

    @Sendable
    private static func severalDeliveries(_ store: any Store) async throws {
        let deliveries = (1...5).map { number in
            Sample.delivery(Sample.verdict(Sample.hashes(sha256: (number + 1) / 2)), body: "\(number)")
        }
        let receipts = try await store.ingest(deliveries)
        #expect(receipts.map(\.delivery) == [1, 2, 3, 4, 5])
        #expect(receipts.map { $0.accepted.first?.duplicate } == [false, true, false, true, false])
        #expect(receipts.map { $0.accepted.first?.verdict.value } == [1, 1, 2, 2, 3])
        #expect(try await store.entryCount() == 5)
        #expect(try await store.ingest([]).isEmpty)
    }

    @Sendable
    private static func eventBytes(_ store: any Store) async throws {
        let long = String(repeating: "x", count: 5_000)
        let events = ["é", "e\u{301}", "a", "a\u{0}", "a\u{0}b", "A", long + "1", long + "2", ""]
        for (number, event) in events.enumerated() {
            let verdict = Sample.verdict(FileHashes(), event: event)
            let receipt = try await store.take(Sample.delivery(verdict, event: event, body: "\(number)"))
            #expect(receipt.standing == .stored, "\(number)")
            #expect(receipt.accepted.map(\.duplicate) == [false], "\(number)")
        }
        for (number, event) in events.enumerated() {
            let verdict = Sample.verdict(FileHashes(), event: event)
            #expect(
                try await store.take(Sample.delivery(verdict, event: event, body: "\(number)")).standing == .replayed)
            #expect(try await store.take(Sample.delivery(verdict)).accepted.map(\.duplicate) == [true], "\(number)")
        }
    }

    @Sendable
    private static func prunes(_ store: any Store) async throws {
        let day = Duration.seconds(86_400)
        let late = Sample.now + .seconds(100 * 86_400)
        let old = Sample.delivery(
            [
                .verdict(Sample.verdict(Sample.hashes(sha256: 1), event: "e"), wantsAssessment: true),
                .verdict(
                    Sample.verdict(Sample.hashes(sha256: 2), analysedAt: Sample.now), wantsAssessment: true),
                .rejected(code: "c", message: "m", bytes: [1]),
            ], event: "d", body: "old")
        try await store.take(old)
        try await store.take(Sample.delivery(Sample.verdict(Sample.hashes(sha256: 3)), at: late, body: "new"))
        try await store.make([.run(Sample.run(1, of: 1))])
        let entries = try await store.entryCount()
        // Nothing younger than 31 days goes, whatever is asked for.
        #expect(try await store.prune(before: .distantFuture, now: Sample.now + .seconds(30 * 86_400)) == 0)
        #expect(try await store.prune(before: Sample.now, now: late + day) == 0, "the horizon itself stays")
        #expect(try await store.take(old).standing == .replayed)
        #expect(try await store.prune(before: Sample.now + day, now: late + day) == 1)
        #expect(try await store.verdict(VerdictID(1)) == nil)
        #expect(try await store.rejections(feed: nil, PageRequest()).elements.isEmpty)
        #expect(try await store.verdicts(feed: nil, PageRequest()).elements.map(\.id.value) == [3])
        #expect(try await store.entryCount() == entries)
        let summary = try #require(try await store.summary(ofCase: CaseID(1)))
        #expect(summary.verdictCount == 0)
        #expect(summary.latestVerdict == nil)
        #expect(summary.hashes == [Sample.hash(1)])
        #expect(try await store.run(RunID(1)) != nil)
        // What was forgotten is new again, and joins its case.
        var again = old
        again.at = late
        let receipt = try await store.take(again)
        #expect(receipt.standing == .stored)
        #expect(receipt.accepted.map(\.duplicate) == [false, false])
        #expect(receipt.accepted.map(\.caseID) == [CaseID(1), CaseID(2)])
        #expect(receipt.accepted.map(\.verdict.value) == [4, 5])
    }

    @Sendable
    private static func compresses(_ store: any Store) async throws {
        let later = Sample.now + .seconds(40 * 86_400)
        let bodies = [
            "", "{", String(repeating: "0123456789abcdef", count: 500), String(repeating: "é\u{0}x", count: 300_000),
        ]
        for (index, body) in (bodies + bodies).enumerated() {
            var delivery = Sample.delivery(
                [], event: "e\(index)", at: index < bodies.count ? Sample.now : later, body: body)
            delivery.bodyRejection = RejectedRecord(ordinal: 0, code: "body.empty", message: "no record")
            try await store.take(delivery)
        }
        let before = try await store.rejections(feed: nil, PageRequest()).elements
        while try await store.compressBodies(before: later, limit: 3) > 0 {}
        let after = try await store.rejections(feed: nil, PageRequest()).elements
        #expect(after == before)
        #expect(after.map { String(decoding: $0.bytes, as: UTF8.self) } == (bodies + bodies).reversed())
        // So is the body of a verdict, which belongs to the delivery that brought it first.
        let text = String(repeating: "0123456789abcdef", count: 500)
        let brought = try await store.take(
            Sample.delivery(Sample.verdict(Sample.hashes(sha256: 77)), event: "v1", at: Sample.now, body: text))
        let verdict = try #require(brought.accepted.first?.verdict)
        try await store.take(
            Sample.delivery(Sample.verdict(Sample.hashes(sha256: 77)), event: "v2", at: Sample.now, body: "again"))
        let wanted = StoredDelivery(
            id: brought.delivery, digest: Digest.of(text), length: text.utf8.count, body: Array(text.utf8))
        var bare = wanted
        bare.body = nil
        for _ in 1...2 {
            #expect(try await store.delivery(ofVerdict: verdict, withBody: true) == wanted)
            #expect(try await store.delivery(ofVerdict: verdict, withBody: false) == bare)
            while try await store.compressBodies(before: later + .seconds(1), limit: 3) > 0 {}
        }
        #expect(try await store.delivery(ofVerdict: VerdictID(9_999), withBody: true) == nil)
        // A repeated event finds its first body whatever became of it.
        let again = try await store.take(Sample.delivery([], event: "e2", body: bodies[2]))
        #expect(again.standing == .replayed)
        #expect(try await store.take(Sample.delivery([], event: "e2", body: "other")).standing == .conflict)
        #expect(try await store.prune(before: later, now: later) == bodies.count)
        while try await store.compressBodies(before: .distantFuture, limit: 3) > 0 {}
        #expect(try await store.rejections(feed: nil, PageRequest()).elements.count == bodies.count + 1)
        #expect(try await store.delivery(ofVerdict: verdict, withBody: false) == bare)
        let end = later + .seconds(40 * 86_400)
        _ = try await store.prune(before: end, now: end)
        #expect(try await store.delivery(ofVerdict: verdict, withBody: false) == nil)
    }
}
