import BailiffCore
import BailiffModel
import BailiffStore
import BailiffTestSupport
import Foundation
import GRDB
import Testing

@testable import BailiffStoreSQLite

@Suite struct CrashTests {
    /// What a kill or a power cut leaves behind: the files as they are at some moment, the log's last page torn.
    @Test(arguments: 0..<6)
    func whatWasAnsweredSurvives(_ round: Int) async throws {
        try await TestFolder.with { folder in
            // No checkpoint in between: the copy is then a state that a crash could have left.
            let store = try await folder.open("bailiff.sqlite", SQLiteOptions(checkpointInterval: .max))
            let answered = Locked<[Int: DeliveryReceipt]>([:])
            let isCopied = Locked(false)
            var before: [Int: DeliveryReceipt] = [:]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for producer in 0..<8 {
                    group.addTask {
                        var number = producer
                        while !isCopied.withLock({ $0 }) {
                            let receipt = try await store.take(CrashTests.delivery(number))
                            answered.withLock { $0[number] = receipt }
                            number += 8
                        }
                    }
                }
                // Waits for progress, not for time.
                while answered.withLock({ $0.count }) < 60 + 40 * round { await Task.yield() }
                before = answered.withLock { $0 }
                try folder.copyAsACrashLeavesIt(to: "crashed.sqlite", cut: round * 700)
                isCopied.withLock { $0 = true }
                try await group.waitForAll()
            }
            await store.close()
            let crashed = try await folder.open("crashed.sqlite")
            try await CrashTests.check(crashed, answered: round == 0 ? before : [:])
            await crashed.close()
        }
    }

    private static func delivery(_ number: Int) -> PreparedDelivery {
        Sample.delivery(
            Sample.verdict(Sample.hashes(sha256: number / 2, sha1: number)), event: "\(number)", body: "body \(number)")
    }

    private static func check(_ store: SQLiteStore, answered: [Int: DeliveryReceipt]) async throws {
        for (number, receipt) in answered.sorted(by: { $0.key < $1.key }) {
            let replay = try await store.take(delivery(number))
            #expect(replay.standing == .replayed, "delivery \(number) was answered")
            #expect(replay.delivery == receipt.delivery)
        }
        // Each delivery came with its entry, or neither did.
        let entries = try await store.entries(from: 0, limit: 100_000)
        let deliveries = try await store.read { try $0.integer("SELECT count(*) FROM delivery") }
        #expect(Int64(entries.count) == deliveries)
        #expect(entries.map(\.index) == Array(0..<Int64(entries.count)))
        #expect(try await store.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
        let next = try await store.take(Sample.delivery(Sample.verdict(Sample.hashes(sha256: 1_000_000))))
        #expect(next.standing == .stored)
    }

    @Test func checkpointsKeepTheLogSmallAndTheDataWhole() async throws {
        try await TestFolder.with { folder in
            let store = try await folder.open("bailiff.sqlite", SQLiteOptions(checkpointInterval: 200_000))
            let body = String(repeating: "b", count: 1_000)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for producer in 0..<8 {
                    group.addTask {
                        for step in 0..<150 {
                            let number = producer * 1_000 + step
                            try await store.take(
                                Sample.delivery(Sample.verdict(Sample.hashes(sha256: number)), body: "\(number)\(body)")
                            )
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.entryCount() == 1_200)
            await store.close()
            // Closing leaves everything in the one file.
            let wal = try? FileManager.default.attributesOfItem(atPath: folder.path("bailiff.sqlite-wal"))[.size]
            #expect((wal as? NSNumber)?.intValue ?? 0 == 0)
            let again = try await folder.open()
            #expect(try await again.entryCount() == 1_200)
            #expect(try await again.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
            await again.close()
        }
    }

    @Test func manyProducersShareATransaction() async throws {
        try await TestFolder.with { folder in
            let store = try await folder.open()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<400 {
                    group.addTask {
                        try await store.take(Sample.delivery(Sample.verdict(Sample.hashes(sha256: number))))
                    }
                }
                try await group.waitForAll()
            }
            let transactions = try await store.read {
                try $0.integer("SELECT last FROM counter WHERE name = 'transactions'") ?? 0
            }
            #expect(transactions < 200, "far fewer transactions than deliveries")
            #expect(try await store.entryCount() == 400)
            await store.close()
        }
    }
}

extension TestFolder {
    /// Copies the database, then its log with its last bytes cut off.
    fileprivate func copyAsACrashLeavesIt(to name: String, cut: Int) throws {
        try FileManager.default.copyItem(atPath: path(), toPath: path(name))
        let log = try Data(contentsOf: URL(fileURLWithPath: path() + "-wal"))
        try log.prefix(max(0, log.count - cut)).write(to: URL(fileURLWithPath: path(name) + "-wal"))
    }
}
