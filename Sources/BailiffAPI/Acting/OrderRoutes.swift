import BailiffCore
import BailiffDiagnostics
import BailiffEngine
import BailiffModel
import BailiffPlaybook
import BailiffStore
import HTTPTypes

/// People's own orders to machines.
struct OrderRoutes: Sendable {
    let store: any StoreReading
    let orders: OrderService
    let pages: RunRoutes

    private static let problems: [ProblemCode] = [
        .bodyMalformed, .mediaType, .idMalformed, .notFound, .idAmbiguous, .orderUnknownMachines, .orderNeedsApproval,
        .orderUnknownApproval, .orderNotPossible, .orderNeedsFile, .defenderFailed, .defenderUnavailable, .unavailable,
    ]

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .post, "/v1/machines/{id}/actions", .needs(.release),
                EndpointDocumentation(
                    "actOnMachine",
                    "A person's order to one machine, under the guards' deny and skip. All but release takes `respond`.",
                    body: "MachineOrder", reply: "Run", success: .created, problems: Self.problems),
                respond: machine),
            Endpoint(
                .post, "/v1/cases/{id}/actions", .needs(.release),
                EndpointDocumentation(
                    "actOnCase",
                    "A person's order to machines named by id, because of a case; several need an approval policy.",
                    body: "CaseOrder", reply: "Run", success: .created, problems: Self.problems), respond: kase),
        ]
    }

    private func machine(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        let lookup = Lookup(store: store)
        let machine = try lookup.machine(call.parameter("id"))
        var body = try await call.request.object()
        let caseText = try body.text("case", limitInBytes: 100)
        let order = try Order(&body)
        try body.finish()
        var caseID: CaseID?
        if let caseText { caseID = try await lookup.caseID(caseText) }
        return try await give(order, to: [machine], because: caseID, call)
    }

    private func kase(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        var body = try await call.request.object(limit: 1 << 20)
        guard let texts = try body.texts("machines"), !texts.isEmpty else { throw body.missing("machines") }
        let order = try Order(&body)
        try body.finish()
        let lookup = Lookup(store: store)
        let machines = try lookup.machines(texts)
        return try await give(order, to: machines, because: lookup.caseID(call.parameter("id")), call)
    }

    /// What the body says besides the machines.
    private struct Order {
        var order: PersonalOrder
        var overrides: Bool

        init(_ body: inout BodyReader) throws(Problem) {
            let word = try body.requiredText("action", limitInBytes: 100)
            let reason = try body.requiredText("reason")
            let approve = try body.text("approve", limitInBytes: 200)
            let lease = try body.span("for")
            overrides = try body.flag("overrides") ?? false
            guard let kind = ActionKind(rawValue: word) else {
                let known = ActionKind.allCases.filter { !$0.isTenantWide }.map(\.rawValue).joined(separator: ", ")
                throw Problem(.bodyMalformed, "'action' is one of \(known)", members: ["pointer": "/action"])
            }
            let parameters = try Self.parameters(of: kind, &body)
            guard lease == nil || kind.holds else {
                throw Problem(
                    .bodyMalformed, "'for' ends an effect; \(kind.rawValue) has none that lasts",
                    members: ["pointer": "/for"])
            }
            order = PersonalOrder(
                kind: kind, parameters: parameters,
                lease: lease.map { PlannedLease(seconds: $0.components.seconds, then: .release) }, approve: approve,
                reason: reason)
        }

        private static func parameters(of kind: ActionKind, _ body: inout BodyReader) throws(Problem)
            -> ActionParameters
        {
            var parameters = ActionParameters.defaults(of: kind)
            func wrong(_ member: String, _ what: String) -> Problem {
                Problem(.bodyMalformed, "'\(member)' \(what)", members: ["pointer": .string("/" + member)])
            }
            if let type = try body.text("type", limitInBytes: 100) {
                switch kind {
                case .isolate:
                    guard let known = ActionParameters.IsolationType(rawValue: type) else {
                        throw wrong("type", "is auto, selective or full")
                    }
                    parameters.isolationType = known
                case .antivirusScan:
                    guard let known = ActionParameters.ScanType(rawValue: type) else {
                        throw wrong("type", "is quick or full")
                    }
                    parameters.scanType = known
                default: throw wrong("type", "goes with isolate and antivirus_scan only")
                }
            }
            let value = try body.text("value", limitInBytes: 200)
            let takesValue = kind == .tag || kind == .untag
            guard takesValue == (value.map { !$0.isEmpty } ?? false) else {
                throw wrong("value", takesValue ? "is the tag; it is missing or empty" : "goes with tag and untag only")
            }
            if takesValue { parameters.value = value }
            return parameters
        }
    }

    private func give(
        _ given: Order, to machines: [MachineID], because caseID: CaseID?, _ call: Call
    ) async throws -> Reply {
        let kind = given.order.kind
        guard let caller = call.caller, let person = caller.person else {
            throw Problem(.forbidden, "acting by hand takes an operator's token")
        }
        guard kind == .release || caller.permissions.contains(.respond) else {
            throw Problem.lacking(.respond, caller)
        }
        if kind == .stopAndQuarantine {
            var sha1: FileHash?
            if let caseID { sha1 = try await store.findCase(caseID)?.verdict?.hashes.sha1 }
            guard sha1 != nil else {
                throw Problem(.orderNeedsFile, "name the case of the file; its SHA-1 must be known")
            }
        }
        let run: Run
        do throws(OrderServiceError) {
            (run, _) = try await orders.give(
                OrderService.Request(
                    order: given.order, machines: machines, caseID: caseID, overrides: given.overrides), by: person)
        } catch { throw Self.problem(for: error) }
        var reply = Reply.json(try await pages.page(of: run), status: .created)
        reply.headers[.location] = "/v1/runs/\(run.publicID.text)"
        return reply
    }

    private static func problem(for error: OrderServiceError) -> any Error {
        switch error {
        case .unknownMachines(let machines):
            Problem(
                .orderUnknownMachines,
                "Defender does not know \(machines.count == 1 ? "this machine" : "these machines")",
                members: ["machines": Rendering.list(machines.map(\.text))])
        case .needsApproval(let policies):
            Problem(
                .orderNeedsApproval,
                "more than one machine takes a second person: name the approval policy that is asked",
                members: ["policies": Rendering.list(policies)])
        case .unknownApproval(let name, let policies):
            Problem(
                .orderUnknownApproval,
                "no approval policy of this name is in force: \(name.escapedForDisplay(limit: 60))",
                members: ["policies": Rendering.list(policies)])
        case .notAnOrder(let kind):
            Problem(.orderNotPossible, "\(kind.rawValue) acts on the whole tenant and takes a playbook")
        case .threat(let error):
            Problem(error.code == .unavailable ? .defenderUnavailable : .defenderFailed, error.message)
        case .store(let error): error
        }
    }
}
