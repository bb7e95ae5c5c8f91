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
                    "listActions", "Actions of a case, a run or a machine; else all, newest first, in parts.",
                    query: [
                        .init(name: "case", text: "The beginning of a hash of the file."),
                        .init(name: "run", text: "The run's id."),
                        .init(name: "machine", text: "Defender's machine id."),
                        .init(
                            name: "state", text: "Without the three above.",
                            words: ActionFilter.Phase.allCases.map(\.rawValue)),
                        .init(
                            name: "outcome", text: "Without the three above.",
                            words: Outcome.allCases.map(\.rawValue)),
                    ] + EndpointDocumentation.page, reply: "ActionList",
                    problems: [.queryMalformed, .idMalformed, .notFound, .idAmbiguous]),
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
        object["rings"] = Rendering.rings(of: run, plan, actions)
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
        let owners = (query.text("case"), query.text("run"), query.text("machine"))
        let isFiltered = query.text("state") != nil || query.text("outcome") != nil || query.text("cursor") != nil
        let filter = ActionFilter(
            phase: try query.word("state", ActionFilter.Phase.self), outcome: try query.word("outcome", Outcome.self))
        let request = try query.page()
        try query.finish()
        if owners == (nil, nil, nil) {
            let page = try await store.actions(filter, request)
            return .page("actions", try await json(page.elements), next: page.next)
        }
        guard !isFiltered else {
            throw Problem(.queryMalformed, "case, run and machine go with none of state, outcome and cursor")
        }
        let lookup = Lookup(store: store)
        let found: [Action]
        switch owners {
        case (let hash?, nil, nil): found = try await store.actions(ofCase: lookup.caseID(hash))
        case (nil, let run?, nil): found = try await store.actions(ofRun: lookup.run(run).id)
        case (nil, nil, let machine?):
            found = try await store.actions(onMachine: lookup.machine(machine), limit: Self.actionLimit)
        default: throw Problem(.queryMalformed, "give one of case, run and machine, or none of them")
        }
        return .page("actions", try await json(found), next: nil)
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
