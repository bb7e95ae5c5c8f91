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
    func facts(for action: Action, machine: MachineID, history: ActionHistory) async throws(ThreatError) -> SendCheck {
        var check = self
        let stored = try await documents(of: action)
        guard var facts = stored.input.machines.first(where: { $0.machine.id == machine }),
            let planned = stored.plan.actions.first(where: { $0.step == action.step && $0.machine == machine })
        else { throw ThreatError(.unusable, "the plan does not name this machine") }
        let now = context.now()
        if now > stored.input.now + context.options.factAge {
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
        var input = stored.input
        input.now = now
        input.machines = [facts]
        if let current = stored.file.verdict { input.verdict = current }
        input.file = stored.file.file
        guard let playbook = playbook(stored.plan.playbook), let generation = context.playbooks.current else {
            check.verdict = .denied(
                GuardFinding(
                    id: "playbook-gone", enforcement: .deny,
                    because: "the playbook of this run is no longer in force in this version"))
            return check
        }
        check.verdict = Planner.recheck(
            planned, of: stored.plan, playbook: playbook, library: generation.library, input: input)
        return check
    }

    private struct Documents {
        var plan: Plan
        var input: PlanInput
        var file: Case
    }

    private func documents(of action: Action) async throws(ThreatError) -> Documents {
        do {
            guard let run = try await context.store.run(action.runID),
                let file = try await context.store.findCase(action.caseID)
            else { throw StoreError(.corrupt, "the run or case of the action is missing") }
            return Documents(
                plan: try await context.plans.plan(run.plan, in: context.store),
                input: try await context.plans.input(run.facts, in: context.store), file: file)
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
