import BailiffCEL

/// The keys that hold CEL. Which facts an expression may touch depends on the key.
package enum FactScope: String, Hashable, Sendable, CaseIterable {
    case trigger = "trigger.when"
    case select = "targets.select"
    case step = "steps.when"
    case guards = "guards.when"
    case approval = "approve.when"
    case proceed = "rings.proceed_when"

    /// Whether an expression under this key may touch the fact.
    package func sees(_ fact: Fact) -> Bool { hidingReason(fact) == nil }

    /// Why it may not.
    func hidingReason(_ fact: Fact) -> String? {
        if fact == .now { return nil }
        let group = fact.rawValue.prefix { $0 != "." }
        switch (self, group) {
        case (_, "verdict"): return nil
        case (.trigger, _): return "'trigger.when' sees the verdict alone"
        case (_, "ring"), (_, "run"): return self == .proceed ? nil : "only 'proceed_when' sees it"
        case (_, "fleet"):
            let isOfPlan = fact == .fleetSelected || fact == .fleetServers
            return isOfPlan && self != .approval && self != .proceed
                ? "only 'when' of an approval and 'proceed_when' see it: it is known once the plan is made" : nil
        case (_, "machine"):
            if self == .approval { return "an approval is about all machines, not about one" }
            if self == .proceed { return "a ring is about all its machines, not about one" }
            return fact == .machineName && self != .guards
                ? "only guards see the name; targets are never chosen by name" : nil
        default: return nil
        }
    }

    /// The declarations expressions under this key are compiled with. Slots are the same under every key.
    ///
    /// - Parameters:
    ///   - roles: Names of the roles that machines can have; nil where any is possible.
    ///   - allowsMissing: Whether the key says what the absence of a fact means.
    func declarations(roles: [String]?, allowsMissing: Bool) -> CELDeclarations {
        var declarations = CELDeclarations()
        declarations.allowsMissing = allowsMissing
        for fact in Fact.allCases {
            let presence: CELDeclarations.Presence
            if let reason = hidingReason(fact) {
                presence = .hidden(reason: reason)
            } else {
                presence = fact.isOptional ? .optional : .always
            }
            declarations.variable(
                fact.rawValue, fact.type, presence: presence,
                closedVocabulary: fact == .machineRole ? roles.map { $0 + [MachineContext.noRole] } : fact.vocabulary,
                range: fact.range, size: fact.size)
        }
        return declarations
    }
}
