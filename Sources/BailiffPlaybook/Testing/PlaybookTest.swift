package import BailiffDiagnostics
import BailiffModel

/// One entry of `tests:`: what is given, and what must be planned and sent.
package struct PlaybookTest: Sendable {
    /// Ids in any order, or how many.
    package enum Machines: Hashable, Sendable {
        case ids([String])
        case count(Int)
    }

    package struct Given: Sendable {
        var verdict: VerdictFacts
        /// Without `analysed_at`, which is relative to the time of the test.
        var analysedAgo: Duration?
        var file: FileFacts
        var fileFirstSeenAgo: Duration?
        var signerTrusted: Bool?
        var fleet: Int
        var machines: GivenMachines
        /// Roles of the people who say yes to every question as it opens; each is another person.
        var approvedBy: [YAMLText]
        var defender: GivenDefender
    }

    /// A text and its place.
    package struct YAMLText: Sendable {
        package let text: String
        package let location: SourceLocation
    }

    struct GivenMachine: Sendable {
        var machine: Machine
        var sighting: Sighting
        var isolated: IsolationState
        var role: String?
        var recordFirstSeenAgo: Duration?
        var lastReportAgo: Duration?
        var firstAgo: Duration?
        var lastAgo: Duration?
    }

    /// Machines one by one, or so many that are alike: made when the test runs, so that a large number costs nothing before.
    enum GivenMachines: Sendable {
        case list([GivenMachine])
        case alike(model: GivenMachine, workstations: Int, servers: Int)

        var all: [GivenMachine] {
            switch self {
            case .list(let machines): machines
            case .alike(let model, let workstations, let servers):
                (0..<workstations + servers).compactMap { index in
                    let kind: Machine.Kind = index < workstations ? .workstation : .server
                    let digits = String(index + 1)
                    let padding = String(repeating: "0", count: max(0, 5 - digits.count))
                    return MachineID((kind == .server ? "s" : "w") + padding + digits).map {
                        model.renamed($0, kind: kind)
                    }
                }
            }
        }
    }

    /// How Defender misbehaves: that many actions, the first ones sent.
    struct GivenDefender: Hashable, Sendable {
        var stuckPending = 0
        var failed = 0
        var offline = 0
    }

    package struct ExpectedApproval: Sendable {
        package let policy: YAMLText
        package let machines: Machines?
    }

    package struct Expectation: Sendable {
        /// By step id, in the order of the file.
        var steps: [(id: String, machines: Machines)] = []
        var triggered: Bool?
        var held: Machines?
        var notSelected: Machines?
        var notPossible: [(id: String, machines: Machines)] = []
        var approvals: [ExpectedApproval] = []
        var firstRing: Int?
        var automaticMax: Int?
        var plannedMax: Int?
        var heldMin: Int?
        var state: State?
        var reason: YAMLText?
    }

    /// Where a run stands when nothing more happens by itself.
    package enum State: String, Hashable, Sendable, CaseIterable {
        case notTriggered = "not_triggered"
        case waitingForCorroboration = "waiting_for_corroboration"
        /// A guard, the budget or a ring holds machines back.
        case held
        /// Only approvals that the steps ask for are open.
        case waitingForApproval = "waiting_for_approval"
        case done
    }

    package let name: String
    package let given: Given
    package let expect: Expectation
    /// `given` and `expect` whatever their layout: two tests with the same text test the same.
    let written: String
    package let location: SourceLocation

    /// The words of `expect` besides the ids of steps, which none may have.
    package static let reservedWords = [
        "triggered", "held", "not_selected", "not_possible", "approvals", "first_ring", "automatic_max", "planned_max",
        "held_min", "state", "reason",
    ]

    /// How a tenant-wide step is named in a list of machines.
    package static let tenant = "tenant"
}
