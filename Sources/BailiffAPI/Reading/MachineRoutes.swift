import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore
import HTTPTypes

/// One machine: what was done to it and which cases hold an effect on it.
struct MachineRoutes: Sendable {
    let store: any StoreReading
    let now: @Sendable () -> Timestamp

    private static let actionLimit = 200

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .get, "/v1/machines", .needs(.read),
                EndpointDocumentation(
                    "listMachines", "Machines that saw a reported file or were acted upon, by id.",
                    query: [
                        EndpointDocumentation.page[0],
                        .init(name: "cursor", text: "The `next` of the part before."),
                    ], reply: "MachineList", problems: [.queryMalformed]), respond: list),
            Endpoint(
                .get, "/v1/machines/{id}", .needs(.read),
                EndpointDocumentation(
                    "showMachine",
                    "What was last seen of a machine, whether it is isolated, and what was done; the id is Defender's or its beginning.",
                    reply: "Machine",
                    problems: [.idMalformed, .idAmbiguous, .notFound]), respond: show),
        ]
    }

    private func list(_ call: Call) async throws -> Reply {
        var query = try QueryReader(call.request.query)
        let limit = Int(try query.integer("limit", in: 1...1_000) ?? 100)
        let cursor = query.text("cursor")
        try query.finish()
        let after = cursor.flatMap { MachineID($0) }
        guard (after == nil) == (cursor == nil) else {
            throw Problem(.queryMalformed, "'cursor' is none that this server gave out")
        }
        let found = try await store.machines(after: after, limit: limit + 1)
        let shown = found.prefix(limit)
        var names = Names(store)
        var machines: [JSONValue] = []
        for id in shown {
            let seen = try await store.latestSighting(onMachine: id)
            var name = seen?.machine.name
            if name == nil { name = try await store.actions(onMachine: id, limit: 1).first?.machineName }
            machines.append([
                "machine_id": .string(id.text), "machine_name": .optional(name),
                "kind": .optional(seen?.machine.kind.rawValue), "os": .optional(seen?.machine.os),
                "group": .optional(seen?.machine.group), "seen_at": .optional(seen?.seenAt),
                "isolation": try await MachineStanding.isolation(of: id, seen: seen, store: store, names: &names),
            ])
        }
        return .json([
            "machines": .array(machines), "next": .optional(found.count > limit ? shown.last?.text : nil),
        ])
    }

    private func show(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        let id = try await Lookup(store: store).knownMachine(call.parameter("id"))
        var names = Names(store)
        let time = now()
        var actions: [JSONValue] = []
        var lastName: String?
        for action in try await store.actions(onMachine: id, limit: Self.actionLimit) {
            if lastName == nil { lastName = action.machineName }
            let run = try await names.name(of: action.runID)
            let caseName = try await names.name(of: action.caseID)
            actions.append(Rendering.json(action, run: run, caseName: caseName, now: time))
        }
        var holders: [(String, JSONValue)] = []
        for family in ActionFamily.allCases {
            var cases: [JSONValue] = []
            for holder in try await store.holders(machine: id, family: family) {
                cases.append(try await names.name(of: holder))
            }
            if !cases.isEmpty { holders.append((family.rawValue, .array(cases))) }
        }
        let seen = try await store.latestSighting(onMachine: id)
        guard !actions.isEmpty || !holders.isEmpty || seen != nil else {
            throw Problem(.notFound, "no machine of this id saw a reported file or was acted upon")
        }
        return .json([
            "machine_id": .string(id.text), "machine_name": .optional(seen?.machine.name ?? lastName),
            "seen": seen.map(Rendering.json) ?? .null,
            "isolation": try await MachineStanding.isolation(of: id, seen: seen, store: store, names: &names),
            "actions": .array(actions),
            "held_by": Rendering.object(holders),
        ])
    }
}
