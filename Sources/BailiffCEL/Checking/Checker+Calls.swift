import BailiffDiagnostics

/// Functions, operators and macros.
extension Checker {
    mutating func call(_ id: NodeID, _ name: String, _ arguments: [NodeID]) -> CELType {
        let types = arguments.map { visit($0) }
        guard case .function(let found)? = self[resolution: id] else {
            reportUndeclaredFunction(name, at: id)
            return .dyn
        }
        return apply(found, types, isMember: false, offset: tree[id].offset)
    }

    mutating func memberCall(_ id: NodeID, _ target: NodeID, _ name: String, _ arguments: [NodeID]) -> CELType {
        if case .function(let found)? = self[resolution: id] {
            let types = arguments.map { visit($0) }
            return apply(found, types, isMember: false, offset: tree[id].offset)
        }
        var types = [visit(target)]
        for argument in arguments { types.append(visit(argument)) }
        guard declarations.functions[name] != nil || FunctionTable.isDeclared(name, in: declarations.libraries) else {
            reportUndeclaredFunction(name, at: id)
            return .dyn
        }
        return apply(name, types, isMember: true, offset: tree[id].offset)
    }

    mutating func apply(_ operator: Builtin, _ arguments: [CELType], offset: Int) -> CELType {
        apply(`operator`.rawValue, arguments, isMember: false, offset: offset)
    }

    /// The result of a call: that of the only overload that fits, `dyn` where several with different results do.
    private mutating func apply(_ name: String, _ arguments: [CELType], isMember: Bool, offset: Int) -> CELType {
        let overloads =
            (FunctionTable.entry(name, in: declarations.libraries)?.overloads ?? [])
            + (declarations.functions[name] ?? [])
        var result: CELType?
        for overload in overloads where overload.isMember == isMember {
            let candidate = inference.instantiate(overload)
            guard inference.assign(arguments, to: candidate.parameters) else { continue }
            let type = inference.resolved(candidate.result)
            if let known = result {
                if known != type { result = .dyn }
            } else {
                result = type
            }
        }
        if let result { return result }
        reportNoOverload(name, overloads, arguments, isMember: isMember, offset: offset)
        return .dyn
    }

    // MARK: Macros

    mutating func comprehension(_ comprehension: SyntaxNode.Comprehension, at id: NodeID) -> CELType {
        let range = visit(comprehension.range)
        let words = vocabulary(of: comprehension.range)
        var key: CELType
        var value: CELType
        let isTwoVariable = comprehension.variables.count == 2
        switch range {
        case .list(let element): (key, value) = (isTwoVariable ? .int : element, element)
        case .map(let mapKey, let mapValue): (key, value) = (mapKey, mapValue)
        case .dyn: (key, value) = (.dyn, .dyn)
        case .parameter:
            _ = inference.assign([.dyn], to: [range])
            (key, value) = (.dyn, .dyn)
        default:
            report(
                .notIterable, "\(comprehension.macro.rawValue)() runs over a list or a map, not \(range)",
                at: comprehension.range)
            (key, value) = (.dyn, .dyn)
        }
        var variables = [Local(type: key, vocabulary: isTwoVariable ? nil : words)]
        if isTwoVariable { variables.append(Local(type: value, vocabulary: words)) }
        let body: CELType = within(variables) { checker in
            if let filter = comprehension.filter { checker.requireBool(filter) }
            switch comprehension.macro {
            case .all, .exists, .existsOne, .filter:
                checker.requireBool(comprehension.body)
                return .bool
            case .map, .transformList, .transformMap: return checker.visit(comprehension.body)
            }
        }
        switch comprehension.macro {
        case .all, .exists, .existsOne: return .bool
        case .filter: return .list(key)
        case .map, .transformList: return .list(body)
        case .transformMap: return .map(key, body)
        }
    }

    private mutating func requireBool(_ id: NodeID) {
        let type = visit(id)
        if !inference.assign([type], to: [.bool]) {
            report(.wrongType, "the condition of a macro must be bool, not \(type)", at: id)
        }
    }

    // MARK: Reports

    private mutating func reportUndeclaredFunction(_ name: String, at id: NodeID) {
        let names = FunctionTable.names(in: declarations.libraries).filter { $0.first?.isLetter == true }
        let macro = Parser.macros.first { $0.name == name }
        let hint: String? =
            if macro != nil || name == "has" || name == "bind" {
                "'\(name)' is a macro and takes other arguments"
            } else {
                closestMatch(to: name, among: names + declarations.functions.keys.sorted()).map {
                    "did you mean '\($0)'?"
                }
            }
        report(.undeclaredFunction, "no function is named '\(name.shortened)'", at: id, hint: hint)
    }

    private mutating func reportNoOverload(
        _ name: String, _ overloads: [CELDeclarations.Overload], _ arguments: [CELType], isMember: Bool, offset: Int
    ) {
        let shown = arguments.map { inference.resolved($0).shownInMessages.description }
        let function = Builtin(rawValue: name)?.spelling ?? name
        let message: String
        if isMember, let receiver = shown.first {
            message = "'\(function)' of \(receiver) does not take (\(shown.dropFirst().joined(separator: ", ")))"
        } else {
            message = "'\(function)' does not take (\(shown.joined(separator: ", ")))"
        }
        report(
            .noOverload, message, atOffset: offset, hint: overloadHint(overloads, arguments, isMember: isMember))
    }

    private func overloadHint(
        _ overloads: [CELDeclarations.Overload], _ arguments: [CELType], isMember: Bool
    ) -> String? {
        if !overloads.isEmpty, !overloads.contains(where: { $0.isMember == isMember }) {
            return isMember
                ? "it is called as a function, without a receiver" : "it is called with a receiver, as x.f()"
        }
        guard arguments.count == 2, arguments[0] != arguments[1] else { return nil }
        let kinds = Set(arguments)
        if kinds.isSubset(of: [.int, .uint, .double]) {
            return
                "numbers of different types do not mix: 1 is int, 1u uint, 1.0 double; convert one with int() or double()"
        }
        if kinds == [.timestamp, .string] { return "a timestamp is written timestamp(\"2026-01-31T12:00:00Z\")" }
        if kinds == [.duration, .string] { return "a duration is written duration(\"72h\")" }
        return nil
    }
}

extension Builtin {
    /// As the function is written in an expression.
    var spelling: String {
        switch self {
        case .isIn: "in"
        case .index: "[]"
        case .conditional: "?:"
        case .negate: "-"
        default: rawValue.first == "_" || rawValue.first == "!" ? String(rawValue.filter { $0 != "_" }) : rawValue
        }
    }
}

extension CELType {
    /// Type parameters without a name of their own show as `dyn`.
    fileprivate var shownInMessages: CELType {
        switch self {
        case .parameter: .dyn
        case .list(let inner): .list(inner.shownInMessages)
        case .map(let key, let value): .map(key.shownInMessages, value.shownInMessages)
        case .type(let inner): .type(inner.shownInMessages)
        case .abstract(let name, let parameters): .abstract(name, parameters.map(\.shownInMessages))
        default: self
        }
    }
}
