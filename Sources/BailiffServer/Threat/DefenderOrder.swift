import BailiffCore
import BailiffDefender
import BailiffEngine
import BailiffModel
import BailiffPlaybook

/// One order on its way to Defender: the right call with the right parameters, and what its answer means.
struct DefenderOrder: Sendable {
    let client: DefenderClient
    let order: Order
    let memory: EventMemory
    let now: @Sendable () -> Timestamp

    /// An order begins at most this long after it was made: a halt in between would not stop it.
    private static let startWindow = Duration.seconds(5)

    func send() async throws(SendFailure) -> ServiceAction {
        switch order.kind {
        case .blockFile: return try await block()
        case .unblockFile: return try await unblock()
        default: break
        }
        guard let machine = order.machine else {
            throw .refused(.notPossible, "\(order.kind.rawValue) needs a machine")
        }
        switch order.kind {
        case .investigate: return try await investigate(machine)
        case .tag: return try await tag(machine, .add)
        case .untag: return try await tag(machine, .remove)
        default: return try await post { () async throws(DefenderError) in try await machineAction(machine) }
        }
    }

    // MARK: Machine actions

    private func machineAction(_ machine: MachineID) async throws(DefenderError) -> ServiceAction {
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

    // MARK: What takes effect with the answer

    /// An order that Defender has nothing to report about afterwards.
    private func immediate(_ id: String) -> ServiceAction {
        ServiceAction(
            id: id, kind: order.kind, machine: order.machine, status: .succeeded, createdAt: order.at,
            comment: order.comment, isFollowed: false)
    }

    private func tag(_ machine: MachineID, _ change: TagChange) async throws(SendFailure) -> ServiceAction {
        guard let tag = order.parameters.value else { throw .refused(.failed, "the tag is missing") }
        return try await post { () async throws(DefenderError) in
            _ = try await client.setTag(tag, change, on: machine)
            return immediate("tag:\(tag)")
        }
    }

    private func block() async throws(SendFailure) -> ServiceAction {
        guard let hash = order.hashes.all.first else { throw .refused(.notPossible, "no hash of the file is known") }
        let indicator = Indicator(
            hash, action: .blockAndRemediate, title: "Bailiff: blocked file", description: order.comment,
            severity: .high, application: "Bailiff",
            expires: order.parameters.expiresSeconds.map { order.at + .seconds($0) })
        let allowing = try await allowing(hash)
        try checkTime(retryAfter: nil)
        guard allowing == nil else {
            throw .refused(.notPossible, "somebody allows this file: indicator \(allowing ?? "")")
        }
        return try await post { () async throws(DefenderError) in
            immediate("indicator:\(try await client.putIndicator(indicator).id)")
        }
    }

    /// The id of somebody else's indicator that allows the file. The service keeps one for each value, so that blocking would
    /// overwrite what somebody decided.
    private func allowing(_ hash: FileHash) async throws(SendFailure) -> String? {
        do throws(DefenderError) {
            return try await client.indicators(of: hash).elements.first {
                $0.action == Indicator.Action.allowed.rawValue && !ActionComment.isOwn($0.description ?? "")
            }?.id
        } catch {
            // A read: nothing was ordered.
            throw .notAccepted(error.description, retryAfter: error.retryAfter)
        }
    }

    /// Deletes Bailiff's own indicators of the file and nobody else's.
    private func unblock() async throws(SendFailure) -> ServiceAction {
        guard let hash = order.hashes.all.first else { throw .refused(.notPossible, "no hash of the file is known") }
        let own: [StoredIndicator]
        do throws(DefenderError) {
            own = try await client.indicators(of: hash).elements.filter { ActionComment.isOwn($0.description ?? "") }
        } catch {
            // A read: nothing was ordered.
            throw .notAccepted(error.description, retryAfter: error.retryAfter)
        }
        try checkTime(retryAfter: nil)
        return try await post { () async throws(DefenderError) in
            for indicator in own { _ = try await client.deleteIndicator(indicator.id) }
            return immediate("indicator:\(own.first?.id ?? hash.hex)")
        }
    }

    /// What has to be read before an order can take longer than an order may wait.
    private func checkTime(retryAfter: Duration?) throws(SendFailure) {
        guard now() > order.at + Self.startWindow else { return }
        throw .notAccepted("what had to be read before the order took too long", retryAfter: retryAfter)
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

    /// The first way that is possible. A definite "not supported" was no acceptance, so the next way may be tried; so it may
    /// where a way's quota is used up for long and nothing was sent.
    private func investigate(_ machine: MachineID) async throws(SendFailure) -> ServiceAction {
        let ways = order.parameters.via ?? [.start]
        var refusal = SendFailure.refused(.notPossible, "no way to investigate is possible on \(order.os)")
        var wait: (reason: String, duration: Duration)?
        for (index, way) in ways.enumerated() {
            do throws(SendFailure) {
                switch way {
                case .start where isWindows || order.os == "unknown":
                    return try await post { () async throws(DefenderError) in
                        ServiceAction(
                            try await client.startInvestigation(machine, comment: order.comment), machine: machine)
                    }
                case .antivirusScan:
                    return try await post { () async throws(DefenderError) in
                        ServiceAction(
                            try await client.runAntiVirusScan(machine, type: .quick, comment: order.comment),
                            machine: machine, kind: .investigate)
                    }
                case .alertByReference: return try await alert(machine)
                case .start: continue
                }
            } catch .refused(let outcome, let reason) {
                refusal = .refused(outcome, reason)
            } catch .notAccepted(let reason, let retryAfter?) where retryAfter > Self.patience {
                if wait.map({ retryAfter < $0.duration }) ?? true { wait = (reason, retryAfter) }
            } catch .declined(let reason, let retryAfter?) where retryAfter > Self.patience && index < ways.count - 1 {
                // It was sent, so it is looked for first. Then our own count knows and the next way's turn has come.
                throw .declined(reason, retryAfter: .zero)
            }
        }
        if let wait { throw .notAccepted(wait.reason, retryAfter: wait.duration) }
        throw refusal
    }

    /// A way to investigate that has to wait longer than this is not possible now: an hour's quota is used up, no minute's.
    private static let patience = Duration.seconds(120)

    /// An alert from the latest event about the file on this machine, which starts an investigation.
    private func alert(_ machine: MachineID) async throws(SendFailure) -> ServiceAction {
        let hashes = order.hashes.all
        var event = memory.take(hashes, on: machine)
        do throws(DefenderError) {
            if event == nil, !hashes.isEmpty {
                event = try await client.events(of: hashes, on: [machine]).elements.first
            }
        } catch {
            // A read: nothing was ordered.
            if error.code == .forbidden || error.code == .disabledFeature {
                throw .refused(.notPossible, "no alert can be made without hunting: \(error.description)")
            }
            throw .notAccepted(error.description, retryAfter: error.retryAfter)
        }
        guard let event else { throw .refused(.notPossible, "no event names the file on this machine") }
        if now() > order.at + Self.startWindow { memory.keep(event, of: hashes, on: machine) }
        try checkTime(retryAfter: .zero)
        return try await post { () async throws(DefenderError) in
            // One title: an open alert of the same machine takes a repeated one in.
            let alert = try await client.createAlert(
                from: event, severity: .high, title: "Bailiff: malicious file on this device",
                description: order.comment, recommendedAction: "Review the investigation that this alert starts.")
            return immediate("alert:\(alert.id)")
        }
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
            case .throttled where error.status != nil, .unauthorized:
                self = .declined(text, retryAfter: error.retryAfter)
            default: self = .notAccepted(text, retryAfter: error.retryAfter)
            }
        }
    }
}
