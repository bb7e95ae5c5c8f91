import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore
import HTTPTypes

/// Runs, and the actions they are made of.
struct RunRoutes: Sendable {
    let store: any StoreReading
    let now: @Sendable () -> Timestamp

    private static let actionLimit = 1_000

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .get, "/v1/runs", .needs(.read),
                EndpointDocumentation(
                    "listRuns", "Runs, newest first.", query: EndpointDocumentation.page, reply: "RunList",
                    problems: [.queryMalformed]), respond: list),
            Endpoint(
                .get, "/v1/runs/{id}", .needs(.read),
                EndpointDocumentation(
                    "showRun", "One run with its plan, actions and approvals.", reply: "Run",
                    problems: [.idMalformed, .notFound, .idAmbiguous]), respond: show),
            Endpoint(
                .get, "/v1/actions", .needs(.read),
                EndpointDocumentation(
                    "listActions", "Actions of a case, a run or a machine, or all that Defender is working on.",
                    query: [
                        .init(name: "case", text: "The beginning of a hash of the file."),
                        .init(name: "run", text: "The run's id."),
                        .init(name: "machine", text: "Defender's machine id."),
                        .init(name: "state", text: "pending: accepted by Defender and not ended."),
                    ], reply: "ActionList", problems: [.queryMalformed, .idMalformed, .notFound, .idAmbiguous]),
                respond: actions),
            Endpoint(
                .get, "/v1/actions/{id}", .needs(.read),
                EndpointDocumentation(
                    "showAction", "One action.", reply: "Action", problems: [.idMalformed, .notFound, .idAmbiguous]),
                respond: action),
        ]
    }

    private func list(_ call: Call) async throws -> Reply {
        var query = try QueryReader(call.request.query)
        let request = try query.page()
        try query.finish()
        let page = try await store.runs(request)
        var names = Names(store)
        var runs: [JSONValue] = []
        for run in page.elements {
            runs.append(Rendering.json(run, caseName: try await names.name(of: run.caseID)))
        }
        return .page("runs", runs, next: page.next)
    }

    private func show(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        return .json(try await page(of: try await Lookup(store: store).run(call.parameter("id"))))
    }

    /// A run with everything about it.
    func page(of run: Run) async throws(StoreError) -> JSONValue {
        var names = Names(store)
        let caseName = try await names.name(of: run.caseID)
        let id = JSONValue.string(run.publicID.text)
        let actions = try await store.actions(ofRun: run.id)
        let approvals = try await store.approvals(ofRun: run.id)
        let plan = try await PlanDocuments(store: store).plan(run.plan)
        guard case .object(var object) = Rendering.json(run, caseName: caseName) else { return .null }
        let time = now()
        object["actions"] = .array(actions.map { Rendering.json($0, run: id, caseName: caseName, now: time) })
        object["approvals"] = .array(approvals.map { ApprovalRoutes.summary($0, caseName: caseName) })
        object["planned"] = plan.map(Rendering.json) ?? .null
        return .object(object)
    }

    private func action(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        let action = try await Lookup(store: store).action(call.parameter("id"))
        return .json(try await json([action])[0])
    }

    private func actions(_ call: Call) async throws -> Reply {
        var query = try QueryReader(call.request.query)
        let filters = (query.text("case"), query.text("run"), query.text("machine"), query.text("state"))
        try query.finish()
        let lookup = Lookup(store: store)
        let found: [Action]
        switch filters {
        case (let hash?, nil, nil, nil): found = try await store.actions(ofCase: lookup.caseID(hash))
        case (nil, let run?, nil, nil): found = try await store.actions(ofRun: lookup.run(run).id)
        case (nil, nil, let machine?, nil):
            found = try await store.actions(onMachine: lookup.machine(machine), limit: Self.actionLimit)
        case (nil, nil, nil, "pending"): found = try await store.pendingActions(limit: Self.actionLimit)
        default: throw Problem(.queryMalformed, "give one of case, run, machine, state=pending")
        }
        return .json(["actions": .array(try await json(found))])
    }

    private func json(_ actions: [Action]) async throws -> [JSONValue] {
        var names = Names(store)
        var out: [JSONValue] = []
        let time = now()
        for action in actions {
            let run = try await names.name(of: action.runID)
            let caseName = try await names.name(of: action.caseID)
            out.append(Rendering.json(action, run: run, caseName: caseName, now: time))
        }
        return out
    }
}

/// Plans as they were stored.
struct PlanDocuments: Sendable {
    let store: any StoreReading

    /// Nil where the document is gone or not readable by this version.
    func plan(_ digest: Digest) async throws(StoreError) -> Plan? {
        guard let document = try await store.document(digest), document.kind == .plan else { return nil }
        return try? CanonicalCoding.decode(Plan.self, from: document.bytes)
    }
}
