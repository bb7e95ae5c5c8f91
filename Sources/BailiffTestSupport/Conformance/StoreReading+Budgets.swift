package import BailiffModel
package import BailiffPlaybook
package import BailiffStore

extension StoreReading {
    /// All that is reserved or spent for these machines, oldest first.
    package func budgetUses(of machines: [MachineID]) async throws(StoreError) -> [BudgetUse] {
        try await budgetUsage(of: machines, in: [.ever], at: .epoch).uses
    }

    /// How many machines have a place in a budget.
    package func budgetedMachines() async throws(StoreError) -> Int {
        try await budgetUsage(of: [], in: [.ever], at: .epoch).others(in: .ever)
    }
}

extension BudgetWindow {
    fileprivate static var ever: BudgetWindow { BudgetWindow(scope: .group(""), seconds: .max, cap: 0, key: "all") }
}
