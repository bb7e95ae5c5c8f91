import BailiffModel
import BailiffStore
import BailiffTestSupport

/// Lets exactly one worker run at a time, from one call of the outside world to the next, so that one seed gives one
/// history whatever the machine does.
final class Scheduler: Sendable {
    /// Which worker a task belongs to; nil for the simulation itself.
    @TaskLocal static var worker: Int?

    struct Parked {
        var worker: Int
        var point: String
        fileprivate var continuation: CheckedContinuation<Bool, Never>
    }

    private struct State: Sendable {
        var parked: [Parked] = []
        var running = 0
        var dead: Set<Int> = []
        var isOver = false
        var idle: CheckedContinuation<Void, Never>?
        var random: SplitMix64
    }

    private let state: Locked<State>

    init(seed: UInt64) { state = Locked(State(random: SplitMix64(seed: seed))) }

    /// Called by the outside world's stand-ins at each call. Parks the worker until it is chosen: at every change, and at
    /// one read in four, since a worker that only reads is in nobody's way.
    /// - Throws: `.closed` once the worker has crashed: none of its calls does anything any more.
    func pass(_ point: String) async throws(StoreError) {
        guard let worker = Self.worker else { return }
        if point.hasSuffix("read"), let lives = goesOn(worker) {
            if lives { return } else { throw StoreError(.closed, "the process has ended") }
        }
        let lives = await withCheckedContinuation { continuation in
            let isDead = state.withLock { state in
                if state.isOver || state.dead.contains(worker) { return true }
                state.parked.append(Parked(worker: worker, point: point, continuation: continuation))
                return false
            }
            if isDead { continuation.resume(returning: false) } else { left() }
        }
        if !lives { throw StoreError(.closed, "the process has ended") }
    }

    /// Whether a worker that reads is alive; nil where it has to wait for its turn.
    private func goesOn(_ worker: Int) -> Bool? {
        state.withLock { state in
            if state.isOver || state.dead.contains(worker) { return false }
            return state.random.below(4) == 0 ? nil : true
        }
    }

    func started() { state.withLock { $0.running += 1 } }

    func finished() { left() }

    private func left() {
        let idle = state.withLock { state in
            state.running -= 1
            guard state.running == 0 else { return nil as CheckedContinuation<Void, Never>? }
            defer { state.idle = nil }
            return state.idle
        }
        idle?.resume()
    }

    /// Returns when every worker is parked or has finished.
    func settle() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                if state.running == 0 { return true }
                state.idle = continuation
                return false
            }
            if isIdle { continuation.resume() }
        }
    }

    /// Parked workers in a fixed order.
    var parked: [(worker: Int, point: String)] {
        state.withLock { $0.parked.sorted { $0.worker < $1.worker }.map { ($0.worker, $0.point) } }
    }

    /// Lets one parked worker go on to its next call.
    func resume(_ worker: Int) { wake(worker, lives: true) }

    /// Ends a worker where it stands.
    func crash(_ worker: Int) {
        state.withLock { _ = $0.dead.insert(worker) }
        wake(worker, lives: false)
    }

    /// Ends every worker; none ever waits again.
    func end() {
        state.withLock { $0.isOver = true }
        for parked in parked { wake(parked.worker, lives: false) }
    }

    private func wake(_ worker: Int, lives: Bool) {
        let continuation = state.withLock { state in
            guard let index = state.parked.firstIndex(where: { $0.worker == worker }) else {
                return nil as CheckedContinuation<Bool, Never>?
            }
            state.running += 1
            return state.parked.remove(at: index).continuation
        }
        continuation?.resume(returning: lives)
    }
}
