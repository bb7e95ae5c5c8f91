import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore

/// Works off `notify` jobs: delivers one announcement, however long its receiver is away.
struct NotificationDelivery: Sendable {
    let context: EngineContext

    /// Later than that nobody needs to be told any more.
    private static let patience: Duration = .seconds(3 * 86_400)

    func perform(_ lease: JobLease) async throws {
        guard let announcement = try await context.store.announcement(AnnouncementID(lease.key.subject)) else {
            return try await context.store.settle([.finish(lease)])
        }
        do throws(NotifyingFailure) {
            try await context.notifying.tell(announcement)
        } catch {
            let isLate = context.now() > announcement.at + Self.patience
            guard error.isTemporary, !isLate else {
                return try await end(announcement, "notification.failed", ["reason": .string(error.message)], lease)
            }
            let backOff = Duration.seconds(min(900, 2 << min(lease.attempts, 9)))
            let due = context.now() + (error.retryAfter ?? backOff)
            return try await context.store.settle([.reschedule(lease, due: due, error: error.message)])
        }
        try await end(announcement, "notification.sent", [:], lease)
    }

    private func end(
        _ announcement: Announcement, _ kind: String, _ more: JSONObject, _ lease: JobLease
    ) async throws {
        for _ in 0..<16 {
            var order = context.order()
            var fields: JSONObject = [
                "id": .string(announcement.publicID.text), "event": .string(announcement.event.rawValue),
                "to": .string(announcement.to),
            ]
            fields.members += more.members
            order.record(EntryDraft(kind, at: order.now, fields))
            order.requires = [.lease(lease)]
            order.puts = [.announced(announcement.id)]
            order.jobs = [.finish(lease)]
            if let id = announcement.approval, var approval = try await context.store.approval(id) {
                // The time to answer begins once people know.
                let effects = approval.told(at: order.now)
                for case .record(let draft) in effects { order.record(draft) }
                if !effects.isEmpty {
                    order.puts.append(.approval(approval))
                    if let until = approval.openUntil {
                        order.jobs.append(.upsert(JobKey(.approval, id.value), due: until))
                    }
                }
            }
            switch try await context.commit(order) {
            case nil, .committed, .refused(.precondition(.lease)): return
            case .refused: continue
            }
        }
    }
}
