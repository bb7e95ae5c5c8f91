package import BailiffHTTPClient
package import BailiffModel
package import Logging

/// The client of one tenant's Defender for Endpoint: reads may be repeated a few times, actions are posted once.
///
/// Reads return nil for what the service does not know (404) and throw `DefenderError` otherwise; a missing permission is
/// `.forbidden`, so that the caller can go on with fewer facts. Actions throw errors whose `acceptance` says whether
/// the service may have taken the order.
package struct DefenderClient: Sendable {
    package let configuration: DefenderConfiguration
    /// The quotas all calls of this client count against.
    package let quotas: DefenderQuotas
    let transport: ClockWatch
    let surroundings: Surroundings
    let elapsed: @Sendable () -> Duration
    let logger: Logger
    private let tokens: [TokenKey: TokenSource]
    /// Hunting queries that this tenant has refused once, and the simpler ones taken instead.
    let huntingForm = Locked(HuntingForm())

    private struct TokenKey: Hashable {
        var registration: DefenderRegistration
        var audience: DefenderAudience
    }

    /// - Parameter transport: Must allow the servers of `configuration.endpoints.hostRules`.
    package init(
        configuration: DefenderConfiguration, transport: any HTTPTransport, surroundings: Surroundings, logger: Logger
    ) {
        let elapsed = stopwatch(surroundings.clock)
        let transport = ClockWatch(transport, now: surroundings.now)
        let endpoint = TokenEndpoint(
            configuration: configuration, transport: transport, surroundings: surroundings, logger: logger)
        var tokens: [TokenKey: TokenSource] = [:]
        for audience in DefenderAudience.allCases {
            let reading = TokenSource(elapsed: elapsed) { () async throws(DefenderError) in
                try await endpoint.token(for: audience, as: .read)
            }
            tokens[TokenKey(registration: .read, audience: audience)] = reading
            tokens[TokenKey(registration: .act, audience: audience)] =
                configuration.act == nil || configuration.act == configuration.read
                ? reading
                : TokenSource(elapsed: elapsed) { () async throws(DefenderError) in
                    try await endpoint.token(for: audience, as: .act)
                }
        }
        self.tokens = tokens
        self.configuration = configuration
        self.transport = transport
        self.surroundings = surroundings
        self.elapsed = elapsed
        self.logger = logger
        quotas = DefenderQuotas(
            clock: surroundings.clock, elapsed: elapsed,
            applications: [
                .read: configuration.read.clientID, .act: configuration.credential(for: .act).clientID,
            ], limits: configuration.quotas)
    }

    func tokenSource(for api: DefenderAPI) -> TokenSource? {
        tokens[TokenKey(registration: api.registration, audience: api.audience)]
    }

    /// Fetches the tokens that actions and reads of Defender need, so that the first call does not wait for them.
    ///
    /// Right before an intent is committed this makes sure that nothing slow stands between the commit and the request.
    package func prepare() async throws(DefenderError) {
        if let source = tokenSource(for: .isolate) { _ = try await source.token() }
        if let source = tokenSource(for: .machine) { _ = try await source.token() }
    }

    /// How far this machine's clock is from the servers', as the last answer told. Nil before the first answer.
    package var clockSkew: ClockSkew? { transport.skew }

    /// What the token of a registration says of itself: granted permissions, application, end. For diagnosis.
    /// - Returns: Nil where the token can't be read.
    package func tokenClaims(
        _ registration: DefenderRegistration, for audience: DefenderAudience
    ) async throws(DefenderError) -> TokenClaims? {
        guard let source = tokens[TokenKey(registration: registration, audience: audience)] else { return nil }
        let bearer = try await source.token().header.revealedBytes.dropFirst("Bearer ".utf8.count)
        return TokenClaims(token: Secret(bytes: Array(bearer)))
    }
}

/// A monotonic time scale that begins now.
func stopwatch(_ clock: some Clock<Duration>) -> @Sendable () -> Duration {
    let start = clock.now
    return { start.duration(to: clock.now) }
}
