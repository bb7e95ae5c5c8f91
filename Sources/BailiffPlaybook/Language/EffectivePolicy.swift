/// The policies a playbook uses, taken together: of two limits the lower one, of two lists of owners what both have.
package struct EffectivePolicy: Sendable {
    /// All guards, policy by policy.
    package let guards: [Guard]
    package let classes: [String: Policy.BudgetClass]
    package let proxyEstate: Bool
    /// The shortest default.
    package let defaultLease: (length: Duration, to: String)?
    let context: MachineContext

    package init(_ policies: [Policy]) {
        guards = policies.flatMap(\.guards)
        var classes: [String: Policy.BudgetClass] = [:]
        for budget in policies.flatMap(\.budgets) {
            classes[budget.name] = classes[budget.name].map { $0.merged(with: budget) } ?? budget
        }
        self.classes = classes
        let isolations = policies.compactMap(\.isolation)
        proxyEstate = isolations.contains { $0.proxyEstate }
        var shortest: (length: Duration, to: String)?
        for isolation in isolations {
            guard let length = isolation.defaultLease, let to = isolation.to else { continue }
            if let known = shortest, known.length <= length { continue }
            shortest = (length, to)
        }
        defaultLease = shortest
        context = MachineContext(policies)
    }

    /// The breaker these policies demand together: each of its limits the strictest one. Nil where none has a breaker. It is
    /// one for the tenant, so the policies of all active playbooks count.
    package static func breaker(of policies: [Policy]) -> Policy.Breaker? {
        policies.compactMap(\.breaker).reduce(nil) { known, breaker in
            guard let known else { return breaker }
            return Policy.Breaker(
                guardStopShare: min(known.guardStopShare, breaker.guardStopShare),
                failuresInRow: min(known.failuresInRow, breaker.failuresInRow),
                minimum: min(known.minimum, breaker.minimum), within: max(known.within, breaker.within))
        }
    }

    /// Names of roles that machines can have, without "none".
    package static func roles(of policies: [Policy]) -> [String] {
        var names: [String] = []
        for role in policies.flatMap(\.roles) where !names.contains(role.name) { names.append(role.name) }
        return names
    }
}

extension Policy.BudgetClass {
    fileprivate func merged(with other: Self) -> Self {
        func lower<Value: Comparable>(_ left: Value?, _ right: Value?) -> Value? {
            guard let left, let right else { return left ?? right }
            return min(left, right)
        }
        var both = self
        both.perHour = lower(perHour, other.perHour)
        both.perDay = lower(perDay, other.perDay)
        both.shareOfGroup = lower(shareOfGroup, other.shareOfGroup)
        both.indicatorsPerDay = lower(indicatorsPerDay, other.indicatorsPerDay)
        if let mine = owners, let theirs = other.owners {
            both.owners = mine.filter { name in theirs.contains { $0.utf8.elementsEqual(name.utf8) } }
        } else {
            both.owners = owners ?? other.owners
        }
        return both
    }

    /// Whether a playbook of this owner may draw on the class.
    package func admits(owner: String) -> Bool {
        owners?.contains { $0.utf8.elementsEqual(owner.utf8) } ?? true
    }
}
