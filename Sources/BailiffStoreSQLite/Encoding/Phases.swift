import BailiffCore

extension Action.Phase {
    /// As in the column and its indexes.
    var column: String {
        switch self {
        case .planned: "planned"
        case .asking: "asking"
        case .ready: "ready"
        case .intended: "intended"
        case .sending: "sending"
        case .unknown: "unknown"
        case .pending: "pending"
        case .ended: "ended"
        }
    }
}

extension Action {
    /// As in the column and its indexes: an ended action whose effect lasts is found by a phase of its own.
    var column: String { isInForce ? "in_force" : phase.column }
}

extension Approval.Phase {
    var column: String {
        switch self {
        case .waiting: "waiting"
        case .granted: "granted"
        case .denied: "denied"
        case .expired: "expired"
        case .withdrawn: "withdrawn"
        }
    }
}
