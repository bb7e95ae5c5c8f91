import BailiffStore
import GRDB

extension StoreError {
    /// What SQLite's result codes mean for a caller.
    init(mapping error: any Error) {
        if let known = error as? StoreError {
            self = known
            return
        }
        guard let error = error as? DatabaseError else {
            self.init(.other, "the database failed", underlying: error)
            return
        }
        switch error.resultCode {
        case .SQLITE_FULL:
            self.init(.unwritable, "the disk is full or the database has reached its limit", underlying: error)
        case .SQLITE_READONLY: self.init(.unwritable, "the database is read-only", underlying: error)
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(.unwritable, "the database cannot be opened for writing", underlying: error)
        case .SQLITE_CORRUPT: self.init(.corrupt, "the database file is damaged", underlying: error)
        case .SQLITE_NOTADB: self.init(.schema, "the file is no database", underlying: error)
        case .SQLITE_BUSY, .SQLITE_LOCKED: self.init(.locked, "another program holds the database", underlying: error)
        case .SQLITE_IOERR: self.init(.unwritable, "the disk failed to read or write", underlying: error)
        case .SQLITE_MISUSE where error.message == DatabaseError.closedMessage:
            self.init(.closed, "the store is closed", underlying: error)
        default: self.init(.other, "the database failed with result \(error.resultCode.rawValue)", underlying: error)
        }
    }

    static var isClosed: StoreError { StoreError(.closed, "the store is closed") }
}

extension DatabaseError {
    fileprivate static let closedMessage = "Connection is closed"
}
