import BailiffCore
import BailiffModel
import BailiffStore

/// Withdraws questions that nobody needs to answer any more.
struct VoidApprovals: Sendable {
    let context: StoreContext

    /// Questions of a run whose actions have all ended, the changes of `order` included.
    func withdraw(ofRun id: RunID, except answered: ApprovalID? = nil, order: inout WorkOrder) async throws {
        let open = try await context.store.approvals(ofRun: id).filter {
            if case .waiting = $0.phase { $0.id != answered } else { false }
        }
        guard !open.isEmpty else { return }
        let stored = Dictionary(
            try await context.store.actions(ofRun: id).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for var approval in open {
            let isVoid = approval.subjects.allSatisfy { subject in
                guard let action = order.action(subject.action) ?? stored[subject.action] else { return true }
                return approval.renews == nil ? action.isEnded : !action.isInForce
            }
            guard isVoid else { continue }
            for case .record(let draft) in approval.withdraw(at: order.now) { order.record(draft) }
            order.puts.append(.approval(approval))
        }
    }
}
