import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore

/// Works off `lease` jobs: an effect's time is over. It is taken back, or people are asked; never silence.
struct LeaseEnd: Sendable {
    let context: EngineContext

    func perform(_ lease: JobLease) async throws {
        for _ in 0..<16 {
            guard let action = try await context.store.action(ActionID(lease.key.subject)), action.isInForce,
                let until = action.leaseUntil, let terms = action.lease
            else { return try await context.store.settle([.finish(lease)]) }
            let now = context.now()
            guard now >= until else {
                return try await context.store.settle([.reschedule(lease, due: until, error: nil)])
            }
            var order = context.order(at: now)
            order.requires = [.lease(lease)]
            order.jobs = [.finish(lease)]
            if let later = try await heir(of: action, until) {
                var passed = action
                order.take(passed.handle(.takenBack(by: "a later hold, \(later.publicID.text)"), at: now), of: passed)
            } else {
                try await end(action, terms, &order)
            }
            switch try await context.commit(order) {
            case nil:
                // Everything is under way already: look again once it should have come to an end.
                let due = now + context.options.releaseRetry
                return try await context.store.settle([.reschedule(lease, due: due, error: nil)])
            case .committed, .refused(.precondition(.lease)): return
            case .refused: continue
            }
        }
        try await context.store.settle([.reschedule(lease, due: context.now() + .seconds(1), error: nil)])
    }

    /// Another effect of the same case on the same machine whose time is not over.
    private func heir(of action: Action, _ until: Timestamp) async throws -> Action? {
        try await context.store.effects(onMachine: action.machine, family: action.family).first { other in
            other.id != action.id && other.caseID == action.caseID && other.parameters.value == action.parameters.value
                && (other.leaseUntil.map { $0 > until } ?? true)
        }
    }

    private func end(_ action: Action, _ terms: PlannedLease, _ order: inout WorkOrder) async throws {
        let because = "lease: its \(terms.seconds / 3_600) hours are over"
        switch terms.then {
        case .renew:
            if let policy = terms.approve,
                try await Renewal(context: context.stored).ask(policy, action, context, &order)
            {
                return
            }
            try await undo(action, approve: nil, because, &order)
        case .escalate: try await undo(action, approve: terms.to, because, &order)
        case .release: try await undo(action, approve: nil, because, &order)
        }
    }

    private func undo(_ action: Action, approve: String?, _ because: String, _ order: inout WorkOrder) async throws {
        _ = try await UndoPlanning(context: context.stored).plan(
            UndoPlanning.Request(
                targets: [action], approve: approve, because: because, requester: "system", isByPerson: false),
            order: &order)
    }
}
