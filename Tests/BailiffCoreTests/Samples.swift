import BailiffCore
import BailiffModel
import BailiffPlaybook

/// Small values that the tests of the core are made of.
enum Samples {
    static let start = Timestamp(seconds: 1_800_000_000)
    static let digest = Digest.of("plan")

    static func machine(_ name: String) -> MachineID {
        guard let id = MachineID(name) else { preconditionFailure("test ids are valid: \(name)") }
        return id
    }

    static func hash(_ digit: Character, _ algorithm: FileHash.Algorithm = .sha256) -> FileHash {
        let text = String(repeating: digit, count: algorithm.digitCount - 1) + (digit == "0" ? "1" : "0")
        guard let hash = FileHash(algorithm, text) else { preconditionFailure("test hashes are valid") }
        return hash
    }

    static let publicID = PublicID(random: [1, 2, 3, 4, 5])

    static let contain = PlannedStep(id: "contain", action: .isolate, onFail: .stop, auto: "test")
    static let look = PlannedStep(id: "look", action: .investigate, needs: ["contain": .sent], onFail: .continue)
    static let remove = PlannedStep(
        id: "remove", action: .stopAndQuarantine, needs: ["contain": .done], onFail: .stop)

    static func run(open: Int) -> Run {
        Run(
            id: RunID(1), publicID: publicID, caseID: CaseID(1), plan: digest, facts: digest,
            playbook: PlaybookReference(name: "p", version: 1, digest: digest), mode: .live, startedAt: start,
            requester: "system", activator: "system", open: open)
    }

    static func action(
        _ id: Int64, _ step: PlannedStep, machine name: String = "m1", approvals: [String] = [],
        disposition: PlannedAction.Disposition = .proceed, budget: BudgetStanding = .notCounted
    ) -> Action {
        let machine = machine(name)
        return Action(
            id: ActionID(id), publicID: PublicID(random: [0, 0, 0, 0, UInt8(id)]), runID: RunID(1), caseID: CaseID(1),
            planned: PlannedAction(
                step: step.id, machine: machine, disposition: disposition,
                approvals: approvals.map { RequiredApproval(policy: $0, because: ["step \(step.id)"]) }, budget: budget),
            step: step, plan: digest, facts: digest, machineName: nil,
            sha1: step.action == .stopAndQuarantine ? hash("a", .sha1) : nil)
    }

    static func order(
        _ id: String, _ kind: ActionKind, _ status: ServiceAction.Status, at seconds: Int64 = 0,
        machine name: String = "m1",
        comment: String = "", sha1: FileHash? = nil
    ) -> ServiceAction {
        ServiceAction(
            id: id, kind: kind, machine: machine(name), status: status, createdAt: start + .seconds(seconds),
            comment: comment, sha1: sha1)
    }
}

extension [Action.Effect] {
    var entryKinds: [String] {
        compactMap { if case .record(let draft) = $0 { draft.kind } else { nil } }
    }
}
