import BailiffCore
import BailiffModel
import BailiffStore
import HTTPTypes

/// Who saw which file, what was said about it and what was done.
struct CaseRoutes: Sendable {
    let store: any StoreReading
    let now: @Sendable () -> Timestamp

    /// Verdicts shown with a case; all of them are listed under `/v1/verdicts`.
    private static let verdictLimit = 100

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .get, "/v1/cases", .needs(.read),
                EndpointDocumentation(
                    "listCases", "Cases, newest first.", query: EndpointDocumentation.page, reply: "CaseList",
                    problems: [.queryMalformed]), respond: list),
            Endpoint(
                .get, "/v1/cases/{id}", .needs(.read),
                EndpointDocumentation(
                    "showCase", "One case with everything about it; the id is the beginning of any hash of the file.",
                    reply: "Case", problems: [.idMalformed, .notFound, .idAmbiguous]), respond: show),
        ]
    }

    private func list(_ call: Call) async throws -> Reply {
        var query = try QueryReader(call.request.query)
        let request = try query.page()
        try query.finish()
        let page = try await store.cases(request)
        return .page("cases", page.elements.map { .object(JSONObject(summary($0))) }, next: page.next)
    }

    private func show(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        let id = try await Lookup(store: store).caseID(call.parameter("id"))
        guard let summary = try await store.summary(ofCase: id) else {
            throw Problem(.notFound, "no file with such a hash was ever reported")
        }
        var members = self.summary(summary)
        let name = JSONValue.optional(summary.hashes.first?.hex)
        var names = Names(store)
        let sightings = try await store.sightings(ofCase: id)
        let runs = try await store.runs(ofCase: id)
        for run in runs { names.learn(run) }
        var actions: [JSONValue] = []
        let all = try await store.actions(ofCase: id)
        let time = now()
        var machines: [JSONValue] = []
        for sighting in sightings {
            let isolation = try await MachineStanding.isolation(
                of: sighting.machine.id, seen: sighting, store: store, names: &names)
            machines.append(Rendering.json(sighting, isolation: isolation, all, now: time))
        }
        for action in all {
            let run = try await names.name(of: action.runID)
            actions.append(Rendering.json(action, run: run, caseName: name, now: time))
        }
        var approvals: [JSONValue] = []
        for run in runs {
            approvals += try await store.approvals(ofRun: run.id).map { ApprovalRoutes.summary($0, caseName: name) }
        }
        let verdicts = try await store.verdicts(ofCase: id, limit: Self.verdictLimit)
        members += [
            .init("closure", summary.state?.closure.map(Rendering.json) ?? .null),
            .init("watch_until", .optional(summary.state?.watchUntil)),
            .init("waiting_for_corroboration", Rendering.list(summary.state?.uncorroborated ?? [])),
            .init("file", summary.state.map { Rendering.json($0.file) } ?? .null),
            .init("coverage", summary.state?.coverage.map(Rendering.json) ?? .null),
            .init("sightings", .array(machines)),
            .init("runs", .array(runs.map { Rendering.json($0, caseName: name) })),
            .init("actions", .array(actions)), .init("approvals", .array(approvals)),
            .init("verdicts", .array(verdicts.map { Rendering.json($0, caseName: name) })),
        ]
        return .json(.object(JSONObject(members)))
    }

    /// A case in a list; `verdict` is the deciding one once the case was assessed, before that null.
    private func summary(_ summary: CaseSummary) -> [JSONObject.Member] {
        let name = JSONValue.optional(summary.hashes.first?.hex)
        return [
            .init("id", name), .init("hashes", Rendering.list(summary.hashes.map(\.hex))),
            .init("sha256", .optional(summary.hashes.only(.sha256)?.hex)),
            .init("sha1", .optional(summary.hashes.only(.sha1)?.hex)),
            .init("md5", .optional(summary.hashes.only(.md5)?.hex)),
            .init("opened_at", .optional(summary.state?.openedAt)),
            .init("assessed", .bool(summary.state?.coverage != nil)),
            .init("verdict", summary.state?.verdict.map(Rendering.json) ?? .null),
            .init("latest_verdict", summary.latestVerdict.map { Rendering.json($0, caseName: name) } ?? .null),
            .init("verdict_count", .int(Int64(summary.verdictCount))),
        ]
    }
}
