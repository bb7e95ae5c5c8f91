import BailiffCore

/// The cases one delivery opened, with their smallest hash key so far: they have no other hashes than it brought.
struct OpenedCases {
    private var smallest: [CaseID: [UInt8]] = [:]

    mutating func open(_ id: CaseID) { smallest[id] = [] }

    mutating func note(_ key: [UInt8], of id: CaseID) {
        guard let held = smallest[id] else { return }
        if held.isEmpty || key.lexicographicallyPrecedes(held) { smallest[id] = key }
    }

    /// Nil for a case that was there before.
    func strongest(of id: CaseID) -> [UInt8]? { smallest[id].flatMap { $0.isEmpty ? nil : $0 } }
}
