import BailiffModel
import BailiffPlaybook

/// Finds the order of a lost answer among what the service lists. Pure; the match is made here, not in a query.
package enum Reconciliation {
    /// Clocks of the service and of this host may differ by this much.
    package static let clockSkew: Duration = .seconds(60)

    /// The order that the current intent of `action` led to, if the service took it.
    ///
    /// Orders with a comment are matched by the mark in front of it. Investigations carry no comment: one of the same
    /// machine that began within the send window counts.
    package static func match(_ action: Action, among orders: [ServiceAction]) -> ServiceAction? {
        guard let sentAt = action.sentAt else { return nil }
        let candidates = orders.filter {
            $0.kind == action.kind && $0.machine == action.machine && $0.createdAt >= sentAt - clockSkew
        }
        if let exact = candidates.first(where: {
            ActionComment.isOf(action.publicID, intent: action.intent, $0.comment)
        }) {
            return exact
        }
        guard action.kind == .investigate else { return nil }
        return candidates.filter { $0.comment.isEmpty && $0.createdAt <= sentAt + .seconds(120) }
            .min { $0.createdAt < $1.createdAt }
    }
}
