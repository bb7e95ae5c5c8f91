package import BailiffDiagnostics
package import BailiffModel
package import BailiffYAML

/// One `policy/v1` file: what holds for every playbook that uses it.
package struct Policy: Sendable {
    package struct Role: Hashable, Sendable {
        package var name: String
        package var groups: [String]
        package var machines: [MachineID]

        /// Whether a machine has the role by this entry.
        package func covers(_ machine: Machine) -> Bool {
            machines.contains(machine.id) || groups.contains { $0.utf8.elementsEqual(machine.group.utf8) }
        }
    }

    package struct BudgetClass: Hashable, Sendable {
        package var name: String
        package var perHour: Int?
        package var perDay: Int?
        package var shareOfGroup: YAMLShare?
        /// Playbook owners that may draw on it. Nil: all.
        package var owners: [String]?
        package var indicatorsPerDay: Int?
    }

    package struct Breaker: Hashable, Sendable {
        package var guardStopShare: YAMLShare
        package var failuresInRow: Int
        package var minimum: Int
        package var within: Duration

        package init(guardStopShare: YAMLShare, failuresInRow: Int, minimum: Int, within: Duration) {
            self.guardStopShare = guardStopShare
            self.failuresInRow = failuresInRow
            self.minimum = minimum
            self.within = within
        }

        /// Whether so many stopped machines of so many that were checked are the share that opens it.
        package func isReached(stopped: Int, of checked: Int) -> Bool {
            checked >= minimum && stopped > 0
                && stopped.multipliedFullWidth(by: 1_000_000)
                    >= checked.multipliedFullWidth(by: guardStopShare.millionths)
        }
    }

    package struct Isolation: Hashable, Sendable {
        /// Machines reach Defender through a proxy that full isolation cuts off.
        package var proxyEstate: Bool
        package var defaultLease: Duration?
        /// The role that is told at the end of a default lease.
        package var to: String?
        package var toLocation: SourceLocation?
    }

    package let reference: PlaybookReference
    package let owner: String
    /// In the order of the file.
    package let roles: [Role]
    package let trustedSigners: [String]
    package let guards: [Guard]
    package let budgets: [BudgetClass]
    package let breaker: Breaker?
    package let isolation: Isolation?
    package let source: SourceText

    package var name: String { reference.name }
    package var digest: Digest { reference.digest }

    /// The same policy with other roles.
    func withRoles(_ roles: [Role]) -> Policy {
        Policy(
            reference: reference, owner: owner, roles: roles, trustedSigners: trustedSigners, guards: guards,
            budgets: budgets, breaker: breaker, isolation: isolation, source: source)
    }
}
