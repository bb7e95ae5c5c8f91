import BailiffCEL
import BailiffModel

/// Asks all guards about one machine and lets the strictest win.
struct GuardJury {
    /// A guard that matched, and which actions it speaks about.
    struct Match {
        let entry: Guard
        let finding: GuardFinding
    }

    let guards: [Guard]
    /// Asked where a guard that names no approval could not be evaluated.
    let fallback: String

    init(_ playbook: Playbook, _ effective: EffectivePolicy) {
        guards = effective.guards + playbook.localGuards
        fallback = playbook.budget.approve
    }

    /// The guards of policies alone: for what a person orders.
    init(_ effective: EffectivePolicy) {
        guards = effective.guards
        fallback = ""
    }

    /// What the guards that speak about any of `actions` say with these facts.
    ///
    /// - Parameter roles: All roles of the machine; a guard that asks for the role is asked about each, the strictest answer
    ///   counts.
    func matches(_ facts: FactValues, roles: [String], for actions: Set<ActionKind>) -> [Match] {
        guards.compactMap { entry in
            guard actions.contains(where: { entry.applies(to: $0) }) else { return nil }
            // Where there is no machine, guards about machines say nothing.
            if facts.machine == nil, entry.when.touchesMachine { return nil }
            return finding(of: entry, facts, roles).map { Match(entry: entry, finding: $0) }
        }
    }

    private func finding(of entry: Guard, _ facts: FactValues, _ roles: [String]) -> GuardFinding? {
        guard roles.count > 1, entry.when.program.referencedVariables.contains(Fact.machineRole.rawValue) else {
            return finding(of: entry, facts)
        }
        let findings = roles.compactMap { role in
            var facts = facts
            facts.role = role
            return finding(of: entry, facts)
        }
        return findings.max { $0.enforcement < $1.enforcement }
    }

    private func finding(of entry: Guard, _ facts: FactValues) -> GuardFinding? {
        do {
            let matched = try entry.when.program.evaluateCondition(facts)
            return matched ? finding(of: entry, entry.enforce, error: nil) : nil
        } catch {
            if error.code == .missingFact, let missing = entry.missing {
                switch missing {
                case .ignore: return nil
                case .deny: return finding(of: entry, .deny, error: error.message)
                case .hold: return finding(of: entry, .hold, error: error.message)
                }
            }
            return finding(of: entry, entry.enforce == .deny ? .deny : .hold, error: error.message)
        }
    }

    private func finding(of entry: Guard, _ enforcement: GuardFinding.Enforcement, error: String?) -> GuardFinding {
        GuardFinding(
            id: entry.id, enforcement: enforcement, because: entry.because,
            approve: enforcement == .hold ? entry.approve ?? fallback : nil, error: error)
    }
}

extension Sequence<GuardJury.Match> {
    /// Those that speak about an action, strictest first; of equal ones, in the order of the policies.
    func findings(for action: ActionKind) -> [GuardFinding] {
        let findings = filter { $0.entry.applies(to: action) }.map(\.finding)
        return findings.enumerated().sorted { left, right in
            left.element.enforcement != right.element.enforcement
                ? left.element.enforcement > right.element.enforcement : left.offset < right.offset
        }.map(\.element)
    }
}

extension GuardFinding {
    /// `guards.tier0: Isolation would take down …`
    var reason: String { "guards.\(id): \(because)" + (error.map { " (\($0))" } ?? "") }
}
