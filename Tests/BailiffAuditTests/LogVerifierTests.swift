import BailiffAudit
import BailiffModel
import Testing

@Suite(.serialized) struct LogVerifierTests {
    static let size = 12
    static let earlier = 5

    private static func log() throws -> MemoryLog { try MemoryLog(count: size, checkpoints: [earlier, size]) }

    /// Exports and verifies, with the log's own key given.
    private static func verify(
        _ log: MemoryLog, pinned: [[UInt8]] = [], in folder: TemporaryFolder? = nil
    ) async throws -> VerificationReport {
        let folder = try folder ?? TemporaryFolder()
        try await log.export(to: folder)
        return LogVerifier().verify(
            directory: folder.path, trustedKey: log.key.verifierKey, pinnedCheckpoints: pinned)
    }

    private static func codes(_ report: VerificationReport) -> Set<VerificationProblem.Code> {
        Set(report.problems.map(\.code))
    }

    // MARK: Whole logs

    @Test(arguments: [0, 1, 2, 255, 256, 257, 511, 513, 1_000])
    func wholeLogsAreWhole(_ size: Int) async throws {
        let log = try MemoryLog(count: size, checkpoints: [0, size / 3, size / 2, size])
        let report = try await Self.verify(log, pinned: [try #require(log.notes[Int64(size)])])
        #expect(report.isWhole, "\(report.problems)")
        #expect(report.size == Int64(size) && report.entriesRead == Int64(size))
        #expect(report.root == log.state.root)
        #expect(report.checkpointsThatFit == Set([0, size / 3, size / 2, size]).count)
        #expect(report.entriesNotCoveredByOutsideCheckpoint == nil)
        #expect(report.firstBadIndex == nil && report.limits.isEmpty && report.unrelatedFiles.isEmpty)
        #expect(report.keySource == .given && report.origin == MemoryLog.origin)
    }

    @Test(arguments: [65_536, 70_000])
    func largeLogsAreWholeAndTheirTilesAreThePublishedOnes(_ size: Int) async throws {
        let folder = try TemporaryFolder()
        let log = try MemoryLog(count: size, checkpoints: [1_000, size])
        let report = try await Self.verify(log, in: folder)
        #expect(report.isWhole, "\(report.problems)")
        #expect(report.root == log.state.root)
        let files = try folder.files()
        #expect(files.filter { $0.hasPrefix("tile/0/") }.count == (size + 255) / 256)
        #expect(files.filter { $0.hasPrefix("tile/entries/") }.count == (size + 255) / 256)
        if size == 70_000 {
            #expect(
                folder.exists("tile/0/273.p/112") && folder.exists("tile/1/001.p/17") && folder.exists("tile/2/000.p/1")
            )
        } else {
            #expect(folder.exists("tile/1/000") && folder.exists("tile/2/000.p/1") && !folder.exists("tile/1/001.p"))
        }
        var bytes = try folder.read("tile/entries/200")
        bytes[5_000] ^= 1
        try folder.write("tile/entries/200", bytes)
        let second = LogVerifier().verify(directory: folder.path)
        #expect(Self.codes(second).isSuperset(of: [.entryAltered]))
        // All entries of this bundle have the same length.
        let length = 2 + Int(bytes[0]) << 8 + Int(bytes[1])
        #expect(second.firstBadIndex == Int64(200 * 256 + 5_000 / length))
    }

    @Test func theReportSaysWhatItCannotShow() async throws {
        let log = try Self.log()
        let folder = try TemporaryFolder()
        try await log.export(to: folder)
        let alone = LogVerifier().verify(directory: folder.path)
        #expect(alone.isWhole && alone.keyCameFromFolder)
        #expect(alone.entriesNotCoveredByOutsideCheckpoint == 0...11)
        #expect(alone.limits.count == 2)
        let pinned = LogVerifier().verify(
            directory: folder.path, trustedKey: log.key.verifierKey, pinnedCheckpoint: log.notes[5])
        #expect(pinned.isWhole && !pinned.keyCameFromFolder)
        #expect(pinned.outsideCheckpointsThatFit == [5])
        #expect(pinned.entriesNotCoveredByOutsideCheckpoint == 5...11)
        #expect(
            pinned.limits == [
                "entries 5 to 11 not covered by an outside checkpoint: whoever holds the database and the key could have rewritten them"
            ])
    }

    // MARK: Somebody changes the database

    @Test(arguments: 0..<size)
    func anAlteredEntryIsNamed(_ index: Int) async throws {
        for position in [0, 20, MemoryLog.entry(index).bytes.count - 1] {
            var log = try Self.log()
            var bytes = log.stored[index].bytes
            bytes[position] ^= 1
            log.stored[index] = Entry(stored: bytes)
            let report = try await Self.verify(log)
            #expect(!report.isWhole)
            #expect(report.firstBadIndex == Int64(index))
            #expect(Self.codes(report) == [.entryAltered, .checkpointRoot])
        }
    }

    @Test(arguments: 0..<size)
    func aDroppedEntryIsNamed(_ index: Int) async throws {
        var log = try Self.log()
        log.stored.remove(at: index)
        let report = try await Self.verify(log)
        #expect(!report.isWhole)
        #expect(report.firstBadIndex == Int64(index))
    }

    @Test(arguments: 0..<size)
    func anInsertedEntryIsNamed(_ index: Int) async throws {
        var log = try Self.log()
        log.stored.insert(MemoryLog.entry(99), at: index)
        let report = try await Self.verify(log)
        #expect(!report.isWhole)
        #expect(report.firstBadIndex == Int64(index))
    }

    @Test(arguments: 0..<size - 1)
    func swappedEntriesAreNamed(_ index: Int) async throws {
        for other in (index + 1)..<Self.size {
            var log = try Self.log()
            log.stored.swapAt(index, other)
            let report = try await Self.verify(log)
            #expect(!report.isWhole)
            #expect(report.firstBadIndex == Int64(index))
        }
    }

    @Test(arguments: 0..<size)
    func rewrittenTilesDoNotHelpWithoutTheKey(_ index: Int) async throws {
        let honest = try Self.log()
        var log = try MemoryLog()
        var entries = honest.stored
        entries[index] = MemoryLog.entry(99)
        log.append(entries)
        log.notes = honest.notes
        let report = try await Self.verify(log)
        #expect(Self.codes(report) == [.checkpointRoot])
        // The signed roots narrow it down to the stretch between two checkpoints.
        #expect(report.firstBadIndex == (index < Self.earlier ? 0 : 5))
    }

    @Test(arguments: 0..<size)
    func onlyAnOutsideCheckpointCatchesTheHolderOfTheKey(_ index: Int) async throws {
        let honest = try Self.log()
        var forged = try MemoryLog()
        var entries = honest.stored
        entries[index] = MemoryLog.entry(99)
        forged.append(Array(entries[..<Self.earlier]))
        try forged.sign()
        forged.append(Array(entries[Self.earlier...]))
        try forged.sign()

        let alone = try await Self.verify(forged)
        #expect(alone.isWhole)
        #expect(alone.entriesNotCoveredByOutsideCheckpoint == 0...11)

        let newest = try #require(honest.notes[12])
        let pinned = try await Self.verify(forged, pinned: [newest])
        #expect(Self.codes(pinned) == [.pinnedRoot])
        #expect(pinned.entriesNotCoveredByOutsideCheckpoint == 0...11)

        let both = try await Self.verify(forged, pinned: [newest, try #require(honest.notes[5])])
        #expect(!both.isWhole)
        #expect(both.firstBadIndex == (index < Self.earlier ? 0 : 5))

        let old = try await Self.verify(forged, pinned: [try #require(honest.notes[5])])
        #expect(old.isWhole == (index >= Self.earlier))
        if old.isWhole { #expect(old.entriesNotCoveredByOutsideCheckpoint == 5...11) }
    }

    @Test func aCutTailIsCaughtOnlyByAnOutsideCheckpoint() async throws {
        let honest = try Self.log()
        let cut = try MemoryLog(count: Self.earlier, checkpoints: [Self.earlier])
        let alone = try await Self.verify(cut)
        #expect(alone.isWhole)
        let pinned = try await Self.verify(cut, pinned: [try #require(honest.notes[12])])
        #expect(Self.codes(pinned) == [.pinnedBeyondLog])
        #expect(pinned.firstBadIndex == 5)
        #expect(pinned.problems.first?.entries == 5...11)
    }

    @Test func aClumsilyCutTailIsCaughtAnyway() async throws {
        let folder = try TemporaryFolder()
        try await Self.log().export(to: folder)
        for name in ["tile/entries/000.p/12", "tile/0/000.p/12"] { try folder.remove(name) }
        let key = try Self.log().key.verifierKey
        let report = LogVerifier().verify(directory: folder.path, trustedKey: key)
        #expect(Self.codes(report) == [.bundleMissing, .tileMissing])
        #expect(report.root == nil)

        // The newest checkpoint exchanged for an older one, the rest left behind.
        try folder.empty()
        try await Self.log().export(to: folder)
        try folder.write("checkpoint", try folder.read("checkpoints/5"))
        let second = LogVerifier().verify(directory: folder.path, trustedKey: key)
        #expect(!second.isWhole)
        #expect(Self.codes(second).contains(.beyondCheckpoint))

        // A later checkpoint left in checkpoints/ gives the cut away as well.
        let short = try MemoryLog(count: 5, checkpoints: [5])
        try folder.empty()
        try await short.export(to: folder)
        try folder.write("checkpoints/12", try #require(Self.log().notes[12]))
        let third = LogVerifier().verify(directory: folder.path, trustedKey: key)
        #expect(Self.codes(third) == [.checkpointBeyondLog])
        #expect(third.firstBadIndex == 5)
    }

    @Test func twoHistoriesOfOneKeyAreNamed() async throws {
        let folder = try TemporaryFolder()
        let log = try Self.log()
        try await log.export(to: folder)
        var other = try MemoryLog()
        other.append([MemoryLog.entry(50), MemoryLog.entry(51)])
        try folder.write("checkpoints/2", try other.sign())
        let report = LogVerifier().verify(directory: folder.path, trustedKey: log.key.verifierKey)
        #expect(Self.codes(report) == [.equivocation])
        #expect(report.firstBadIndex == nil)

        // Of the same size as the newest.
        try folder.remove("checkpoints/2")
        other.append((2..<12).map(MemoryLog.entry))
        try folder.write("checkpoints/12", try other.sign())
        #expect(Self.codes(LogVerifier().verify(directory: folder.path)) == [.equivocation])
    }

    // MARK: Somebody changes the folder

    @Test func damagedTilesAreToldFromDamagedEntries() async throws {
        let log = try MemoryLog(count: 600, checkpoints: [300, 600])
        let folder = try TemporaryFolder()
        for (name, position) in [("tile/0/000", 40), ("tile/0/002.p/88", 2_815), ("tile/1/000.p/2", 33)] {
            try folder.empty()
            try await log.export(to: folder)
            var bytes = try folder.read(name)
            bytes[position] ^= 4
            try folder.write(name, bytes)
            let report = LogVerifier().verify(directory: folder.path, trustedKey: log.key.verifierKey)
            #expect(Self.codes(report) == [.tileAltered])
            #expect(report.problems.first?.file == name)
            #expect(report.firstBadIndex == nil && report.root == log.state.root)
        }
    }

    @Test func aMissingBundleOrTileIsNamed() async throws {
        let log = try MemoryLog(count: 600, checkpoints: [600])
        let folder = try TemporaryFolder()
        for (name, code, bad) in [
            ("tile/0/001", .tileMissing, nil), ("tile/1/000.p/2", .tileMissing, nil),
            ("tile/entries/001", .bundleMissing, 256), ("tile/entries/002.p/88", .bundleMissing, 512),
            ("checkpoint", .checkpointMissing, nil),
        ] as [(String, VerificationProblem.Code, Int64?)] {
            try folder.empty()
            try await log.export(to: folder)
            try folder.remove(name)
            let report = LogVerifier().verify(directory: folder.path, trustedKey: log.key.verifierKey)
            #expect(Self.codes(report) == [code], "\(name)")
            #expect(report.problems.first?.file == name)
            #expect(report.firstBadIndex == bad, "\(name)")
        }
    }

    @Test func keysAreJudged() async throws {
        let log = try Self.log()
        let folder = try TemporaryFolder()
        try await log.export(to: folder)
        let stranger = try SigningKey(name: MemoryLog.origin, seed: [UInt8](repeating: 2, count: 32)).verifierKey
        let foreign = LogVerifier().verify(directory: folder.path, trustedKey: stranger)
        #expect(Self.codes(foreign) == [.keyDiffers, .checkpointSignature])

        // A whole log made anew with a key of its own: only a key or a checkpoint from elsewhere tells.
        let copy = try MemoryLog(count: 12, checkpoints: [5, 12], seed: 2)
        let second = try TemporaryFolder()
        try await copy.export(to: second)
        #expect(LogVerifier().verify(directory: second.path).isWhole)
        #expect(!LogVerifier().verify(directory: second.path, trustedKey: log.key.verifierKey).isWhole)
        let pinned = LogVerifier().verify(directory: second.path, pinnedCheckpoint: log.notes[5])
        #expect(Self.codes(pinned) == [.pinnedSignature])

        try folder.write("log.vkey", Array("\(log.key.verifierKey.text)\r\n".utf8))
        #expect(Self.codes(LogVerifier().verify(directory: folder.path)) == [.keyMalformed])
        try folder.remove("log.vkey")
        let missing = LogVerifier().verify(directory: folder.path)
        #expect(Self.codes(missing) == [.keyMissing] && missing.keySource == .none)
        #expect(LogVerifier().verify(directory: folder.path, trustedKey: log.key.verifierKey).isWhole)
    }

    @Test func pinnedCheckpointsAreJudged() async throws {
        let log = try Self.log()
        let (note, older) = (try #require(log.notes[12]), try #require(log.notes[5]))
        let other = try Checkpoint(origin: "elsewhere", size: 3, root: MerkleTree.emptyRoot).signed(by: log.key).bytes
        let empty = try Checkpoint(origin: MemoryLog.origin, size: 0, root: Digest.of(older)).signed(by: log.key).bytes
        for (pinned, code) in [
            (note + [0x0D, 0x0A], .pinnedMalformed), ([0xEF, 0xBB, 0xBF] + note, .pinnedMalformed),
            (other, .pinnedMalformed), (empty, .pinnedRoot), ([], .pinnedMalformed),
        ] as [([UInt8], VerificationProblem.Code)] {
            let report = try await Self.verify(log, pinned: [pinned])
            #expect(Self.codes(report) == [code])
        }
        let fitting = try await Self.verify(log, pinned: [note, note, older])
        #expect(fitting.isWhole)
    }

    @Test func hostileFoldersGiveAReportAndNothingElse() async throws {
        #expect(
            Self.codes(LogVerifier().verify(directory: "/nonexistent/folder")) == [.keyMissing, .checkpointMissing])
        let folder = try TemporaryFolder()
        #expect(!LogVerifier().verify(directory: folder.path).isWhole)

        // A checkpoint that claims as many entries as there can be.
        let log = try Self.log()
        try await log.export(to: folder)
        for size in [.max, .max - 255, 1 << 62, 1 << 40] as [Int64] {
            let unsigned = try Checkpoint(origin: MemoryLog.origin, size: size, root: log.state.root)
            let huge = try unsigned.signed(by: log.key)
            try folder.write("checkpoint", huge.bytes)
            let report = LogVerifier().verify(
                directory: folder.path, trustedKey: log.key.verifierKey, pinnedCheckpoint: huge.bytes)
            #expect(!report.isWhole)
        }

        // Names that are no tiles, a checkpoint under a wrong name, a directory in the place of a file.
        try folder.empty()
        try await log.export(to: folder)
        try folder.write("notes.txt", [1])
        try folder.write("tile/0/zzz", [1])
        try folder.write("checkpoints/05", [1])
        let unrelated = LogVerifier().verify(directory: folder.path)
        #expect(unrelated.isWhole)
        #expect(unrelated.unrelatedFiles == ["checkpoints/05", "notes.txt", "tile/0/zzz"])
        try folder.write("checkpoints/7", try folder.read("checkpoints/5"))
        #expect(Self.codes(LogVerifier().verify(directory: folder.path)) == [.checkpointMalformed])
        try folder.remove("checkpoints/7")
        try folder.remove("tile/0/000.p/12")
        try folder.write("tile/0/000.p/12/inner", [1])
        #expect(Self.codes(LogVerifier().verify(directory: folder.path)) == [.tileMalformed])
    }

    @Test func linksAreNotFollowed() async throws {
        let log = try Self.log()
        let folder = try TemporaryFolder()
        try await log.export(to: folder)
        try folder.write("elsewhere", try folder.read("checkpoint"))
        try folder.remove("checkpoint")
        try folder.link("checkpoint", to: "elsewhere")
        #expect(!LogVerifier().verify(directory: folder.path).isWhole)
    }

    @Test func manyProblemsAreCounted() async throws {
        var log = try MemoryLog(count: 60_000, checkpoints: [60_000])
        for index in stride(from: 0, to: 60_000, by: 256) { log.stored[index] = MemoryLog.entry(-1) }
        let report = try await Self.verify(log)
        #expect(report.problems.count == VerificationReport.problemLimit)
        #expect(report.furtherProblems == 60_000 / 256 + 1 + 1 - 100)
        #expect(report.firstBadIndex == 0)
    }
}
