import Foundation
import GRDBSQLite

/// SQLite's own way to files, with one change: a frame of the write-ahead log is written in one call.
///
/// SQLite writes a frame as a header of 24 bytes and the page behind it, with a call of the system for each; those of the
/// headers are a twentieth of what a delivery costs. Here a header that continues the log waits for its page, which SQLite
/// writes next, and both go out together. Everything else (the log's own header, a frame written anew, reads, syncs) goes
/// straight through, behind what waits: bytes reach the system in SQLite's order, and no header waits once the page behind
/// it is written, so a commit that SQLite takes for written is written.
enum LogFileSystem {
    /// Makes it what new connections of this process go through; where that fails they go SQLite's own way. A second call
    /// does nothing.
    static func use() { _ = isRegistered }

    private static let isRegistered: Bool = {
        guard let base, let name = strdup("bailiff") else { return false }
        let system = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        // SQLite's functions for everything but opening do not look at whose they are.
        system.initialize(to: base.pointee)
        system.pointee.pNext = nil
        system.pointee.zName = UnsafePointer(name)
        system.pointee.szOsFile = base.pointee.szOsFile + Int32(LogFile.size)
        system.pointee.xOpen = { _, path, file, flags, outFlags in
            guard let file, let base = LogFileSystem.base, let open = base.pointee.xOpen else { return SQLITE_CANTOPEN }
            guard flags & SQLITE_OPEN_WAL != 0 else { return open(base, path, file, flags, outFlags) }
            return LogFile.open(file) { open(base, path, $0, flags, outFlags) }
        }
        return sqlite3_vfs_register(system, 1) == SQLITE_OK
    }()

    /// Looked for once, before ours is the one that is found. Unsafe by its type alone: SQLite keeps this table for as long as
    /// the process lives, and nobody changes it.
    nonisolated(unsafe) private static let base: UnsafeMutablePointer<sqlite3_vfs>? = sqlite3_vfs_find(nil)
}

/// A log that is open: stands where SQLite keeps its file, and SQLite's own file behind it. SQLite uses a file from one
/// thread at a time.
private struct LogFile {
    typealias File = UnsafeMutablePointer<sqlite3_file>

    /// As every `sqlite3_file` begins.
    private var methods: UnsafePointer<sqlite3_io_methods>?
    /// Where the frame behind the last one begins; -1: nobody knows.
    private var end: Int64 = -1
    /// The header of the frame at `end` waits.
    private var isWaiting = false
    /// A header and room for the largest page; made when it is needed first, as most connections only read.
    private var frame: UnsafeMutableRawPointer?

    /// Of the log's own header, of a frame's, and of a page at most: https://sqlite.org/fileformat2.html#walformat
    private static let logHeader = 32
    private static let header = 24
    private static let largestPage = 65_536
    /// Room for this structure, a multiple of every alignment.
    static let size = 64

    private static func log(_ file: File) -> UnsafeMutablePointer<LogFile> {
        UnsafeMutableRawPointer(file).assumingMemoryBound(to: LogFile.self)
    }

    private static func inner(_ file: File) -> File {
        (UnsafeMutableRawPointer(file) + size).assumingMemoryBound(to: sqlite3_file.self)
    }

    static func open(_ file: File, _ open: (File) -> Int32) -> Int32 {
        let code = open(inner(file))
        guard code == SQLITE_OK else {
            // Without methods SQLite does not close it.
            file.pointee.pMethods = nil
            return code
        }
        UnsafeMutableRawPointer(file).bindMemory(to: LogFile.self, capacity: 1).initialize(
            to: LogFile(methods: methods))
        return SQLITE_OK
    }

    private static func close(_ file: File) -> Int32 {
        let settled = settle(file)
        log(file).pointee.frame?.deallocate()
        let inner = inner(file)
        let closed = inner.pointee.pMethods?.pointee.xClose?(inner) ?? SQLITE_OK
        return settled == SQLITE_OK ? closed : settled
    }

    // MARK: - Writing

    private static func write(_ file: File, _ bytes: UnsafeRawPointer, _ count: Int, at offset: Int64) -> Int32 {
        let log = log(file)
        if log.pointee.isWaiting, let frame = log.pointee.frame, count <= largestPage,
            offset == log.pointee.end + Int64(header)
        {
            (frame + header).copyMemory(from: bytes, byteCount: count)
            let start = log.pointee.end
            log.pointee.isWaiting = false
            log.pointee.end = isPage(count) ? offset + Int64(count) : -1
            return writeThrough(file, frame, header + count, at: start)
        }
        let settled = settle(file)
        guard settled == SQLITE_OK else { return settled }
        if count == header, offset == log.pointee.end {
            let frame = log.pointee.frame ?? .allocate(byteCount: header + largestPage, alignment: 16)
            frame.copyMemory(from: bytes, byteCount: count)
            log.pointee.frame = frame
            log.pointee.isWaiting = true
            return SQLITE_OK
        }
        // Frames begin behind the log's own header and behind pages. A header that is written anew, which no page follows,
        // stands before the end and never waits.
        if offset == 0, count == logHeader {
            log.pointee.end = Int64(logHeader)
        } else if count != header {
            log.pointee.end = isPage(count) ? max(log.pointee.end, offset + Int64(count)) : -1
        }
        return writeThrough(file, bytes, count, at: offset)
    }

    /// SQLite divides a page where it syncs in the middle of one.
    private static func isPage(_ count: Int) -> Bool { count >= 512 && count & (count - 1) == 0 }

    /// Writes the header that waits.
    private static func settle(_ file: File) -> Int32 {
        let log = log(file)
        guard log.pointee.isWaiting, let frame = log.pointee.frame else { return SQLITE_OK }
        log.pointee.isWaiting = false
        return writeThrough(file, frame, header, at: log.pointee.end)
    }

    /// What could not be written leaves the end unknown, and all that follows goes straight through.
    private static func writeThrough(_ file: File, _ bytes: UnsafeRawPointer, _ count: Int, at offset: Int64) -> Int32 {
        let inner = inner(file)
        let code = inner.pointee.pMethods?.pointee.xWrite?(inner, bytes, Int32(clamping: count), offset) ?? SQLITE_IOERR
        if code != SQLITE_OK { log(file).pointee.end = -1 }
        return code
    }

    // MARK: - The functions SQLite calls

    /// Asks SQLite's own file, behind what waits.
    private static func passing(
        _ file: File?, _ ask: (UnsafePointer<sqlite3_io_methods>, File) -> Int32?
    ) -> Int32 {
        guard let file else { return SQLITE_MISUSE }
        let settled = settle(file)
        guard settled == SQLITE_OK else { return settled }
        return asking(file, ask) ?? SQLITE_IOERR
    }

    private static func asking(_ file: File?, _ ask: (UnsafePointer<sqlite3_io_methods>, File) -> Int32?) -> Int32? {
        guard let file, let methods = inner(file).pointee.pMethods else { return nil }
        return ask(methods, inner(file))
    }

    /// Unsafe by its type alone: it is filled here, never changed and never freed, as files may be open until the end.
    nonisolated(unsafe) private static let methods: UnsafePointer<sqlite3_io_methods> = {
        var methods = sqlite3_io_methods()
        methods.iVersion = 1
        methods.xClose = { file in file.map { close($0) } ?? SQLITE_MISUSE }
        methods.xRead = { file, bytes, count, offset in passing(file) { $0.pointee.xRead?($1, bytes, count, offset) } }
        methods.xWrite = { file, bytes, count, offset in
            guard let file, let bytes else { return SQLITE_MISUSE }
            return write(file, bytes, Int(count), at: offset)
        }
        methods.xTruncate = { file, size in
            passing(file) {
                file.map { log($0).pointee.end = -1 }
                return $0.pointee.xTruncate?($1, size)
            }
        }
        methods.xSync = { file, flags in passing(file) { $0.pointee.xSync?($1, flags) } }
        methods.xFileSize = { file, size in passing(file) { $0.pointee.xFileSize?($1, size) } }
        methods.xLock = { file, lock in passing(file) { $0.pointee.xLock?($1, lock) } }
        methods.xUnlock = { file, lock in passing(file) { $0.pointee.xUnlock?($1, lock) } }
        methods.xCheckReservedLock = { file, result in passing(file) { $0.pointee.xCheckReservedLock?($1, result) } }
        methods.xFileControl = { file, code, argument in passing(file) { $0.pointee.xFileControl?($1, code, argument) }
        }
        // These two answer with facts, not with codes.
        methods.xSectorSize = { file in asking(file) { $0.pointee.xSectorSize?($1) } ?? 0 }
        methods.xDeviceCharacteristics = { file in asking(file) { $0.pointee.xDeviceCharacteristics?($1) } ?? 0 }
        let place = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        place.initialize(to: methods)
        return UnsafePointer(place)
    }()
}
