package import Foundation

/// A small cell shared between tasks, guarded by a lock. Keep the closures short; never await inside.
///
/// A closure goes into a structure, never in here by itself: Swift wraps it once more each time that ``withLock(_:)`` reads it.
///
/// `Synchronization.Mutex` makes the thread sanitizer report false races with Swift 6.3 on Linux, hence `NSLock`.
package final class Locked<Value>: @unchecked Sendable {
    // `lock` guards every access to `value`; that makes the unchecked conformance true.
    @usableFromInline let lock = NSLock()
    @usableFromInline var value: Value

    package init(_ value: sending Value) { self.value = value }

    /// Inlined, so that other modules don't go through Swift's generics for each access.
    @inlinable package func withLock<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        lock.lock()
        defer { lock.unlock() }
        return try body(&value)
    }
}
