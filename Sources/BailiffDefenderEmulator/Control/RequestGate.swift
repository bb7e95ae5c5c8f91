import BailiffModel

/// Holds requests back while the emulator is paused, and answers that are to come late.
final class RequestGate: Sendable {
    private struct State {
        var pattern: RequestPattern?
        var waiting: [CheckedContinuation<Void, Never>] = []
        var isClosed = false
        var stalls: [Int: Task<Void, Never>] = [:]
        var stallCount = 0

        func holds(_ request: IncomingRequest, _ machineID: String?) -> Bool {
            guard let pattern, !isClosed else { return false }
            return pattern.matches(request, machineID: machineID)
        }
    }

    private let state = Locked(State())

    /// How many requests are being held back.
    var heldCount: Int { state.withLock { $0.waiting.count } }

    func pause(_ pattern: RequestPattern) { state.withLock { $0.pattern = pattern } }

    func resume() {
        let waiting = state.withLock { state in
            state.pattern = nil
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func close() {
        let stalls = state.withLock { state in
            state.isClosed = true
            return state.stalls.values
        }
        for stall in stalls { stall.cancel() }
        resume()
    }

    /// Returns at once unless the emulator is paused for such requests.
    func pass(_ request: IncomingRequest) async {
        guard state.withLock({ $0.pattern != nil }) else { return }
        let machineID = request.machineID
        await withCheckedContinuation { continuation in
            let isHeld = state.withLock { state in
                guard state.holds(request, machineID) else { return false }
                state.waiting.append(continuation)
                return true
            }
            if !isHeld { continuation.resume() }
        }
    }

    /// Waits in real time, unless the emulator stops first.
    func stall(_ duration: Duration, clock: any Clock<Duration>) async {
        let sleep = Task<Void, Never> { try? await clock.sleep(for: duration) }
        let (number, isClosed) = state.withLock { state in
            state.stallCount += 1
            state.stalls[state.stallCount] = sleep
            return (state.stallCount, state.isClosed)
        }
        if isClosed { sleep.cancel() }
        await withTaskCancellationHandler {
            await sleep.value
        } onCancel: {
            sleep.cancel()
        }
        state.withLock { $0.stalls[number] = nil }
    }
}

extension IncomingRequest {
    /// The machine an order goes to.
    fileprivate var machineID: String? {
        guard let segments, let route = Route(method: method, segments: segments), route.endpoint.isMachineAction else {
            return nil
        }
        return route.id
    }
}
