import BailiffModel
import BailiffPlaybook

/// Finds the order of a lost or declined send among what the service lists. Pure; the match is made here, not in a query.
package enum Reconciliation {
    /// Clocks of the service and of this host may differ by this much.
    package static let clockSkew: Duration = .seconds(60)
    /// How far back an order is looked for by its mark, which needs no clock.
    package static let reach: Duration = .seconds(86_400)

    /// The order that the current intent of `action` led to, if the service took it. Nil before the first send of the intent.
    ///
    /// Orders with a comment are matched by the mark in front of it, whatever their kind: an investigation may have become a
    /// scan. Investigations carry no comment: one of the same machine that began within the send window counts, after a
    /// refusal of the moment any that began since.
    package static func match(_ action: Action, among orders: [ServiceAction]) -> ServiceAction? {
        guard let sentAt = action.declinedAt ?? action.sentAt else { return nil }
        let candidates = orders.filter { $0.machine == action.machine }
        if let exact = candidates.first(where: {
            ActionComment.isOf(action.publicID, intent: action.intent, $0.comment)
        }) {
            return exact
        }
        guard action.kind == .investigate else { return nil }
        let until = action.sentAt.map { $0 + .seconds(120) } ?? .distantFuture
        return candidates.filter {
            $0.kind == action.kind && $0.comment.isEmpty && $0.createdAt >= sentAt - clockSkew && $0.createdAt <= until
        }
        .min { $0.createdAt < $1.createdAt }
    }
}
