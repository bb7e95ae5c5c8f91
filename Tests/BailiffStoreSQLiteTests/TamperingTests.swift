import BailiffAudit
import BailiffCore
import BailiffModel
import BailiffStore
import BailiffTestSupport
import Foundation
import GRDB
import Testing

@testable import BailiffStoreSQLite

@Suite struct TamperingTests {
    @Test(arguments: [
        "UPDATE audit_entry SET bytes = x'00' WHERE id = 1", "DELETE FROM audit_entry",
        "DELETE FROM audit_entry WHERE id = 2",
        "INSERT OR REPLACE INTO audit_entry (id, bytes) VALUES (1, x'00')",
        "INSERT INTO audit_entry (id, bytes) VALUES (9, x'00')",
        "INSERT INTO audit_entry (id, bytes) VALUES (0, x'00')",
    ])
    func entriesAreOnlyAppended(_ sql: String) async throws {
        try await TestFolder.with { folder in
            let store = try await folder.open()
            try await store.make()
            try await store.make()
            let before = try await store.entries(from: 0, limit: 10)
            #expect(await storeErrorCode { try await store.write { try $0.db.execute(sql: sql) } } == .other)
            #expect(try await store.entries(from: 0, limit: 10) == before)
            #expect(try await store.make() == [3])
            await store.close()
        }
    }

    @Test(arguments: [
        "UPDATE run SET doc = x'7b'", "UPDATE run SET doc = x''", "UPDATE run SET doc = x'5b5d'",
    ])
    func aRowThatDoesNotDecode(_ sql: String) async throws {
        try await TestFolder.with { folder in
            let store = try await folder.open()
            try await store.make([.run(Sample.run(1)), .action(Sample.action(1))])
            try folder.tamper { try $0.execute(sql: sql) }
            #expect(await storeErrorCode { _ = try await store.run(RunID(1)) } == .corrupt)
            #expect(await storeErrorCode { _ = try await store.runs(PageRequest()) } == .corrupt)
            #expect(try await store.action(ActionID(1)) != nil)
            try await store.make([.run(Sample.run(2))])
            await store.close()
        }
    }

    @Test(arguments: [
        "UPDATE verdict SET doc = x'00'", "UPDATE file_hash SET hash = x'0512'", "UPDATE file_hash SET hash = x''",
        "UPDATE job SET kind = 'other'", "UPDATE audit_head SET frontier = x'00'",
        "UPDATE document SET kind = 'other'",
    ])
    func whateverElseIsChangedIsReported(_ sql: String) async throws {
        try await TestFolder.with { folder in
            let store = try await folder.open()
            try await store.take(Sample.delivery(Sample.verdict(Sample.hashes(sha256: 1))))
            let plan = StoredDocument(kind: .plan, bytes: [1])
            try await store.make([.document(plan)])
            var head = try await store.logHead()
            let tiles = head.integrate(try await store.entries(from: 0, limit: 9).map(\.entry))
            _ = try await store.append(LogAppend(expectedSize: 0, head: head, fullTiles: tiles, checkpoint: nil))
            try folder.tamper { try $0.execute(sql: sql) }
            let reads: [() async throws -> Void] = [
                { _ = try await store.verdict(VerdictID(1)) }, { _ = try await store.hashes(ofCase: CaseID(1)) },
                { _ = try await store.claimAll(.enrichment) }, { _ = try await store.logHead() },
                { _ = try await store.document(plan.digest) },
            ]
            var codes: [StoreError.Code] = []
            for read in reads { if let code = await storeErrorCode(read) { codes.append(code) } }
            #expect(codes == [.corrupt])
            await store.close()
        }
    }

    @Test(arguments: 0..<12 as Range<UInt64>)
    func damagedPagesNeverCrash(_ seed: UInt64) async throws {
        try await TestFolder.with { folder in
            let store = try await folder.open()
            for number in 1...60 {
                try await store.take(Sample.delivery(Sample.verdict(Sample.hashes(sha256: number)), event: "\(number)"))
            }
            await store.close()
            var bytes = try Data(contentsOf: URL(fileURLWithPath: folder.path()))
            var random = SplitMix64(seed: seed)
            for _ in 0..<400 {
                let position = Int.random(in: 4_096..<bytes.count, using: &random)
                bytes[position] = UInt8.random(in: 0...255, using: &random)
            }
            try bytes.write(to: URL(fileURLWithPath: folder.path()))
            // Whatever comes, an error of the store or an answer; never the end of the process.
            guard let damaged = try? await folder.open() else { return }
            for number in 1...60 {
                _ = try? await damaged.verdict(VerdictID(Int64(number)))
                _ = try? await damaged.take(Sample.delivery(Sample.verdict(Sample.hashes(sha256: number, md5: number))))
                _ = try? await damaged.make([.run(Sample.run(number))])
            }
            _ = try? await damaged.entries(from: 0, limit: 100)
            await damaged.close()
        }
    }
}
