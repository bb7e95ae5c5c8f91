import BailiffCore
import BailiffEngine
import BailiffModel
import BailiffPlaybook

/// A service that knows the machines `a1…`, `b2…` and `d3…` of ``Scene``, the last one a domain controller, and that answers
/// to the name `a1`, too; nothing ever happens there.
struct StillThreat: ThreatService {
    func file(_ hash: FileHash) async throws(ThreatError) -> FileProfile? { nil }
    func statistics(sha1: FileHash) async throws(ThreatError) -> FileStatistics? { nil }
    func machines(withFile sha1: FileHash) async throws(ThreatError) -> [Machine] { [] }

    func machine(_ id: MachineID) async throws(ThreatError) -> Machine? {
        let zeros = String(repeating: "0", count: 38)
        if id.text == "a1", let known = MachineID("a1" + zeros) { return Machine(id: known, name: "a1") }
        guard ["a1", "b2", "d3"].contains(where: { $0 + zeros == id.text }) else { return nil }
        let group = id.text.hasPrefix("d3") ? "Domain Controllers" : "Workstations"
        return Machine(id: id, name: "host", kind: .workstation, os: "windows11", onboarded: true, group: group)
    }

    func huntSightings(of hashes: [FileHash], lookBack: Duration) async throws(ThreatError) -> HuntedSightings {
        HuntedSightings([])
    }
    func huntDevices(_ ids: [MachineID]) async throws(ThreatError) -> [HuntedDevice] { [] }
    func fleet() async throws(ThreatError) -> FleetFacts { FleetFacts(size: 1_000, groups: [:]) }
    func history(of machine: MachineID, family: ActionFamily, since: Timestamp) async throws(ThreatError)
        -> [ServiceAction]
    { [] }
    func isolations(of machines: [MachineID]) async throws(ThreatError) -> [ServiceAction] { [] }
    func actions(since: Timestamp) async throws(ThreatError) -> [ServiceAction] { [] }
    func action(_ id: String, kind: ActionKind) async throws(ThreatError) -> ServiceAction? { nil }
    func cancel(_ id: String, kind: ActionKind, comment: String) async throws(ThreatError) -> Bool { false }
    func isInEffect(_ order: Order) async throws(ThreatError) -> Bool? { nil }
    func send(_ order: Order) async throws(SendFailure) -> ServiceAction { throw .lost("nobody is there") }
}
