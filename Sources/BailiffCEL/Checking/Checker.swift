import BailiffDiagnostics

/// Finds the type of every node and everything that is wrong with an expression before it runs.
///
/// It may only refuse: nothing it finds changes the result of an evaluation.
struct Checker {
    struct Local {
        var type: CELType
        var vocabulary: [String]?
    }

    let tree: SyntaxTree
    let resolutions: [Resolution?]
    let declarations: CELDeclarations
    let source: CELSource

    var inference = TypeInference()
    var types: [CELType]
    var locals: [Local] = []
    /// Optional facts that a `has()` to the left has made sure of, by slot.
    var present: Set<Int> = []
    var diagnostics: [Diagnostic] = []

    /// Checks a tree.
    ///
    /// - Returns: The type of every node, by its index, and what was found; errors among it mean that the types are void.
    static func check(
        _ tree: SyntaxTree, _ resolver: Resolver, _ declarations: CELDeclarations, source: CELSource,
        expecting: CELType?
    ) -> (types: [CELType], diagnostics: [Diagnostic]) {
        var checker = Checker(
            tree: tree, resolutions: resolver.resolutions, declarations: declarations, source: source,
            types: Array(repeating: .dyn, count: tree.nodes.count))
        let type = checker.visit(tree.root)
        if let expecting, !checker.inference.assign([type], to: [expecting]) {
            checker.report(
                .wrongType,
                "the expression must be \(expecting), not \(checker.inference.resolved(type, isFinal: true))",
                at: tree.root)
        }
        let types = checker.types.map { checker.inference.resolved($0, isFinal: true) }
        if checker.inference.isExhausted {
            checker.report(.tooLarge, "the types of the expression are too complex", at: tree.root)
        }
        return (types, checker.diagnostics)
    }

    subscript(resolution id: NodeID) -> Resolution? { resolutions[Int(id.raw)] }

    // MARK: Reports

    mutating func report(
        _ code: DiagnosticCode, _ message: String, atOffset offset: Int, hint: String? = nil,
        severity: Diagnostic.Severity = .error
    ) {
        guard diagnostics.count < DiagnosticReport.limit else { return }
        diagnostics.append(
            Diagnostic(severity, code: code.rawValue, message, at: source.locate(offset), hint: hint))
    }

    mutating func report(_ code: DiagnosticCode, _ message: String, at id: NodeID, hint: String? = nil) {
        report(code, message, atOffset: tree[id].offset, hint: hint)
    }

    // MARK: Nodes

    @discardableResult
    mutating func visit(_ id: NodeID) -> CELType {
        let type = inference.resolved(typeOf(id))
        types[Int(id.raw)] = type
        return type
    }

    private mutating func typeOf(_ id: NodeID) -> CELType {
        switch tree[id].kind {
        case .literal(let value): return value.literalType
        case .identifier: return nameType(id)
        case .select(let operand, let field, _):
            if self[resolution: id] != nil { return nameType(id) }
            return selection(of: field, from: operand, at: id)
        case .has(let operand, let field, _): return presence(of: field, in: operand, at: id)
        case .call(let name, _, let arguments): return call(id, name, arguments)
        case .memberCall(let target, let name, let arguments): return memberCall(id, target, name, arguments)
        case .logical(let isAnd, let operands): return logical(isAnd: isAnd, operands)
        case .chain(let first, let links): return chain(first, links)
        case .unary(let symbol, _, let operand):
            let type = visit(operand)
            return apply(symbol == .not ? .not : .negate, [type], offset: tree[id].offset)
        case .index(let operand, let index): return self.index(operand, index, at: id)
        case .conditional(let cases, let otherwise): return conditional(cases, otherwise: otherwise)
        case .list(let elements):
            return .list(joined(elements))
        case .map(let entries):
            let key = joined(entries.map(\.key))
            return .map(key, joined(entries.map(\.value)))
        case .message:
            report(.messages, "message literals are not part of this language", at: id)
            return .dyn
        case .comprehension(let comprehension): return self.comprehension(comprehension, at: id)
        case .bind(_, let value, let body):
            let local = Local(type: visit(value), vocabulary: vocabulary(of: value))
            return within([local]) { $0.visit(body) }
        case .optionalSelect(let operand, let field):
            return selection(of: field, from: operand, at: id, isOptional: true)
        case .optionalIndex(let operand, let index): return self.index(operand, index, at: id, isOptional: true)
        case .optionalEntry(let value): return optionalEntry(value)
        case .optionalMap(let map): return optionalMap(map)
        }
    }

    private mutating func joined(_ elements: [NodeID]) -> CELType {
        guard let first = elements.first else { return inference.freshParameter() }
        var type = visit(first)
        for element in elements.dropFirst() {
            let next = visit(element)
            type = inference.join(type, next)
        }
        return type
    }

    private mutating func nameType(_ id: NodeID) -> CELType {
        switch self[resolution: id] {
        case .local(let index): return locals.indices.contains(index) ? locals[index].type : .dyn
        case .variable(let slot): return use(slot, at: id)
        case .type(let type): return .type(type)
        case .function, .unresolved, nil:
            reportUnresolved(id)
            return .dyn
        }
    }

    private mutating func selection(
        of field: String, from operand: NodeID, at id: NodeID, isOptional: Bool = false
    ) -> CELType {
        if isUnresolvedName(operand) {
            reportUnresolved(id)
            return .dyn
        }
        let (type, isChained) = withoutOptional(visit(operand))
        let selected: CELType
        switch type {
        case .map(_, let value): selected = value
        case .dyn: selected = .dyn
        case .parameter:
            _ = inference.assign([.dyn], to: [type])
            selected = .dyn
        default:
            report(
                .noSelection, "a value of type \(type) has no field '\(field)'", at: id,
                hint: FunctionTable.isDeclared(field, in: declarations.libraries)
                    ? "a function is called with parentheses: '\(field)()'" : nil)
            return .dyn
        }
        return isOptional || isChained ? .optional(selected) : selected
    }

    private mutating func index(
        _ operand: NodeID, _ index: NodeID, at id: NodeID, isOptional: Bool = false
    ) -> CELType {
        let (type, isChained) = withoutOptional(visit(operand))
        let element = apply(.index, [type, visit(index)], offset: tree[id].offset)
        return isOptional || isChained ? .optional(element) : element
    }

    private mutating func presence(of field: String, in operand: NodeID, at id: NodeID) -> CELType {
        if case .variable(let slot)? = self[resolution: id] {
            test(slot, at: id)
        } else {
            _ = selection(of: field, from: operand, at: id)
        }
        return .bool
    }

    private mutating func conditional(_ cases: [SyntaxNode.ConditionalCase], otherwise: NodeID) -> CELType {
        let before = present
        defer { present = before }
        var values: [(condition: CELType, value: CELType, offset: Int)] = []
        for branch in cases {
            let condition = visit(branch.condition)
            let falsy = present.union(facts(from: branch.condition, being: false))
            present.formUnion(facts(from: branch.condition, being: true))
            values.append((condition, visit(branch.value), branch.offset))
            present = falsy
        }
        var type = visit(otherwise)
        for branch in values.reversed() {
            type = apply(.conditional, [branch.condition, branch.value, type], offset: branch.offset)
        }
        return type
    }

    private mutating func logical(isAnd: Bool, _ operands: [NodeID]) -> CELType {
        let before = present
        defer { present = before }
        for operand in operands {
            let type = visit(operand)
            if !inference.assign([type], to: [.bool]) {
                report(
                    .noOverload, "'\(isAnd ? "&&" : "||")' takes bool, not \(type)", at: operand,
                    hint: "there is no truthiness: compare the value with something")
            }
            present.formUnion(facts(from: operand, being: isAnd))
        }
        return .bool
    }

    private mutating func chain(_ first: NodeID, _ links: [SyntaxNode.ChainLink]) -> CELType {
        var type = visit(first)
        var left: NodeID? = first
        for link in links {
            let right = visit(link.operand)
            if let left { checkWords(left, link.symbol, link.operand) }
            type = inference.resolved(apply(link.symbol.builtin, [type, right], offset: link.offset))
            left = nil
        }
        return type
    }

    mutating func within<Result>(_ variables: [Local], _ body: (inout Checker) -> Result) -> Result {
        locals += variables
        defer { locals.removeLast(variables.count) }
        return body(&self)
    }
}

extension Symbol {
    /// The function a binary operator stands for.
    var builtin: Builtin {
        switch self {
        case .plus: .add
        case .minus: .subtract
        case .times: .multiply
        case .slash: .divide
        case .percent: .remainder
        case .notEqual: .notEqual
        case .less: .less
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        case .greaterOrEqual: .greaterOrEqual
        case .in: .isIn
        default: .equal
        }
    }
}

extension CELValue {
    fileprivate var literalType: CELType {
        switch self {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        default: .dyn
        }
    }
}
