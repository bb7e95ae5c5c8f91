extension Parser {
    /// A call without a receiver, or the macro it spells.
    mutating func call(
        _ name: String, isAbsolute: Bool, _ arguments: [NodeID], at offset: Int
    ) throws(SyntaxProblem) -> NodeID {
        guard name == "has", !isAbsolute, arguments.count == 1 else {
            return try add(.call(name, isAbsolute: isAbsolute, arguments), at: offset, over: arguments)
        }
        guard case .select(let operand, let field, let isQuoted) = tree[arguments[0]].kind else {
            throw SyntaxProblem(
                .macro, "has() takes a field, such as has(machine.name)", at: tree[arguments[0]].offset)
        }
        let place = tree[arguments[0]].offset
        return try add(.has(operand, field: field, isQuoted: isQuoted), at: place, over: [operand])
    }

    /// A call with a receiver, or the macro it spells.
    mutating func memberCall(
        on operand: NodeID, _ name: String, _ arguments: [NodeID], at offset: Int
    ) throws(SyntaxProblem) -> NodeID {
        if name == "bind", arguments.count == 3, libraries.contains(.bindings),
            case .identifier("cel", isAbsolute: false) = tree[operand].kind
        {
            let variable = try variableName(arguments[0])
            return try add(
                .bind(variable, arguments[1], body: arguments[2]), at: offset, over: [arguments[1], arguments[2]])
        }
        if let comprehension = try comprehension(over: operand, name, arguments) {
            let children = [operand, comprehension.body] + (comprehension.filter.map { [$0] } ?? [])
            return try add(.comprehension(comprehension), at: offset, over: children)
        }
        if let map = try optionalMap(over: operand, name, arguments) {
            return try add(.optionalMap(map), at: offset, over: [operand, map.body])
        }
        return try add(.memberCall(operand, name, arguments), at: offset, over: [operand] + arguments)
    }

    private func comprehension(
        over range: NodeID, _ name: String, _ arguments: [NodeID]
    ) throws(SyntaxProblem) -> SyntaxNode.Comprehension? {
        guard let shape = Self.macros.first(where: { $0.name == name && $0.arguments == arguments.count }),
            shape.variables == 1 || libraries.contains(.twoVariableMacros)
        else { return nil }
        var variables: [String] = []
        for argument in arguments.prefix(shape.variables) {
            let variable = try variableName(argument)
            if variables.contains(variable) {
                throw SyntaxProblem(.macro, "'\(variable)' cannot be both variables", at: tree[argument].offset)
            }
            variables.append(variable)
        }
        let rest = arguments.dropFirst(shape.variables)
        guard let body = rest.last else { return nil }
        return SyntaxNode.Comprehension(
            macro: shape.macro, range: range, variables: variables, filter: rest.count == 2 ? rest.first : nil,
            body: body)
    }

    func variableName(_ id: NodeID) throws(SyntaxProblem) -> String {
        guard case .identifier(let name, isAbsolute: false) = tree[id].kind else {
            throw SyntaxProblem(.macro, "a variable must be a plain name", at: tree[id].offset)
        }
        return name
    }

    /// A macro over a range, by how it is called.
    struct MacroShape: Sendable {
        var name: String
        var macro: SyntaxNode.Comprehension.Macro
        var variables: Int
        var arguments: Int
    }

    static let macros: [MacroShape] = [
        MacroShape(name: "all", macro: .all, variables: 1, arguments: 2),
        MacroShape(name: "exists", macro: .exists, variables: 1, arguments: 2),
        MacroShape(name: "exists_one", macro: .existsOne, variables: 1, arguments: 2),
        MacroShape(name: "map", macro: .map, variables: 1, arguments: 2),
        MacroShape(name: "map", macro: .map, variables: 1, arguments: 3),
        MacroShape(name: "filter", macro: .filter, variables: 1, arguments: 2),
        MacroShape(name: "all", macro: .all, variables: 2, arguments: 3),
        MacroShape(name: "exists", macro: .exists, variables: 2, arguments: 3),
        MacroShape(name: "existsOne", macro: .existsOne, variables: 2, arguments: 3),
        MacroShape(name: "transformList", macro: .transformList, variables: 2, arguments: 3),
        MacroShape(name: "transformList", macro: .transformList, variables: 2, arguments: 4),
        MacroShape(name: "transformMap", macro: .transformMap, variables: 2, arguments: 3),
        MacroShape(name: "transformMap", macro: .transformMap, variables: 2, arguments: 4),
    ]
}
