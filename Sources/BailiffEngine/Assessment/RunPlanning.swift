import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore

/// Turns findings into a plan, a run and its actions, inside the commit of the assessment.
struct RunPlanning: Sendable {
    let context: EngineContext
    let owner: Playbook
    let mode: ActivationMode

    enum Result { case nothingToDo, unavailable(Timestamp) }

    func plan(_ file: inout Case, findings: Findings, order: inout WorkOrder) async throws -> Result {
        let now = order.now
        let machines: [MachineFacts]
        let fleet: FleetFacts
        let actionable = findings.hits.filter { $0.shownOnly == nil }.map(\.machine.id)
        do throws(ThreatError) {
            fleet = try await context.threat.fleet()
            let history = actionable.isEmpty ? [] : try await context.threat.isolations(of: actionable)
            let states = RunPlanning.isolation(history)
            machines = findings.hits.map {
                MachineFacts(
                    machine: $0.machine, sighting: $0.sighting, isolated: states[$0.machine.id] ?? .no)
            }
        } catch {
            return .unavailable(context.now() + (error.retryAfter ?? .seconds(15)))
        }
        order.puts.append(
            .sightings(
                file.id,
                zip(findings.hits, machines).map { hit, facts in
                    StoredSighting(
                        machine: hit.machine, sighting: hit.sighting, isolated: facts.isolated,
                        shownOnly: hit.shownOnly, seenAt: now)
                }))
        guard !machines.isEmpty, let verdict = file.verdict,
            let generation = context.playbooks.current, file.mayPlan(owner, at: now)
        else { return .nothingToDo }
        let isPartial = findings.retryAfter != nil
        if try await knowsAll(actionable, file, at: now) {
            if !isPartial { _ = file.handle(.completed(playbook: owner.name), at: now) }
            return .nothingToDo
        }
        // What is only shown stays out of the plan's reach but in its list of machines not selected.
        let usage = BudgetUsage(uses: try await context.store.budgetUses(since: now - .seconds(86_400)))
        let input = PlanInput(
            tenant: context.options.tenant, now: now, verdict: verdict, file: file.file,
            machines: zip(findings.hits, machines).filter { $0.0.shownOnly == nil }.map(\.1), fleet: fleet, mode: mode,
            usage: usage)
        var plan = Planner.plan(owner, in: generation.library, for: input)
        plan.notSelected += findings.hits.compactMap { hit in
            hit.shownOnly.map { NotSelectedMachine(id: hit.machine.id, name: hit.machine.name, reason: $0) }
        }
        try await commit(
            plan, input: input, file: &file, isPartial: isPartial,
            activator: generation.activators[owner.name] ?? "system", order: &order)
        return .nothingToDo
    }

    /// Whether the newest plan was made on partial findings, says the same, and names every machine found now: then
    /// the complete findings bring nothing new.
    private func knowsAll(_ actionable: [MachineID], _ file: Case, at now: Timestamp) async throws -> Bool {
        guard let last = file.plans[owner.name], last.isPartial, let verdict = file.verdict,
            now < last.at + owner.trigger.window,
            !Case.Signature(verdict, hashes: file.hashes, playbook: owner.digest).isChange(from: last.signature),
            let run = try await context.store.runs(ofCase: file.id).first(where: { $0.publicID == last.run })
        else { return false }
        let plan = try await context.plans.plan(run.plan, in: context.store)
        let known = Set(plan.machines.map(\.id) + plan.notSelected.map(\.id))
        return known.isSuperset(of: actionable)
    }

    private static func isolation(_ history: [ServiceAction]) -> [MachineID: IsolationState] {
        Dictionary(grouping: history, by: \.machine).mapValues { ActionHistory($0).isolation }
    }

    private func commit(
        _ plan: Plan, input: PlanInput, file: inout Case, isPartial: Bool, activator: String, order: inout WorkOrder
    ) async throws {
        let now = order.now
        let planDocument = StoredDocument(kind: .plan, bytes: try CanonicalCoding.encode(plan))
        let factsDocument = StoredDocument(kind: .facts, bytes: try CanonicalCoding.encode(input))
        guard let runID = try await context.store.reserveIDs(Run.self, count: 1).first else { return }
        let actionIDs = try await context.store.reserveIDs(Action.self, count: plan.actions.count)
        let steps = Dictionary(plan.steps.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let names = Dictionary(plan.machines.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
        let run = Run(
            id: runID, publicID: context.publicID(), caseID: file.id, plan: planDocument.digest,
            facts: factsDocument.digest, playbook: plan.playbook, mode: plan.mode, startedAt: now, requester: "system",
            activator: activator, open: plan.mode == .shadow ? 0 : plan.actions.count)
        order.puts += [.document(planDocument), .document(factsDocument)]
        order.record(RunPlanning.entry(plan, run: run, plan: planDocument.digest, facts: factsDocument.digest, at: now))
        if plan.mode == .shadow {
            var shadow = run
            order.record(shadow.endIfIdle(at: now))
            order.put(shadow)
        } else {
            let actions = zip(actionIDs, plan.actions).compactMap { id, planned in
                steps[planned.step].map { step in
                    Action(
                        id: id, publicID: context.publicID(), runID: runID, caseID: file.id, planned: planned,
                        step: step, machineName: planned.machine.flatMap { names[$0] ?? nil },
                        sha1: step.action == .stopAndQuarantine ? file.hashes.only(.sha1) : nil)
                }
            }
            try await supersede(in: file, order: &order)
            start(run, actions, plan: plan, order: &order)
        }
        reserve(plan, run: runID, order: &order)
        if plan.actions.contains(where: { $0.disposition == .proceed }) {
            let signature = Case.Signature(plan.verdict, hashes: file.hashes, playbook: owner.digest)
            _ = file.handle(
                .planned(playbook: owner.name, run: run.publicID, signature: signature, isPartial: isPartial), at: now)
        }
    }

    private func start(_ run: Run, _ actions: [Action], plan: Plan, order: inout WorkOrder) {
        order.put(run)
        let ways = Dictionary(grouping: actions, by: \.machine).sorted { left, right in
            (left.value.first?.id.value ?? 0) < (right.value.first?.id.value ?? 0)
        }
        for (_, actions) in ways {
            var way = MachineWay(run: order.run(run), steps: plan.steps, actions: actions)
            let effects = way.start(at: order.now)
            order.take(effects, of: way)
        }
        if actions.isEmpty {
            var idle = order.run(run)
            order.record(idle.endIfIdle(at: order.now))
            order.put(idle)
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

    /// A new plan of the same playbook replaces what earlier runs of this case have not sent.
    private func supersede(in file: Case, order: inout WorkOrder) async throws {
        for earlier in try await context.store.runs(ofCase: file.id)
        where earlier.phase == .active && earlier.playbook.name == owner.name {
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
