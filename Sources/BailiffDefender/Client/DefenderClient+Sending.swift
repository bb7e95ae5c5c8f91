import BailiffHTTPClient
import BailiffModel
import Logging

extension DefenderClient {
    /// An action posted later than this after it was asked for would leave the window its intent was committed for.
    private static let startWindow = Duration.seconds(5)

    /// A read: repeated at most twice after a lost connection, a cut or unreadable answer or a 5xx, once after a timeout,
    /// and after a 429 as far as the patience goes.
    /// - Returns: The answer's JSON.
    func read(_ call: DefenderCall) async throws(DefenderError) -> JSONValue {
        try await read(call, at: try url(of: call))
    }

    func read(_ call: DefenderCall, at url: HTTPURL) async throws(DefenderError) -> JSONValue {
        var tries = 0
        while true {
            let error: DefenderError
            do throws(DefenderError) {
                let permit = try await quotas.permit(
                    for: call.api, lane: call.lane, patience: configuration.patience)
                let reply = try await exchange(call, at: url, permit: permit)
                return try json(of: reply, call)
            } catch let failure {
                error = failure
            }
            tries += 1
            guard let pause = pause(before: error, tries: tries) else { throw error }
            logger.info(
                "asking again", metadata: ["api": "\(call.api.rawValue)", "cause": "\(error)", "try": "\(tries + 1)"])
            do { try await surroundings.clock.sleep(for: pause) } catch {
                throw DefenderError(.cancelled, acceptance: .surelyNot, api: call.api)
            }
        }
    }

    /// As ``read(_:)``, with nil for what is not there.
    func readIfThere(_ call: DefenderCall) async throws(DefenderError) -> JSONValue? {
        do {
            return try await read(call)
        } catch  where error.code == .notFound {
            return nil
        }
    }

    /// How long to wait before a read is tried again; nil where it isn't.
    private func pause(before error: DefenderError, tries: Int) -> Duration? {
        switch error.code {
        case .throttled:
            // An own refusal has used up its patience already.
            guard error.status != nil, tries <= 2, let wait = error.retryAfter, wait <= configuration.patience else {
                return nil
            }
            return wait
        case .connection, .malformedReply: return tries <= 2 ? backOff(tries) : nil
        case .serverError:
            let wait = max(error.retryAfter ?? .zero, backOff(tries))
            return tries <= 2 && wait <= configuration.patience ? wait : nil
        case .timeout: return tries <= 1 ? backOff(tries) : nil
        default: return nil
        }
    }

    /// 200 ms, then 800 ms, plus up to as much again.
    private func backOff(_ tries: Int) -> Duration {
        let base = Duration.milliseconds(tries == 1 ? 200 : 800)
        return base + base * Int(surroundings.randomBytes(1).first ?? 0) / 255
    }

    /// An action: one request. What is no order is made once more with a fresh token where the first was answered 401.
    ///
    /// - Parameter permit: Nil takes one if one is free and throws `.throttled` if not: an action never waits here.
    func act(_ call: DefenderCall, permit: QuotaPermit?) async throws(DefenderError) -> JSONValue {
        let url = try url(of: call)
        let ownPermit: QuotaPermit
        if let permit {
            guard permit.api == call.api else {
                throw DefenderError(.invalidInput, acceptance: .surelyNot, api: call.api)
            }
            ownPermit = permit
        } else {
            ownPermit = try await quotas.permit(for: call.api, lane: call.lane, patience: .zero)
        }
        let reply = try await exchange(call, at: url, permit: ownPermit)
        if reply.body.isEmpty { return .null }
        do throws(DefenderError) { return try json(of: reply, call) } catch {
            var error = error
            error.acceptance = .possibly
            throw error
        }
    }

    private func url(of call: DefenderCall) throws(DefenderError) -> HTTPURL {
        guard let path = call.path,
            let url = configuration.endpoints.base(for: call.api.audience).appending(path, query: call.query)
        else { throw DefenderError(.invalidInput, acceptance: .surelyNot, api: call.api) }
        return url
    }

    private func json(of reply: HTTPReply, _ call: DefenderCall) throws(DefenderError) -> JSONValue {
        var body = reply.body[...]
        if body.starts(with: [0xEF, 0xBB, 0xBF]) { body = body.dropFirst(3) }
        do throws(JSONError) { return try StrictJSON.parse(body, limits: .service) } catch {
            throw DefenderError(
                .malformedReply, acceptance: .possibly, api: call.api, status: reply.status, underlying: error)
        }
    }

    /// One exchange: token, request, answer; once more with a fresh token after a 401, orders apart: whoever gave one looks
    /// whether it was taken all the same, and the next call has the fresh token.
    private func exchange(
        _ call: DefenderCall, at url: HTTPURL, permit: QuotaPermit
    ) async throws(DefenderError) -> HTTPReply {
        guard let source = tokenSource(for: call.api),
            configuration.endpoints.mayReceiveToken(url, for: call.api.audience)
        else { throw DefenderError(.hostNotAllowed, acceptance: .surelyNot, api: call.api) }
        let started = elapsed()
        var permit = permit
        var isSecondTry = false
        while true {
            let token = try await token(source, call)
            if call.api.isAction, elapsed() - started > Self.startWindow {
                throw DefenderError(.timeout, acceptance: .surelyNot, api: call.api)
            }
            let reply = try await sent(call, at: url, token: token, permit: permit)
            if reply.status != 401 { source.wasTaken(token) }
            if (200..<300).contains(reply.status) { return reply }
            var error = DefenderError(reply, api: call.api)
            switch error.code {
            case .unauthorized:
                if isSecondTry { source.renewalDidNotHelp() }
                guard !isSecondTry, source.wasRefused(token) else { throw error }
                if call.api.isOrder {
                    error.retryAfter = .zero
                    throw error
                }
                permit = try await quotas.permit(for: call.api, lane: call.lane, patience: .zero)
                isSecondTry = true
            case .throttled:
                error.retryAfter = permit.refused(retryAfter: error.retryAfter)
                throw error
            default: throw error
            }
        }
    }

    private func token(_ source: TokenSource, _ call: DefenderCall) async throws(DefenderError) -> AccessToken {
        do throws(DefenderError) { return try await source.token() } catch {
            var error = error
            error.api = call.api
            throw error
        }
    }

    private func sent(
        _ call: DefenderCall, at url: HTTPURL, token: AccessToken, permit: QuotaPermit
    ) async throws(DefenderError) -> HTTPReply {
        var headers = [
            HTTPHeader("Authorization", token.header.revealedText), HTTPHeader("Accept", "application/json"),
        ]
        if !call.body.isEmpty { headers.append(HTTPHeader("Content-Type", "application/json")) }
        let request = HTTPRequest(
            call.method, url, headers: headers, body: call.body, limits: call.limits ?? configuration.limits)
        do throws(HTTPFailure) {
            let reply = try await transport.send(request)
            if reply.status != 429 { permit.used() }
            return reply
        } catch {
            if error.mayHaveBeenReceived { permit.used() } else { permit.giveBack() }
            throw DefenderError(error, api: call.api)
        }
    }
}
