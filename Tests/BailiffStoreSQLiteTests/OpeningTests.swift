import BailiffCore
import BailiffModel
import BailiffStore
import BailiffTestSupport
import Foundation
import GRDB
import Testing

@testable import BailiffStoreSQLite

@Suite struct OpeningTests {
    @Test func aSecondOpenerIsToldWhoHoldsIt() async throws {
        try await TestFolder.with { folder in
            let store = try await folder.open()
            do {
                _ = try await folder.open()
                Issue.record("opened twice")
            } catch let error as StoreError {
                #expect(error.code == .locked)
                #expect(error.description.contains("process \(getpid())"))
            }
            // By another name as well.
            try FileManager.default.createSymbolicLink(
                atPath: folder.path("alias.sqlite"), withDestinationPath: folder.path())
            #expect(await storeErrorCode { _ = try await folder.open("alias.sqlite") } == .locked)
            await store.close()
            let again = try await folder.open()
            await again.close()
        }
    }

    @Test func theFilesAreForTheirOwnerAlone() async throws {
        try await TestFolder.with { folder in
            let store = try await folder.open()
            try await store.make()
            for name in ["bailiff.sqlite", "bailiff.sqlite-wal", "bailiff.sqlite-shm", "bailiff.sqlite.lock"] {
                let attributes = try FileManager.default.attributesOfItem(atPath: folder.path(name))
                #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600, "\(name)")
            }
            await store.close()
        }
    }

    @Test func everythingIsThereAfterReopening() async throws {
        try await TestFolder.with { folder in
            let store = try await folder.open()
            try await store.take(Sample.delivery(Sample.verdict(Sample.hashes(sha256: 1)), event: "d"))
            try await store.make(
                [.run(Sample.run(1)), .kase(Sample.planned(CaseID(1)))],
                jobs: [.upsert(JobKey(.poll, 0), due: Sample.now)])
            let ids = try await store.reserveIDs(Run.self, count: 3)
            let lease = try #require(try await store.claimAll(.polling).first)
            await store.close()
            let again = try await folder.open()
            #expect(try await again.run(RunID(1))?.version == 1)
            #expect(try await again.findCase(CaseID(1))?.plans.count == 1)
            #expect(try await again.entryCount() == 2)
            // Who had the lease is gone: the job is due as it was.
            #expect(try await again.nextDue(.polling) == Sample.now)
            let replayed = try await again.take(
                Sample.delivery(Sample.verdict(Sample.hashes(sha256: 1)), event: "d"))
            #expect(replayed.standing == .replayed)
            let next = try await again.take(Sample.delivery(Sample.verdict(Sample.hashes(sha256: 2))))
            #expect(next.accepted.first?.verdict == VerdictID(2))
            #expect(Set(try await again.reserveIDs(Run.self, count: 200)).isDisjoint(with: ids))
            let second = try #require(try await again.claimAll(.polling, now: lease.until).first)
            #expect(second.number > lease.number)
            #expect(try await again.make() == [4])
            await again.close()
        }
    }

    @Test func connectionsAreSetUpForSafety() async throws {
        try await TestFolder.with { folder in
            let store = try await folder.open()
            func pragma(_ name: String) async throws -> String? {
                try await store.write(.relaxed) { try String.fetchOne($0.db, sql: "PRAGMA \(name)") }
            }
            #expect(try await pragma("journal_mode") == "wal")
            #expect(try await pragma("foreign_keys") == "1")
            #expect(try await pragma("wal_autocheckpoint") == "0")
            // A claim alone is not synced; the commit after it is again.
            #expect(try await pragma("synchronous") == "1")
            let full = try await store.write { try String.fetchOne($0.db, sql: "PRAGMA synchronous") }
            #expect(full == "2")
            await store.close()
        }
    }

    @Test(arguments: ["/proc/none/bailiff.sqlite", "/proc/bailiff.sqlite", "/", ""])
    func aPathThatCannotBeWritten(_ path: String) async throws {
        let code = await storeErrorCode {
            _ = try await SQLiteStore.open(path: path, surroundings: ManualTime().surroundings, logger: .silent)
        }
        #expect(code == .unwritable)
    }

    @Test func aNewerSchemaIsRefusedUntouched() async throws {
        try await TestFolder.with { folder in
            let store = try await folder.open()
            await store.close()
            try folder.tamper { try $0.execute(sql: "PRAGMA user_version = \(Migrations.newest + 1)") }
            let before = try Data(contentsOf: URL(fileURLWithPath: folder.path()))
            do {
                _ = try await folder.open()
                Issue.record("opened")
            } catch let error as StoreError {
                #expect(error.code == .schema)
                #expect(error.description.contains("schema \(Migrations.newest + 1)"))
            }
            #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path())) == before)
        }
    }

    @Test func anotherProgramsDatabaseIsRefusedUntouched() async throws {
        try await TestFolder.with { folder in
            try folder.tamper { try $0.execute(sql: "CREATE TABLE theirs (id)") }
            let before = try Data(contentsOf: URL(fileURLWithPath: folder.path()))
            #expect(await storeErrorCode { _ = try await folder.open() } == .schema)
            #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path())) == before)
            let text = Data(String(repeating: "this is no database ", count: 400).utf8)
            try text.write(to: URL(fileURLWithPath: folder.path("text.sqlite")))
            #expect(await storeErrorCode { _ = try await folder.open("text.sqlite") } == .schema)
            #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("text.sqlite"))) == text)
        }
    }
}

extension TestFolder {
    /// Changes the database behind the store's back.
    func tamper(_ name: String = "bailiff.sqlite", _ body: (Database) throws -> Void) throws {
        let connection = try DatabaseQueue(path: path(name))
        try connection.writeWithoutTransaction(body)
        try connection.close()
    }
}
