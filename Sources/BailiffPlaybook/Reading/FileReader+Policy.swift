import BailiffDiagnostics
import BailiffModel
import BailiffYAML

extension FileReader {
    /// A `policy/v1` file.
    func policy(_ node: YAMLNode) -> Policy? {
        yaml.record(node, "policy") { fields in
            _ = fields.node("bailiff")
            let name = fields.required("name", self.name)
            let owner = fields.required("owner", .text)
            _ = fields.optional("description", .text)
            let roles = fields.optional("roles", .entries(of: self.role)) ?? []
            for role in roles { self.checkRoleName(role.key) }
            let signers = fields.optional("trusted_signers", self.distinct(.text, mayBeEmpty: true)) ?? []
            let guards = fields.optional("guards", .list(of: self.guardShape)) ?? []
            self.checkRepeated(guards)
            let budgets = fields.optional("budgets", .entries(of: self.budgetClass)) ?? []
            self.use(.breaker, "breaker", in: fields)
            let breaker = fields.optional("breaker", self.breaker)
            self.use(.isolationPolicy, "isolation", in: fields)
            let isolation = fields.optional("isolation", self.isolation)
            guard let name, let owner else { return nil }
            return Policy(
                reference: PlaybookReference(name: name, digest: Digest.of(self.source.text)), owner: owner,
                roles: roles.map {
                    Policy.Role(name: $0.key.value, groups: $0.value.groups, machines: $0.value.machines)
                },
                trustedSigners: signers.map(\.value), guards: guards,
                budgets: budgets.map { entry in
                    var budget = entry.value
                    budget.name = entry.key.value
                    return budget
                },
                breaker: breaker, isolation: isolation, source: self.source)
        }
    }

    private func checkRoleName(_ key: YAMLLocated<String>) {
        _ = yaml.read(key.node, word)
        if key.value == MachineContext.noRole {
            report(.badName, "'none' is the role of machines without one", at: key.location)
        }
    }

    private var role: YAMLShape<Policy.Role> {
        .record("role") { fields in
            let group = YAMLShape<String>.text.map { (text, node, _) -> String? in
                guard text.utf8.contains(UInt8(ascii: "*")) else { return text }
                self.report(
                    .wildcard,
                    "'\(text.escapedForDisplay(limit: 80))' would match no device group: there are no wildcards",
                    at: node.location, hint: "name every group as Defender does")
                return nil
            }
            let groups = fields.optional("groups", self.distinct(group, mayBeEmpty: true)) ?? []
            let machine = YAMLShape<String>.text.map { (text, node, _) -> String? in
                if let id = MachineID(text) {
                    if id.text.utf8.count != 40 || !id.text.utf8.allSatisfy({ Hex.value(of: $0) != nil }) {
                        self.report(
                            .unlikelyMachine,
                            "'\(text.escapedForDisplay(limit: 80))' is no id of a machine as Defender writes them",
                            at: node.location, hint: "40 hexadecimal digits, never the machine's name")
                    }
                    return text
                }
                self.report(
                    .badName, "'\(text.escapedForDisplay(limit: 80))' is no machine id", at: node.location,
                    hint: "machines are named by Defender's device id, never by name")
                return nil
            }
            let machines = fields.optional("machines", self.distinct(machine, mayBeEmpty: true)) ?? []
            if groups.isEmpty, machines.isEmpty {
                self.report(.emptyRole, "the role has neither groups nor machines", at: fields.location)
            }
            return Policy.Role(
                name: "", groups: groups.map(\.value), machines: machines.compactMap { MachineID($0.value) })
        }
    }

    func checkRepeated(_ guards: [Guard]) {
        var names = LookAlikes()
        for entry in guards {
            guard let objection = names.objection(to: entry.id) else { continue }
            report(.repeatedID, "the guard id '\(entry.id)' \(objection)", at: entry.location)
        }
    }

    private var budgetClass: YAMLShape<Policy.BudgetClass> {
        .record("budget class") { fields in
            Policy.BudgetClass(
                name: "", perHour: fields.optional("per_hour", .integer(1...1_000_000)),
                perDay: fields.optional("per_day", .integer(1...1_000_000)),
                shareOfGroup: fields.optional("share_of_group", .share),
                owners: fields.optional("owners", self.distinct(.text, mayBeEmpty: false))?.map(\.value),
                indicatorsPerDay: fields.optional("indicators_per_day", .integer(1...15_000)))
        }
    }

    private var breaker: YAMLShape<Policy.Breaker> {
        .record("breaker") { fields in
            let share = fields.required("guard_stop_share", .share)
            let row = fields.required("failures_in_row", .integer(1...10_000))
            let minimum = fields.required("minimum", .integer(1...1_000_000))
            let within = fields.required("within", .duration)
            guard let share, let row, let minimum, let within else { return nil }
            return Policy.Breaker(guardStopShare: share, failuresInRow: row, minimum: minimum, within: within)
        }
    }

    private var isolation: YAMLShape<Policy.Isolation> {
        .record("isolation") { fields in
            let proxy = fields.optional("proxy_estate", .flag)
            let lease = fields.optional("default_lease", .duration)
            let to = fields.optional("to", self.word.located)
            if lease != nil, !fields.contains("to") {
                self.report(
                    .incompleteLease, "the default lease does not say who is told at its end",
                    at: fields.locationOfKey("default_lease"), hint: "add 'to: ROLE'")
            }
            return Policy.Isolation(
                proxyEstate: proxy ?? false, defaultLease: lease, to: to?.value, toLocation: to?.location)
        }
    }
}
