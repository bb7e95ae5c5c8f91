import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore
import Logging

/// Works off `cancel` jobs: takes an order back at the service that the machine has not taken up. Whether that came in time
/// is for polling to find out.
struct OrderCancelling: Sendable {
    let context: EngineContext

    func perform(_ lease: JobLease) async throws {
        guard let action = try await context.store.action(ActionID(lease.key.subject)), action.phase == .pending,
            action.withdrawing != nil, let id = action.serviceID
        else { return try await context.store.settle([.finish(lease)]) }
        // Somebody else's order is not ours to take back.
        if action.isForeign { return try await context.store.settle([.finish(lease)]) }
        if let halt = try await context.store.control().halt, halt == .all {
            let due = context.now() + context.options.retryInterval
            return try await context.store.settle([.reschedule(lease, due: due, error: nil)])
        }
        do throws(ThreatError) {
            let comment = ActionComment.text(
                for: action.publicID, intent: action.intent, because: action.reasons.last ?? "taken back")
            _ = try await context.threat.cancel(id, kind: action.kind, comment: comment)
        } catch {
            guard error.code == .unavailable else {
                context.logger.warning("order \(id) cannot be cancelled: \(error.message)")
                return try await context.store.settle([.finish(lease)])
            }
            let due = context.now() + (error.retryAfter ?? .seconds(30))
            return try await context.store.settle([.reschedule(lease, due: due, error: nil)])
        }
        try await context.store.settle([.upsert(JobKey(.poll, 0), due: context.now()), .finish(lease)])
    }
}
