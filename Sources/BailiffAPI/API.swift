package import BailiffAudit
import BailiffCore
package import BailiffEngine
package import BailiffIntake
package import BailiffModel
package import BailiffStore
import HTTPTypes
package import Logging

/// The HTTP API: every request comes in here, whatever connection it came over, and leaves as a reply.
package struct API: Sendable {
    /// What the API is made of.
    package struct Parts: Sendable {
        package var store: any Store
        package var decisions: DecisionService
        package var control: ControlService
        package var response: ResponseDesk
        package var operators: OperatorService
        package var feeds: FeedBook
        /// Proxies whose word holds on where a delivery comes from; nil: nobody's.
        package var trustedProxies: AddressList?
        /// Whether a trigger may care about a verdict: then its case gets a job.
        package var wantsAssessment: Feed.Interest
        package var logKey: VerifierKey
        package var facts: ServerFacts
        package var surroundings: Surroundings
        package var logger: Logger
        /// What all bodies that are being read may take together, in bytes.
        package var intakeMemory: Int
        /// What lies in the folder of playbooks and what is in force.
        package var playbooks: PlaybookDesk?
        package var notifiers: NotifierDesk
        /// What is wrong with the server of a feed at the moment.
        package var feedTrouble: @Sendable (_ feed: String) -> String?

        package init(
            store: any Store, decisions: DecisionService, control: ControlService, response: ResponseDesk,
            operators: OperatorService, feeds: FeedBook, wantsAssessment: @escaping Feed.Interest,
            logKey: VerifierKey, facts: ServerFacts, surroundings: Surroundings, logger: Logger,
            intakeMemory: Int = 256 << 20, playbooks: PlaybookDesk? = nil,
            notifiers: NotifierDesk = NotifierDesk(places: [], test: { _, _ in nil }),
            feedTrouble: @escaping @Sendable (_ feed: String) -> String? = { _ in nil },
            trustedProxies: AddressList? = nil
        ) {
            self.trustedProxies = trustedProxies
            self.feedTrouble = feedTrouble
            self.store = store
            self.decisions = decisions
            self.control = control
            self.response = response
            self.operators = operators
            self.feeds = feeds
            self.wantsAssessment = wantsAssessment
            self.logKey = logKey
            self.facts = facts
            self.surroundings = surroundings
            self.logger = logger
            self.intakeMemory = intakeMemory
            self.playbooks = playbooks
            self.notifiers = notifiers
        }
    }

    /// Which door a request came through.
    package enum Door: Sendable, Hashable {
        /// Deliveries and health only.
        case intake
        /// Everything but deliveries.
        case api
        /// One address for both.
        case both
    }

    private let table: EndpointTable
    private let operators: OperatorService
    private let refusals: RefusalLog
    private let counters = RequestCounters()
    private let now: @Sendable () -> Timestamp
    private let logger: Logger

    package init(_ parts: Parts) {
        refusals = RefusalLog(logger: parts.logger)
        operators = parts.operators
        now = parts.surroundings.now
        logger = parts.logger
        let routes = API.routes(of: parts, refusals: refusals, counters: counters)
        table = EndpointTable(routes + [OpenAPIDocument.endpoint(describing: routes)])
    }

    /// Never throws and never tells more than a problem may.
    package func respond(to request: APIRequest, at door: Door) async -> Reply {
        let begin = now()
        var operation = "unknown"
        let reply: Reply
        do {
            var answer = try await answer(request, at: door, operation: &operation)
            if request.method == .head { answer.body = [] }
            reply = answer
        } catch {
            let problem = Problem.problem(for: error)
            if problem.code == .internalError {
                logger.error(
                    "request failed",
                    metadata: ["request": "\(request.id)", "error": "\(String(reflecting: error))"])
            }
            reply = problem.reply(requestID: request.id)
        }
        counters.note(operation, status: reply.status.code, took: now() - begin)
        return reply
    }

    /// - Parameter operation: Becomes that of the endpoint, once one is found.
    private func answer(_ request: APIRequest, at door: Door, operation: inout String) async throws -> Reply {
        let side: Endpoint.Side =
            switch door {
            case .intake: .intake
            case .api: .api
            case .both: .both
            }
        switch table.find(request.method, request.path, on: side) {
        case .nothing: throw Problem(.routeUnknown, "see /openapi.json for what there is")
        case .malformedPath:
            throw Problem(.pathMalformed, "the address holds a broken escape or text that is not UTF-8")
        case .otherMethod(let methods):
            let allowed = Set(methods.flatMap { $0 == .get ? [$0, .head] : [$0] }).map(\.rawValue).sorted()
            let list = allowed.joined(separator: ", ")
            throw Problem(.routeMethod, "this address takes \(list)", headers: [.allow: list])
        case .found(let endpoint, let parameters):
            operation = endpoint.documentation.id
            let caller = try await caller(of: request, for: endpoint.access)
            return try await endpoint.respond(Call(request: request, caller: caller, parameters: parameters))
        }
    }

    // MARK: Who asks

    private func caller(of request: APIRequest, for access: Endpoint.Access) async throws -> Caller? {
        guard case .needs(let permission) = access else { return nil }
        let caller = try await identify(request)
        guard caller.permissions.contains(permission) else {
            if permission == .decide, caller.person == nil {
                throw Problem(.approvalNeedsPerson, "answer with an operator's token; the socket has no name")
            }
            if permission == .decide, caller.person?.isService == true {
                throw Problem(.approvalNeedsPerson, "services do not answer questions")
            }
            if case .local = caller, Permission.ofPeople.contains(permission) {
                throw Problem(
                    .forbidden, "this takes a person with a name: use an operator's token, the socket has none",
                    members: ["permission": .string(permission.rawValue)])
            }
            throw Problem.lacking(permission, caller)
        }
        return caller
    }

    /// A token counts also at the socket: that is how a person answers from the server's own console.
    private func identify(_ request: APIRequest) async throws -> Caller {
        guard let authorization = try request.single(.authorization) else {
            if request.peer.isLocal { return .local }
            throw Problem(
                .tokenMissing, "send 'Authorization: Bearer TOKEN'", headers: [.wwwAuthenticate: "Bearer"])
        }
        let scheme = "bearer "
        let isBearer = zip(authorization.utf8, scheme.utf8).allSatisfy { sent, wanted in
            sent == wanted || ((65...90).contains(sent) && sent + 32 == wanted)
        }
        let token = String(decoding: authorization.utf8.dropFirst(scheme.utf8.count).drop { $0 == 0x20 }, as: UTF8.self)
        let recognition: OperatorService.Recognition =
            isBearer && !token.isEmpty ? try await operators.recognise(token) : .unknown
        let why: String
        switch recognition {
        case .valid(let person): return .person(person)
        case .unknown: why = "the token is unknown"
        case .revoked(let at): why = "the token was revoked at \(at.rfc3339)"
        case .expired(let at): why = "the token expired at \(at.rfc3339)"
        }
        refusals.note(target: "api", peer: request.peer, reason: why, at: now())
        throw Problem(
            .tokenInvalid, why, headers: [.wwwAuthenticate: "Bearer error=\"invalid_token\""])
    }
}

/// What the server says about itself.
package struct ServerFacts: Sendable {
    package var version: String
    package var tenant: String
    package var startedAt: Timestamp

    package init(version: String, tenant: String, startedAt: Timestamp) {
        self.version = version
        self.tenant = tenant
        self.startedAt = startedAt
    }
}

extension API {
    static func routes(of parts: Parts, refusals: RefusalLog, counters: RequestCounters) -> [Endpoint] {
        let now = parts.surroundings.now
        let store = parts.store
        let intake = IntakeRoute(
            feeds: parts.feeds, sender: SenderAddress(behind: parts.trustedProxies),
            ingest: { delivery throws(StoreError) in
                guard let receipt = try await store.ingest([delivery]).first else {
                    throw StoreError(.other, "a delivery without a receipt")
                }
                return receipt
            },
            wantsAssessment: parts.wantsAssessment, memory: ByteBudget(limit: parts.intakeMemory), refusals: refusals,
            now: now)
        let runs = RunRoutes(store: store, now: now)
        return intake.endpoints
            + CaseRoutes(store: store, now: now).endpoints
            + VerdictRoutes(store: store).endpoints
            + runs.endpoints
            + MachineRoutes(store: store, now: now).endpoints
            + ApprovalRoutes(store: store, decisions: parts.decisions, now: now).endpoints
            + ControlRoutes(control: parts.control).endpoints
            + BreakerRoutes(store: store, breaker: parts.response.breaker).endpoints
            + AllowListRoutes(store: store, cases: parts.response.cases, now: now).endpoints
            + RunChangeRoutes(store: store, runs: parts.response.runs, pages: runs).endpoints
            + CaseClosingRoutes(store: store, cases: parts.response.cases, now: now).endpoints
            + OrderRoutes(store: store, orders: parts.response.orders, pages: runs).endpoints
            + OperatorRoutes(store: store, operators: parts.operators).endpoints
            + AuditRoutes(store: store, key: parts.logKey, clock: parts.surroundings.clock).endpoints
            + (parts.playbooks.map {
                PlaybookRoutes(desk: $0).endpoints + PlanningRoutes(desk: $0, now: now).endpoints
            } ?? [])
            + NotifierRoutes(desk: parts.notifiers).endpoints
            + StatusRoutes(
                store: store, feeds: parts.feeds, feedTrouble: parts.feedTrouble, facts: parts.facts, key: parts.logKey,
                now: now
            ).endpoints
            + MetricsRoutes(store: store, facts: parts.facts, counters: counters, now: now).endpoints
    }
}
