import BailiffCore
import BailiffDefender
import BailiffModel
import BailiffPlaybook

extension MachineAction.Kind {
    /// Nil for what is no machine action.
    init?(_ kind: ActionKind) {
        switch kind {
        case .isolate: self = .isolate
        case .release: self = .release
        case .stopAndQuarantine: self = .stopAndQuarantine
        case .restrictApps: self = .restrictApps
        case .unrestrictApps: self = .unrestrictApps
        case .antivirusScan: self = .antivirusScan
        case .collectPackage: self = .collectPackage
        case .investigate, .tag, .untag, .blockFile, .unblockFile: return nil
        }
    }
}

extension ServiceAction {
    /// - Parameter machine: The machine as it was asked for: the service may write its id in another case.
    init(_ action: MachineAction, machine: MachineID, kind: ActionKind) {
        let related = action.relatedFile?.hash
        self.init(
            id: action.id, kind: kind, machine: machine, status: Status(action.status),
            createdAt: action.createdAt ?? .epoch, updatedAt: action.updatedAt, comment: action.comment ?? "",
            sha1: related?.algorithm == .sha1 ? related : nil, detail: ServiceAction.detail(of: action),
            isReceived: action.status != .pending)
    }

    /// Nil for kinds that Bailiff never orders.
    init?(_ action: MachineAction, machine: MachineID) {
        guard let kind = ActionKind.allCases.first(where: { MachineAction.Kind($0) == action.type }) else { return nil }
        self.init(action, machine: machine, kind: kind)
    }

    init(_ investigation: Investigation, machine: MachineID) {
        self.init(
            id: investigation.id, kind: .investigate, machine: machine, status: Status(investigation.state),
            createdAt: investigation.startedAt ?? .epoch, updatedAt: investigation.endedAt,
            detail: investigation.state.word, isReceived: true)
    }

    private static func detail(of action: MachineAction) -> String? {
        guard case .hresult(let code)? = action.errorCode else { return nil }
        return "\(action.status.word), error 0x\(String(UInt32(truncatingIfNeeded: code), radix: 16))"
    }
}

extension ServiceAction.Status {
    /// A word that is not known is neither success nor failure: it stays under way.
    init(_ status: MachineAction.Status) {
        switch status {
        case .pending, .inProgress, .other: self = .active
        case .succeeded: self = .succeeded
        case .failed: self = .failed
        case .timeOut: self = .timedOut
        case .cancelled: self = .cancelled
        }
    }

    init(_ state: Investigation.State) {
        switch state {
        case .running, .queued, .pendingApproval, .pendingResource, .unknown, .other: self = .active
        case .successfullyRemediated, .benign, .partiallyRemediated, .partiallyInvestigated, .preexistingAlert:
            self = .succeeded
        case .failed, .innerFailure, .unsupportedOS, .unsupportedAlertType, .suppressedAlert: self = .failed
        case .terminated, .terminatedByUser, .terminatedBySystem: self = .cancelled
        }
    }
}
