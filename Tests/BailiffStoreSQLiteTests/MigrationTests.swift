import BailiffCore
import BailiffModel
import BailiffStore
import BailiffTestSupport
import GRDB
import Testing

@testable import BailiffStoreSQLite

@Suite struct MigrationTests {
    @Test func numbersCountFromOneWithoutGaps() {
        #expect(Migrations.all.map(\.number) == Array(1...Migrations.newest))
    }

    @Test(arguments: Migrations.all.map(\.number))
    func eachStepOnAnEmptyDatabase(_ number: Int64) throws {
        let connection = try DatabaseQueue()
        try connection.writeWithoutTransaction { db in
            try Migrations.run(db, upTo: number - 1)
            try Migrations.run(db, upTo: number)
            #expect(try db.integer("PRAGMA user_version") == number)
            #expect(try db.integer("PRAGMA application_id") == Migrations.applicationID)
            #expect(try String.fetchOne(db, sql: "PRAGMA integrity_check") == "ok")
            // Once more does nothing.
            try Migrations.run(db, upTo: number)
            #expect(try db.integer("PRAGMA user_version") == number)
        }
    }

    @Test(arguments: Migrations.all.map(\.number))
    func eachStepOnAFilledDatabase(_ number: Int64) async throws {
        try await TestFolder.with { folder in
            try folder.tamper { db in
                try Migrations.run(db, upTo: number)
                for row in FilledSchema.rows(of: number) { try db.execute(sql: row) }
            }
            // Opening runs all later steps over the rows.
            let store = try await folder.open()
            #expect(try await store.entryCount() == 1)
            #expect(try await store.verdict(VerdictID(1))?.caseID == CaseID(1))
            #expect(try await store.hashes(ofCase: CaseID(1)) == [Sample.hash(1)])
            #expect(try await store.make() == [2])
            #expect(try await store.budgetedMachines() == 1)
            let receipt = try await store.take(Sample.delivery(Sample.verdict(Sample.hashes(sha256: 1))))
            #expect(receipt.accepted.first?.caseID == CaseID(1))
            #expect(receipt.accepted.first?.verdict == VerdictID(2))
            await store.close()
        }
    }

    @Test func everyTableIsStrict() throws {
        let connection = try DatabaseQueue()
        try connection.writeWithoutTransaction { db in
            try Migrations.run(db)
            let loose = try String.fetchAll(
                db,
                sql:
                    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND NOT strict AND name NOT LIKE 'sqlite_%'"
            )
            #expect(loose.isEmpty)
        }
    }
}

/// Rows as a program of that schema has left them.
private enum FilledSchema {
    static func rows(of schema: Int64) -> [String] {
        let hash = "00" + Sample.hash(1).hex
        let digest = Digest.of("{}").hex
        let document = Hex.encode(VerdictCoding.encode(Sample.verdict(Sample.hashes(sha256: 1))))
        return [
            "INSERT INTO feed (id, name) VALUES (1, 'lab')",
            """
            INSERT INTO delivery (id, feed, trust, at, digest, first_verdict, verdicts, body)
            VALUES (1, 1, 2, 1790000000000000, x'\(digest)', 1, 1, x'7b7d')
            """,
            "INSERT INTO verdict (id, delivery, feed, case_id, doc) VALUES (1, 1, 1, 1, x'\(document)')",
            "INSERT INTO file_hash (hash, case_id) VALUES (x'\(hash)', 1)",
            "INSERT INTO audit_entry (id, bytes) VALUES (1, x'7b7d')",
            """
            INSERT INTO budget_use (run_id, machine, class, playbook, device_group, at, is_spent)
            VALUES (1, '\(Sample.machine(1).text)', x'61', x'70', x'', 1790000000000000, 0)
            """,
            "INSERT INTO counter (name, last) VALUES ('deliveries', 1), ('verdicts', 1), ('entries', 1)",
        ]
    }
}
