import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore

/// Whether a machine is cut off, because of whom and until when, as far as Bailiff knows.
struct MachineStanding: Sendable {
    /// By machine id; one read each.
    static func isolation(
        of id: MachineID, seen: StoredSighting?, store: any StoreReading, names: inout Names
    ) async throws(StoreError) -> JSONValue {
        let effects = try await store.effects(onMachine: id, family: .isolation).filter { $0.kind == .isolate }
        var holders: [JSONValue] = []
        for action in effects {
            holders.append([
                "case": try await names.name(of: action.caseID), "run": try await names.name(of: action.runID),
                "action": .string(action.publicID.text), "foreign": .bool(action.isForeign),
                "since": .optional(action.endedAt), "lease_until": .optional(action.leaseUntil),
                "last_confirmed_at": .optional(action.lastConfirmedAt),
            ])
        }
        let state: IsolationState =
            if effects.contains(where: { !$0.isForeign }) {
                .byBailiff
            } else if !effects.isEmpty || seen?.isolated == .byOther {
                .byOther
            } else {
                .no
            }
        return [
            "state": .string(state.rawValue), "held": .array(holders),
            "lease_until": .optional(effects.compactMap(\.leaseUntil).max()),
        ]
    }
}
