import BailiffModel
import Foundation

/// Runs a body on a thread with a stack of the size that threads other than the main one have at least.
func onSmallStack<Result: Sendable>(
    kibibytes: Int = 512, _ body: @escaping @Sendable () -> Result
) -> Result? {
    let result = Locked<Result?>(nil)
    let done = DispatchSemaphore(value: 0)
    let thread = Thread {
        let value = body()
        result.withLock { $0 = value }
        done.signal()
    }
    thread.stackSize = kibibytes << 10
    thread.start()
    done.wait()
    return result.withLock { $0 }
}
