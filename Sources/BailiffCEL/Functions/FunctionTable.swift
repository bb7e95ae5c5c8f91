/// Every function and operator: its overloads for the checker, its library, its line on the reference page.
///
/// One table, so that checker, evaluator and reference page cannot disagree.
enum FunctionTable {
    struct Entry: Sendable {
        var function: Builtin
        /// nil: always available.
        var library: CELDeclarations.Libraries?
        var overloads: [CELDeclarations.Overload]
        /// One sentence for the reference page.
        var summary: String

        var name: String { function.rawValue }
    }

    static let entries: [Entry] = operators + standard + times + strings + optionals

    private static let byName: [String: Entry] = {
        var table: [String: Entry] = [:]
        for entry in entries { table[entry.name] = entry }
        return table
    }()

    static func entry(_ name: String, in libraries: CELDeclarations.Libraries) -> Entry? {
        guard let entry = byName[name] else { return nil }
        if let library = entry.library, !libraries.contains(library) { return nil }
        return entry
    }

    /// Whether an expression can call the name; operators have names it cannot spell.
    static func isDeclared(_ name: String, in libraries: CELDeclarations.Libraries) -> Bool {
        entry(name, in: libraries) != nil
    }

    /// The names an expression can call.
    static func names(in libraries: CELDeclarations.Libraries) -> [String] {
        entries.filter { entry in entry.library.map { libraries.contains($0) } ?? true }.map(\.name)
    }

    // MARK: Making entries

    static func global(_ id: String, _ parameters: [CELType], _ result: CELType) -> CELDeclarations.Overload {
        CELDeclarations.Overload(id: id, parameters: parameters, result: result)
    }

    static func member(_ id: String, _ parameters: [CELType], _ result: CELType) -> CELDeclarations.Overload {
        CELDeclarations.Overload(id: id, parameters: parameters, result: result, isMember: true)
    }

    static let a = CELType.parameter("A")
    static let b = CELType.parameter("B")
    static let listOfA = CELType.list(.parameter("A"))
    static let mapOfAB = CELType.map(.parameter("A"), .parameter("B"))
}
