import BailiffCore
import BailiffModel
import BailiffStore
import Testing

extension StoreConformance {
    static let duplicates = [
        Check("duplicates: by event id", byEvent),
        Check("duplicates: by statement, with and without a time", byStatement),
        Check("duplicates: fifty identical deliveries at once", fiftyAtOnce),
        Check("duplicates: fifty replays at once", fiftyReplays),
    ]

    /// One step of a story about one feed and one file: what comes, and whether it says anything new.
    private struct Step {
        var verdict: Verdict
        var feed = "lab"
        var isDuplicate: Bool
        var note: Comment
    }

    private static func tell(_ steps: [Step], _ store: any Store) async throws {
        for step in steps {
            let receipt = try await store.take(Sample.delivery(step.verdict, feed: step.feed))
            #expect(receipt.accepted.map(\.duplicate) == [step.isDuplicate], step.note)
            let jobs = try await store.claimAll(.enrichment)
            #expect(jobs.isEmpty == (step.isDuplicate || receipt.accepted.first?.caseID == nil), step.note)
            try await store.settle(jobs.map { .finish($0) })
        }
    }

    @Sendable
    private static func byEvent(_ store: any Store) async throws {
        let file = Sample.hashes(sha256: 1)
        let more = Sample.hashes(sha256: 1, sha1: 1)
        try await tell(
            [
                Step(
                    verdict: Sample.verdict(file, level: .suspicious, event: "e"), isDuplicate: false, note: "the first"
                ),
                Step(
                    verdict: Sample.verdict(file, level: .suspicious, event: "e"), isDuplicate: true, note: "the same"),
                Step(
                    verdict: Sample.verdict(file, level: .suspicious, share: 0.8, event: "e"), isDuplicate: true,
                    note: "another score of the same event"),
                Step(
                    verdict: Sample.verdict(file, level: .benign, event: "e"), isDuplicate: true,
                    note: "softer, same event"),
                Step(
                    verdict: Sample.verdict(file, level: .malicious, event: "e"), isDuplicate: false, note: "upgraded"),
                Step(
                    verdict: Sample.verdict(file, level: .suspicious, event: "e"), isDuplicate: true,
                    note: "the first again, after the upgrade"),
                Step(
                    verdict: Sample.verdict(more, level: .suspicious, event: "e"), isDuplicate: false,
                    note: "a hash its file did not have"),
                Step(verdict: Sample.verdict(more, event: "e"), isDuplicate: true, note: "nothing new any more"),
                Step(
                    verdict: Sample.verdict(file, event: "e"), feed: "other", isDuplicate: false,
                    note: "another feed's event"),
                Step(
                    verdict: Sample.verdict(Sample.hashes(sha256: 2), event: "e"), isDuplicate: false,
                    note: "another file under the same id"),
                Step(
                    verdict: Sample.verdict(Sample.hashes(sha256: 2), event: "e"), isDuplicate: true,
                    note: "that file again"),
                Step(verdict: Sample.verdict(FileHashes(), event: "n"), isDuplicate: false, note: "no hash"),
                Step(verdict: Sample.verdict(FileHashes(), event: "n"), isDuplicate: true, note: "no hash, same event"),
                Step(
                    verdict: Sample.verdict(file, event: "n"), isDuplicate: false,
                    note: "the event now names a file"),
            ], store)
    }

    @Sendable
    private static func byStatement(_ store: any Store) async throws {
        let file = Sample.hashes(sha256: 1)
        let one = Sample.now - .seconds(100)
        let two = Sample.now - .seconds(50)
        try await tell(
            [
                Step(verdict: Sample.verdict(file, analysedAt: one), isDuplicate: false, note: "the first"),
                Step(verdict: Sample.verdict(file, analysedAt: one), isDuplicate: true, note: "the same"),
                Step(
                    verdict: Sample.verdict(file, analysedAt: one, event: "x"), isDuplicate: true,
                    note: "the same under an id of its own"),
                Step(verdict: Sample.verdict(file, analysedAt: two), isDuplicate: false, note: "at another time"),
                Step(
                    verdict: Sample.verdict(file, level: .benign, analysedAt: two), isDuplicate: false,
                    note: "another level"),
                Step(
                    verdict: Sample.verdict(file, share: 0.99, analysedAt: two), isDuplicate: false,
                    note: "another score"),
                Step(verdict: Sample.verdict(file, analysedAt: one), isDuplicate: true, note: "an old one once more"),
                Step(
                    verdict: Sample.verdict(file, analysedAt: one), feed: "other", isDuplicate: false,
                    note: "another feed says so too"),
                Step(verdict: Sample.verdict(file), isDuplicate: false, note: "without a time"),
                Step(verdict: Sample.verdict(file), isDuplicate: true, note: "without a time, the same"),
                Step(verdict: Sample.verdict(file, level: .benign), isDuplicate: false, note: "taken back"),
                Step(verdict: Sample.verdict(file), isDuplicate: false, note: "and said again: the latest word counts"),
                Step(
                    verdict: Sample.verdict(file, level: .benign), feed: "other", isDuplicate: false,
                    note: "another feed in between"),
                Step(verdict: Sample.verdict(file), isDuplicate: true, note: "changes nothing for this feed"),
                Step(
                    verdict: Sample.verdict(Sample.hashes(sha256: 1, md5: 1)), isDuplicate: false, note: "a new hash"),
                Step(verdict: Sample.verdict(Sample.hashes(md5: 1)), isDuplicate: true, note: "by that hash alone"),
            ], store)
    }

    @Sendable
    private static func fiftyAtOnce(_ store: any Store) async throws {
        let receipts = try await withThrowingTaskGroup(of: DeliveryReceipt.self) { group in
            for number in 0..<50 {
                group.addTask {
                    let verdict = Sample.verdict(
                        Sample.hashes(sha256: 1, sha1: 1), event: number.isMultiple(of: 2) ? "e" : nil)
                    return try await store.take(Sample.delivery(verdict))
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(receipts.count == 50)
        #expect(Set(receipts.map(\.delivery)).count == 50)
        #expect(receipts.filter { $0.accepted.first?.duplicate == false }.count == 1)
        #expect(Set(receipts.map { $0.accepted.first?.verdict }) == [VerdictID(1)])
        #expect(try await store.summary(ofCase: CaseID(1))?.verdictCount == 1)
        #expect(try await store.claimAll(.enrichment).count == 1)
        #expect(try await store.entryCount() == 50)
    }

    @Sendable
    private static func fiftyReplays(_ store: any Store) async throws {
        let delivery = Sample.delivery(Sample.verdict(Sample.hashes(sha256: 1)), event: "d", body: "same")
        let receipts = try await withThrowingTaskGroup(of: DeliveryReceipt.self) { group in
            for _ in 0..<50 { group.addTask { try await store.take(delivery) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(receipts.filter { $0.standing == .stored }.count == 1)
        #expect(receipts.filter { $0.standing == .replayed }.count == 49)
        #expect(Set(receipts.map(\.accepted)).count == 1)
        #expect(try await store.entryCount() == 1)
    }
}
