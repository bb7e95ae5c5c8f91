package import BailiffModel
package import BailiffPlaybook

/// The playbooks, policies and approvals in force: one consistent set, replaced as a whole.
package final class ActivePlaybooks: Sendable {
    package struct Generation: Sendable {
        package var library: PlaybookLibrary
        /// By playbook name; a playbook without one is not in force.
        package var modes: [String: ActivationMode]
        /// Who activated it, by playbook name.
        package var activators: [String: String]

        package init(library: PlaybookLibrary, modes: [String: ActivationMode], activators: [String: String]) {
            self.library = library
            self.modes = modes
            self.activators = activators
        }
    }

    private let held: Locked<Generation?>

    /// Without a generation nothing triggers.
    package init(_ generation: Generation? = nil) { held = Locked(generation) }

    package var current: Generation? { held.withLock { $0 } }

    package func replace(with generation: Generation) { held.withLock { $0 = generation } }

    /// The policies of all playbooks in force: the breaker is the tenant's.
    package var policiesInForce: [Policy] {
        guard let generation = current else { return [] }
        let names = generation.library.playbooks.filter { generation.modes[$0.name] != nil }.flatMap(\.policies)
        return generation.library.policies.filter { policy in
            names.contains { $0.utf8.elementsEqual(policy.name.utf8) }
        }
    }

    /// Notifiers that any playbook in force tells of this event, each once.
    package func notifiers(of event: NotifyEvent) -> [String] {
        guard let generation = current else { return [] }
        var names: [String] = []
        for playbook in generation.library.playbooks where generation.modes[playbook.name] != nil {
            for entry in playbook.after.notify where entry.events.contains(event) && !names.contains(entry.to) {
                names.append(entry.to)
            }
        }
        return names
    }

    /// The playbooks in force that this verdict triggers, the owner of the case first: highest precedence, then name.
    package func triggered(by verdict: VerdictFacts, now: Timestamp) -> [(playbook: Playbook, mode: ActivationMode)] {
        guard let generation = current else { return [] }
        var matched: [(playbook: Playbook, mode: ActivationMode)] = []
        for playbook in generation.library.playbooks {
            guard let mode = generation.modes[playbook.name] else { continue }
            if case .matched = Planner.isTriggered(playbook, by: verdict, now: now) { matched.append((playbook, mode)) }
        }
        return matched.sorted {
            $0.playbook.precedence != $1.playbook.precedence
                ? $0.playbook.precedence > $1.playbook.precedence
                : $0.playbook.name.utf8.lexicographicallyPrecedes($1.playbook.name.utf8)
        }
    }

    /// Whether a verdict can matter to a trigger, so that its case is worth a job. Errs on the side of a job: a trigger
    /// that can't be evaluated for this verdict alone counts as interested.
    package func wantsAssessment(_ verdict: Verdict, feed: String, trust: Int, now: Timestamp) -> Bool {
        guard verdict.isActionable, let generation = current else { return false }
        if verdict.level >= .suspicious { return true }
        let facts = VerdictFacts(verdict, feed: feed, trust: trust, revision: 1, feeds: 0)
        return generation.library.playbooks.contains { playbook in
            guard generation.modes[playbook.name] != nil else { return false }
            if case .notMatched = Planner.isTriggered(playbook, by: facts, now: now) { return false }
            return true
        }
    }
}
