/// The values of declared variables during one evaluation.
///
/// Values are asked for by slot (``CELDeclarations/slot(of:)``), only when the expression needs them, and possibly more
/// than once; every answer to one slot must be the same during one evaluation.
package protocol CELBindings {
    /// The value of the variable in this slot; nil when it is absent. An absent fact is an evaluation error wherever it
    /// is touched outside `has()`.
    func value(at slot: Int) -> CELValue?
}

/// Values held in an array, by slot.
package struct CELSlots: CELBindings, Sendable {
    package var values: [CELValue?]

    /// Nothing bound.
    package init(for declarations: CELDeclarations) {
        values = Array(repeating: nil, count: declarations.slotCount)
    }

    package init(_ values: [CELValue?]) { self.values = values }

    /// The values by name; names that are not declared are ignored.
    package init(_ byName: [String: CELValue], for declarations: CELDeclarations) {
        self.init(for: declarations)
        for (name, value) in byName {
            guard let slot = declarations.slot(of: name), values.indices.contains(slot) else { continue }
            values[slot] = value
        }
    }

    package func value(at slot: Int) -> CELValue? { values.indices.contains(slot) ? values[slot] : nil }
}
