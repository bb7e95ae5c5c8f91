package import BailiffModel

/// One machine that a disruptive action was reserved for or sent to.
package struct BudgetUse: Hashable, Sendable, Codable {
    package var machine: MachineID
    /// The budget class: `standard`.
    package var budgetClass: String
    package var playbook: String
    /// Empty where the machine has none.
    package var group: String
    package var at: Timestamp

    package init(machine: MachineID, budgetClass: String, playbook: String, group: String, at: Timestamp) {
        self.machine = machine
        self.budgetClass = budgetClass
        self.playbook = playbook
        self.group = group
        self.at = at
    }
}

extension BudgetUse {
    /// Indicators have a budget class of their own beside each class of machines.
    package static func indicatorClass(of budgetClass: String) -> String { indicatorPrefix + budgetClass }

    /// Starts the name of a class that counts files instead of machines.
    package static let indicatorPrefix = "indicators/"

    package var isIndicator: Bool { budgetClass.utf8.starts(with: Self.indicatorPrefix.utf8) }
}

/// What is reserved or spent already, by all playbooks: each use, or the uses of some machines and how many others there
/// are.
package struct BudgetUsage: Hashable, Sendable, Codable {
    /// How many machines count against a window beside those that ``BudgetUsage/uses`` name.
    package struct Others: Hashable, Sendable, Codable {
        package var window: BudgetWindow
        package var machines: Int

        package init(window: BudgetWindow, machines: Int) {
            self.window = window
            self.machines = machines
        }
    }

    package var uses: [BudgetUse]
    package var others: [Others]

    package init(uses: [BudgetUse] = [], others: [Others] = []) {
        self.uses = uses
        self.others = others
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        uses = try container.decode([BudgetUse].self, forKey: .uses)
        others = try container.decodeIfPresent([Others].self, forKey: .others) ?? []
    }

    /// How many machines count against a window beside the named ones.
    package func others(in window: BudgetWindow) -> Int { others.first { $0.window == window }?.machines ?? 0 }

    /// The same for whoever asks about these machines and windows alone: a plan keeps no list of all that others did.
    package func reduced(to machines: Set<MachineID>, in windows: [BudgetWindow], at now: Timestamp) -> BudgetUsage {
        BudgetUsage(
            uses: uses.filter { machines.contains($0.machine) },
            others: windows.map { window in
                let counted = self.machines(in: window, at: now).subtracting(machines)
                return Others(window: window, machines: counted.count + others(in: window))
            })
    }

    /// The named machines that count against a window.
    package func machines(in window: BudgetWindow, at now: Timestamp) -> Set<MachineID> {
        let since = now - .seconds(window.seconds)
        return Set(uses.lazy.filter { $0.at > since && window.scope.covers($0) }.map(\.machine))
    }

    /// When a full window has a place for the machine if nobody gives one back or takes one before: the first instant at
    /// which enough of those that count have slid out. `now` where it has one; nil where it never will: a cap of zero.
    package func opening(of window: BudgetWindow, for machine: MachineID, at now: Timestamp) -> Timestamp? {
        guard window.cap > 0 else { return nil }
        let since = now - .seconds(window.seconds)
        var latest: [MachineID: Timestamp] = [:]
        for use in uses where use.at > since && use.machine != machine && window.scope.covers(use) {
            latest[use.machine] = max(use.at, latest[use.machine] ?? use.at)
        }
        let surplus = latest.count - window.cap
        guard surplus >= 0 else { return now }
        return latest.values.sorted()[surplus] + .seconds(window.seconds)
    }
}

/// A cap on distinct machines within a sliding window.
package struct BudgetWindow: Hashable, Sendable, Codable {
    package enum Scope: Hashable, Sendable, Codable {
        case budgetClass(String)
        case playbook(String)
        /// A device group, whatever the playbook or class; the empty name is the whole tenant.
        case group(String)

        package func covers(_ use: BudgetUse) -> Bool {
            switch self {
            // By bytes, as the store counts.
            case .budgetClass(let name): use.budgetClass.utf8.elementsEqual(name.utf8)
            case .playbook(let name): use.playbook.utf8.elementsEqual(name.utf8)
            case .group(let name):
                // An indicator is no machine of any group.
                !use.isIndicator && (name.isEmpty || use.group.utf8.elementsEqual(name.utf8))
            }
        }
    }

    package var scope: Scope
    package var seconds: Int64
    package var cap: Int
    /// The key it comes from, for people: `class.per_hour`, `budget.share_of_fleet`.
    package var key: String

    package init(scope: Scope, seconds: Int64, cap: Int, key: String) {
        self.scope = scope
        self.seconds = seconds
        self.cap = cap
        self.key = key
    }
}
