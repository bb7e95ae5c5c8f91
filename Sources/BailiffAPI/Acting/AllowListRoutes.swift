import BailiffCore
import BailiffEngine
import BailiffModel
import BailiffStore
import HTTPTypes

/// Files that people judged harmless.
struct AllowListRoutes: Sendable {
    let store: any StoreReading
    let cases: CaseService
    let now: @Sendable () -> Timestamp

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .get, "/v1/allowlist", .needs(.read),
                EndpointDocumentation(
                    "listAllowances", "Files about which nothing is done for a time, newest first.",
                    query: [.init(name: "state", text: "active (the default) or all.", words: ["active", "all"])],
                    reply: "AllowList",
                    problems: [.queryMalformed]), respond: list),
            Endpoint(
                .post, "/v1/allowlist/{id}/remove", .needs(.resume),
                EndpointDocumentation(
                    "removeAllowance",
                    "Takes a file off the list before its time; its feeds' next verdict counts again. A second call changes nothing.",
                    body: "Resume", reply: "Allowance",
                    problems: [.bodyMalformed, .mediaType, .idMalformed, .notFound, .idAmbiguous, .unavailable]),
                respond: remove),
        ]
    }

    private func list(_ call: Call) async throws -> Reply {
        var query = try QueryReader(call.request.query)
        let state = query.text("state") ?? "active"
        try query.finish()
        guard state == "active" || state == "all" else {
            throw Problem(.queryMalformed, "'state' is active or all")
        }
        let time = now()
        let entries = try await store.allowList(activeAt: state == "active" ? time : nil)
        var names = Names(store)
        var out: [JSONValue] = []
        for entry in entries {
            out.append(Self.json(entry, caseName: try await names.name(of: entry.caseID), at: time))
        }
        return .json(["allowlist": .array(out)])
    }

    private func remove(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        var body = try await call.request.object()
        let reason = try body.requiredText("reason")
        try body.finish()
        let found = try await Lookup(store: store).allowance(call.parameter("id"))
        let removed: AllowListEntry?
        do throws(CaseServiceError) {
            removed = try await cases.removeAllowance(found.publicID, reason: reason, by: call.callerName)
        } catch { throw CaseClosingRoutes.problem(for: error) }
        var names = Names(store)
        let entry = removed ?? found
        return .json(Self.json(entry, caseName: try await names.name(of: entry.caseID), at: now()))
    }

    static func json(_ entry: AllowListEntry, caseName: JSONValue, at now: Timestamp) -> JSONValue {
        [
            "id": .string(entry.publicID.text), "case": caseName, "hashes": Rendering.list(entry.hashes.map(\.hex)),
            "active": .bool(entry.holds(at: now)), "from": .optional(entry.from), "until": .optional(entry.until),
            "by": .string(entry.by), "reason": .string(entry.reason), "removed_at": .optional(entry.removedAt),
            "removed_by": .optional(entry.removedBy),
        ]
    }
}
