import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore

/// Turns findings into a plan, a run and its actions, inside the commit of the assessment.
struct RunPlanning: Sendable {
    let context: EngineContext
    let owner: Playbook
    let mode: ActivationMode
    let dedupe: Dedupe

    enum Result { case nothingToDo, unavailable(Timestamp) }

    func plan(_ file: inout Case, findings: Findings, order: inout WorkOrder) async throws -> Result {
        let now = order.now
        let machines: [MachineFacts]
        let fleet: FleetFacts
        let actionable = findings.hits.filter { $0.shownOnly == nil }.map(\.machine.id)
        do throws(ThreatError) {
            fleet = try await context.threat.fleet()
            let history = actionable.isEmpty ? [] : try await context.threat.isolations(of: actionable)
            let states = ActionHistory.isolation(history)
            machines = findings.hits.map {
                MachineFacts(
                    machine: $0.machine, sighting: $0.sighting, isolated: states[$0.machine.id] ?? .no)
            }
        } catch {
            return .unavailable(context.now() + (error.retryAfter ?? .seconds(15)))
        }
        try await keepSightings(of: file, findings.hits, machines, &order)
        guard !machines.isEmpty, let verdict = file.verdict, let generation = context.playbooks.current else {
            return .nothingToDo
        }
        let isPartial = findings.retryAfter != nil
        let late = try await lateness(actionable, findings, file, at: now)
        switch late {
        case .nothingNew:
            if !isPartial { _ = file.handle(.completed(playbook: owner.name), at: now) }
            return .nothingToDo
        case .newPlan, .joins: break
        }
        // What is only shown stays out of the plan's reach but in its list of machines not selected.
        var input = PlanInput(
            tenant: context.options.tenant, now: now, verdict: verdict, file: file.file,
            machines: zip(findings.hits, machines).filter { $0.0.shownOnly == nil }.map(\.1), fleet: fleet, mode: mode)
        if case .joins(_, let present, _) = late { input.inRun = present }
        input.usage = try await context.store.budgetUsage(
            of: input.machines.map(\.machine.id),
            in: Planner.budgetWindows(owner, in: generation.library, for: input), at: now)
        var plan = Planner.plan(owner, in: generation.library, for: input)
        plan.notSelected += findings.hits.compactMap { hit in
            hit.shownOnly.map { NotSelectedMachine(id: hit.machine.id, name: hit.machine.name, reason: $0) }
        }
        if case .joins(let run, _, let known) = late {
            plan.keep(onlyNewTo: known)
            try await join(plan, to: run, input: input, file: &file, order: &order)
            if !isPartial { _ = file.handle(.completed(playbook: owner.name), at: now) }
            return .nothingToDo
        }
        try await commit(
            plan, input: input, file: &file, isPartial: isPartial,
            activator: generation.activators[owner.name] ?? "system", order: &order)
        return .nothingToDo
    }

    private func keepSightings(
        of file: Case, _ hits: [RecordCollapse.Hit], _ machines: [MachineFacts], _ order: inout WorkOrder
    ) async throws {
        let known = Set(try await context.store.sightings(ofCase: file.id).map(\.machine.id))
        order.puts.append(
            .sightings(
                file.id,
                zip(hits, machines).map { hit, facts in
                    StoredSighting(
                        machine: hit.machine, sighting: hit.sighting, isolated: facts.isolated,
                        shownOnly: hit.shownOnly, seenAt: order.now)
                }))
        let new = hits.map(\.machine.id).filter { !known.contains($0) }
        guard !new.isEmpty else { return }
        order.record(
            EntryDraft(
                "case.sightings", at: order.now,
                ["case": .int(file.id.value), "machines": .array(new.map { .string($0.text) })]))
    }

    // MARK: - Late arrivals

    private enum Lateness {
        /// A plan of its own.
        case newPlan
        /// The dedupe window holds and every machine is known.
        case nothingNew
        /// The dedupe window holds; these machines are in the run, and all of `known` need no plan any more.
        case joins(Run, present: [MachineID], known: Set<MachineID>)
    }

    /// Within the dedupe window machines that turn up late join the run while it is watched, or where its plan was made on
    /// partial findings.
    private func lateness(
        _ actionable: [MachineID], _ findings: Findings, _ file: Case, at now: Timestamp
    ) async throws -> Lateness {
        guard let last = file.plans[owner.name],
            let run = try await context.store.runs(ofCase: file.id).first(where: { $0.publicID == last.run })
        else { return .newPlan }
        let isWatched = file.watchUntil.map { now < $0 } ?? false
        guard isWatched || now < last.at + owner.trigger.window else { return .newPlan }
        if dedupe.isAnother(file), dedupe.mayPlan(file, at: now) { return .newPlan }
        // Who withdrew the run wants no more of it.
        guard run.withdrawnAt == nil, last.isPartial || isWatched else { return .nothingNew }
        let actions = try await context.store.actions(ofRun: run.id)
        var known: Set<MachineID> = Set(actions.compactMap { $0.machine })
        for digest in Set(actions.map(\.plan) + [run.plan]).sorted(by: { $0.hex < $1.hex }) {
            let plan = try await context.plans.plan(digest, in: context.store)
            known.formUnion(plan.machines.map(\.id) + plan.notSelected.map(\.id))
        }
        let found = Set(findings.hits.map(\.machine.id))
        if known.isSuperset(of: found) || run.mode == .shadow { return .nothingNew }
        let present = Set(actions.compactMap { $0.machine }).sorted()
        return .joins(run, present: present, known: known)
    }

    /// New machines become part of the run: of its budget, its rings and its questions.
    private func join(
        _ plan: Plan, to run: Run, input: PlanInput, file: inout Case, order: inout WorkOrder
    ) async throws {
        let planDocument = StoredDocument(kind: .plan, bytes: try CanonicalCoding.encode(plan))
        let factsDocument = StoredDocument(kind: .facts, bytes: try CanonicalCoding.encode(input))
        order.puts += [.document(planDocument), .document(factsDocument)]
        var draft = RunPlanning.entry(
            plan, run: run, plan: planDocument.digest, facts: factsDocument.digest, at: order.now)
        draft.kind = "plan.extended"
        order.record(draft)
        let actions = try await makeActions(
            plan, run: run, planDocument.digest, factsDocument.digest, hashes: file.hashes)
        var changed = run
        if changed.phase == .ended {
            order.record(changed.reopen(by: actions.count, at: order.now))
        } else {
            changed.extend(by: actions.count)
        }
        changed.join(plan.machines.map(\.id))
        order.put(changed)
        // A run that had ended has nobody any more who opens its rings.
        if changed.gateDue != nil { order.jobs.append(.upsert(JobKey(.ring, run.id.value), due: order.now)) }
        var joining = actions
        if let ring = changed.rings.last, ring.openedAt != nil, let policy = ring.asksBefore {
            // Those who let the ring go were asked about other machines.
            joining = gated(actions, on: plan.machines.map(\.id), policy, order: &order)
        }
        RunStart.join(changed, joining, steps: plan.steps, order: &order)
        var ended = order.run(changed)
        order.record(ended.endIfIdle(at: order.now))
        order.put(ended)
        reserve(plan, run: run.id, order: &order)
        try await Announcing(context: context.stored).announce(plan: plan, of: run, &order)
    }

    private func commit(
        _ plan: Plan, input: PlanInput, file: inout Case, isPartial: Bool, activator: String, order: inout WorkOrder
    ) async throws {
        let now = order.now
        let planDocument = StoredDocument(kind: .plan, bytes: try CanonicalCoding.encode(plan))
        let factsDocument = StoredDocument(kind: .facts, bytes: try CanonicalCoding.encode(input))
        guard let runID = try await context.store.reserveIDs(Run.self, count: 1).first else { return }
        let run = Run(
            id: runID, publicID: context.publicID(), caseID: file.id, plan: planDocument.digest,
            facts: factsDocument.digest, playbook: plan.playbook, mode: plan.mode, startedAt: now, requester: "system",
            activator: activator, open: plan.mode == .shadow ? 0 : plan.actions.count, precedence: plan.precedence,
            rings: plan.mode == .shadow ? [] : plan.rings)
        order.puts += [.document(planDocument), .document(factsDocument)]
        context.plans.hold(plan, planDocument.digest)
        context.plans.hold(input, factsDocument.digest)
        order.record(RunPlanning.entry(plan, run: run, plan: planDocument.digest, facts: factsDocument.digest, at: now))
        if plan.mode == .shadow {
            var shadow = run
            order.record(shadow.endIfIdle(at: now))
            order.put(shadow)
        } else {
            let actions = try await makeActions(
                plan, run: run, planDocument.digest, factsDocument.digest, hashes: file.hashes)
            try await supersede(in: file, order: &order)
            var starting = actions
            if let ring = plan.rings.first, let policy = ring.approve {
                starting = gated(actions, on: ring.machines, policy, order: &order)
            }
            RunStart.start(run, starting, steps: plan.steps, order: &order)
            if let due = order.run(run).gateDue {
                let next = min(due, now + context.options.ringInterval)
                order.jobs.append(.upsert(JobKey(.ring, run.id.value), due: next))
            }
            try await Announcing(context: context.stored).announce(plan: plan, of: run, &order)
        }
        reserve(plan, run: runID, order: &order)
        if plan.actions.contains(where: { $0.disposition == .proceed }) {
            let signature = Case.Signature(plan.verdict, hashes: file.hashes, playbook: owner.digest)
            _ = file.handle(
                .planned(playbook: owner.name, run: run.publicID, signature: signature, isPartial: isPartial), at: now)
            if let seconds = plan.watchSeconds, plan.mode != .shadow {
                let until = now + .seconds(seconds)
                _ = file.handle(.watching(until: max(until, file.watchUntil ?? until)), at: now)
                order.puts.append(.watch(file.id, until: file.watchUntil))
                order.jobs.append(.upsert(JobKey(.watch, 0), due: now + context.options.watchInterval))
            }
        }
    }

    private func makeActions(
        _ plan: Plan, run: Run, _ planDigest: Digest, _ facts: Digest, hashes: [FileHash]
    ) async throws -> [Action] {
        let ids = try await context.store.reserveIDs(Action.self, count: plan.actions.count)
        let steps = Dictionary(plan.steps.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let names = Dictionary(plan.machines.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
        let file = FileHashes(sha256: hashes.only(.sha256), sha1: hashes.only(.sha1), md5: hashes.only(.md5))
        return zip(ids, plan.actions).compactMap { id, planned in
            steps[planned.step].map { step in
                Action(
                    id: id, publicID: context.publicID(), runID: run.id, caseID: run.caseID, planned: planned,
                    step: step, plan: planDigest, facts: facts,
                    machineName: planned.machine.flatMap { names[$0] ?? nil },
                    sha1: step.action == .stopAndQuarantine ? file.sha1 : nil,
                    fileHashes: step.action.isTenantWide || step.action == .investigate ? file : FileHashes())
            }
        }
    }

    /// The first ring asks before it starts where the playbook says so, and so do late arrivals of one that has begun; the
    /// others do when their turn comes.
    private func gated(
        _ actions: [Action], on machines: [MachineID], _ policy: String, order: inout WorkOrder
    ) -> [Action] {
        var asked: Set<MachineID> = []
        return actions.map { action in
            guard let machine = action.machine, machines.contains(machine), action.kind.isDisruptive,
                action.phase == .planned, asked.insert(machine).inserted
            else { return action }
            var gated = action
            let approval = RequiredApproval(policy: policy, because: ["rings.approve"])
            for case .record(let draft) in gated.handle(.gated([approval]), at: order.now) { order.record(draft) }
            return gated
        }
    }

    private func reserve(_ plan: Plan, run: RunID, order: inout WorkOrder) {
        guard plan.mode != .shadow, !plan.budget.reserved.isEmpty else { return }
        let groups = Dictionary(plan.machines.map { ($0.id, $0.group) }, uniquingKeysWith: { first, _ in first })
        let budget = plan.budget
        order.requires.append(
            .budget(BudgetClaim(machines: budget.reserved, windows: budget.windows, now: order.now)))
        for (group, windows) in budget.groupWindows.sorted(by: { $0.key < $1.key }) {
            let members = budget.reserved.filter { groups[$0] == group }
            if members.isEmpty { continue }
            order.requires.append(.budget(BudgetClaim(machines: members, windows: windows, now: order.now)))
        }
        let uses = budget.reserved.map {
            BudgetUse(
                machine: $0, budgetClass: budget.budgetClass, playbook: plan.playbook.name, group: groups[$0] ?? "",
                at: order.now)
        }
        order.puts.append(.reserve(run, uses))
    }

    /// A new plan of the same playbook replaces what earlier runs of this case have not sent; so does one of a playbook of
    /// higher precedence, which takes the case over.
    private func supersede(in file: Case, order: inout WorkOrder) async throws {
        for earlier in try await context.store.runs(ofCase: file.id)
        where earlier.phase == .active && earlier.purpose == .playbook
            && (earlier.playbook.name == owner.name || earlier.precedence < owner.precedence)
        {
            let plan = try await context.plans.plan(earlier.plan, in: context.store)
            let actions = try await context.store.actions(ofRun: earlier.id)
            for (_, members) in Dictionary(grouping: actions, by: \.machine)
                .sorted(by: { ($0.value.first?.id.value ?? 0) < ($1.value.first?.id.value ?? 0) })
            {
                var way = MachineWay(run: order.run(earlier), steps: plan.steps, actions: members)
                var effects: [MachineWay.ActionEffect] = []
                for action in members where !action.isEnded && !action.wasSent {
                    effects += way.handle(
                        .withdrawn(.superseded, "a newer plan replaces it"), for: action.id, at: order.now)
                }
                order.take(effects, of: way)
            }
            try await VoidApprovals(context: context.stored).withdraw(ofRun: earlier.id, order: &order)
        }
    }

    private static func entry(_ plan: Plan, run: Run, plan digest: Digest, facts: Digest, at now: Timestamp)
        -> EntryDraft
    {
        var counts: [String: Int64] = [:]
        for action in plan.actions {
            switch action.disposition {
            case .proceed: counts[action.approvals.isEmpty ? "automatic" : "asks", default: 0] += 1
            case .ended(let outcome): counts[outcome.rawValue, default: 0] += 1
            }
        }
        let machines: [JSONValue] = plan.machines.map { .string($0.id.text) }
        let denied: [JSONValue] = plan.actions.filter { $0.disposition == .ended(.denied) }.compactMap {
            $0.machine.map { .string($0.text) }
        }
        return EntryDraft(
            "plan.made", at: now,
            [
                "case": .int(run.caseID.value), "run": .string(run.publicID.text), "plan": .string(digest.hex),
                "facts": .string(facts.hex), "playbook": .string(plan.playbook.name),
                "playbook_digest": .string(plan.playbook.digest.hex), "mode": .string(plan.mode.rawValue),
                "machines": .array(machines),
                "denied": .array(Array(Set(denied)).sorted { ($0.string ?? "") < ($1.string ?? "") }),
                "actions": .object(
                    JSONObject(counts.sorted { $0.key < $1.key }.map { JSONObject.Member($0.key, .int($0.value)) })),
            ])
    }
}

extension Plan {
    /// Leaves what is about machines that need no plan any more out.
    fileprivate mutating func keep(onlyNewTo known: Set<MachineID>) {
        machines = machines.filter { !known.contains($0.id) }
        notSelected = notSelected.filter { !known.contains($0.id) }
        actions = actions.filter { action in action.machine.map { !known.contains($0) } ?? false }
        budget.reserved = budget.reserved.filter { !known.contains($0) }
        rings = []
    }
}
