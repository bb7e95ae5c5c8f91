package import BailiffCore
package import BailiffModel
package import BailiffPlaybook
package import BailiffStore
package import Logging

package enum OrderServiceError: Error, Sendable {
    /// Defender does not know these machines.
    case unknownMachines([MachineID])
    /// More than one machine needs an approval policy; these are in force.
    case needsApproval([String])
    /// No approval policy or role of that name is in force; these policies are.
    case unknownApproval(String, [String])
    /// The action has no meaning as a person's order on a machine.
    case notAnOrder(ActionKind)
    case threat(ThreatError)
    case store(StoreError)
}

/// People's own orders: under the guards' `deny` and `skip`, with budget, intent, lease and record as ever.
package struct OrderService: Sendable {
    private let context: EngineContext

    package init(
        store: any Store, threat: any ThreatService, playbooks: ActivePlaybooks, options: EngineOptions,
        surroundings: Surroundings, logger: Logger
    ) {
        context = EngineContext(
            stored: StoreContext(
                store: store, options: options, surroundings: surroundings, plans: PlanCache(), logger: logger),
            threat: threat, finder: MachineFinder(threat: threat, readsConcurrently: options.readsConcurrently),
            playbooks: playbooks, notifying: NobodyToTell())
    }

    package struct Request: Sendable {
        package var order: PersonalOrder
        package var machines: [MachineID]
        /// Nil: without a case.
        package var caseID: CaseID?
        /// The person names machines that somebody else's order holds, and means them.
        package var overrides: Bool

        package init(order: PersonalOrder, machines: [MachineID], caseID: CaseID? = nil, overrides: Bool = false) {
            self.order = order
            self.machines = machines
            self.caseID = caseID
            self.overrides = overrides
        }
    }

    /// The case of orders without one.
    package static let noCase = CaseID(0)
    /// Plans the order and starts it; a single machine asks nobody.
    ///
    /// - Returns: The run; its actions say at once what guards deny or skip.
    package func give(_ request: Request, by person: Operator) async throws(OrderServiceError) -> (Run, Plan) {
        let kind = request.order.kind
        guard !kind.isTenantWide else { throw .notAnOrder(kind) }
        do {
            var order = request.order
            try checkApproval(order, count: Set(request.machines).count)
            if order.lease == nil, kind.holds { order.lease = lease(of: kind) }
            let input = try await input(request)
            let library = context.playbooks.current?.library ?? .empty
            let plan = Planner.plan(order: order, in: library, for: input)
            for _ in 0..<16 {
                if let run = try await commit(plan, input, request, by: person) { return (run, plan) }
            }
            throw StoreError(.other, "the order could not be stored: too much changed meanwhile")
        } catch let error as OrderServiceError {
            throw error
        } catch let error as ThreatError {
            throw .threat(error)
        } catch let error as StoreError {
            throw .store(error)
        } catch {
            throw .store(StoreError(.other, "the order could not be stored", underlying: error))
        }
    }

    private func checkApproval(_ order: PersonalOrder, count: Int) throws(OrderServiceError) {
        let library = context.playbooks.current?.library
        let names = (library?.approvals.keys.sorted() ?? [])
        guard let wanted = order.approve else {
            guard count <= 1 || order.kind.takesBack else { throw .needsApproval(names) }
            return
        }
        guard library?.approvals[wanted] != nil else { throw .unknownApproval(wanted, names) }
    }

    /// The policies' default, else three days and then the releasers are asked.
    private func lease(of kind: ActionKind) -> PlannedLease? {
        guard kind == .isolate || kind == .restrictApps else { return nil }
        let library = context.playbooks.current?.library
        if let standard = library.flatMap({ EffectivePolicy($0.policies).defaultLease }) {
            return PlannedLease(seconds: standard.length.components.seconds, then: .escalate, to: standard.to)
        }
        return .last
    }

    private func input(_ request: Request) async throws -> PlanInput {
        let now = context.now()
        var machines: [MachineFacts] = []
        var unknown: [MachineID] = []
        let wanted = Set(request.machines).sorted()
        let states = ActionHistory.isolation(try await context.threat.isolations(of: wanted))
        for id in wanted {
            // Defender also answers to a computer's name: only the record of this very id is meant.
            guard let machine = try await context.threat.machine(id), machine.id == id else {
                unknown.append(id)
                continue
            }
            machines.append(
                MachineFacts(
                    machine: machine, sighting: Sighting(machine: id, sources: []), isolated: states[id] ?? .no))
        }
        guard unknown.isEmpty else { throw OrderServiceError.unknownMachines(unknown) }
        var verdict = VerdictFacts(
            level: .unknown, score: 0, scored: false, category: .unknown, trust: 0, feed: "", product: "by hand")
        var file = FileFacts()
        if let id = request.caseID, let state = try await context.store.findCase(id) {
            if let known = state.verdict { verdict = known }
            file = state.file
        }
        return PlanInput(
            tenant: context.options.tenant, now: now, verdict: verdict, file: file, machines: machines,
            fleet: try await context.threat.fleet(), mode: .live)
    }

    /// Nil where something changed meanwhile.
    private func commit(
        _ plan: Plan, _ input: PlanInput, _ request: Request, by person: Operator
    ) async throws -> Run? {
        let planDocument = StoredDocument(kind: .plan, bytes: try CanonicalCoding.encode(plan))
        let factsDocument = StoredDocument(kind: .facts, bytes: try CanonicalCoding.encode(input))
        guard let id = try await context.store.reserveIDs(Run.self, count: 1).first, let step = plan.steps.first else {
            return nil
        }
        let ids = try await context.store.reserveIDs(Action.self, count: plan.actions.count)
        var caseID = Self.noCase
        if let named = request.caseID { caseID = try await context.store.survivor(of: named) }
        let run = Run(
            id: id, publicID: context.publicID(), caseID: caseID, plan: planDocument.digest,
            facts: factsDocument.digest, playbook: plan.playbook, mode: .live, startedAt: context.now(),
            requester: person.name, activator: "system", open: plan.actions.count, purpose: .order)
        let names = Dictionary(plan.machines.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
        let hashes = plan.verdict.hashes
        let actions = zip(ids, plan.actions).map { id, planned in
            Action(
                id: id, publicID: context.publicID(), runID: run.id, caseID: caseID, planned: planned, step: step,
                plan: planDocument.digest, facts: factsDocument.digest,
                origin: .person(overrides: request.overrides),
                machineName: planned.machine.flatMap { names[$0] ?? nil },
                sha1: step.action == .stopAndQuarantine ? hashes.sha1 : nil, fileHashes: hashes)
        }
        var order = context.order(at: run.startedAt)
        order.puts = [.document(planDocument), .document(factsDocument)]
        order.record(
            EntryDraft(
                "order.given", at: order.now, actor: "operator:\(person.name)",
                [
                    "run": .string(run.publicID.text), "do": .string(step.action.rawValue),
                    "plan": .string(planDocument.digest.hex),
                    "machines": .array(plan.machines.map { .string($0.id.text) }), "case": .int(caseID.value),
                    "overrides": .bool(request.overrides),
                ], erasable: [EntryDraft.Erasable("reason", request.order.reason)]))
        RunStart.start(run, actions, steps: plan.steps, order: &order)
        guard case .committed = try await context.commit(order) else { return nil }
        return try await context.store.run(run.id) ?? run
    }
}
