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
                .get, "/v1/machines/{id}", .needs(.read),
                EndpointDocumentation(
                    "showMachine", "What was done to a machine; the id is Defender's.", reply: "Machine",
                    problems: [.idMalformed, .notFound]), respond: show)
        ]
    }

    private func show(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        let id = try Lookup(store: store).machine(call.parameter("id"))
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
        guard !actions.isEmpty || !holders.isEmpty else {
            throw Problem(.notFound, "nothing was ever planned for a machine of this id")
        }
        return .json([
            "machine_id": .string(id.text), "machine_name": .optional(lastName), "actions": .array(actions),
            "held_by": Rendering.object(holders),
        ])
    }
}
