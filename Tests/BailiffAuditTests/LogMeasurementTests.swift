import BailiffAudit
import BailiffModel
import Testing

/// How long the log's work takes. Prints figures; fails only on wrong results, because machines differ.
@Suite(.serialized) struct LogMeasurementTests {
    @Test func integratingAndVerifyingHundredThousandEntries() async throws {
        let count = 100_000
        let clock = ContinuousClock()
        var entries: [Entry] = []
        let building = clock.measure {
            entries = (0..<count).map { index in
                EntryBuilder(
                    kind: "verdict.received", at: Timestamp(microseconds: Int64(index) * 1_000), actor: "feed:lab"
                )
                .setting("delivery", .integer(Int64(index))).setting("digest", .digest(MerkleTree.emptyRoot))
                .setting("verdicts", .list([.integer(Int64(index)), .integer(Int64(index) + 1)])).build().entry
            }
        }
        var log = try MemoryLog()
        // Batches as the sequencer makes them.
        let integrating = clock.measure {
            for start in stride(from: 0, to: count, by: 500) { log.append(Array(entries[start..<start + 500])) }
        }
        try log.sign()
        let folder = try TemporaryFolder()
        let exported = try await clock.timed { try await log.export(to: folder) }
        let verified = await clock.timed {
            LogVerifier().verify(
                directory: folder.path, trustedKey: log.key.verifierKey, pinnedCheckpoint: log.notes[Int64(count)])
        }
        let report = verified.result
        #expect(report.isWhole && report.size == Int64(count) && report.root == log.state.root)
        #expect(exported.result.filesWritten == 2 * 391 + 2 + 1 + 1 + 1)

        let bytes = entries.reduce(0) { $0 + $1.bytes.count }
        print("figures: \(count) entries of \(bytes / count) bytes on average")
        for (what, time) in [
            ("build", building), ("integrate", integrating), ("export", exported.time), ("verify", verified.time),
        ] {
            let perSecond = Int(Double(count) / (time / .seconds(1)))
            print("figures: \(what): \(time), \(perSecond) entries a second")
        }
    }
}

extension ContinuousClock {
    fileprivate func timed<Result>(_ body: () async throws -> Result) async rethrows -> (time: Duration, result: Result)
    {
        let start = now
        let result = try await body()
        return (now - start, result)
    }
}
