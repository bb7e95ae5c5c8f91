import BailiffModel
import BailiffPlaybook
import BailiffStore
import GRDB

extension Database {
    /// Reservations that count against a window: a machine has one for each of its runs.
    func budgetRows(in window: BudgetWindow, at now: Timestamp) throws -> Int {
        let (condition, values) = Database.counting(window, at: now)
        return Int(clamping: try integer("SELECT count(*) FROM budget_use WHERE \(condition)", values) ?? 0)
    }

    /// Distinct machines that count against a window.
    func budgetMachines(in window: BudgetWindow, at now: Timestamp) throws -> Set<MachineID> {
        let (condition, values) = Database.counting(window, at: now)
        return Set(
            try all("SELECT DISTINCT machine FROM budget_use WHERE \(condition)", values) { try $0.machine(0) })
    }

    /// The uses of a machine since then, oldest first.
    func budgetUses(of machine: MachineID, after time: Timestamp) throws -> [BudgetUse] {
        try all(
            "\(Database.budgetColumns) WHERE machine = ? AND at > ? ORDER BY at, run_id",
            [.machine(machine), .time(time)], Database.budgetUse)
    }

    /// The uses of all machines since then, that moment included, oldest first.
    func budgetUses(since time: Timestamp) throws -> [BudgetUse] {
        try all(
            "\(Database.budgetColumns) WHERE at >= ? ORDER BY at, run_id, machine", [.time(time)], Database.budgetUse)
    }

    private static let budgetColumns = "SELECT machine, class, playbook, device_group, at FROM budget_use"

    private static func budgetUse(_ row: StoredRow) throws -> BudgetUse {
        BudgetUse(
            machine: try row.machine(0), budgetClass: try row.outsideText(1), playbook: try row.outsideText(2),
            group: try row.outsideText(3), at: try row.time(4))
    }

    private static func counting(_ window: BudgetWindow, at now: Timestamp) -> (sql: String, values: [DatabaseValue]) {
        let since = DatabaseValue.time(now - .seconds(window.seconds))
        switch window.scope {
        case .budgetClass(let name): return ("class = ? AND at > ?", [.blob(name), since])
        case .playbook(let name): return ("playbook = ? AND at > ?", [.blob(name), since])
        case .group(let name):
            // As ``BudgetWindow/Scope/covers(_:)``: an indicator is no machine of any group.
            let prefix = BudgetUse.indicatorPrefix
            let machines = "at > ? AND substr(class, 1, \(prefix.utf8.count)) <> ?"
            if name.isEmpty { return (machines, [since, .blob(prefix)]) }
            return ("device_group = ? AND \(machines)", [.blob(name), since, .blob(prefix)])
        }
    }
}
