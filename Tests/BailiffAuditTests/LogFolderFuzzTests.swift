import BailiffAudit
import BailiffModel
import Testing

/// Random damage to an exported folder: never a crash, and never a whole log when a byte of it changed.
@Suite(.serialized) struct LogFolderFuzzTests {
    /// A folder that was exported three times, so that it holds full, partial and outgrown partial tiles.
    private func folder() async throws -> (TemporaryFolder, MemoryLog) {
        let folder = try TemporaryFolder()
        var log = try MemoryLog(count: 10, checkpoints: [10])
        try await log.export(to: folder)
        for size in [270, 300] {
            log.append((log.stored.count..<size).map(MemoryLog.entry))
            try log.sign()
            try await log.export(to: folder)
        }
        return (folder, log)
    }

    private func isEvidence(_ name: String) -> Bool { name != "log.vkey" }

    @Test func noChangedByteGoesUnnoticed() async throws {
        let (folder, log) = try await folder()
        let key = log.key.verifierKey
        #expect(LogVerifier().verify(directory: folder.path, trustedKey: key).isWhole)
        let names = try folder.files().filter(isEvidence)
        #expect(names.contains("tile/0/001.p/14") && names.contains("tile/0/001.p/44"))
        var generator = SeededGenerator(seed: 2_026)
        for round in 0..<300 {
            let name = names[round % names.count]
            let original = try folder.read(name)
            let changed = Self.change(original, &generator)
            try folder.write(name, changed)
            let report = LogVerifier().verify(directory: folder.path, trustedKey: key)
            #expect(!report.isWhole, "\(name), round \(round)")
            // Something about the place is named.
            #expect(report.problems.contains { $0.file != nil || $0.entries != nil })
            try folder.write(name, original)
        }
        #expect(LogVerifier().verify(directory: folder.path, trustedKey: key).isWhole)
    }

    private static func change(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var changed = bytes
        repeat {
            changed = bytes
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let position = Int.random(in: 0...changed.count, using: &generator)
                switch Int.random(in: 0..<5, using: &generator) {
                case 0: changed.insert(contentsOf: generator.bytes(1), at: position)
                case 1: changed.removeSubrange(position..<min(changed.count, position + 2))
                case 2: changed.removeSubrange(position...)
                default:
                    if position < changed.count { changed[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator) }
                }
            }
        } while changed == bytes
        return changed
    }

    @Test func disorderNeverCrashes() async throws {
        let (folder, log) = try await folder()
        let key = log.key.verifierKey
        let names = try folder.files()
        let contents = try names.map { try folder.read($0) }
        var generator = SeededGenerator(seed: 77)
        for round in 0..<80 {
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let name = names[Int.random(in: 0..<names.count, using: &generator)]
                let other = Int.random(in: 0..<names.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: if folder.exists(name) { try folder.remove(name) }
                case 1: try folder.write(name, contents[other])
                case 2: try folder.write("tile/0/\(Int.random(in: 0..<1_200, using: &generator))", generator.bytes(64))
                default: try folder.write("checkpoints/\(Int.random(in: 0..<400, using: &generator))", contents[other])
                }
            }
            _ = LogVerifier().verify(
                directory: folder.path, trustedKey: round % 2 == 0 ? key : nil, pinnedCheckpoint: log.notes[270])
            try folder.empty()
            for (name, bytes) in zip(names, contents) { try folder.write(name, bytes) }
        }
        #expect(LogVerifier().verify(directory: folder.path, trustedKey: key).isWhole)
    }
}
