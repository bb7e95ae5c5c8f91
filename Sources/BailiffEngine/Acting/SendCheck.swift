import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore

/// The guards once more, right before a send, on facts that are not too old.
struct SendCheck: Sendable {
    let context: EngineContext
    private(set) var verdict: Recheck = .proceed
    /// The machine's operating system in playbook words.
    private(set) var os = "unknown"

    init(context: EngineContext) { self.context = context }

    /// - Throws: `ThreatError` where fresh facts were needed and not to be had; `.unusable` where a document is missing.
    func facts(for action: Action, history: ActionHistory) async throws(ThreatError) -> SendCheck {
        var check = self
        let stored = try await documents(of: action)
        guard let planned = stored.plan.actions.first(where: { $0.step == action.step && $0.machine == action.machine })
        else { throw ThreatError(.unusable, "the plan does not name this machine") }
        let now = context.now()
        var input = stored.input
        if let machine = action.machine {
            guard var facts = stored.input.machines.first(where: { $0.machine.id == machine }) else {
                throw ThreatError(.unusable, "the facts of the plan do not name this machine")
            }
            if now > stored.input.now + context.options.factAge, !action.kind.takesBack {
                guard var fresh = try await context.threat.machine(machine) else {
                    check.verdict = .denied(
                        GuardFinding(
                            id: "machine-gone", enforcement: .deny, because: "Defender no longer knows the machine"))
                    return check
                }
                if fresh.kind == .unknown { fresh.kind = facts.machine.kind }
                facts.machine = fresh
            }
            if action.family == .isolation { facts.isolated = history.isolation }
            check.os = facts.machine.os
            input.machines = [facts]
        }
        input.now = now
        if let current = stored.file?.verdict { input.verdict = current }
        if let file = stored.file { input.file = file.file }
        check.verdict = verdict(on: action, planned, stored.plan, input)
        return check
    }

    private func verdict(on action: Action, _ planned: PlannedAction, _ plan: Plan, _ input: PlanInput) -> Recheck {
        switch action.origin {
        case .undo: return .proceed
        case .person:
            guard let generation = context.playbooks.current else { return .proceed }
            return Planner.recheck(
                order: action.kind, machine: action.machine, library: generation.library, input: input)
        case .step:
            guard let playbook = playbook(plan.playbook), let generation = context.playbooks.current else {
                return .denied(
                    GuardFinding(
                        id: "playbook-gone", enforcement: .deny,
                        because: "the playbook of this run is no longer in force in this version"))
            }
            return Planner.recheck(planned, of: plan, playbook: playbook, library: generation.library, input: input)
        }
    }

    private struct Documents {
        var plan: Plan
        var input: PlanInput
        /// Nil for an order without a case.
        var file: Case?
    }

    private func documents(of action: Action) async throws(ThreatError) -> Documents {
        do {
            return Documents(
                plan: try await context.plans.plan(action.plan, in: context.store),
                input: try await context.plans.input(action.facts, in: context.store),
                file: try await context.store.findCase(action.caseID))
        } catch {
            throw ThreatError(.unavailable, String(describing: error))
        }
    }

    /// The run's own version: the one in force, or nothing. An action planned by a version that was replaced is not sent
    /// on the strength of guards nobody can repeat.
    private func playbook(_ reference: PlaybookReference) -> Playbook? {
        guard let playbook = context.playbooks.current?.library.playbook(reference.name),
            playbook.digest == reference.digest
        else { return nil }
        return playbook
    }
}
