import BailiffDiagnostics
import BailiffEngine
import BailiffModel
import BailiffPlaybook
import BailiffTestSupport

/// Machines and files of one seeded history.
struct SimulationFleet {
    var machines: [Machine] = []
    var offline: Set<MachineID> = []
    /// Covered by the `deny` guard.
    var denied: Set<MachineID> = []
    var files: [FileHash] = []
    var sightings: [FileHash: [MachineID]] = [:]

    init(_ random: inout SplitMix64) {
        for number in 0..<12 {
            guard let id = MachineID("m\(number)") else { continue }
            let isController = number == 0
            let isServer = number == 1 || isController
            machines.append(
                Machine(
                    id: id, name: "host-\(number)", kind: isServer ? .server : .workstation,
                    os: isServer ? "windowsserver2022" : number == 5 ? "ubuntu" : "windows11", health: "active",
                    onboarded: true,
                    group: isController ? "Domain Controllers" : "office", value: "normal"))
            if isController { denied.insert(id) }
            if !isServer, random.chance(10) { offline.insert(id) }
        }
        for number in 0..<3 {
            let hex = Digest.of("file \(number) \(random.next())").hex.prefix(40)
            guard let hash = FileHash(.sha1, String(hex)) else { continue }
            files.append(hash)
            sightings[hash] = machines.filter { _ in random.chance(45) }.map(\.id)
        }
    }
}

extension SimulationPlaybooks {
    struct Unloadable: Error { var report: [String] }

    static func load(policy: String = SimulationPlaybooks.policy, now: Timestamp) throws -> ActivePlaybooks {
        let files = [
            SourceText(file: "playbook.yaml", text: playbook), SourceText(file: "outbreak.yaml", text: outbreak),
            SourceText(file: "policy.yaml", text: policy),
            SourceText(file: "approvals.yaml", text: approvals),
        ]
        let (library, report) = PlaybookLibrary.load(
            files, environment: CheckEnvironment(notifiers: [], now: now, carriedOut: .complete))
        guard let library else { throw Unloadable(report: report.diagnostics.map(\.description)) }
        let names = library.playbooks.map(\.name)
        return ActivePlaybooks(
            ActivePlaybooks.Generation(
                library: library,
                modes: Dictionary(names.map { ($0, .live) }, uniquingKeysWith: { first, _ in first }),
                activators: Dictionary(names.map { ($0, "system") }, uniquingKeysWith: { first, _ in first })))
    }
}
