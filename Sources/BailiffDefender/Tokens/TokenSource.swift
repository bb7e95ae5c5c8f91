import BailiffModel

/// The token of one app registration for one audience: fetched when first needed, renewed ahead of its end, and fetched
/// once however many calls wait for it.
final class TokenSource: Sendable {
    private struct State {
        var token: AccessToken?
        var isFetching = false
        var serial = 0
        var waiters: [Int: CheckedContinuation<Directive, Never>] = [:]
        var nextWaiter = 0
        var cancelled: Set<Int> = []
        /// A fresh token was refused too: until then, further refusals don't fetch yet another one.
        var incurableUntil: Duration?
        /// The next token is fetched because this one's like was refused.
        var isReplacing = false
        /// The serial of a token that was fetched because another one was refused, until a call is answered with it.
        var replacement: Int?
        /// A renewal ahead of time failed: until then, the old token is used without trying again.
        var restUntil: Duration?

        /// Ends a fetch and hands out those who waited for it, in no order.
        mutating func end() -> [CheckedContinuation<Directive, Never>] {
            defer { waiters = [:] }
            isFetching = false
            return Array(waiters.values)
        }
    }

    private enum Directive: Sendable { case use(AccessToken), fail(DefenderError), fetch, wait, cancelled }

    private let fetch: @Sendable () async throws(DefenderError) -> TokenReply
    private let elapsed: @Sendable () -> Duration
    private let state = Locked(State())

    init(
        elapsed: @escaping @Sendable () -> Duration,
        fetch: @escaping @Sendable () async throws(DefenderError) -> TokenReply
    ) {
        self.elapsed = elapsed
        self.fetch = fetch
    }

    func token() async throws(DefenderError) -> AccessToken {
        var directive = firstDirective()
        if case .wait = directive { directive = await turn() }
        switch directive {
        case .use(let token): return token
        case .fail(let error): throw error
        case .fetch: return try await fetched()
        case .wait, .cancelled: throw DefenderError(.cancelled, acceptance: .surelyNot)
        }
    }

    /// To be called after a 401 with `token`.
    /// - Returns: Whether ``token()`` will now give another one that is worth trying.
    func wasRefused(_ token: AccessToken) -> Bool {
        let now = elapsed()
        return state.withLock { state in
            if let current = state.token, current.serial != token.serial { return true }
            if let until = state.incurableUntil, now < until { return false }
            if state.replacement == token.serial, state.incurableUntil == nil {
                state.incurableUntil = now + Self.incurable
                return false
            }
            state.incurableUntil = nil
            if state.token?.serial == token.serial { state.token = nil }
            state.isReplacing = true
            return true
        }
    }

    /// To be called after any other answer than a 401 to a call with `token`.
    func wasTaken(_ token: AccessToken) {
        state.withLock { state in
            if state.replacement == token.serial { state.replacement = nil }
        }
    }

    private static let incurable = Duration.seconds(30)

    /// To be called when a token fetched because of a 401 was refused as well.
    func renewalDidNotHelp() {
        let now = elapsed()
        state.withLock { $0.incurableUntil = now + Self.incurable }
    }

    private func firstDirective() -> Directive {
        let now = elapsed()
        return state.withLock { state in
            if let token = state.token, now < token.expiresAt {
                if now < token.renewAt || state.isFetching || now < state.restUntil ?? .zero { return .use(token) }
            } else if state.isFetching {
                return .wait
            }
            state.isFetching = true
            return .fetch
        }
    }

    private func turn() async -> Directive {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        // A cancellation that comes just behind the answer leaves its mark; it is of no use to anyone.
        defer { state.withLock { _ = $0.cancelled.remove(id) } }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let early: Directive? = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return .cancelled }
                    // The fetch may have ended between the two locks.
                    guard state.isFetching else {
                        if let token = state.token { return .use(token) }
                        state.isFetching = true
                        return .fetch
                    }
                    state.waiters[id] = continuation
                    return nil
                }
                if let early { continuation.resume(returning: early) }
            }
        } onCancel: {
            let continuation = state.withLock { state in
                let continuation = state.waiters.removeValue(forKey: id)
                if continuation == nil { state.cancelled.insert(id) }
                return continuation
            }
            continuation?.resume(returning: .cancelled)
        }
    }

    private func fetched() async throws(DefenderError) -> AccessToken {
        let outcome: Result<TokenReply, DefenderError>
        do throws(DefenderError) { outcome = .success(try await fetch()) } catch { outcome = .failure(error) }
        switch outcome {
        case .success(let reply):
            let now = elapsed()
            let (token, waiters) = state.withLock { state in
                state.serial += 1
                let token = AccessToken(reply, at: now, serial: state.serial)
                state.token = token
                state.replacement = state.isReplacing ? state.serial : nil
                state.isReplacing = false
                state.restUntil = nil
                return (token, state.end())
            }
            for waiter in waiters { waiter.resume(returning: .use(token)) }
            return token
        case .failure(let error):
            return try failed(error)
        }
    }

    private func failed(_ error: DefenderError) throws(DefenderError) -> AccessToken {
        let now = elapsed()
        if error.code == .cancelled {
            // Only this caller gave up: the next one in line takes over.
            let heir = state.withLock { state -> CheckedContinuation<Directive, Never>? in
                if let first = state.waiters.keys.min() { return state.waiters.removeValue(forKey: first) }
                state.isFetching = false
                return nil
            }
            heir?.resume(returning: .fetch)
            throw error
        }
        let (old, waiters) = state.withLock { state in
            state.restUntil = now + .seconds(30)
            let old = state.token.flatMap { now < $0.expiresAt ? $0 : nil }
            return (old, state.end())
        }
        for waiter in waiters { waiter.resume(returning: old.map { .use($0) } ?? .fail(error)) }
        guard let old else { throw error }
        return old
    }
}
