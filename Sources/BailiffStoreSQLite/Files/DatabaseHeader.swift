import Foundation

/// The first bytes of a database's file: whether this program could open it. Reads; opens nothing in SQLite, so that neither
/// the file nor those beside it change.
package enum DatabaseHeader {
    private static let magic = Array("SQLite format 3".utf8) + [0]

    /// What is wrong with the file, in words; nil for one that can be used, an empty one included.
    package static func problem(at path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return String(cString: strerror(errno)).lowercased() }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return "it is no file" }
        guard status.st_size > 0 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 100)
        let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        guard count == bytes.count, bytes.starts(with: magic) else { return "it is no database" }
        let owner = number(bytes[68..<72])
        // A database that was just made has its marks in the write-ahead log still.
        if owner == 0, FileManager.default.fileExists(atPath: path + "-wal") { return nil }
        guard owner == Migrations.applicationID else { return "it is a database of another program" }
        let version = number(bytes[60..<64])
        guard version <= Migrations.newest else {
            return "it has schema \(version), this program knows schemas up to \(Migrations.newest)"
        }
        return nil
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64 { bytes.reduce(0) { $0 << 8 | Int64($1) } }
}
