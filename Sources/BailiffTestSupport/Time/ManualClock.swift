package import BailiffModel

/// Time that stands still until a test moves it: a clock to sleep on and the wall clock beside it, moving together.
///
/// Sleepers wake in the order of their deadlines, then of their coming. ``advance(by:)`` does not wait for what they do
/// then; ``untilSleeping(_:)`` waits until so many sleep again.
package final class ManualClock: Clock, Sendable {
    package struct Instant: InstantProtocol, Hashable, Sendable {
        /// Since the clock was made.
        package var offset: Duration

        package init(offset: Duration) { self.offset = offset }

        package func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        package func duration(to other: Instant) -> Duration { other.offset - offset }
        package static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct Sleeper {
        var number: Int
        var deadline: Instant
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct Waiter {
        var count: Int
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var now = Instant(offset: .zero)
        /// How far the wall clock was set beside the other one.
        var wallShift = Duration.zero
        var nextNumber = 0
        var sleepers: [Sleeper] = []
        /// Cancelled before they began to sleep.
        var cancelled: Set<Int> = []
        var waiters: [Waiter] = []
    }

    private let start: Timestamp
    private let state = Locked(State())

    /// - Parameter start: What the wall clock shows at first.
    package init(start: Timestamp = Timestamp(seconds: 1_790_000_000)) { self.start = start }

    package var now: Instant { state.withLock { $0.now } }
    package var minimumResolution: Duration { .microseconds(1) }

    /// What the wall clock shows.
    package var wallTime: Timestamp { state.withLock { start + $0.now.offset + $0.wallShift } }

    /// How many sleep now.
    package var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// The earliest deadline anybody sleeps for.
    package var nextDeadline: Instant? { state.withLock { state in state.sleepers.map(\.deadline).min() } }

    package func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        let number = state.withLock { state in
            defer { state.nextNumber += 1 }
            return state.nextNumber
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                fallAsleep(Sleeper(number: number, deadline: deadline, continuation: continuation))
            }
        } onCancel: {
            cancel(number)
        }
    }

    /// Moves both clocks forward and wakes who is due.
    package func advance(by duration: Duration) {
        let due = state.withLock { state -> [Sleeper] in
            state.now = state.now.advanced(by: max(.zero, duration))
            let now = state.now
            let due = state.sleepers.filter { $0.deadline <= now }
            state.sleepers.removeAll { $0.deadline <= now }
            return due
        }
        for sleeper in due.sorted(by: { ($0.deadline, $0.number) < ($1.deadline, $1.number) }) {
            sleeper.continuation.resume()
        }
    }

    /// Moves to the earliest deadline anybody sleeps for.
    /// - Returns: False where nobody sleeps.
    @discardableResult
    package func advanceToNextDeadline() -> Bool {
        guard let deadline = nextDeadline else { return false }
        advance(by: now.duration(to: deadline))
        return true
    }

    /// Sets the wall clock forward or back, as a correction of the system's time does; nobody wakes.
    package func setWallClock(by duration: Duration) { state.withLock { $0.wallShift += duration } }

    /// Returns as soon as at least so many sleep.
    package func untilSleeping(_ count: Int = 1) async {
        await withCheckedContinuation { continuation in
            let isReached = state.withLock { state in
                guard state.sleepers.count < count else { return true }
                state.waiters.append(Waiter(count: count, continuation: continuation))
                return false
            }
            if isReached { continuation.resume() }
        }
    }

    private func fallAsleep(_ sleeper: Sleeper) {
        enum Fate { case due, cancelled, asleep([Waiter]) }
        let fate = state.withLock { state -> Fate in
            if state.cancelled.remove(sleeper.number) != nil { return .cancelled }
            if sleeper.deadline <= state.now { return .due }
            state.sleepers.append(sleeper)
            let count = state.sleepers.count
            let reached = state.waiters.filter { $0.count <= count }
            state.waiters.removeAll { $0.count <= count }
            return .asleep(reached)
        }
        switch fate {
        case .due: sleeper.continuation.resume()
        case .cancelled: sleeper.continuation.resume(throwing: CancellationError())
        case .asleep(let waiters): for waiter in waiters { waiter.continuation.resume() }
        }
    }

    private func cancel(_ number: Int) {
        let sleeper = state.withLock { state -> Sleeper? in
            guard let index = state.sleepers.firstIndex(where: { $0.number == number }) else {
                state.cancelled.insert(number)
                return nil
            }
            return state.sleepers.remove(at: index)
        }
        sleeper?.continuation.resume(throwing: CancellationError())
    }
}
