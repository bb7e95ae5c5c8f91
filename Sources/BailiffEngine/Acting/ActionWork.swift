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
        let isIndicator = action.kind.isDisruptive && action.machine == nil && action.budget == .notCounted
        if action.budget == .waitsForRoom || action.budget == .afterApproval || isIndicator {
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
    /// the class and the group hold whatever anybody says. A file to be blocked has a place among the indicators of a day.
    private func place(of action: Action) async throws -> (claim: BudgetClaim, use: BudgetUse)? {
        guard action.kind.isDisruptive else { return nil }
        let plan = try await context.plans.plan(action.plan, in: context.store)
        let now = context.now()
        guard let machine = action.machine else { return indicatorPlace(of: action, plan, at: now) }
        let group = plan.machines.first { $0.id == machine }?.group ?? ""
        let lifted = plan.actions.first { $0.step == action.step && $0.machine == machine }?.budget == .afterApproval
        let windows = (plan.budget.windows + (plan.budget.groupWindows[group] ?? [])).filter { !lifted || $0.isOfClass }
        return (
            BudgetClaim(machines: [machine], windows: windows, now: now),
            BudgetUse(
                machine: machine, budgetClass: plan.budget.budgetClass, playbook: plan.playbook.name, group: group,
                at: now)
        )
    }

    private func indicatorPlace(
        of action: Action, _ plan: Plan, at now: Timestamp
    ) -> (claim: BudgetClaim, use: BudgetUse)? {
        guard let file = action.fileHashes.all.first.flatMap({ MachineID($0.hex) }) else { return nil }
        let name = BudgetUse.indicatorClass(of: plan.budget.budgetClass)
        let window = BudgetWindow(
            scope: .budgetClass(name), seconds: 86_400, cap: plan.budget.indicatorsPerDay ?? 0,
            key: "class.indicators_per_day")
        return (
            BudgetClaim(machines: [file], windows: [window], now: now),
            BudgetUse(machine: file, budgetClass: name, playbook: plan.playbook.name, group: "", at: now)
        )
    }

    // MARK: - Intended

    private func lookAndSend(_ action: Action, _ lease: JobLease) async throws -> Step {
        // A lease that ends within the send window could leave two tasks with one intent.
        let window = context.options.sendStart + context.options.sendLimit
        guard context.now() + window < lease.until else {
            try await context.store.settle([.reschedule(lease, due: context.now(), error: nil)])
            return .settled
        }
        let check: SendCheck
        let look: Look
        do throws(ThreatError) {
            let history = try await self.history(of: action)
            check = try await SendCheck(context: context).facts(for: action, history: history)
            look = try await self.look(action, history, os: check.os)
        } catch {
            return try await postpone(action, lease, error.message, after: error.retryAfter)
        }
        switch look {
        case .clear where action.withdrawing != nil: return try await apply(.looked(look), to: action, lease: lease)
        case .clear: break
        case .wait(let reason): return try await postpone(action, lease, reason, after: nil)
        case .ours, .adopt, .inEffect, .leave: return try await apply(.looked(look), to: action, lease: lease)
        }
        switch check.verdict {
        case .proceed: break
        case .denied(let finding):
            let puts: [Record] = evidence(.guardStop, of: action).map { [.evidence($0)] } ?? []
            return try await apply(.guardStopped(.denied, finding), to: action, lease: lease, puts: puts)
        case .skipped(let finding): return try await apply(.guardStopped(.skipped, finding), to: action, lease: lease)
        case .needsApproval(let approvals):
            let given = action.consents.filter { $0.state == .granted }.map(\.policy)
            let missing = approvals.filter { !given.contains($0.policy) }
            if !missing.isEmpty { return try await apply(.guardAsks(missing), to: action, lease: lease) }
        }
        let gate = try await BreakerGate(context: context).standing(for: action)
        if case .asks(let approval) = gate {
            return try await apply(.guardAsks([approval]), to: action, lease: lease)
        }
        return try await send(action, os: check.os, gate, lease)
    }

    private func history(of action: Action) async throws(ThreatError) -> ActionHistory {
        guard let machine = action.machine, action.family != .tag, action.family != .indicator else {
            return ActionHistory([])
        }
        let since = context.now() - .seconds(30 * 86_400)
        return ActionHistory(try await orders(of: action, on: machine, since: since))
    }

    /// What was sent as an investigation may have become a scan: then those are looked through, too.
    private func orders(
        of action: Action, on machine: MachineID, since: Timestamp
    ) async throws(ThreatError) -> [ServiceAction] {
        let orders = try await context.threat.history(of: machine, family: action.family, since: since)
        guard action.kind == .investigate, let sentAt = action.declinedAt ?? action.sentAt,
            action.parameters.via?.contains(.antivirusScan) ?? false
        else { return orders }
        let scans = try await context.threat.history(
            of: machine, family: .scan, since: sentAt - Reconciliation.reach)
        return orders + scans
    }

    /// What is there already. Tags and indicators have no history at the service: their effect itself is looked at.
    private func look(_ action: Action, _ history: ActionHistory, os: String) async throws(ThreatError) -> Look {
        let subject = order(action, os: os, comment: "")
        if let isThere = try await context.threat.isInEffect(subject) {
            return isThere != action.kind.takesBack ? .inEffect(nil) : .clear
        }
        return Look.decide(action, history: history, at: context.now())
    }

    private func evidence(_ kind: BreakerEvidence.Kind, of action: Action) -> BreakerEvidence? {
        guard action.kind.isDisruptive, let machine = action.machine else { return nil }
        return BreakerEvidence(at: context.now(), machine: machine, kind: kind)
    }

    private func send(
        _ action: Action, os: String, _ gate: BreakerGate.Standing, _ lease: JobLease
    ) async throws -> Step {
        let started = Stopwatch(context.surroundings.clock)
        var puts: [Record] = []
        var requires: [Precondition] = [
            .lease(lease), .notHalted(byPerson: action.kind.takesBack && action.isByPerson), .runActive(action.runID),
            .laneFree(machine: action.machine, family: action.family, except: action.id),
        ]
        switch action.origin {
        case .step: requires.append(.notAllowListed(action.caseID, at: context.now()))
        case .undo(_, byPerson: _):
            switch action.family {
            case .tag, .indicator:
                if try await isWantedByAnother(action) {
                    return try await apply(
                        .withdrawn(.skipped, Consequences.heldByAnother), to: action, lease: lease)
                }
            default: requires.append(.noOtherHolder(machine: action.machine, family: action.family, action.caseID))
            }
        case .person: break
        }
        if case .closed(let mark) = gate { requires.append(.breakerClosed(mark: mark)) }
        if let place = try await place(of: action) {
            // Counted again: a place reserved long ago may have slid out of the window that others filled since.
            requires.append(.budget(place.claim))
            // Spent at the latest moment the service may take it, so that no window lets go of it too early.
            let latest = place.claim.now + context.options.sendStart + context.options.sendLimit
            puts.append(.spend(action.runID, place.use.machine, at: latest))
        }
        if let evidence = evidence(.sent, of: action) { puts.append(.evidence(evidence)) }
        let order = try await self.order(action, os: os)
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

    /// A machine has many tags and a tenant many indicators: another case wants this one only with an effect of the same value.
    private func isWantedByAnother(_ action: Action) async throws -> Bool {
        try await context.store.effects(onMachine: action.machine, family: action.family).contains { effect in
            effect.caseID != action.caseID
                && (action.family == .tag
                    ? effect.parameters.value == action.parameters.value : effect.fileHashes == action.fileHashes)
        }
    }

    private func event(of answer: Result<ServiceAction, SendFailure>, refusals: Int) -> Action.Event {
        let backOff = Duration.seconds(min(300, 1 << min(refusals, 8)))
        switch answer {
        case .success(let order): return .accepted(order)
        case .failure(.notAccepted(let reason, let retryAfter)):
            return .notAccepted(retryAt: context.now() + (retryAfter ?? backOff), reason)
        case .failure(.declined(let reason, let retryAfter)):
            // Lists may lag: an order that was taken all the same is to be in them when it is looked for.
            let pause = max(retryAfter ?? backOff, context.options.declineSettle)
            return .declined(retryAt: context.now() + pause, reason)
        case .failure(.alreadyActive(let reason)):
            // Looking again finds the active order; the list may lag behind a little.
            let pause = refusals == 0 ? Duration.zero : .seconds(min(60, 1 << min(refusals, 6)))
            return .notAccepted(retryAt: context.now() + pause, reason)
        case .failure(.refused(let outcome, let reason)): return .refused(outcome, reason)
        case .failure(.lost(let reason)): return .lost(reason)
        }
    }

    private func order(_ action: Action, os: String) async throws -> Order {
        let run = try await context.store.run(action.runID)
        let plan = try await context.plans.plan(action.plan, in: context.store)
        let version = plan.playbook.version.map { " v\($0)" } ?? ""
        let because =
            action.origin == .step
            ? "\(plan.verdict.level.rawValue) \(plan.verdict.score) (\(plan.verdict.product)), \(plan.playbook.name)\(version)"
            : "\(action.step), \(plan.playbook.name)\(version)"
        let comment = ActionComment.text(
            for: action.publicID, intent: action.intent, because: "\(because), run \(run?.publicID.text ?? "")")
        return order(action, os: os, comment: comment)
    }

    private func order(_ action: Action, os: String, comment: String) -> Order {
        Order(
            kind: action.kind, machine: action.machine, parameters: action.parameters, os: os, sha1: action.sha1,
            hashes: action.fileHashes, at: context.now(), comment: comment)
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
        guard let sentAt = action.sentAt else {
            try await context.store.settle([.finish(lease)])
            return .settled
        }
        let match: ServiceAction?
        do throws(ThreatError) {
            match = try await self.match(action, since: sentAt - Reconciliation.reach)
        } catch {
            let due = context.now() + (error.retryAfter ?? context.options.settleInterval)
            try await context.store.settle([.reschedule(lease, due: due, error: nil)])
            return .settled
        }
        if let match { return try await apply(.found(match), to: action, lease: lease) }
        return try await apply(
            .notFound(
                settleTime: context.options.settleTime, nextLook: context.now() + context.options.settleInterval),
            to: action, lease: lease)
    }

    private func match(_ action: Action, since: Timestamp) async throws(ThreatError) -> ServiceAction? {
        if let isThere = try await context.threat.isInEffect(order(action, os: "unknown", comment: "")) {
            guard isThere != action.kind.takesBack else { return nil }
            return ServiceAction(
                id: "\(action.kind.rawValue):\(action.publicID.text)", kind: action.kind, machine: action.machine,
                status: .succeeded, createdAt: context.now(),
                comment: ActionComment.text(for: action.publicID, intent: action.intent, because: "found"),
                isFollowed: false)
        }
        guard let machine = action.machine else { return nil }
        return Reconciliation.match(action, among: try await orders(of: action, on: machine, since: since))
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

    /// Until the window opens by itself, but no longer than patience goes: places are given back too.
    private func waitForRoom(in window: BudgetWindow, for action: Action) async throws -> Duration {
        let now = context.now()
        let longest = max(.seconds(60), patience(with: action))
        guard let subject = try await place(of: action)?.use.machine else { return longest }
        guard let opening = try await context.store.budgetOpening(of: window, for: subject, at: now) else {
            return longest
        }
        return min(longest, max(context.options.retryInterval, opening - now))
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
        var order = context.order()
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
        switch try await context.commit(order) {
        case nil:
            // Nothing to record: at most a later look is wanted, and the count of empty looks.
            return try await settleQuietly(order, lease: lease, keepsJob: keepsJob, changed: way.changedActions)
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
            if case .refused = try await context.commit(quiet) { return .again }
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
        case .precondition(.breakerClosed): return .again
        case .precondition(.notAllowListed):
            return try await apply(
                .withdrawn(.cancelled, "the file stands on the allow-list"), to: action, lease: lease)
        case .precondition(.noOtherHolder):
            return try await apply(
                .withdrawn(.skipped, Consequences.heldByAnother), to: action, lease: lease)
        case .budget(let window, _):
            return try await postpone(
                action, lease, "\(window.key): no room", after: try await waitForRoom(in: window, for: action))
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
