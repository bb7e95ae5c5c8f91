import BailiffAudit
import BailiffModel
import Foundation
import Testing

struct LogExportTests {
    private func code(_ body: () async throws -> Void) async -> AuditError.Code? {
        do { try await body() } catch { return (error as? AuditError)?.code }
        return nil
    }

    private func isWhole(_ folder: TemporaryFolder, _ log: MemoryLog) -> Bool {
        LogVerifier().verify(directory: folder.path, trustedKey: log.key.verifierKey).isWhole
    }

    @Test func writesTheDocumentedFiles() async throws {
        let log = try MemoryLog(count: 300, checkpoints: [3, 256, 260])
        let folder = try TemporaryFolder()
        let summary = try await log.export(to: folder)
        #expect(
            try folder.files() == [
                "checkpoint", "checkpoints/256", "checkpoints/3", "log.vkey", "tile/0/000", "tile/0/001.p/4",
                "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/4",
            ])
        #expect(summary.size == 260 && summary.earlierCheckpoints == 2 && summary.gaps.isEmpty)
        #expect(summary.filesWritten == 9 && summary.filesUnchanged == 0)
        #expect(try folder.read("log.vkey") == Array("\(log.key.verifierKey.text)\n".utf8))
        #expect(try folder.read("checkpoint") == log.notes[260])
        #expect(try EntryBundle.decode(folder.read("tile/entries/001.p/4")) == Array(log.stored[256..<260]))
    }

    @Test func exportingAgainChangesNothing() async throws {
        let log = try MemoryLog(count: 300, checkpoints: [3, 300])
        let folder = try TemporaryFolder()
        let first = try await log.export(to: folder)
        let second = try await log.export(to: folder)
        #expect(second.filesWritten == 0 && second.filesUnchanged == first.filesWritten)
        #expect(isWhole(folder, log))
    }

    @Test func aGrowingLogIsExportedIntoTheSameFolder() async throws {
        let folder = try TemporaryFolder()
        var log = try MemoryLog()
        try log.sign()
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<40 {
            let more = Int.random(in: 0...90, using: &generator)
            log.append((log.stored.count..<log.stored.count + more).map(MemoryLog.entry))
            try log.sign()
            // Entries that came after the checkpoint are not exported yet.
            log.append([MemoryLog.entry(log.stored.count)])
            let summary = try await log.export(to: folder)
            #expect(summary.gaps.isEmpty)
            #expect(isWhole(folder, log))
        }
        let files = try folder.files()
        let full = Int(try #require(log.notes.keys.max())) / 256
        #expect(full >= 4)
        for index in 0..<full {
            #expect(
                !files.contains { $0.hasPrefix("tile/0/00\(index).p") || $0.hasPrefix("tile/entries/00\(index).p") })
        }
        #expect(!files.contains(".export.tmp"))
    }

    @Test func whatWasExportedIsNeverReplaced() async throws {
        let folder = try TemporaryFolder()
        var log = try MemoryLog(count: 300, checkpoints: [300])
        try await log.export(to: folder)
        let before = try folder.files().map { try folder.read($0) }

        // The database is rewritten and signed anew by somebody who has the key.
        for index in [0, 299] {
            var forged = try MemoryLog()
            var entries = log.stored
            entries[index] = MemoryLog.entry(1_000)
            forged.append(entries + (300..<320).map(MemoryLog.entry))
            try forged.sign()
            #expect(await code { try await forged.export(to: folder) } == .folderConflict)
            #expect(try folder.files().filter { !$0.hasSuffix(".tmp") }.map { try folder.read($0) } == before)
        }

        // The log has lost its tail.
        let short = try MemoryLog(count: 200, checkpoints: [200])
        #expect(await code { try await short.export(to: folder) } == .folderRefused)

        // Another checkpoint of the same size.
        var other = try MemoryLog()
        other.append((1..<301).map(MemoryLog.entry))
        try other.sign()
        #expect(await code { try await other.export(to: folder) } == .folderConflict)
        #expect(try folder.files().map { try folder.read($0) } == before)

        log.append((300..<400).map(MemoryLog.entry))
        try log.sign()
        try await log.export(to: folder)
        #expect(isWhole(folder, log))
    }

    @Test func aForgottenCheckpointStaysInTheFolder() async throws {
        let folder = try TemporaryFolder()
        var log = try MemoryLog(count: 20, checkpoints: [20])
        let old = try #require(log.notes[20])
        try await log.export(to: folder)
        log.append((20..<30).map(MemoryLog.entry))
        log.notes = [:]
        try log.sign()
        try await log.export(to: folder)
        #expect(try folder.read("checkpoints/20") == old)
        #expect(isWhole(folder, log))
    }

    @Test func cosignaturesInTheFolderAreKept() async throws {
        let folder = try TemporaryFolder()
        var log = try MemoryLog(count: 20, checkpoints: [20])
        try await log.export(to: folder)
        let witness = try SigningKey(name: "witness.example", seed: [UInt8](repeating: 4, count: 32))
        let note = try SignedNote(parsing: folder.read("checkpoint"))
        let cosigned = note.adding(try Cosignature.make(over: note, by: witness, at: 1)).bytes
        try folder.write("checkpoint", cosigned)
        try await log.export(to: folder)
        #expect(try folder.read("checkpoint") == cosigned)
        log.append((20..<30).map(MemoryLog.entry))
        try log.sign()
        try await log.export(to: folder)
        #expect(isWhole(folder, log))
    }

    @Test func anInterruptedExportIsMendedByTheNext() async throws {
        let folder = try TemporaryFolder()
        var log = try MemoryLog(count: 270, checkpoints: [270])
        try await log.export(to: folder)
        let old = try folder.read("checkpoint")
        log.append((270..<600).map(MemoryLog.entry))
        try log.sign()
        try await log.export(to: folder)
        // As if it had stopped before the last step: everything is there but the new checkpoint.
        try folder.write("checkpoint", old)
        try folder.write(".export.tmp", [1, 2, 3])
        try folder.remove("checkpoints/270")
        #expect(!isWhole(folder, log))
        try await log.export(to: folder)
        #expect(isWhole(folder, log))
        #expect(try folder.read("checkpoints/270") == old)
        try await log.export(to: folder)
    }

    @Test func foldersOfOthersAreRefused() async throws {
        let log = try MemoryLog(count: 3, checkpoints: [3])
        let folder = try TemporaryFolder()
        try folder.write("holiday.jpg", [1])
        #expect(await code { try await log.export(to: folder) } == .folderRefused)
        #expect(try folder.files() == ["holiday.jpg"])

        try folder.empty()
        try folder.write("checkpoint", [1])
        #expect(await code { try await log.export(to: folder) } == .folderRefused)
        #expect(try folder.files() == ["checkpoint"])

        try folder.empty()
        try await MemoryLog(count: 3, checkpoints: [3], seed: 2).export(to: folder)
        #expect(await code { try await log.export(to: folder) } == .folderRefused)

        try folder.empty()
        try await log.export(to: folder)
        try folder.write("checkpoint", [1])
        #expect(await code { try await log.export(to: folder) } == .folderRefused)

        #expect(await code { try await MemoryLog().export(to: folder) } == .noCheckpoint)
        try folder.empty()
        try folder.write("file", [1])
        let inFile = LogExport(key: log.key.verifierKey)
        #expect(await code { _ = try await inFile.write(to: folder.path + "/file", source: log) } == .fileAccess)
        #expect(await code { _ = try await inFile.write(to: folder.path + "/file/below", source: log) } == .fileAccess)
    }

    @Test func makesTheFoldersAboveIt() async throws {
        let folder = try TemporaryFolder()
        let log = try MemoryLog(count: 3, checkpoints: [3])
        let summary = try await LogExport(key: log.key.verifierKey).write(to: folder.path + "/a//b/c", source: log)
        #expect(summary.size == 3)
        #expect(folder.exists("a/b/c/checkpoint"))
    }

    @Test func twoExportsAtOnceAreRefused() async throws {
        let folder = try TemporaryFolder()
        let log = try MemoryLog(count: 3, checkpoints: [3])
        let descriptor = open(folder.path, O_RDONLY)
        #expect(flock(descriptor, LOCK_EX) == 0)
        #expect(await code { try await log.export(to: folder) } == .folderRefused)
        close(descriptor)
        try await log.export(to: folder)
        try await log.export(to: folder)
    }

    @Test func damageInTheSourceIsExportedAndNamed() async throws {
        let key = try MemoryLog().key.verifierKey
        var rows: [(MemoryLog, Int64?)] = []
        var log = try MemoryLog(count: 600, checkpoints: [600])
        log.tiles[TreeNode(level: 0, index: 1)] = nil
        rows.append((log, nil))
        log = try MemoryLog(count: 600, checkpoints: [600])
        log.tiles[TreeNode(level: 0, index: 1)] = [1, 2, 3]
        rows.append((log, nil))
        log = try MemoryLog(count: 600, checkpoints: [600])
        log.stored.removeLast(100)
        rows.append((log, 500))
        log = try MemoryLog(count: 600, checkpoints: [600])
        log.stored[300] = Entry(stored: [UInt8](repeating: 0x20, count: 70_000))
        rows.append((log, 256))
        for (log, bad) in rows {
            let folder = try TemporaryFolder()
            let summary = try await log.export(to: folder)
            #expect(!summary.gaps.isEmpty)
            let report = LogVerifier().verify(directory: folder.path, trustedKey: key)
            #expect(!report.isWhole)
            #expect(report.firstBadIndex == bad)
        }
    }

    @Test func servesTheFilesThatItExports() async throws {
        let folder = try TemporaryFolder()
        let log = try MemoryLog(count: 600, checkpoints: [3, 300])
        try await log.export(to: folder)
        for name in try folder.files() where name.hasPrefix("tile/") {
            let path = try #require(TilePath(text: name))
            let served = try await log.bytes(of: path, size: 300, head: log.state)
            let exported = try folder.read(name)
            #expect(served == exported, "\(name)")
        }
        for name in [
            "tile/0/001", "tile/0/001.p/45", "tile/0/002", "tile/1/000.p/2", "tile/2/000.p/1", "tile/entries/001.p/45",
        ] {
            let path = try #require(TilePath(text: name))
            let served = try await log.bytes(of: path, size: 300, head: log.state)
            #expect(served == nil, "\(name)")
        }
        // A narrower form than the newest is served as long as the tile is unfinished.
        let narrow = try await log.bytes(
            of: try #require(TilePath(text: "tile/entries/001.p/2")), size: 300, head: log.state)
        #expect(try narrow.map { try EntryBundle.decode($0) } == Array(log.stored[256..<258]))
    }

    @Test func progressIsTold() async throws {
        let log = try MemoryLog(count: 600, checkpoints: [600])
        let folder = try TemporaryFolder()
        let seen = Locked<[Int64]>([])
        let export = LogExport(key: log.key.verifierKey) { done, _ in seen.withLock { $0.append(done) } }
        _ = try await export.write(to: folder.path, source: log)
        #expect(seen.withLock { $0 } == [256, 512, 600])
        let verified = Locked<[Int64]>([])
        _ = LogVerifier { done, size in verified.withLock { $0.append(done * 1_000 + size) } }.verify(
            directory: folder.path)
        #expect(verified.withLock { $0 } == [256_600, 512_600, 600_600])
    }
}
