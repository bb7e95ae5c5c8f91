import BailiffModel
import BailiffYAML

extension Differ {
    // MARK: Policy

    mutating func policy(_ old: Policy, _ new: Policy) {
        neutral("name", old.name, new.name)
        neutral("owner", old.owner, new.owner)
        roles(old.roles, new.roles)
        protection("trusted_signers", old.trustedSigners, new.trustedSigners)
        guards("guards", old.guards, new.guards)
        budgets(old.budgets, new.budgets)
        breaker(old.breaker, new.breaker)
        isolation(old.isolation, new.isolation)
    }

    private mutating func roles(_ old: [Policy.Role], _ new: [Policy.Role]) {
        func members(_ roles: [Policy.Role], _ name: String) -> [String] {
            roles.filter { $0.name == name }.flatMap {
                $0.groups.map { "group \($0)" } + $0.machines.map { "machine \($0.text)" }
            }
        }
        var names: [String] = []
        for role in old + new where !names.contains(role.name) { names.append(role.name) }
        for name in names {
            let (before, after) = (members(old, name), members(new, name))
            for item in before where !after.contains(item) { add("roles.\(name)", .weakens, item, nil) }
            for item in after where !before.contains(item) {
                let loser = Self.loser(of: item, to: name, roles: new)
                add(
                    "roles.\(name)", loser == nil ? .tightens : .weakens, nil, item,
                    note: loser.map { "may take machines from \($0): of a machine's roles the first counts" })
            }
        }
        // The first role of a machine counts.
        let kept = old.map(\.name).filter { name in new.contains { $0.name == name } }
        let order = new.map(\.name).filter { kept.contains($0) }
        if kept != order {
            unclear(
                "roles", kept.joined(separator: ", "), order.joined(separator: ", "),
                note: "of a machine's roles the first counts")
        }
    }

    /// A later role that may lose machines to an earlier one that `item` joins: the same group or machine, or a machine
    /// named by id, of which the group is not known here.
    private static func loser(of item: String, to name: String, roles: [Policy.Role]) -> String? {
        guard let place = roles.firstIndex(where: { $0.name == name }) else { return nil }
        return roles[(place + 1)...].first { role in
            if role.groups.contains(where: { "group \($0)" == item }) { return true }
            if role.machines.contains(where: { "machine \($0.text)" == item }) { return true }
            return item.hasPrefix("group ") ? !role.machines.isEmpty : !role.groups.isEmpty
        }?.name
    }

    private mutating func budgets(_ old: [Policy.BudgetClass], _ new: [Policy.BudgetClass]) {
        for budget in old where !new.contains(where: { $0.name == budget.name }) {
            add("budgets.\(budget.name)", .tightens, budget.name, nil, note: "playbooks of this class no longer load")
        }
        for budget in new {
            let path = "budgets.\(budget.name)"
            guard let before = old.first(where: { $0.name == budget.name }) else {
                add(path, .weakens, nil, budget.name)
                continue
            }
            limit("\(path).per_hour", before.perHour, budget.perHour) { "\($0)" }
            limit("\(path).per_day", before.perDay, budget.perDay) { "\($0)" }
            limit("\(path).share_of_group", before.shareOfGroup, budget.shareOfGroup, DurationText.share)
            // Without it there are no indicators at all.
            limit("\(path).indicators_per_day", before.indicatorsPerDay, budget.indicatorsPerDay, absent: .tightens) {
                "\($0)"
            }
            owners("\(path).owners", before.owners, budget.owners)
        }
    }

    private mutating func owners(_ path: String, _ old: [String]?, _ new: [String]?) {
        switch (old, new) {
        case (nil, nil): break
        case (let old?, nil):
            add(path, .weakens, old.joined(separator: ", "), nil, note: "everybody may draw on the class")
        case (nil, let new?): add(path, .tightens, nil, new.joined(separator: ", "))
        case (let old?, let new?):
            for owner in old where !new.contains(owner) { add(path, .tightens, owner, nil) }
            for owner in new where !old.contains(owner) { add(path, .weakens, nil, owner) }
        }
    }

    private mutating func breaker(_ old: Policy.Breaker?, _ new: Policy.Breaker?) {
        guard let old, let new else {
            if old != nil { add("breaker", .weakens, "a breaker", nil) }
            if new != nil { add("breaker", .tightens, nil, "a breaker") }
            return
        }
        limit("breaker.guard_stop_share", old.guardStopShare, new.guardStopShare, DurationText.share)
        limit("breaker.failures_in_row", old.failuresInRow, new.failuresInRow) { "\($0)" }
        limit("breaker.minimum", old.minimum, new.minimum) { "\($0)" }
        if old.within != new.within {
            add(
                "breaker.within", new.within > old.within ? .tightens : .weakens, DurationText.text(old.within),
                DurationText.text(new.within))
        }
    }

    private mutating func isolation(_ old: Policy.Isolation?, _ new: Policy.Isolation?) {
        let (before, after) = (old?.proxyEstate ?? false, new?.proxyEstate ?? false)
        level("isolation.proxy_estate", (before ? 1 : 0, "\(before)"), (after ? 1 : 0, "\(after)"))
        limit("isolation.default_lease", old?.defaultLease, new?.defaultLease, DurationText.text)
        asked("isolation.to", old?.to, new?.to)
    }

    // MARK: Approvals

    mutating func approvals(_ old: [ApprovalPolicy], _ new: [ApprovalPolicy]) {
        for policy in old where !new.contains(where: { $0.name == policy.name }) {
            at(policy.location) {
                $0.add("policies.\(policy.name)", .neutral, policy.name, nil, note: "what asks it no longer loads")
            }
        }
        for policy in new {
            at(policy.location) { differ in
                let path = "policies.\(policy.name)"
                guard let before = old.first(where: { $0.name == policy.name }) else {
                    differ.add(path, .neutral, nil, policy.name)
                    return
                }
                differ.requirements("\(path).require", before.require, policy.require)
                differ.limit("\(path).expires", before.expires, policy.expires, DurationText.text)
                differ.expiry("\(path).on_expiry", before.onExpiry, policy.onExpiry)
                differ.protection("\(path).notify", before.notify, policy.notify)
            }
        }
    }

    private mutating func requirements(
        _ path: String, _ old: [ApprovalPolicy.Requirement], _ new: [ApprovalPolicy.Requirement]
    ) {
        for entry in old where !new.contains(where: { $0.role == entry.role }) {
            add("\(path).\(entry.role)", .weakens, "\(entry.count)", nil)
        }
        for entry in new {
            let before = old.first { $0.role == entry.role }?.count ?? 0
            if before != entry.count {
                add(
                    "\(path).\(entry.role)", entry.count > before ? .tightens : .weakens,
                    before == 0 ? nil : "\(before)",
                    "\(entry.count)")
            }
        }
    }

    private mutating func expiry(_ path: String, _ old: ApprovalPolicy.OnExpiry, _ new: ApprovalPolicy.OnExpiry) {
        func text(_ onExpiry: ApprovalPolicy.OnExpiry) -> String {
            switch onExpiry {
            case .deny: "deny"
            case .ask(let policy): "ask \(policy)"
            }
        }
        if old == new { return }
        add(path, new == .deny ? .tightens : .weakens, text(old), text(new))
    }
}
