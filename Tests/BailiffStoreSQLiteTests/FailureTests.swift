import BailiffCore
import BailiffModel
import BailiffStore
import BailiffTestSupport
import Foundation
import GRDB
import Synchronization
import Testing

@testable import BailiffStoreSQLite

@Suite struct FailureTests {
    @Test func aFullDiskRefusesAndLosesNothing() async throws {
        try await TestFolder.with { folder in
            let store = try await folder.open("bailiff.sqlite", SQLiteOptions(sizeLimitInBytes: 512 << 10))
            var stored: [Int64] = []
            var refused = 0
            let body = String(repeating: "x", count: 20_000)
            while refused < 3 {
                let number = stored.count + refused
                do {
                    let delivery = Sample.delivery(
                        Sample.verdict(Sample.hashes(sha256: number)), event: "\(number)", body: body)
                    stored.append(try await store.take(delivery).delivery)
                } catch let error as StoreError {
                    #expect(error.code == .unwritable)
                    refused += 1
                }
            }
            #expect(stored.count > 5)
            #expect(try await store.entryCount() == Int64(stored.count))
            // What is refused at the limit does not take small things with it.
            let large = Sample.delivery(
                Sample.verdict(Sample.hashes(sha256: 900)), body: String(repeating: "y", count: 300_000))
            async let refusal = storeErrorCode { try await store.take(large) }
            async let small = store.make()
            #expect(await refusal == .unwritable)
            _ = try? await small
            let entries = try await store.entryCount()
            await store.close()
            let roomy = try await folder.open()
            #expect(try await roomy.entryCount() == entries)
            #expect(try await roomy.verdicts(feed: nil, PageRequest(limit: 1_000)).elements.count == stored.count)
            try await roomy.take(large)
            await roomy.close()
        }
    }

    @Test func aReadOnlyDatabase() async throws {
        try await TestFolder.with { folder in
            let store = try await folder.open()
            try await store.make([.run(Sample.run(1))])
            try await store.database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA query_only = ON") }
            #expect(await storeErrorCode { try await store.make() } == .unwritable)
            #expect(
                await storeErrorCode { try await store.settle([.upsert(JobKey(.poll, 0), due: Sample.now)]) }
                    == .unwritable)
            #expect(try await store.run(RunID(1)) != nil)
            #expect(await storeErrorCode { _ = try await store.claimAll(.polling) } == .unwritable)
            try await store.database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA query_only = OFF") }
            #expect(try await store.make() == [2])
            await store.close()
        }
    }

    @Test func anotherProgramThatHoldsTheDatabase() async throws {
        try await TestFolder.with { folder in
            let store = try await folder.open("bailiff.sqlite", SQLiteOptions(busyTimeout: .milliseconds(20)))
            let other = try DatabaseQueue(path: folder.path(), configuration: .unsafe)
            try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
            #expect(await storeErrorCode { try await store.make() } == .locked)
            #expect(try await store.entryCount() == 0, "reading goes on")
            try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
            #expect(try await store.make() == [1])
            try other.close()
            await store.close()
        }
    }

    /// A COMMIT that fails: here by a reference that is only checked then.
    @Test func aCommitThatFailsIsReadAgainNotAssumed() async throws {
        try await TestFolder.with { folder in
            let store = try await folder.open()
            #expect(try await store.make() == [1])
            let code = await storeErrorCode {
                try await store.write { scope in
                    _ = try scope.append(Sample.entry())
                    try scope.db.execute(
                        sql: """
                            PRAGMA defer_foreign_keys = ON;
                            INSERT INTO redactable (entry, ordinal, path, salt, value) VALUES (99, 0, x'', x'', x'');
                            """)
                }
            }
            #expect(code == .other)
            #expect(try await store.entryCount() == 1)
            #expect(try await store.make() == [2], "ids go on from what is stored")
            let receipt = try await store.take(Sample.delivery(Sample.verdict(Sample.hashes(sha256: 1))))
            #expect(receipt.accepted.first?.verdict == VerdictID(1))
            await store.close()
        }
    }

    @Test func aPartThatThrowsLeavesTheOthersAlone() async throws {
        struct Unexpected: Error {}
        let store = try await SQLiteStore.open(
            path: .memory, surroundings: ManualTime().surroundings, logger: .silent)
        let gate = WriterGate(store)
        await gate.waitUntilHeld()
        let results = await withTaskGroup(of: StoreError.Code?.self) { group in
            for number in 1...30 {
                group.addTask {
                    await storeErrorCode {
                        if number.isMultiple(of: 3) {
                            try await store.write { scope in
                                _ = try scope.append(Sample.entry())
                                try scope.upsert(JobKey(.poll, Int64(number)), due: Sample.now)
                                throw Unexpected()
                            }
                        } else {
                            try await store.make([.run(Sample.run(number))])
                        }
                    }
                }
            }
            gate.open()
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.filter { $0 == .other }.count == 10)
        #expect(results.filter { $0 == nil }.count == 20)
        #expect(try await store.entryCount() == 20)
        #expect(try await store.nextDue(.polling) == nil)
        await gate.finished()
        await store.close()
    }

    @Test func intakeIsBoundedAndTheEngineIsNot() async throws {
        let store = try await SQLiteStore.open(
            path: .memory, options: SQLiteOptions(waitingDeliveries: 10), surroundings: ManualTime().surroundings,
            logger: .silent)
        let gate = WriterGate(store)
        await gate.waitUntilHeld()
        let outcomes = await withTaskGroup(of: StoreError.Code?.self) { group in
            for number in 0..<25 {
                group.addTask {
                    await storeErrorCode {
                        try await store.take(Sample.delivery(Sample.verdict(Sample.hashes(sha256: number))))
                    }
                }
            }
            var outcomes: [StoreError.Code?] = []
            // Those that find no room are told at once, while the writer is held.
            for _ in 0..<15 { if let outcome = await group.next() { outcomes.append(outcome) } }
            #expect(outcomes == Array(repeating: .overloaded, count: 15))
            async let engine = store.make([.run(Sample.run(1))])
            gate.open()
            #expect((try? await engine)?.count == 1)
            for await outcome in group { outcomes.append(outcome) }
            return outcomes
        }
        #expect(outcomes.filter { $0 == nil }.count == 10)
        #expect(try await store.verdicts(feed: nil, PageRequest(limit: 100)).elements.count == 10)
        // There is room again.
        try await store.take(Sample.delivery(Sample.verdict(Sample.hashes(sha256: 99))))
        await gate.finished()
        await store.close()
    }

    @Test func bytesAreBoundedAsWell() async throws {
        let store = try await SQLiteStore.open(
            path: .memory, options: SQLiteOptions(waitingBytes: 50_000), surroundings: ManualTime().surroundings,
            logger: .silent)
        let body = String(repeating: "x", count: 100_000)
        // One alone always fits.
        try await store.take(Sample.delivery(Sample.verdict(Sample.hashes(sha256: 1)), body: body))
        let gate = WriterGate(store)
        await gate.waitUntilHeld()
        await withTaskGroup(of: StoreError.Code?.self) { group in
            for number in 2...3 {
                group.addTask {
                    await storeErrorCode {
                        try await store.take(Sample.delivery(Sample.verdict(Sample.hashes(sha256: number)), body: body))
                    }
                }
            }
            #expect(await group.next() == .overloaded)
            gate.open()
            #expect(await group.next() == .some(nil))
        }
        await gate.finished()
        await store.close()
    }
}

/// Holds the writer in the middle of a transaction until it is opened.
final class WriterGate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    private let held: AsyncStream<Void>
    private let done: AsyncStream<Void>

    init(_ store: SQLiteStore) {
        let (held, holding) = AsyncStream.makeStream(of: Void.self)
        let (done, finishing) = AsyncStream.makeStream(of: Void.self)
        self.held = held
        self.done = done
        let semaphore = semaphore
        // A bridge: the part has to wait in the writer's queue while the test goes on.
        Task {
            try? await store.write { _ in
                holding.yield()
                holding.finish()
                semaphore.wait()
            }
            finishing.finish()
        }
    }

    func waitUntilHeld() async { for await _ in held {} }
    func open() { semaphore.signal() }
    func finished() async { for await _ in done {} }
}

extension Configuration {
    fileprivate static var unsafe: Configuration {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        return configuration
    }
}
