import BailiffModel
import BailiffStore
import Foundation
import GRDB

extension DatabaseValue {
    static func int(_ number: Int64) -> DatabaseValue { number.databaseValue }
    static func int(_ number: Int64?) -> DatabaseValue { number?.databaseValue ?? .null }
    static func int(_ number: Int) -> DatabaseValue { Int64(number).databaseValue }
    static func time(_ time: Timestamp) -> DatabaseValue { time.microseconds.databaseValue }
    static func id<Subject>(_ id: RowID<Subject>) -> DatabaseValue { id.value.databaseValue }
    static func text(_ text: String) -> DatabaseValue { text.databaseValue }
    static func blob(_ bytes: [UInt8]) -> DatabaseValue { Data(bytes).databaseValue }
    /// Text from outside: see the schema.
    static func blob(_ text: String) -> DatabaseValue { Data(text.utf8).databaseValue }
    static func flag(_ flag: Bool) -> DatabaseValue { (flag ? 1 as Int64 : 0).databaseValue }
    /// '' for the tenant.
    static func machine(_ id: MachineID?) -> DatabaseValue { (id?.text ?? "").databaseValue }
}

extension Database {
    /// Runs a statement that gives no rows.
    func run(_ sql: String, _ values: [DatabaseValue] = []) throws {
        let statement = try cachedStatement(sql: sql)
        statement.setUncheckedArguments(StatementArguments(values.map { $0 as (any DatabaseValueConvertible)? }))
        try statement.execute()
    }

    func all<Element>(
        _ sql: String, _ values: [DatabaseValue] = [], _ read: (StoredRow) throws -> Element
    ) throws -> [Element] {
        let statement = try cachedStatement(sql: sql)
        statement.setUncheckedArguments(StatementArguments(values.map { $0 as (any DatabaseValueConvertible)? }))
        let cursor = try Row.fetchCursor(statement)
        var elements: [Element] = []
        while let row = try cursor.next() { elements.append(try read(StoredRow(row: row))) }
        return elements
    }

    /// The first row; the statement is expected to give one at most.
    func first<Element>(
        _ sql: String, _ values: [DatabaseValue] = [], _ read: (StoredRow) throws -> Element
    ) throws -> Element? {
        let statement = try cachedStatement(sql: sql)
        statement.setUncheckedArguments(StatementArguments(values.map { $0 as (any DatabaseValueConvertible)? }))
        let cursor = try Row.fetchCursor(statement)
        return try cursor.next().map { try read(StoredRow(row: $0)) }
    }

    /// The first column of the first row.
    func integer(_ sql: String, _ values: [DatabaseValue] = []) throws -> Int64? {
        try first(sql, values) { try $0.int(0) }
    }

    func exists(_ sql: String, _ values: [DatabaseValue] = []) throws -> Bool {
        try first(sql, values) { _ in true } ?? false
    }
}

/// A row as it comes from the database, which something else may have changed: every column is checked.
struct StoredRow {
    fileprivate let row: Row

    func int(_ index: Int) throws -> Int64 {
        guard case .int64(let number) = storage(index) else { throw unexpected(index, "an integer") }
        return number
    }

    func optionalInt(_ index: Int) throws -> Int64? { isNull(index) ? nil : try int(index) }
    func time(_ index: Int) throws -> Timestamp { Timestamp(microseconds: try int(index)) }
    func id<Subject>(_ index: Int, _ subject: Subject.Type = Subject.self) throws -> RowID<Subject> {
        RowID(try int(index))
    }

    func text(_ index: Int) throws -> String {
        guard case .string(let text) = storage(index) else { throw unexpected(index, "a text") }
        return text
    }

    func data(_ index: Int) throws -> Data {
        guard case .blob(let data) = storage(index) else { throw unexpected(index, "a blob") }
        return data
    }

    func bytes(_ index: Int) throws -> [UInt8] { Array(try data(index)) }
    func optionalBytes(_ index: Int) throws -> [UInt8]? { isNull(index) ? nil : try bytes(index) }
    /// Text from outside: see the schema.
    func outsideText(_ index: Int) throws -> String { String(decoding: try data(index), as: UTF8.self) }

    func machine(_ index: Int) throws -> MachineID {
        guard let id = MachineID(try text(index)) else { throw unexpected(index, "a machine id") }
        return id
    }

    func isNull(_ index: Int) -> Bool {
        if case .null = storage(index) { true } else { false }
    }

    private func storage(_ index: Int) -> DatabaseValue.Storage { (row[index] as DatabaseValue).storage }

    private func unexpected(_ index: Int, _ expected: String) -> StoreError {
        StoreError(.corrupt, "a stored column (number \(index + 1)) is not \(expected)")
    }
}
