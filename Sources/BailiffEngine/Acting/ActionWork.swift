import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore
import Logging

/// Works off `act` jobs: takes one action from ready to accepted, one step a commit, and settles lost answers.
struct ActionWork: Sendable {
    let context: EngineContext

    /// How one step ended for the job.
    private enum Step {
        /// The action moved; look at it again at once.
        case moved
        /// The job is settled, in the action's commit or apart.
        case settled
        /// Somebody else changed something: read again.
        case again
    }

    func perform(_ lease: JobLease) async throws {
        for _ in 0..<32 {
            guard let action = try await context.store.action(ActionID(lease.key.subject)) else {
                return try await context.store.settle([.finish(lease)])
            }
            switch try await step(action, lease) {
            case .moved, .again: continue
            case .settled: return
            }
        }
        try await context.store.settle([.reschedule(lease, due: context.now() + .seconds(1), error: nil)])
    }

    private func step(_ action: Action, _ lease: JobLease) async throws -> Step {
        switch action.phase {
        case .ready: return try await intend(action, lease)
        case .intended: return try await lookAndSend(action, lease)
        case .sending:
            // Only the task that committed `sending` sends. A job that finds this phase comes after its end.
            return try await apply(.lost("the process ended while sending"), to: action, lease: lease, keepsJob: true)
        case .unknown: return try await reconcile(action, lease)
        case .pending:
            try await context.store.settle([.upsert(JobKey(.poll, 0), due: context.now()), .finish(lease)])
            return .settled
        case .planned, .asking, .ended:
            try await context.store.settle([.finish(lease)])
            return .settled
        }
    }

    // MARK: - Ready

    private func intend(_ action: Action, _ lease: JobLease) async throws -> Step {
        var requires: [Precondition] = [
            .lease(lease), .runActive(action.runID),
            .laneFree(machine: action.machine, family: action.family, except: action.id),
        ]
        var puts: [Record] = []
        var events: [Action.Event] = []
        if action.budget == .waitsForRoom || action.budget == .afterApproval {
            let claim = try await budgetClaim(for: action)
            requires += claim.requires
            puts += claim.puts
            events.append(.reserved)
        }
        events.append(.intend)
        return try await apply(events, to: action, lease: lease, requires: requires, puts: puts, keepsJob: true)
    }

    /// The place in the budget that was not reserved with the plan.
    private func budgetClaim(for action: Action) async throws -> (requires: [Precondition], puts: [Record]) {
        guard let place = try await place(of: action) else { return ([], []) }
        return ([.budget(place.claim)], [.reserve(action.runID, [place.use])])
    }

    /// The machine's place in the windows that hold for it now. What people lifted are the playbook's own limits; those of
    /// the class and the group hold whatever anybody says.
    private func place(of action: Action) async throws -> (claim: BudgetClaim, use: BudgetUse)? {
        guard let machine = action.machine, let run = try await context.store.run(action.runID) else { return nil }
        let plan = try await context.plans.plan(run.plan, in: context.store)
        let group = plan.machines.first { $0.id == machine }?.group ?? ""
        let now = context.now()
        let lifted = plan.actions.first { $0.step == action.step && $0.machine == machine }?.budget == .afterApproval
        let windows = (plan.budget.windows + (plan.budget.groupWindows[group] ?? [])).filter { !lifted || $0.isOfClass }
        return (
            BudgetClaim(machines: [machine], windows: windows, now: now),
            BudgetUse(
                machine: machine, budgetClass: plan.budget.budgetClass, playbook: plan.playbook.name, group: group,
                at: now)
        )
    }

    // MARK: - Intended

    private func lookAndSend(_ action: Action, _ lease: JobLease) async throws -> Step {
        guard let machine = action.machine else {
            return try await apply(
                .withdrawn(.notPossible, "tenant-wide actions are not carried out"), to: action, lease: lease)
        }
        // A lease that ends within the send window could leave two tasks with one intent.
        let window = context.options.sendStart + context.options.sendLimit
        guard context.now() + window < lease.until else {
            try await context.store.settle([.reschedule(lease, due: context.now(), error: nil)])
            return .settled
        }
        let history: ActionHistory
        let recheck: SendCheck
        do throws(ThreatError) {
            let since = context.now() - .seconds(30 * 86_400)
            history = ActionHistory(
                try await context.threat.history(of: machine, family: action.family, since: since))
            recheck = try await SendCheck(context: context).facts(for: action, machine: machine, history: history)
        } catch {
            return try await postpone(action, lease, error.message, after: error.retryAfter)
        }
        switch Look.decide(action, history: history, at: context.now()) {
        case .clear: break
        case .wait(let reason): return try await postpone(action, lease, reason, after: nil)
        case let look: return try await apply(.looked(look), to: action, lease: lease)
        }
        switch recheck.verdict {
        case .proceed: break
        case .denied(let finding): return try await apply(.guardStopped(.denied, finding), to: action, lease: lease)
        case .skipped(let finding): return try await apply(.guardStopped(.skipped, finding), to: action, lease: lease)
        case .needsApproval(let approvals):
            let given = action.consents.filter { $0.state == .granted }.map(\.policy)
            let missing = approvals.filter { !given.contains($0.policy) }
            if !missing.isEmpty { return try await apply(.guardAsks(missing), to: action, lease: lease) }
        }
        return try await send(action, to: machine, os: recheck.os, lease)
    }

    private func send(_ action: Action, to machine: MachineID, os: String, _ lease: JobLease) async throws -> Step {
        let started = Stopwatch(context.surroundings.clock)
        var puts: [Record] = [.hold(machine: machine, family: action.family, action.caseID)]
        var requires: [Precondition] = [
            .lease(lease), .notHalted(byPerson: false), .runActive(action.runID),
            .laneFree(machine: machine, family: action.family, except: action.id),
        ]
        if action.kind.isDisruptive, let place = try await place(of: action) {
            // Counted again: a place reserved long ago may have slid out of the window that others filled since.
            requires.append(.budget(place.claim))
            // Spent at the latest moment the service may take it, so that no window lets go of it too early.
            let latest = place.claim.now + context.options.sendStart + context.options.sendLimit
            puts.append(.spend(action.runID, machine, at: latest))
        }
        let order = try await self.order(action, machine: machine, os: os)
        let committed = try await apply(
            .sending, to: action, lease: lease, requires: requires, puts: puts, keepsJob: true)
        guard case .moved = committed else { return committed }
        guard started.elapsed < context.options.sendStart else {
            // The commit took too long: nothing was sent, and this task knows it.
            return try await applyFresh(
                .notAccepted(retryAt: context.now(), "the send window was missed"), action.id, lease)
        }
        let answer: Result<ServiceAction, SendFailure> = await withinSendLimit { () async throws(SendFailure) in
            try await context.threat.send(order)
        }
        return try await applyFresh(event(of: answer, refusals: action.refusals), action.id, lease)
    }

    private func event(of answer: Result<ServiceAction, SendFailure>, refusals: Int) -> Action.Event {
        switch answer {
        case .success(let order): return .accepted(order)
        case .failure(.notAccepted(let reason, let retryAfter)):
            let backOff = Duration.seconds(min(300, 1 << min(refusals, 8)))
            return .notAccepted(retryAt: context.now() + (retryAfter ?? backOff), reason)
        case .failure(.alreadyActive(let reason)):
            // Looking again finds the active order; the list may lag behind a little.
            let backOff = refusals == 0 ? Duration.zero : .seconds(min(60, 1 << min(refusals, 6)))
            return .notAccepted(retryAt: context.now() + backOff, reason)
        case .failure(.refused(let outcome, let reason)): return .refused(outcome, reason)
        case .failure(.lost(let reason)): return .lost(reason)
        }
    }

    private func order(_ action: Action, machine: MachineID, os: String) async throws -> Order {
        let run = try await context.store.run(action.runID)
        let plan: Plan? = if let run { try await context.plans.plan(run.plan, in: context.store) } else { nil }
        let because = plan.map {
            "\($0.verdict.level.rawValue) \($0.verdict.score) (\($0.verdict.product)), \($0.playbook.name) v\($0.playbook.version ?? 0), run \(run?.publicID.text ?? "")"
        }
        return Order(
            kind: action.kind, machine: machine, parameters: action.parameters, os: os, sha1: action.sha1,
            comment: ActionComment.text(for: action.publicID, intent: action.intent, because: because ?? action.step))
    }

    /// Ends the wait for an answer at the send limit: what was posted then counts as lost.
    private func withinSendLimit(
        _ post: @escaping @Sendable () async throws(SendFailure) -> ServiceAction
    ) async -> Result<ServiceAction, SendFailure> {
        guard context.options.readsConcurrently else { return await SendFailure.result(of: post) }
        let clock = context.surroundings.clock
        let limit = context.options.sendLimit
        return await withTaskGroup(of: Result<ServiceAction, SendFailure>?.self) { group in
            group.addTask { await SendFailure.result(of: post) }
            group.addTask {
                try? await clock.sleep(for: limit)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first ?? .failure(.lost("no answer within \(limit.components.seconds) seconds"))
        }
    }

    // MARK: - Unknown

    private func reconcile(_ action: Action, _ lease: JobLease) async throws -> Step {
        guard let machine = action.machine, let sentAt = action.sentAt else {
            try await context.store.settle([.finish(lease)])
            return .settled
        }
        let orders: [ServiceAction]
        do throws(ThreatError) {
            orders = try await context.threat.history(
                of: machine, family: action.family, since: sentAt - Reconciliation.clockSkew)
        } catch {
            let due = context.now() + (error.retryAfter ?? context.options.settleInterval)
            try await context.store.settle([.reschedule(lease, due: due, error: nil)])
            return .settled
        }
        if let match = Reconciliation.match(action, among: orders) {
            return try await apply(.found(match), to: action, lease: lease)
        }
        return try await apply(
            .notFound(
                settleTime: context.options.settleTime, nextLook: context.now() + context.options.settleInterval),
            to: action, lease: lease)
    }

    // MARK: - Commits

    private func postpone(_ action: Action, _ lease: JobLease, _ reason: String, after: Duration?) async throws -> Step
    {
        context.logger.debug("action \(action.publicID) waits: \(reason)")
        let due = context.now() + (after ?? patience(with: action))
        try await context.store.settle([.reschedule(lease, due: due, error: nil)])
        return .settled
    }

    /// The longer something has been in the way, the longer it is likely to stay: a tenth of the wait so far, between the
    /// shortest interval and ten minutes.
    private func patience(with action: Action) -> Duration {
        let waited = action.readyAt.map { context.now() - $0 } ?? .zero
        return min(.seconds(600), max(context.options.retryInterval, waited / 10))
    }

    private func apply(
        _ event: Action.Event, to action: Action, lease: JobLease, requires: [Precondition] = [], puts: [Record] = [],
        keepsJob: Bool = false
    ) async throws -> Step {
        try await apply([event], to: action, lease: lease, requires: requires, puts: puts, keepsJob: keepsJob)
    }

    /// After a send the answer has to be written whatever else changed: read again until it is.
    private func applyFresh(_ event: Action.Event, _ id: ActionID, _ lease: JobLease) async throws -> Step {
        for _ in 0..<16 {
            guard let action = try await context.store.action(id) else { return .settled }
            let step = try await apply(event, to: action, lease: lease)
            if case .again = step { continue }
            return step
        }
        return .settled
    }

    private func apply(
        _ events: [Action.Event], to action: Action, lease: JobLease, requires: [Precondition], puts: [Record],
        keepsJob: Bool
    ) async throws -> Step {
        guard let run = try await context.store.run(action.runID) else {
            throw StoreError(.corrupt, "the run of action \(action.publicID) is missing")
        }
        let plan = try await context.plans.plan(run.plan, in: context.store)
        let members = try await context.store.actions(ofRun: run.id, machine: action.machine)
        guard members.first(where: { $0.id == action.id })?.version == action.version else { return .again }
        var order = WorkOrder(now: context.now(), askSettle: context.options.askSettle)
        order.requires = requires
        order.puts = puts
        var way = MachineWay(run: run, steps: plan.steps, actions: members)
        for event in events {
            let effects = way.handle(event, for: action.id, at: order.now)
            order.take(effects, of: way)
            way.forgetEntries()
        }
        if case .ended? = way.actions.first(where: { $0.id == action.id })?.phase {
            try await VoidApprovals(context: context.stored).withdraw(ofRun: run.id, order: &order)
        }
        if !keepsJob { order.jobs.insert(.finish(lease), at: 0) }
        guard let commit = order.commit(randomBytes: context.randomBytes) else {
            // Nothing to record: at most a later look is wanted, and the count of empty looks.
            return try await settleQuietly(order, lease: lease, keepsJob: keepsJob, changed: way.changedActions)
        }
        switch try await context.store.commit(commit) {
        case .committed: return keepsJob ? .moved : .settled
        case .refused(let refusal): return try await refused(refusal, action, lease)
        }
    }

    private func settleQuietly(_ order: WorkOrder, lease: JobLease, keepsJob: Bool, changed: [Action]) async throws
        -> Step
    {
        let due = order.jobs.compactMap { change -> Timestamp? in
            if case .upsert(let key, let due) = change, key == lease.key { due } else { nil }
        }.min()
        var quiet = order
        if !changed.isEmpty {
            quiet.record(
                EntryDraft(
                    "action.looked", at: order.now,
                    ["action": .string(changed[0].publicID.text), "found": false]))
            quiet.jobs = []
            if let due {
                quiet.jobs.append(.reschedule(lease, due: due, error: nil))
            } else {
                quiet.jobs.append(.finish(lease))
            }
            if let commit = quiet.commit(randomBytes: context.randomBytes) {
                if case .refused = try await context.store.commit(commit) { return .again }
            }
            return .settled
        }
        try await context.store.settle([
            due.map { .reschedule(lease, due: $0, error: nil) } ?? .finish(lease)
        ])
        return .settled
    }

    private func refused(_ refusal: CommitRefusal, _ action: Action, _ lease: JobLease) async throws -> Step {
        switch refusal {
        case .version: return .again
        case .precondition(.lease): return .settled
        case .precondition(.runActive):
            return try await apply(.withdrawn(.cancelled, "the run has ended"), to: action, lease: lease)
        case .precondition(.notHalted): return try await postpone(action, lease, "halted", after: nil)
        case .precondition(.laneFree):
            return try await postpone(action, lease, "another \(action.family.rawValue) is under way", after: nil)
        case .budget(let window, _):
            return try await postpone(action, lease, "\(window.key): no room", after: .seconds(60))
        case .precondition, .hashOwned: return try await postpone(action, lease, "refused", after: nil)
        }
    }
}

extension SendFailure {
    static func result(
        of post: () async throws(SendFailure) -> ServiceAction
    ) async -> Result<ServiceAction, SendFailure> {
        do throws(SendFailure) { return .success(try await post()) } catch { return .failure(error) }
    }
}
