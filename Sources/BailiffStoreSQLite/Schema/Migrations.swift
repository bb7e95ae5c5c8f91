import BailiffStore
import GRDB

/// The numbered steps of the schema: additive, never edited once released. The number of the last one that ran stands in
/// the database's `user_version`.
enum Migrations {
    struct Migration: Sendable {
        let number: Int64
        let sql: String
    }

    static let all: [Migration] = [
        Migration(number: 1, sql: firstSchema), Migration(number: 2, sql: effectsSchema),
        Migration(number: 3, sql: feedSchema), Migration(number: 4, sql: bodySchema),
        Migration(number: 5, sql: machinesSchema), Migration(number: 6, sql: budgetSchema),
        Migration(number: 7, sql: budgetCountsSchema), Migration(number: 8, sql: breakerSchema),
    ]

    /// What this program writes and understands.
    static var newest: Int64 { all.last?.number ?? 0 }

    /// `Bail`, in the database's header: tells Bailiff's databases from others.
    static let applicationID: Int64 = 0x4261_696C

    /// Looks at a file without changing anything in it, its journal mode included.
    static func check(_ path: String) throws {
        var configuration = Configuration()
        configuration.label = "schema check"
        let connection = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? connection.close() }
        try connection.writeWithoutTransaction { _ = try version($0) }
    }

    /// Brings the schema up to `target`, each step in its own transaction.
    /// - Throws: `StoreError` `.schema` for a database of a newer program or of another one; nothing is changed then.
    static func run(_ db: Database, upTo target: Int64 = newest) throws {
        let version = try version(db)
        for migration in all where migration.number > version && migration.number <= target {
            try db.inTransaction(.immediate) {
                try db.execute(sql: migration.sql)
                try db.execute(sql: "PRAGMA application_id = \(applicationID)")
                try db.execute(sql: "PRAGMA user_version = \(migration.number)")
                return .commit
            }
        }
    }

    private static func version(_ db: Database) throws -> Int64 {
        let version = try db.integer("PRAGMA user_version") ?? 0
        let owner = try db.integer("PRAGMA application_id")
        let isEmpty = try db.integer("SELECT count(*) FROM sqlite_schema") == 0
        guard owner == applicationID || (isEmpty && owner == 0 && version == 0) else {
            throw StoreError(.schema, "the file is a database of another program")
        }
        guard version <= newest else {
            throw StoreError(
                .schema, "the database has schema \(version), this program knows schemas up to \(newest)")
        }
        return version
    }
}
