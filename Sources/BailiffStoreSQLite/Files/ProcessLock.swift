import BailiffStore
import Foundation

/// The lock that keeps a second process from the database: `flock` on a file beside it, which holds the owner's process id.
///
/// The file stays when the lock is released: removing it could take it from under another process that just opened it.
final class ProcessLock: Sendable {
    private let descriptor: Int32

    /// - Throws: `StoreError` `.locked` naming the holder's process id, `.unwritable` where the file can't be made.
    init(besideDatabaseAt path: String) throws(StoreError) {
        let file = path + ".lock"
        let descriptor = open(file, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw StoreError(.unwritable, "the lock file beside the database cannot be opened: \(Self.errorText())")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let isHeld = errno == EWOULDBLOCK
            let reason = Self.errorText()
            let holder = Self.holder(descriptor)
            _ = Foundation.close(descriptor)
            guard isHeld else {
                throw StoreError(.unwritable, "the lock file beside the database cannot be locked: \(reason)")
            }
            throw StoreError(.locked, "the database is in use by process \(holder ?? "of unknown id")")
        }
        let text = Array("\(getpid())\n".utf8)
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, text, text.count, 0)
        self.descriptor = descriptor
    }

    deinit {
        // A child process of this moment may hold the descriptor, too, until it is another program.
        _ = flock(descriptor, LOCK_UN)
        _ = Foundation.close(descriptor)
    }

    private static func holder(_ descriptor: Int32) -> String? {
        var buffer = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return nil }
        let digits = buffer.prefix(count).prefix { (0x30...0x39).contains($0) }
        return digits.isEmpty ? nil : String(decoding: digits, as: UTF8.self)
    }

    private static func errorText() -> String { String(cString: strerror(errno)) }
}
