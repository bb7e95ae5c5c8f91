import BailiffModel
import Logging

/// The emulator without its HTTP server: a request in, a reply out.
final class EmulatorCore: Sendable {
    let options: EmulatorOptions
    let world: Locked<World>
    let gate = RequestGate()
    let watchers = RequestWatchers()
    private let logger: Logger

    init(tenant: EmulatorTenant, options: EmulatorOptions, logger: Logger) throws(EmulatorError) {
        self.options = options
        self.logger = logger
        world = Locked(try World(tenant: tenant, options: options))
    }

    func listen(at url: String) { world.withLock { $0.url = url } }

    /// Lets go of everything that waits, for good.
    func releaseAll() {
        gate.close()
        watchers.close()
    }

    func answer(_ request: IncomingRequest) async -> Reply {
        if let segments = request.segments, segments.first == "emulator" {
            return control(request, Array(segments.dropFirst()))
        }
        await gate.pass(request)
        if let (tenant, version) = TokenRequest.path(request), request.method == "POST" {
            return await issueToken(request, tenant: tenant, version: version)
        }
        let (number, exchange, answer) = world.withLock { $0.take(request) }
        var reply: Reply
        switch answer {
        case .ready(let ready): reply = ready
        case .later(let work):
            let finished = work()
            reply = finished.reply
            if let cost = finished.cost, let exchange {
                world.withLock { $0.quotas.spend(cost, now: exchange.now) }
            }
        }
        reply = await befall(reply, exchange?.fault, exchange?.route.endpoint.surface ?? .defender)
        return finish(reply, number)
    }

    private func finish(_ reply: Reply, _ number: Int) -> Reply {
        let request = world.withLock { world in
            world.record.setStatus(reply.delivery == .lost ? 0 : reply.status, of: number)
            return world.record.request(number)
        }
        if let request {
            logger.trace(
                "answered",
                metadata: [
                    "method": "\(request.method)", "path": "\(request.path)", "status": "\(request.status)",
                    "fault": "\(request.fault?.rawValue ?? "none")",
                ])
            watchers.tell(request)
        }
        return reply
    }

    /// What a fault does to an answer whose request has been carried out.
    private func befall(_ reply: Reply, _ fault: EmulatorFault?, _ surface: APISurface) async -> Reply {
        switch fault {
        case .serverErrorAfterAction:
            let (correlation, now) = world.withLock { ($0.random.guid(), $0.clock.now) }
            return APIError.internalError.reply(surface: surface, correlation: correlation, now: now)
        case .answerLost:
            var lost = reply
            lost.delivery = .lost
            return lost
        case .bodyCut:
            var cut = reply
            cut.delivery = reply.body.count > 1 ? .cut : .lost
            return cut
        case .bodyMalformed:
            var malformed = reply
            // A 204 has no body that could be wrong.
            if malformed.status == 204 { malformed.status = 200 }
            malformed.body = Array("<html><body>The service is updating. {".utf8) + reply.body.prefix(20)
            return malformed
        case .stalled:
            let stall = world.withLock { $0.faults.stall }
            await gate.stall(stall, clock: options.surroundings.clock)
            return reply
        default: return reply
        }
    }

    // MARK: Tokens

    private func issueToken(_ request: IncomingRequest, tenant: String, version: TokenRequest.Version) async -> Reply {
        let (directory, now, fault) = world.withLock { world in
            (world.directory, world.clock.now, world.faults.draw(request, machineID: nil, .token))
        }
        let (reply, application) = await tokenReply(request, tenant, version, directory, now, fault)
        let befallen = await befall(reply, fault, .defender)
        let number = world.withLock { world in
            let number = world.remember(request, nil, now, befallen.status)
            world.record.annotate(number, application: application, fault: fault)
            return number
        }
        return finish(befallen, number)
    }

    private func tokenReply(
        _ request: IncomingRequest, _ tenant: String, _ version: TokenRequest.Version, _ directory: Directory,
        _ now: Timestamp, _ fault: EmulatorFault?
    ) async -> (Reply, String?) {
        if let refusal = EmulatorCore.tokenFault(fault) { return (refusal, nil) }
        do {
            let wanted = try TokenRequest(request, tenant: tenant, version: version, directory: directory)
            guard let registration = directory.registration(wanted.clientID) else {
                throw EntraError.unknownApplication(wanted.clientID, tenant: tenant)
            }
            try await check(wanted.credential, wanted.clientID, registration, path: request.path, now: now)
            return (world.withLock { $0.grant(wanted, registration, now: now) }, registration.application.clientID)
        } catch let error as EntraError {
            let (trace, correlation) = world.withLock { ($0.random.guid(), $0.random.guid()) }
            return (error.reply(trace: trace, correlation: correlation, now: now), nil)
        } catch {
            return (Reply(status: 500), nil)
        }
    }

    /// Faults the token endpoint knows too.
    private static func tokenFault(_ fault: EmulatorFault?) -> Reply? {
        switch fault {
        case .connectionClosed:
            var reply = Reply(status: 0)
            reply.delivery = .lost
            return reply
        case .throttled: return Reply(status: 429, headers: [("Retry-After", "1")])
        case .throttledSilently: return Reply(status: 429)
        case .serverError: return Reply(status: 500)
        case .unavailable: return Reply(status: 503)
        default: return nil
        }
    }

    private func check(
        _ credential: TokenRequest.Credential, _ clientID: String, _ registration: Directory.Registration, path: String,
        now: Timestamp
    ) async throws(EntraError) {
        switch credential {
        case .assertion(let text):
            try await ClientAssertion.verify(
                text, clientID: clientID, registration: registration, path: path, now: now)
        case .secret(let secret):
            guard let known = registration.application.secret, known.utf8.elementsEqual(secret.utf8) else {
                throw .wrongSecret(clientID)
            }
            let start = world.withLock { $0.start }
            if let expires = registration.application.secretExpires?.resolved(start: start), now >= expires {
                throw .expiredSecret(clientID)
            }
        }
    }
}
