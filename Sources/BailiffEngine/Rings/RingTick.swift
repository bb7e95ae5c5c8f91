import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore

/// Works off `ring` jobs: replaces machines that stay away while a ring runs, and at the end of its wait lets the next one go
/// or asks.
struct RingTick: Sendable {
    let context: EngineContext

    func perform(_ lease: JobLease) async throws {
        for _ in 0..<16 {
            guard let run = try await context.store.run(RunID(lease.key.subject)), run.phase == .active,
                let gate = run.gate, let due = run.gateDue
            else { return try await context.store.settle([.finish(lease)]) }
            let plan = try await context.plans.plan(run.plan, in: context.store)
            let actions = try await context.store.actions(ofRun: run.id)
            var order = context.order()
            order.requires = [.lease(lease)]
            let next = order.now + context.options.ringInterval
            if order.now < due, !gate.counted.isEmpty {
                replaceAbsent(in: gate, run, plan, actions, &order)
                order.jobs.append(.reschedule(lease, due: min(due, next), error: nil))
            } else if gate.waitsForPeople(actions) {
                order.jobs.append(.reschedule(lease, due: next, error: nil))
            } else {
                try await pass(gate, run, plan, actions, lease, &order)
            }
            switch try await context.commit(order) {
            case nil: return try await context.store.settle(order.jobs)
            case .committed, .refused(.precondition(.lease)): return
            case .refused: continue
            }
        }
        try await context.store.settle([.reschedule(lease, due: context.now() + .seconds(1), error: nil)])
    }

    /// The action that contains the machine: its first disruptive one that was planned to be done.
    private func containment(of machine: MachineID, _ plan: Plan, _ actions: [Action]) -> Action? {
        let own = actions.filter { $0.machine == machine && $0.kind.isDisruptive }
        let order = plan.steps.map(\.id)
        return own.filter { $0.outcome == nil || $0.wasSent }.min {
            (order.firstIndex(of: $0.step) ?? 0) < (order.firstIndex(of: $1.step) ?? 0)
        }
    }

    // MARK: - While it runs

    private func replaceAbsent(
        in gate: RunRing, _ run: Run, _ plan: Plan, _ actions: [Action], _ order: inout WorkOrder
    ) {
        for machine in gate.counted {
            guard let action = containment(of: machine, plan, actions), action.phase == .pending,
                action.receivedAt == nil, let acceptedAt = action.acceptedAt,
                order.now >= acceptedAt + context.options.ringPatience
            else { continue }
            var changed = order.run(run)
            let entries = changed.replace(machine, at: order.now)
            guard !entries.isEmpty, let substitute = changed.gate?.machines.last else { continue }
            order.record(entries)
            order.put(changed)
            go(on: substitute, changed, plan, actions, asking: [], &order)
        }
    }

    // MARK: - At its end

    /// Whether people said no to the ring as a whole.
    private func wasRefused(_ gate: RunRing, _ actions: [Action]) -> Bool {
        let members = actions.filter { action in
            action.machine.map(gate.counted.contains) ?? false
                && action.consents.contains { $0.because.contains { $0.hasPrefix("rings.") } }
        }
        return !members.isEmpty && members.allSatisfy { $0.outcome == .denied || $0.outcome == .expired }
    }

    private func pass(
        _ gate: RunRing, _ run: Run, _ plan: Plan, _ actions: [Action], _ lease: JobLease, _ order: inout WorkOrder
    ) async throws {
        if wasRefused(gate, actions) { return try await hold(run, plan, actions, lease, &order) }
        var asking: [RequiredApproval] = []
        var changed = order.run(run)
        if !gate.counted.isEmpty, try await !proceeds(gate, run, plan, actions, at: order.now) {
            asking.append(RequiredApproval(policy: plan.budget.approve, because: ["rings.proceed_when"]))
            if changed.isLastToGo {
                // Whoever turns up late comes to this gate and is asked about.
                try await announceEnd(of: gate, run, plan, actions, asks: false, &order)
                order.jobs.append(.finish(lease))
                return
            }
        }
        order.record(changed.openNextRing(at: order.now))
        // An empty ring does not answer for the one before it.
        while !asking.isEmpty, changed.gate?.machines.isEmpty ?? false {
            order.record(changed.openNextRing(at: order.now))
        }
        order.put(changed)
        let ring = changed.rings[changed.ring]
        if let policy = ring.asksBefore {
            if let index = asking.firstIndex(where: { $0.policy == policy }) {
                asking[index].because.append("rings.approve")
            } else {
                asking.append(RequiredApproval(policy: policy, because: ["rings.approve"]))
            }
        }
        for machine in ring.machines { go(on: machine, changed, plan, actions, asking: asking, &order) }
        try await announceEnd(of: gate, run, plan, actions, asks: !asking.isEmpty && !ring.machines.isEmpty, &order)
        order.jobs.append(.finish(lease))
        if let due = changed.gateDue {
            let next = min(due, order.now + context.options.ringInterval)
            order.jobs.append(.upsert(JobKey(.ring, run.id.value), due: next))
        }
    }

    private func proceeds(
        _ gate: RunRing, _ run: Run, _ plan: Plan, _ actions: [Action], at now: Timestamp
    ) async throws -> Bool {
        guard let generation = context.playbooks.current,
            let playbook = generation.library.playbook(plan.playbook.name),
            playbook.digest == plan.playbook.digest, playbook.rings.indices.contains(run.ring)
        else { return false }
        guard let condition = playbook.rings[run.ring].proceedWhen else { return true }
        let input = try await context.plans.input(run.facts, in: context.store)
        return Planner.proceeds(
            condition, plan: plan, library: generation.library, playbook: playbook, input: input,
            ring: Run.standing(of: gate, actions), runStarted: run.startedAt, now: now)
    }

    /// Starts a machine, after people where they are asked.
    private func go(
        on machine: MachineID, _ run: Run, _ plan: Plan, _ actions: [Action], asking: [RequiredApproval],
        _ order: inout WorkOrder
    ) {
        let members = actions.filter { $0.machine == machine }.map { order.action($0.id) ?? $0 }
        var way = MachineWay(run: order.run(run), steps: plan.steps, actions: members)
        if !asking.isEmpty, let first = containment(of: machine, plan, members), first.phase == .planned {
            let effects = way.handle(.gated(asking), for: first.id, at: order.now)
            order.take(effects, of: way)
        } else {
            let effects = way.resume(at: order.now)
            order.take(effects, of: way)
        }
    }

    /// The ring was refused: what comes after it is not contained by this run.
    private func hold(
        _ run: Run, _ plan: Plan, _ actions: [Action], _ lease: JobLease, _ order: inout WorkOrder
    ) async throws {
        let later = Set(run.rings[(run.ring + 1)...].flatMap(\.machines))
        for machine in later.sorted() {
            let members = actions.filter { $0.machine == machine }.map { order.action($0.id) ?? $0 }
            for action in members where !action.isEnded && !action.wasSent {
                let current = members.map { order.action($0.id) ?? $0 }
                var way = MachineWay(run: order.run(run), steps: plan.steps, actions: current)
                let effects = way.handle(
                    .withdrawn(.held, "rings: people refused ring \(run.ring + 1)"), for: action.id, at: order.now)
                order.take(effects, of: way)
            }
        }
        order.jobs.append(.finish(lease))
    }

    private func announceEnd(
        of gate: RunRing, _ run: Run, _ plan: Plan, _ actions: [Action], asks: Bool, _ order: inout WorkOrder
    ) async throws {
        let standing = Run.standing(of: gate, actions)
        let announcing = Announcing(context: context.stored)
        try await announcing.announce(
            .ringDone, to: plan.notifiers(of: .ringDone),
            Announcement.Content(
                title: "\(plan.playbook.name): ring \(run.ring + 1) of \(run.rings.count) is over",
                text: "\(standing.verified) of \(standing.size) verified, \(standing.failed) failed"
                    + (asks ? "; the next ring waits for people" : ""),
                caseID: run.caseID, run: run.publicID, facts: announcing.facts(plan),
                command: "bailiff run show \(run.publicID.text)"), &order)
    }
}
