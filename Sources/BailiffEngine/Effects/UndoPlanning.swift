import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore

/// Makes runs that take effects back: each source run's in the reverse order of its steps, each machine on its own.
struct UndoPlanning: Sendable {
    let context: StoreContext

    struct Request: Sendable {
        /// Actions whose effect is in force. Those that are being taken back already are passed over.
        var targets: [Action]
        /// The approval policy or role that is asked first; nil: nobody.
        var approve: String?
        var because: String
        var requester: String
        var isByPerson: Bool
    }

    /// Adds the runs to `order`.
    /// - Returns: Those that were made; none where everything is being taken back already.
    func plan(_ request: Request, order: inout WorkOrder) async throws -> [Run] {
        let targets = try await open(request.targets)
        var made: [Run] = []
        for (_, members) in Dictionary(grouping: targets, by: \.runID).sorted(by: { $0.key < $1.key }) {
            // Late arrivals have plans of their own; the steps are the same.
            guard let first = members.min(by: { $0.id < $1.id }),
                let source = try await context.store.run(first.runID)
            else { continue }
            let plan = try await context.plans.plan(first.plan, in: context.store)
            if let run = try await make(request, members, source: source, plan, &order) { made.append(run) }
        }
        return made
    }

    private func open(_ targets: [Action]) async throws -> [Action] {
        var open: [Action] = []
        var undone: [CaseID: Set<ActionID>] = [:]
        for target in targets.sorted(by: { $0.id < $1.id }) where target.isInForce && target.kind.undo != nil {
            if undone[target.caseID] == nil {
                let others = try await context.store.actions(ofCase: target.caseID)
                undone[target.caseID] = Set(others.filter { !$0.isEnded }.compactMap(\.undoes))
            }
            if undone[target.caseID]?.contains(target.id) != true { open.append(target) }
        }
        return open
    }

    private func make(
        _ request: Request, _ targets: [Action], source: Run, _ plan: Plan, _ order: inout WorkOrder
    ) async throws -> Run? {
        let undo = Self.undoPlan(request, targets, plan, at: order.now)
        let document = StoredDocument(kind: .plan, bytes: try CanonicalCoding.encode(undo))
        guard let runID = try await context.store.reserveIDs(Run.self, count: 1).first else { return nil }
        let ids = try await context.store.reserveIDs(Action.self, count: undo.actions.count)
        let run = Run(
            id: runID, publicID: context.publicID(), caseID: source.caseID, plan: document.digest,
            facts: source.facts, playbook: source.playbook, mode: .live, startedAt: order.now,
            requester: request.requester, activator: source.activator, open: undo.actions.count, purpose: .undo)
        order.puts.append(.document(document))
        order.record(
            EntryDraft(
                "undo.planned", at: order.now, actor: request.isByPerson ? "operator:\(request.requester)" : "system",
                [
                    "run": .string(run.publicID.text), "of": .string(source.publicID.text),
                    "plan": .string(document.digest.hex), "because": .string(request.because),
                    "machines": .array(undo.machines.map { .string($0.id.text) }),
                ]))
        let byPlace = Dictionary(targets.map { (Place($0), $0) }, uniquingKeysWith: { first, _ in first })
        var actions: [Action] = []
        for (id, planned) in zip(ids, undo.actions) {
            guard let step = undo.step(planned.step),
                let target = byPlace[
                    Place(step: String(planned.step.dropFirst("undo:".count)), machine: planned.machine)]
            else { continue }
            actions.append(
                Action(
                    id: id, publicID: context.publicID(), runID: runID, caseID: source.caseID, planned: planned,
                    step: step, plan: document.digest, facts: target.facts,
                    origin: .undo(of: target.id, byPerson: request.isByPerson), machineName: target.machineName,
                    sha1: nil, fileHashes: target.fileHashes))
        }
        RunStart.start(run, actions, steps: undo.steps, order: &order)
        return run
    }

    private struct Place: Hashable {
        var step: String
        var machine: MachineID?

        init(step: String, machine: MachineID?) {
            self.step = step
            self.machine = machine
        }

        init(_ action: Action) {
            step = action.step
            machine = action.machine
        }
    }

    private static func undoPlan(_ request: Request, _ targets: [Action], _ plan: Plan, at now: Timestamp) -> Plan {
        var undo = plan
        let machines = Set(targets.compactMap(\.machine))
        undo.mode = .live
        undo.madeAt = now
        undo.notSelected = []
        undo.rings = []
        undo.reversal = nil
        undo.watchSeconds = nil
        undo.budget = PlannedBudget(
            budgetClass: plan.budget.budgetClass, windows: [], reserved: [], approve: plan.budget.approve)
        // Machines of late arrivals stand in other plans of the run; their names stand in the actions.
        let known = Set(plan.machines.map(\.id))
        undo.machines =
            plan.machines.filter { machines.contains($0.id) }
            + targets.compactMap { target in
                target.machine.flatMap { known.contains($0) ? nil : $0 }.map {
                    PlannedMachine(id: $0, name: target.machineName, group: "", role: "none")
                }
            }
        undo.steps = []
        undo.actions = []
        let approvals = request.approve.map { [RequiredApproval(policy: $0, because: [request.because])] } ?? []
        for step in plan.steps.reversed() {
            let members = targets.filter { $0.step == step.id }.sorted {
                ($0.machine?.text ?? "") < ($1.machine?.text ?? "")
            }
            guard !members.isEmpty, let kind = step.action.undo else { continue }
            let before = undo.steps.last
            undo.steps.append(
                PlannedStep(
                    id: "undo:\(step.id)", action: kind, parameters: step.parameters,
                    needs: before.map { [$0.id: .ended] } ?? [:], onFail: .continue))
            undo.actions += members.map {
                PlannedAction(
                    step: "undo:\(step.id)", machine: $0.machine, disposition: .proceed, approvals: approvals,
                    reasons: [request.because])
            }
        }
        let kinds = undo.steps.map(\.action)
        undo.cost = ActionCatalogue.cost(of: kinds, machines: machines.count)
        return undo
    }
}
