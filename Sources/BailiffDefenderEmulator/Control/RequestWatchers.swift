import BailiffModel

/// Tells who waits for a request that it has been answered.
final class RequestWatchers: Sendable {
    private struct Watcher {
        var matches: @Sendable (RecordedRequest) -> Bool
        var continuation: CheckedContinuation<RecordedRequest?, Never>
    }

    private struct State {
        var watchers: [Int: Watcher] = [:]
        var cancelled: Set<Int> = []
        var next = 0
        var isClosed = false
    }

    private let state = Locked(State())

    /// The first answered request that matches, of those in the record and of all to come.
    /// - Returns: Nil once the emulator stops or the caller is cancelled.
    func first(
        in record: @Sendable () -> [RecordedRequest], where matches: @escaping @Sendable (RecordedRequest) -> Bool
    ) async -> RecordedRequest? {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isWatching = state.withLock { state in
                    guard !state.isClosed, state.cancelled.remove(number) == nil else { return false }
                    state.watchers[number] = Watcher(matches: matches, continuation: continuation)
                    return true
                }
                guard isWatching else { return continuation.resume(returning: nil) }
                // Looked up after the watcher is in place, so that nothing is missed in between.
                if let known = record().first(where: matches) { give(known, to: number) }
            }
        } onCancel: {
            let continuation = state.withLock { state in
                guard let watcher = state.watchers.removeValue(forKey: number) else {
                    state.cancelled.insert(number)
                    return nil as CheckedContinuation<RecordedRequest?, Never>?
                }
                return watcher.continuation
            }
            continuation?.resume(returning: nil)
        }
    }

    func tell(_ request: RecordedRequest) {
        let found = state.withLock { state in state.watchers.filter { $0.value.matches(request) }.map(\.key) }
        for number in found { give(request, to: number) }
    }

    func close() {
        let watchers = state.withLock { state in
            state.isClosed = true
            defer { state.watchers = [:] }
            return Array(state.watchers.values)
        }
        for watcher in watchers { watcher.continuation.resume(returning: nil) }
    }

    private func give(_ request: RecordedRequest, to number: Int) {
        let watcher = state.withLock { $0.watchers.removeValue(forKey: number) }
        watcher?.continuation.resume(returning: request)
    }
}
