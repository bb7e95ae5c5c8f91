import BailiffModel

/// The quotas of the service as this process keeps them: one bucket per API and app registration, with lanes.
///
/// At most as many calls leave in any 60 s and any 3,600 s as documented, or as learned from 429s.
package final class DefenderQuotas: Sendable {
    private struct Key: Hashable {
        var api: DefenderAPI
        var application: String
    }

    private struct Ticket { var lane: DefenderLane, number: Int }

    private struct State {
        var buckets: [Key: QuotaBucket] = [:]
        var waiting: [Key: [Ticket]] = [:]
        var nextTicket = 0
    }

    private let clock: any Clock<Duration>
    private let elapsed: @Sendable () -> Duration
    private let applications: [DefenderRegistration: String]
    private let limits: QuotaLimits?
    private let state = Locked(State())

    /// - Parameters:
    ///   - applications: The client id of each registration. Two registrations with one id share their quotas.
    ///   - limits: In place of every documented limit.
    init(
        clock: any Clock<Duration>, elapsed: @escaping @Sendable () -> Duration,
        applications: [DefenderRegistration: String], limits: QuotaLimits? = nil
    ) {
        self.clock = clock
        self.elapsed = elapsed
        self.applications = applications
        self.limits = limits
    }

    /// How long `calls` more calls would take to leave, were they made now and nothing else: 412 isolations, about five
    /// minutes.
    package func forecast(_ calls: Int, of api: DefenderAPI, lane: DefenderLane = .containment) -> Duration {
        guard calls > 0 else { return .zero }
        let now = elapsed()
        return state.withLock { bucket(key(api), $0).wait(for: min(calls, 100_000), lane: lane, at: now) }
    }

    /// The same, in words: `412 isolations: about 5 minutes`.
    package func estimate(
        _ calls: Int, of api: DefenderAPI, lane: DefenderLane = .containment
    ) -> QuotaForecast {
        QuotaForecast(calls: max(0, calls), api: api, duration: forecast(calls, of: api, lane: lane))
    }

    /// The limits as held at present, and how many calls count against them.
    package func usage(of api: DefenderAPI) -> (limits: QuotaLimits, lastMinute: Int, lastHour: Int) {
        let now = elapsed()
        return state.withLock { state in
            let bucket = bucket(key(api), state)
            let used = bucket.used(at: now)
            return (bucket.limits(at: now), used.minute, used.hour)
        }
    }

    /// Waits for a place, behind those of higher lanes and those of the same lane who came earlier.
    ///
    /// Pass the permit to the call it is for. A permit that is dropped without a call is given back.
    /// - Parameter patience: Nil waits as long as it takes.
    /// - Throws: `DefenderError` with `.throttled` at once where the wait would be longer than `patience`, with
    ///   `retryAfter`; `.cancelled` when the task is cancelled.
    package func permit(
        for api: DefenderAPI, lane: DefenderLane = .containment, patience: Duration? = nil
    ) async throws(DefenderError) -> QuotaPermit {
        let key = key(api)
        var ticket: Int?
        let deadline = patience.map { elapsed() + $0 }
        defer { if let ticket { withdraw(ticket, key) } }
        while true {
            let now = elapsed()
            let wait = attempt(key, lane: lane, ticket: &ticket, now: now)
            guard wait > .zero else { return QuotaPermit(self, api) }
            if let deadline, now + wait > deadline {
                throw DefenderError(.throttled, acceptance: .surelyNot, api: api, retryAfter: wait)
            }
            // A place given back early is noticed within a second.
            do { try await clock.sleep(for: min(wait, .seconds(1))) } catch {
                throw DefenderError(.cancelled, acceptance: .surelyNot, api: api)
            }
        }
    }

    /// Takes a place if one is free; else queues and says how long it will take.
    private func attempt(_ key: Key, lane: DefenderLane, ticket: inout Int?, now: Duration) -> Duration {
        let own = ticket
        let (wait, number) = state.withLock { state -> (Duration, Int?) in
            let ahead = (state.waiting[key] ?? []).count {
                $0.lane < lane || ($0.lane == lane && $0.number < own ?? .max)
            }
            let wait = bucket(key, state).wait(for: ahead + 1, lane: lane, at: now)
            if wait <= .zero {
                state.buckets[key, default: QuotaBucket(limits: limits ?? key.api.limits)].start()
                return (.zero, own)
            }
            guard own == nil else { return (wait, own) }
            state.nextTicket += 1
            state.waiting[key, default: []].append(Ticket(lane: lane, number: state.nextTicket))
            return (wait, state.nextTicket)
        }
        ticket = number
        return wait
    }

    private func withdraw(_ number: Int, _ key: Key) {
        state.withLock { state in
            state.waiting[key]?.removeAll { $0.number == number }
            if state.waiting[key]?.isEmpty == true { state.waiting[key] = nil }
        }
    }

    func ended(_ api: DefenderAPI) {
        let now = elapsed()
        change(api) { $0.end(at: now) }
    }

    func gaveBack(_ api: DefenderAPI) { change(api) { $0.giveBack() } }

    func refused(_ api: DefenderAPI, retryAfter: Duration?) -> Duration {
        let now = elapsed()
        return change(api) { $0.refused(retryAfter: retryAfter, at: now) }
    }

    private func change<Result>(_ api: DefenderAPI, _ body: (inout QuotaBucket) -> Result) -> Result {
        let key = key(api)
        return state.withLock { body(&$0.buckets[key, default: QuotaBucket(limits: limits ?? api.limits)]) }
    }

    private func bucket(_ key: Key, _ state: State) -> QuotaBucket {
        state.buckets[key] ?? QuotaBucket(limits: limits ?? key.api.limits)
    }

    /// Actions and what belongs to them are signed by the acting registration, everything else by the reading one.
    private func key(_ api: DefenderAPI) -> Key {
        Key(api: api, application: applications[api.registration] ?? "")
    }
}

/// The right to make one call. Given back when dropped unused.
package final class QuotaPermit: Sendable {
    package let api: DefenderAPI
    private let quotas: DefenderQuotas
    private let isSettled = Locked(false)

    init(_ quotas: DefenderQuotas, _ api: DefenderAPI) {
        self.quotas = quotas
        self.api = api
    }

    deinit { giveBack() }

    /// The call went out and came to an end.
    func used() { if settle() { quotas.ended(api) } }

    /// The call surely never went out.
    func giveBack() { if settle() { quotas.gaveBack(api) } }

    /// The service refused the call for its number.
    /// - Returns: How long to wait.
    func refused(retryAfter: Duration?) -> Duration {
        guard settle() else { return retryAfter ?? .zero }
        return quotas.refused(api, retryAfter: retryAfter)
    }

    private func settle() -> Bool {
        isSettled.withLock { isSettled in
            defer { isSettled = true }
            return !isSettled
        }
    }
}
