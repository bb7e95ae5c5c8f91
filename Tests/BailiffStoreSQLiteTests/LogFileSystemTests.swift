import BailiffTestSupport
import Foundation
import GRDB
import Testing

@testable import BailiffStoreSQLite

/// Whatever transactions do, the files hold after every commit what a crash must leave behind.
@Suite(.serialized) struct LogFileSystemTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var pageSize: Int
        var synchronous: String
        /// In pages: the smallest ones make SQLite write pages before the commit, some of them more than once.
        var cache: Int
        var seed: UInt64
        var testDescription: String { "pages of \(pageSize), \(synchronous), cache of \(cache), seed \(seed)" }
    }

    static let cases = [512, 4_096, 65_536].flatMap { pageSize in
        ["OFF", "NORMAL", "FULL"].flatMap { synchronous in
            [1, 2_000].flatMap { cache in
                (1...2).map { Case(pageSize: pageSize, synchronous: synchronous, cache: cache, seed: $0) }
            }
        }
    }

    @Test(arguments: cases)
    func commitsReachTheFiles(_ row: Case) throws {
        let folder = try TestFolder()
        defer { folder.remove() }
        LogFileSystem.use()
        var random = SplitMix64(seed: row.seed)
        var connections = [try open(folder.path(), row), try open(folder.path(), row)]
        try connections[0].write { try $0.execute(sql: "CREATE TABLE thing (id INTEGER PRIMARY KEY, bytes BLOB)") }
        var model: [Int64: Data] = [:]
        for step in 0..<60 {
            // Another connection goes on where one has ended, which neither knows from its own writing.
            let connection = connections[Int.random(in: 0..<2, using: &random)]
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                let mode = [Database.CheckpointMode.passive, .restart, .truncate].randomElement(using: &random)
                _ = try connection.writeWithoutTransaction { try $0.checkpoint(mode ?? .passive) }
            case 1:
                // The log is deleted with its last connection and begins anew.
                for connection in connections { try connection.close() }
                connections = [try open(folder.path(), row), try open(folder.path(), row)]
            default:
                try connection.writeWithoutTransaction { db in
                    try transact(db, &model, largest: 3 * min(row.pageSize, 8_192), &random)
                }
            }
            let image = try crash(folder, "image-\(step).sqlite")
            let (stored, isWhole) = try image.read { db in
                (
                    try Row.fetchAll(db, sql: "SELECT id, bytes FROM thing").map {
                        ($0["id"] as Int64, $0["bytes"] as Data)
                    },
                    try String.fetchOne(db, sql: "PRAGMA integrity_check")
                )
            }
            #expect(isWhole == "ok", "step \(step)")
            #expect(stored.count == model.count && stored.allSatisfy { model[$0.0] == $0.1 }, "step \(step)")
            try image.close()
        }
        for connection in connections { try connection.close() }
    }

    private func open(_ path: String, _ row: Case) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            try db.execute(
                sql: """
                    PRAGMA page_size = \(row.pageSize);
                    PRAGMA journal_mode = WAL;
                    PRAGMA wal_autocheckpoint = 0;
                    PRAGMA synchronous = \(row.synchronous);
                    PRAGMA cache_size = \(row.cache);
                    """)
        }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Writes, and at the end a commit or none.
    private func transact(
        _ db: Database, _ model: inout [Int64: Data], largest: Int, _ random: inout SplitMix64
    ) throws {
        var wanted = model
        try db.inTransaction(.immediate) {
            for _ in 0..<Int.random(in: 1...40, using: &random) {
                try change(db, &wanted, largest: largest, &random)
            }
            if Int.random(in: 0..<4, using: &random) == 0 { return .rollback }
            model = wanted
            return .commit
        }
    }

    private func change(
        _ db: Database, _ rows: inout [Int64: Data], largest: Int, _ random: inout SplitMix64
    ) throws {
        let id = Int64.random(in: 1...40, using: &random)
        if Int.random(in: 0..<4, using: &random) == 0 {
            rows[id] = nil
            try db.execute(sql: "DELETE FROM thing WHERE id = ?", arguments: [id])
            return
        }
        let bytes = Data(random.bytes(Int.random(in: 0...largest, using: &random)))
        rows[id] = bytes
        try db.execute(sql: "INSERT OR REPLACE INTO thing (id, bytes) VALUES (?, ?)", arguments: [id, bytes])
    }

    /// The files as a crash would leave them at this moment, opened again: SQLite recovers what the log holds.
    private func crash(_ folder: TestFolder, _ name: String) throws -> DatabaseQueue {
        for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: folder.path() + suffix) {
            try FileManager.default.copyItem(atPath: folder.path() + suffix, toPath: folder.path(name) + suffix)
        }
        return try DatabaseQueue(path: folder.path(name))
    }
}
