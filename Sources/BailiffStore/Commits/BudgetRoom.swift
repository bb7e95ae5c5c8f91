package import BailiffModel

/// The arithmetic of a budget window, the same for every store.
package enum BudgetRoom {
    /// How many of the machines, from the front, fit into a window beside those that count already; nil where all do and
    /// the window stays within its cap.
    ///
    /// - Parameter counted: Machines that count in the window now; those of `machines` among them need no further place.
    package static func refused(_ machines: [MachineID], counted: Set<MachineID>, cap: Int) -> Int? {
        guard counted.count <= cap else { return 0 }
        var all = counted
        for (fitting, machine) in machines.enumerated() {
            all.insert(machine)
            if all.count > cap { return fitting }
        }
        return nil
    }
}
