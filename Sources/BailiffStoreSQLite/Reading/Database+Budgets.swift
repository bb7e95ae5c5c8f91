import BailiffModel
import BailiffPlaybook
import BailiffStore
import GRDB

extension Database {
    /// How many distinct machines count against a window.
    func budgetMachines(in window: BudgetWindow, at now: Timestamp) throws -> Int {
        let (scope, values) = Database.scope(of: window)
        let since = now - .seconds(window.seconds)
        // Whole minutes are counted already; those of the minute in which the window begins are gone through.
        let minute = SQLValue.int(since.microseconds / Database.minute)
        let end = SQLValue.int(since.microseconds / Database.minute &* Database.minute &+ Database.minute)
        let whole = try integer(
            "SELECT coalesce(sum(machines), 0) FROM budget_minute WHERE \(scope) AND minute > ?", values + [minute])
        let begun = try integer(
            "SELECT count(*) FROM budget_latest WHERE \(scope) AND at > ? AND at < ?", values + [.time(since), end])
        return Int(clamping: (whole ?? 0) &+ (begun ?? 0))
    }

    /// Those of the machines that count against a window.
    func budgetMachines(
        among machines: some Sequence<MachineID>, in window: BudgetWindow, at now: Timestamp
    ) throws -> Set<MachineID> {
        let (scope, values) = Database.scope(of: window)
        let since = SQLValue.time(now - .seconds(window.seconds))
        return Set(
            try machines.filter {
                try exists(
                    "SELECT 1 FROM budget_latest WHERE \(scope) AND machine = ? AND at > ?",
                    values + [.machine($0), since])
            })
    }

    /// As ``BudgetUsage/opening(of:for:at:)``, over all uses.
    func budgetOpening(of window: BudgetWindow, for machine: MachineID, at now: Timestamp) throws -> Timestamp? {
        guard window.cap > 0 else { return nil }
        let others =
            try budgetMachines(in: window, at: now)
            - budgetMachines(among: [machine], in: window, at: now).count
        guard others >= window.cap else { return now }
        let (scope, values) = Database.scope(of: window)
        let leaving = try first(
            "SELECT at FROM budget_latest WHERE \(scope) AND at > ? AND machine <> ? ORDER BY at LIMIT 1 OFFSET ?",
            values + [.time(now - .seconds(window.seconds)), .machine(machine), .int(others - window.cap)]
        ) { try $0.time(0) }
        return leaving.map { $0 + .seconds(window.seconds) }
    }

    /// The uses of a machine since then, oldest first.
    func budgetUses(of machine: MachineID, after time: Timestamp) throws -> [BudgetUse] {
        try all(
            """
            SELECT machine, class, playbook, device_group, at FROM budget_use WHERE machine = ? AND at > ?
            ORDER BY at, run_id
            """, [.machine(machine), .time(time)]
        ) { row in
            BudgetUse(
                machine: try row.machine(0), budgetClass: try row.outsideText(1), playbook: try row.outsideText(2),
                group: try row.outsideText(3), at: try row.time(4))
        }
    }

    /// Microseconds, as the triggers count.
    private static let minute: Int64 = 60_000_000

    private static func scope(of window: BudgetWindow) -> (sql: String, values: [SQLValue]) {
        let number: Int
        let name: String
        switch window.scope {
        case .budgetClass(let budgetClass): (number, name) = (0, budgetClass)
        case .playbook(let playbook): (number, name) = (1, playbook)
        case .group(let group): (number, name) = (group.isEmpty ? 3 : 2, group)
        }
        return ("scope = ? AND name = ?", [.int(number), .blob(name)])
    }
}
