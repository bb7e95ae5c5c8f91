package import BailiffModel
package import BailiffPlaybook

/// An action as the service reports it, whoever ordered it.
package struct ServiceAction: Hashable, Sendable, Codable {
    package enum Status: String, Hashable, Sendable, Codable, CaseIterable {
        /// Accepted, not at its end.
        case active
        case succeeded, failed
        /// Dropped after the device stayed away too long.
        case timedOut
        case cancelled
    }

    /// The service's id: opaque.
    package var id: String
    package var kind: ActionKind
    /// Nil for the tenant.
    package var machine: MachineID?
    package var status: Status
    package var createdAt: Timestamp
    package var updatedAt: Timestamp?
    /// As its author wrote it; Bailiff's own begin with ``ActionComment``'s mark.
    package var comment: String
    /// With `stop_and_quarantine`.
    package var sha1: FileHash?
    /// For people: an error text, a state name.
    package var detail: String?
    /// The machine has taken the order up.
    package var isReceived: Bool
    /// The service reports its progress under the id. Tags, indicators and alerts take effect with the answer.
    package var isFollowed: Bool

    package init(
        id: String, kind: ActionKind, machine: MachineID?, status: Status, createdAt: Timestamp,
        updatedAt: Timestamp? = nil, comment: String = "", sha1: FileHash? = nil, detail: String? = nil,
        isReceived: Bool = false, isFollowed: Bool = true
    ) {
        self.id = id
        self.kind = kind
        self.machine = machine
        self.status = status
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.comment = comment
        self.sha1 = sha1
        self.detail = detail
        self.isReceived = isReceived
        self.isFollowed = isFollowed
    }
}

/// The comment that goes with every action: the mark in front names the action and the intent, so that a lost answer can
/// be found again by reading.
package enum ActionComment {
    private static let word = "Bailiff"

    /// `Bailiff 7F3K02QD/1: malicious 97 (zscaler), isolate-on-malicious v1`, at most 400 scalars.
    package static func text(for id: PublicID, intent: Int, because: String) -> String {
        String(String.UnicodeScalarView("\(mark(for: id, intent: intent)): \(because)".unicodeScalars.prefix(400)))
    }

    /// Whether a comment is of exactly this action and intent.
    package static func isOf(_ id: PublicID, intent: Int, _ comment: String) -> Bool {
        let mark = mark(for: id, intent: intent)
        guard comment.utf8.starts(with: mark.utf8) else { return false }
        let rest = comment.utf8.dropFirst(mark.utf8.count).first
        return rest == nil || rest == UInt8(ascii: ":")
    }

    /// Whether Bailiff ordered it, in any run.
    package static func isOwn(_ comment: String) -> Bool {
        let parts = comment.split(separator: " ", maxSplits: 2)
        guard parts.count >= 2, parts[0] == word, let id = parts[1].split(separator: "/").first else { return false }
        return PublicID(id) != nil
    }

    private static func mark(for id: PublicID, intent: Int) -> String { "\(word) \(id.text)/\(intent)" }
}

/// What the history of a machine's actions says.
package struct ActionHistory: Hashable, Sendable {
    /// Newest first.
    package let actions: [ServiceAction]

    package init(_ actions: [ServiceAction]) {
        self.actions = actions.sorted { ($0.createdAt, $0.id) > ($1.createdAt, $1.id) }
    }

    /// Whether the machine is isolated, by the last isolation or release that succeeded.
    package var isolation: IsolationState { state(of: .isolation) }

    /// Whether the family's effect is on the machine, by the last order of the family that succeeded.
    package func state(of family: ActionFamily) -> IsolationState {
        let last = actions.first { $0.kind.family == family && $0.status == .succeeded }
        guard let last, last.kind.holds else { return .no }
        return ActionComment.isOwn(last.comment) ? .byBailiff : .byOther
    }

    /// The orders of every machine that they name.
    package static func byMachine(_ orders: [ServiceAction]) -> [MachineID: ActionHistory] {
        var byMachine: [MachineID: [ServiceAction]] = [:]
        for order in orders { if let machine = order.machine { byMachine[machine, default: []].append(order) } }
        return byMachine.mapValues { ActionHistory($0) }
    }

    /// Of every machine that the orders name.
    package static func isolation(_ orders: [ServiceAction]) -> [MachineID: IsolationState] {
        byMachine(orders).mapValues(\.isolation)
    }

    /// The first later action that takes the effect of `action` back, if one succeeded.
    package func contradiction(of action: ServiceAction) -> ServiceAction? {
        guard let opposite = action.kind.undo else { return nil }
        return actions.last {
            $0.kind == opposite && $0.status == .succeeded && $0.machine == action.machine
                && $0.createdAt > action.createdAt
        }
    }
}

/// What looking before sending found.
package enum Look: Hashable, Sendable {
    /// Nothing in the way: send.
    case clear
    /// The order of the current intent: the service has taken it although it answered that it had not.
    case ours(ServiceAction)
    /// The same order is on its way already: its outcome is ours.
    case adopt(ServiceAction)
    /// The effect is there already.
    case inEffect(ServiceAction?)
    /// Something else has to end first.
    case wait(String)
    /// Not ours to do: ends as skipped.
    case leave(String)

    /// Decides from the machine's history. Pure.
    package static func decide(_ action: Action, history: ActionHistory, at now: Timestamp) -> Look {
        if let own = Reconciliation.match(action, among: history.actions) { return .ours(own) }
        let active = history.actions.filter { $0.status == .active }
        if let same = active.first(where: { $0.kind == action.kind && ($0.sha1 == action.sha1 || $0.sha1 == nil) }) {
            return .adopt(same)
        }
        // A quarantine of another file is a lane of its own at the service, but one at a time is what it takes.
        if let other = active.first(where: { $0.kind.family == action.kind.family }) {
            return .wait("\(other.kind.rawValue) \(other.id) is still active on the machine")
        }
        switch action.kind {
        case .isolate, .restrictApps:
            return history.state(of: action.family) == .no ? .clear : .inEffect(history.last(action.kind))
        case .release, .unrestrictApps:
            switch history.state(of: action.family) {
            case .no: return .inEffect(history.last(action.kind))
            case .byBailiff: return .clear
            case .byOther:
                if case .person(overrides: true) = action.origin { return .clear }
                return .leave("someone else's order holds the machine")
            }
        case .stopAndQuarantine:
            let recent = history.actions.first {
                $0.kind == .stopAndQuarantine && $0.status == .succeeded && $0.sha1 == action.sha1
                    && $0.createdAt > now - .seconds(86_400)
            }
            return recent.map { .inEffect($0) } ?? .clear
        default: return .clear
        }
    }
}

extension ActionHistory {
    fileprivate func last(_ kind: ActionKind) -> ServiceAction? {
        actions.first { $0.kind == kind && $0.status == .succeeded }
    }
}
