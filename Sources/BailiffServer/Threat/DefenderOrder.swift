import BailiffCore
import BailiffDefender
import BailiffEngine
import BailiffModel
import BailiffPlaybook

/// One order on its way to Defender: the right call with the right parameters, and what its answer means.
struct DefenderOrder: Sendable {
    let client: DefenderClient
    let order: Order

    func send() async throws(SendFailure) -> ServiceAction {
        switch order.kind {
        case .investigate: return try await investigate()
        case .tag, .untag, .blockFile, .unblockFile:
            throw .refused(.notPossible, "\(order.kind.rawValue) is not carried out by this version")
        default: return try await post(machineAction)
        }
    }

    // MARK: Machine actions

    private func machineAction() async throws(DefenderError) -> ServiceAction {
        let machine = order.machine
        let comment = order.comment
        let answer: MachineAction
        switch order.kind {
        case .isolate: answer = try await client.isolate(machine, type: isolation, comment: comment)
        case .release: answer = try await client.release(machine, comment: comment)
        case .stopAndQuarantine:
            guard let sha1 = order.sha1 else {
                throw DefenderError(.invalidInput, acceptance: .surelyNot, api: .stopAndQuarantine)
            }
            answer = try await client.stopAndQuarantine(machine, sha1: sha1, comment: comment)
        case .restrictApps: answer = try await client.restrictApps(machine, comment: comment)
        case .unrestrictApps: answer = try await client.unrestrictApps(machine, comment: comment)
        case .antivirusScan: answer = try await client.runAntiVirusScan(machine, type: scan, comment: comment)
        case .collectPackage: answer = try await client.collectPackage(machine, comment: comment)
        case .investigate, .tag, .untag, .blockFile, .unblockFile:
            throw DefenderError(.invalidInput, acceptance: .surelyNot)
        }
        return ServiceAction(answer, machine: machine, kind: order.kind)
    }

    /// `auto` leaves mail and meetings open where the platform can: Windows and macOS.
    private var isolation: IsolationType {
        switch order.parameters.isolationType ?? .auto {
        case .full: .full
        case .selective: .selective
        case .auto: isWindows || order.os == "macos" ? .selective : .full
        }
    }

    private var scan: ScanType { order.parameters.scanType == .full ? .full : .quick }

    private var isWindows: Bool { order.os.utf8.starts(with: "windows".utf8) }

    // MARK: Investigations

    /// The first way that is possible. A platform's definite "not supported" was no acceptance, so the next way may be tried.
    private func investigate() async throws(SendFailure) -> ServiceAction {
        let ways = order.parameters.via ?? [.start]
        var refusal = SendFailure.refused(.notPossible, "no way to investigate is possible on \(order.os)")
        for way in ways {
            do throws(SendFailure) {
                switch way {
                case .start where isWindows || order.os == "unknown":
                    return try await post { () async throws(DefenderError) in
                        ServiceAction(
                            try await client.startInvestigation(order.machine, comment: order.comment),
                            machine: order.machine)
                    }
                case .antivirusScan:
                    return try await post { () async throws(DefenderError) in
                        ServiceAction(
                            try await client.runAntiVirusScan(order.machine, type: .quick, comment: order.comment),
                            machine: order.machine, kind: .investigate)
                    }
                case .start, .alertByReference: continue
                }
            } catch .refused(.notPossible, let reason) {
                refusal = .refused(.notPossible, reason)
            }
        }
        throw refusal
    }

    // MARK: Errors

    private func post(
        _ call: () async throws(DefenderError) -> ServiceAction
    ) async throws(SendFailure) -> ServiceAction {
        do throws(DefenderError) { return try await call() } catch { throw SendFailure(error) }
    }
}

extension SendFailure {
    init(_ error: DefenderError) {
        let text = error.description
        if error.code == .alreadyInProgress {
            self = .alreadyActive(text)
        } else if error.acceptance == .possibly {
            self = .lost(text)
        } else if error.isNotSupported {
            self = .refused(.notPossible, text)
        } else {
            switch error.code {
            case .notFound, .disallowed: self = .refused(.notPossible, text)
            case .forbidden, .disabledFeature, .badRequest, .invalidInput, .hostNotAllowed:
                self = .refused(.failed, text)
            default: self = .notAccepted(text, retryAfter: error.retryAfter)
            }
        }
    }
}
