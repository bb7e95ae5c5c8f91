import BailiffModel

/// Wakes waiting tasks. A call while nobody waits is remembered for the next wait.
package final class Signal: Sendable {
    private struct State: Sendable {
        var isRaised = false
        var next: UInt64 = 0
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Locked(State())

    package init() {}

    /// Wakes all that wait.
    package func raise() {
        let woken = state.withLock { state in
            let all = state.waiting.sorted { $0.key < $1.key }.map(\.value)
            state.waiting = [:]
            state.isRaised = all.isEmpty
            return all
        }
        for continuation in woken { continuation.resume() }
    }

    /// Returns at the next ``raise()``, at once when one was missed, or when the task is cancelled.
    package func wait() async {
        let id = state.withLock { state in
            state.next &+= 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = state.withLock { state in
                    if state.isRaised || Task.isCancelled {
                        state.isRaised = false
                        return true
                    }
                    state.waiting[id] = continuation
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: id) }?.resume()
        }
    }

    /// As ``wait()``, but no longer than `limit`.
    package func wait(atMost limit: Duration, clock: any Clock<Duration>) async {
        guard limit > .zero else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait() }
            group.addTask { try? await clock.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }
}
