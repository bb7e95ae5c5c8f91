import BailiffModel
import BailiffStore
import Foundation
import GRDB
import GRDBSQLite

/// What a parameter of a statement is bound to.
enum SQLValue: Sendable {
    case null
    case integer(Int64)
    case string(String)
    case bytes([UInt8])
    /// The text's UTF-8 as a blob.
    case utf8(String)

    /// In bytes.
    var size: Int {
        switch self {
        case .null, .integer: 8
        case .string(let text), .utf8(let text): text.utf8.count
        case .bytes(let bytes): bytes.count
        }
    }

    static func int(_ number: Int64) -> SQLValue { .integer(number) }
    static func int(_ number: Int64?) -> SQLValue { number.map { .integer($0) } ?? .null }
    static func int(_ number: Int) -> SQLValue { .integer(Int64(number)) }
    static func time(_ time: Timestamp) -> SQLValue { .integer(time.microseconds) }
    static func id<Subject>(_ id: RowID<Subject>) -> SQLValue { .integer(id.value) }
    static func text(_ text: String) -> SQLValue { .string(text) }
    static func blob(_ bytes: [UInt8]) -> SQLValue { .bytes(bytes) }
    /// Text from outside: see the schema.
    static func blob(_ text: String) -> SQLValue { .utf8(text) }
    static func flag(_ flag: Bool) -> SQLValue { .integer(flag ? 1 : 0) }
    /// '' for the tenant.
    static func machine(_ id: MachineID?) -> SQLValue { .string(id?.text ?? "") }
}

extension Database {
    /// Runs a statement that gives no rows.
    func run(_ sql: String, _ values: [SQLValue] = []) throws { try step(sql, values) { _ in true } }

    /// Runs an `INSERT … ON CONFLICT DO NOTHING`.
    /// - Returns: Whether the row was not there before.
    func inserts(_ sql: String, _ values: [SQLValue]) throws -> Bool {
        try run(sql, values)
        return changesCount > 0
    }

    func all<Element>(
        _ sql: String, _ values: [SQLValue] = [], _ read: (StoredRow) throws -> Element
    ) throws -> [Element] {
        var elements: [Element] = []
        try step(sql, values) { row in
            elements.append(try read(row))
            return true
        }
        return elements
    }

    /// The first row; the statement is expected to give one at most.
    func first<Element>(
        _ sql: String, _ values: [SQLValue] = [], _ read: (StoredRow) throws -> Element
    ) throws -> Element? {
        var element: Element?
        try step(sql, values) { row in
            element = try read(row)
            return false
        }
        return element
    }

    /// The first column of the first row.
    func integer(_ sql: String, _ values: [SQLValue] = []) throws -> Int64? {
        try first(sql, values) { try $0.int(0) }
    }

    func exists(_ sql: String, _ values: [SQLValue] = []) throws -> Bool {
        try first(sql, values) { _ in true } ?? false
    }

    /// Begins, ends or marks a transaction: through GRDB, which keeps a record of these.
    func control(_ sql: String) throws { try cachedStatement(sql: sql).execute() }

    /// Binds and steps without GRDB's rows and arguments, which cost several times what SQLite does for a small statement.
    ///
    /// - Parameter row: Whether to go on after this row. Must not run the same statement.
    private func step(_ sql: String, _ values: [SQLValue], _ row: (StoredRow) throws -> Bool) throws {
        let statement = try cachedStatement(sql: sql)
        let handle = statement.sqliteStatement
        // A cached statement must not keep a body in memory; what is small is kept, and bound again without an allocation.
        let keeps = values.allSatisfy { $0.size <= 1_024 }
        defer {
            withExtendedLifetime(statement) {
                sqlite3_reset(handle)
                if !keeps { sqlite3_clear_bindings(handle) }
            }
        }
        var place: Int32 = 0
        for value in values {
            place += 1
            let code = handle.bind(value, at: place)
            guard code == SQLITE_OK else { throw failure(code, sql) }
        }
        while true {
            let code = sqlite3_step(handle)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else { throw failure(code, sql) }
            guard try row(StoredRow(handle: handle)) else { return }
        }
    }

    private func failure(_ code: Int32, _ sql: String) -> DatabaseError {
        DatabaseError(resultCode: ResultCode(rawValue: code), message: lastErrorMessage, sql: sql)
    }
}

extension SQLiteStatement {
    /// SQLite copies what it is given.
    fileprivate func bind(_ value: SQLValue, at place: Int32) -> Int32 {
        switch value {
        case .null: return sqlite3_bind_null(self, place)
        case .integer(let number): return sqlite3_bind_int64(self, place, number)
        case .bytes(let bytes): return bytes.withUnsafeBytes { bind(blob: $0, at: place) }
        case .utf8(var text): return text.withUTF8 { bind(blob: UnsafeRawBufferPointer($0), at: place) }
        case .string(var text):
            return text.withUTF8 { bytes in
                // Without an address it would be NULL.
                guard bytes.baseAddress != nil else { return sqlite3_bind_text(self, place, "", 0, Self.copies) }
                return bytes.withMemoryRebound(to: CChar.self) { characters in
                    sqlite3_bind_text64(
                        self, place, characters.baseAddress, UInt64(characters.count), Self.copies, UInt8(SQLITE_UTF8))
                }
            }
        }
    }

    private func bind(blob bytes: UnsafeRawBufferPointer, at place: Int32) -> Int32 {
        guard bytes.count > 0 else { return sqlite3_bind_zeroblob(self, place, 0) }
        return sqlite3_bind_blob64(self, place, bytes.baseAddress, UInt64(bytes.count), Self.copies)
    }

    private static var copies: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
}

/// A row as it comes from the database, which something else may have changed: every column is checked. Good only while its
/// statement stands on it.
struct StoredRow {
    fileprivate let handle: SQLiteStatement

    func int(_ index: Int) throws -> Int64 {
        guard type(index) == SQLITE_INTEGER else { throw unexpected(index, "an integer") }
        return sqlite3_column_int64(handle, Int32(clamping: index))
    }

    func optionalInt(_ index: Int) throws -> Int64? { isNull(index) ? nil : try int(index) }
    func time(_ index: Int) throws -> Timestamp { Timestamp(microseconds: try int(index)) }
    func id<Subject>(_ index: Int, _ subject: Subject.Type = Subject.self) throws -> RowID<Subject> {
        RowID(try int(index))
    }

    func text(_ index: Int) throws -> String {
        guard type(index) == SQLITE_TEXT else { throw unexpected(index, "a text") }
        let start = sqlite3_column_text(handle, Int32(clamping: index))
        let count = Int(sqlite3_column_bytes(handle, Int32(clamping: index)))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    func data(_ index: Int) throws -> Data { Data(try blob(index)) }
    func bytes(_ index: Int) throws -> [UInt8] { Array(try blob(index)) }
    func optionalBytes(_ index: Int) throws -> [UInt8]? { isNull(index) ? nil : try bytes(index) }
    /// Text from outside: see the schema.
    func outsideText(_ index: Int) throws -> String { String(decoding: try blob(index), as: UTF8.self) }

    func machine(_ index: Int) throws -> MachineID {
        guard let id = MachineID(try text(index)) else { throw unexpected(index, "a machine id") }
        return id
    }

    func isNull(_ index: Int) -> Bool { type(index) == SQLITE_NULL }

    private func type(_ index: Int) -> Int32 { sqlite3_column_type(handle, Int32(clamping: index)) }

    private func blob(_ index: Int) throws -> UnsafeRawBufferPointer {
        guard type(index) == SQLITE_BLOB else { throw unexpected(index, "a blob") }
        let start = sqlite3_column_blob(handle, Int32(clamping: index))
        return UnsafeRawBufferPointer(
            start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(handle, Int32(clamping: index))))
    }

    private func unexpected(_ index: Int, _ expected: String) -> StoreError {
        StoreError(.corrupt, "a stored column (number \(index + 1)) is not \(expected)")
    }
}
