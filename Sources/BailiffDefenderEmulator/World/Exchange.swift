import BailiffModel

/// One request on its way through the world.
struct Exchange: Sendable {
    let request: IncomingRequest
    let route: Route
    let now: Timestamp
    /// The correlation id of an error.
    let correlation: String
    var application = ""
    var applicationName = ""
    var fault: EmulatorFault?
    var machineID: String?
    var actionType: String?
    var actionID: String?
    var isActionTaken = false
}

/// What a handler gives back.
enum Answer: Sendable {
    case ready(Reply)
    /// Made outside the lock, from copies.
    case later(@Sendable () -> Finished)

    struct Finished: Sendable {
        var reply: Reply
        /// Hunting time to be charged.
        var cost: Duration?
    }

    /// A list over so many candidates: a short one is made at once, as copies would cost more than it does.
    static func sized(_ candidates: Int?, _ work: @escaping @Sendable () -> Finished) -> Answer {
        if let candidates, candidates <= 200 { .ready(work().reply) } else { .later(work) }
    }
}

extension World {
    /// Takes a request: token, role, quota, faults, then the call itself.
    /// - Returns: The number under which it stands in the record, the fault that befalls the answer, and the answer.
    mutating func take(_ request: IncomingRequest) -> (number: Int, exchange: Exchange?, answer: Answer) {
        let now = clock.now
        settle(at: now)
        guard let segments = request.segments, let route = Route(method: request.method, segments: segments) else {
            let reply = APIError.unknownURL.reply(surface: .defender, correlation: random.guid(), now: now)
            return (remember(request, nil, now, reply.status), nil, .ready(reply))
        }
        var exchange = Exchange(request: request, route: route, now: now, correlation: random.guid())
        if route.endpoint.isMachineAction {
            exchange.machineID = route.id
            exchange.actionType = route.endpoint.action?.rawValue ?? "StartInvestigation"
        }
        exchange.fault = faults.draw(
            request, machineID: exchange.machineID, route.endpoint.isMachineAction ? .order : .other)
        let answer: Answer
        do {
            if let reply = try refuse(&exchange) {
                answer = .ready(reply)
            } else {
                answer = try handle(&exchange)
            }
        } catch {
            answer = .ready(error.reply(surface: route.endpoint.surface, correlation: exchange.correlation, now: now))
        }
        var status = 200
        if case .ready(let reply) = answer { status = reply.status }
        return (remember(request, exchange, now, status), exchange, answer)
    }

    mutating func remember(_ request: IncomingRequest, _ exchange: Exchange?, _ now: Timestamp, _ status: Int) -> Int {
        record.add(
            RecordedRequest(
                number: 0, time: now, method: request.method, path: request.path, query: request.query,
                body: RecordedBody.text(request, isToken: TokenRequest.path(request) != nil), status: status,
                application: exchange.flatMap { $0.application.isEmpty ? nil : $0.application },
                machineID: exchange?.machineID, actionType: exchange?.actionType, actionID: exchange?.actionID,
                isActionTaken: exchange?.isActionTaken ?? false, fault: exchange?.fault))
    }

    /// What stands before the call: faults that come first, then token, role and quota, in the service's order.
    /// - Returns: A reply that is no error of the API, or nil where the call goes on.
    private mutating func refuse(_ exchange: inout Exchange) throws(APIError) -> Reply? {
        let endpoint = exchange.route.endpoint
        switch exchange.fault {
        case .connectionClosed:
            var reply = Reply(status: 0)
            reply.delivery = .lost
            return reply
        case .unavailable: throw .unavailable
        case .unauthorizedForGood: tokens.isAccountInactive = true
        default: break
        }
        guard let (text, token) = tokens.token(exchange.request.authorization, now: exchange.now) else {
            throw .unauthorized
        }
        exchange.application = token.application
        exchange.applicationName = token.applicationName
        if exchange.fault == .unauthorized {
            tokens.revoke(text)
            throw .unauthorized
        }
        guard !tokens.isAccountInactive else { throw .inactiveAccount }
        guard token.audience.serves(endpoint.surface) else { throw .unauthorized }
        for choice in endpoint.roles where !choice.contains(where: token.roles.contains) {
            throw .missingRoles(choice, surface: endpoint.surface)
        }
        if let rest = faults.storm(exchange.fault == .throttleStorm, at: exchange.now) {
            exchange.fault = .throttleStorm
            throw throttled(endpoint, wait: rest)
        }
        switch exchange.fault {
        case .throttled: throw throttled(endpoint, wait: faults.throttleWait)
        case .throttledSilently:
            throw APIError(429, "TooManyRequests", "API calls quota exceeded!")
        default: break
        }
        try quotas.take(endpoint, application: token.application, now: exchange.now)
        if exchange.fault == .serverError { throw .internalError }
        return nil
    }

    /// - Parameter wait: Rounded up to whole seconds.
    private func throttled(_ endpoint: Endpoint, wait: Duration) -> APIError {
        APIError(
            429, options.quotas.errorCode == .number ? "429" : "TooManyRequests",
            "API calls quota exceeded! maximum allowed \(endpoint.quota.minute ?? 100) per 00:01:00",
            retryAfter: max(1, Int(clamping: (wait.wholeMicroseconds + 999_999) / 1_000_000)))
    }
}
