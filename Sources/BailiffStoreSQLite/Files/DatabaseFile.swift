import BailiffStore
import Foundation

/// The database's file before SQLite opens it.
enum DatabaseFile {
    /// The path with symbolic links resolved, so that two names of one file share one lock. The file is made where there is
    /// none, readable and writable by its owner alone: SQLite gives the same mode to the files beside it.
    static func prepare(_ path: String) throws(StoreError) -> String {
        guard !path.isEmpty, !path.utf8.contains(0) else { throw StoreError(.unwritable, "the database path is empty") }
        let descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            _ = Foundation.close(descriptor)
        } else if errno != EROFS && errno != EACCES {
            throw StoreError(.unwritable, "the database cannot be opened: \(String(cString: strerror(errno)))")
        }
        guard let resolved = realpath(path, nil) else {
            throw StoreError(.unwritable, "the database cannot be opened: \(String(cString: strerror(errno)))")
        }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
