package import BailiffModel

/// The arithmetic of a budget window, the same for every store.
package enum BudgetRoom {
    /// How many of the machines, from the front, fit into a window beside those that count already; nil where all do and
    /// the window stays within its cap.
    ///
    /// - Parameters:
    ///   - counted: How many machines count in the window now.
    ///   - present: Those of `machines` among them: they need no further place.
    package static func refused(
        _ machines: [MachineID], counted: Int, present: Set<MachineID>, cap: Int
    ) -> Int? {
        guard counted <= cap else { return 0 }
        let room = cap - counted
        var added: Set<MachineID> = []
        for (fitting, machine) in machines.enumerated() where !present.contains(machine) {
            added.insert(machine)
            if added.count > room { return fitting }
        }
        return nil
    }
}
