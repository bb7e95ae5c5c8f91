/// Turns a tree into nodes. What only constants decide is computed here, once.
struct Planner {
    /// Something that can only end in an error, found while computing constants.
    struct CertainError {
        let message: String
        let offset: Int
    }

    let tree: SyntaxTree
    let resolutions: [Resolution?]
    let declarations: CELDeclarations
    private var depth = 0
    private(set) var certainErrors: [CertainError] = []

    /// A constant takes no more than this to compute; anything dearer is left to the evaluation.
    private static let foldingLimit: UInt64 = 10_000

    init(_ tree: SyntaxTree, _ resolver: Resolver, _ declarations: CELDeclarations) {
        self.tree = tree
        resolutions = resolver.resolutions
        self.declarations = declarations
    }

    private subscript(resolution id: NodeID) -> Resolution? { resolutions[Int(id.raw)] }

    mutating func plan(_ id: NodeID) -> any Node {
        let offset = tree[id].offset
        switch tree[id].kind {
        case .literal(let value): return ConstantNode(value)
        case .identifier: return name(id)
        case .select(let operand, let field, _):
            if self[resolution: id] != nil { return name(id) }
            let operand = plan(operand)
            return folded(SelectNode(operand, field: field, offset: offset), [operand], offset)
        case .has(let operand, let field, _):
            if case .variable(let slot)? = self[resolution: id] { return VariablePresenceNode(slot: slot) }
            let operand = plan(operand)
            return folded(PresenceNode(operand, field: field, offset: offset), [operand], offset)
        case .call(let name, _, let arguments):
            guard case .function(let found)? = self[resolution: id] else { return unknownFunction(name, offset) }
            return call(found, isMember: false, arguments.map { plan($0) }, offset)
        case .memberCall(let target, let name, let arguments):
            if case .function(let found)? = self[resolution: id] {
                return call(found, isMember: false, arguments.map { plan($0) }, offset)
            }
            return call(name, isMember: true, ([target] + arguments).map { plan($0) }, offset)
        case .logical(let isAnd, let operands):
            let operands = operands.map { plan($0) }
            return isAnd ? AndNode(operands) : OrNode(operands)
        case .chain(let first, let links): return chain(first, links)
        case .unary(let symbol, let count, let operand): return unary(symbol, count, plan(operand), offset)
        case .index(let operand, let index):
            return binary(.index, plan(operand), plan(index), offset)
        case .conditional(let cases, let otherwise):
            return ConditionalNode(
                cases.map { ConditionalNode.Case(condition: plan($0.condition), value: branch($0.value)) },
                otherwise: branch(otherwise))
        case .list(let elements):
            return list(elements, offset)
        case .map(let entries):
            let entries = entries.map { key, value in
                let (value, isOptional) = entry(value)
                return MapNode.Entry(
                    key: plan(key), value: plan(value), isOptional: isOptional, offset: tree[key].offset)
            }
            return folded(MapNode(entries), entries.flatMap { [$0.key, $0.value] }, offset)
        case .message: return ErrorNode(Fault(.unknownFunction, "there are no messages", at: offset))
        case .comprehension(let comprehension): return macro(comprehension, offset)
        case .bind(_, let value, let body):
            let value = plan(value)
            let local = depth
            depth += 1
            defer { depth -= 1 }
            return BindNode(local: local, value, plan(body))
        case .optionalSelect(let operand, let field):
            let operand = plan(operand)
            return folded(OptionalSelectNode(operand, field: field, offset: offset), [operand], offset)
        case .optionalIndex(let operand, let index):
            let operands = [plan(operand), plan(index)]
            return folded(OptionalIndexNode(operands[0], operands[1], offset: offset), operands, offset)
        case .optionalEntry(let value): return plan(value)
        case .optionalMap(let map):
            let operand = plan(map.operand)
            let local = depth
            depth += 1
            defer { depth -= 1 }
            return OptionalMapNode(local: local, operand, plan(map.body), isFlat: map.isFlat, offset: offset)
        }
    }

    private mutating func list(_ elements: [NodeID], _ offset: Int) -> any Node {
        var optional: Set<Int> = []
        var nodes: [any Node] = []
        for element in elements {
            let (value, isOptional) = entry(element)
            if isOptional { optional.insert(nodes.count) }
            nodes.append(plan(value))
        }
        let node: any Node =
            optional.isEmpty ? ListNode(nodes) : OptionalListNode(nodes, optional: optional, offset: offset)
        return folded(node, nodes, offset)
    }

    /// An element of a list or a value of an entry, and whether a `?` stands before it.
    private func entry(_ id: NodeID) -> (value: NodeID, isOptional: Bool) {
        if case .optionalEntry(let value) = tree[id].kind { return (value, true) }
        return (id, false)
    }

    // MARK: Names

    private func name(_ id: NodeID) -> any Node {
        let offset = tree[id].offset
        switch self[resolution: id] {
        case .local(let index): return LocalNode(index: index)
        case .variable(let slot): return VariableNode(slot: slot, declarations.variables[slot], offset: offset)
        case .type(let type): return ConstantNode(.type(type.runtimeName), cost: CostModel.name)
        case .function, .unresolved, nil:
            return ErrorNode(Fault(.unknownVariable, "nothing has this name", at: offset))
        }
    }

    /// A branch of `?:`.
    private mutating func branch(_ id: NodeID) -> any Node {
        let node = plan(id)
        if let variable = node as? VariableNode { return variable.asBranch }
        if let local = node as? LocalNode { return local.asBranch }
        return node
    }

    // MARK: Macros

    private mutating func macro(_ comprehension: SyntaxNode.Comprehension, _ offset: Int) -> any Node {
        let range = MacroRange(
            range: plan(comprehension.range), local: depth, hasTwoVariables: comprehension.variables.count == 2,
            macro: comprehension.macro.rawValue, offset: offset)
        depth += comprehension.variables.count
        defer { depth -= comprehension.variables.count }
        let filter = comprehension.filter.map { plan($0) }
        let body = plan(comprehension.body)
        switch comprehension.macro {
        case .all: return QuantifierNode(range, body, deciding: false)
        case .exists: return QuantifierNode(range, body, deciding: true)
        case .existsOne: return ExistsOneNode(range, body)
        case .filter: return FilterNode(range, body)
        case .map, .transformList: return TransformListNode(range, filter: filter, body)
        case .transformMap: return TransformMapNode(range, filter: filter, body)
        }
    }

    // MARK: Calls

    private mutating func chain(_ first: NodeID, _ links: [SyntaxNode.ChainLink]) -> any Node {
        var node = plan(first)
        var rest = links[...]
        // As far as it is constant, or only one operator long, a chain needs no node of its own.
        while let link = rest.first, rest.count == 1 || node is ConstantNode {
            rest = rest.dropFirst()
            let operand = plan(link.operand)
            let combined = binary(link.symbol.builtin, node, operand, link.offset)
            if !(combined is ConstantNode), !rest.isEmpty {
                return ChainNode(
                    combined,
                    rest.map {
                        ChainNode.Link(function: $0.symbol.builtin, operand: plan($0.operand), offset: $0.offset)
                    })
            }
            node = combined
        }
        guard !rest.isEmpty else { return node }
        return ChainNode(
            node,
            rest.map { ChainNode.Link(function: $0.symbol.builtin, operand: plan($0.operand), offset: $0.offset) })
    }

    private mutating func unary(_ symbol: Symbol, _ count: Int, _ operand: any Node, _ offset: Int) -> any Node {
        if symbol == .not { return folded(NotNode(operand, count: count, offset: offset), [operand], offset) }
        // Twice is not the same as not at all: the negative of the smallest int does not exist.
        let once = folded(UnaryNode(.negate, operand, offset: offset), [operand], offset)
        return count % 2 == 1 ? once : folded(UnaryNode(.negate, once, offset: offset), [once], offset)
    }

    private mutating func call(
        _ name: String, isMember: Bool, _ arguments: [any Node], _ offset: Int
    ) -> any Node {
        guard let entry = FunctionTable.entry(name, in: declarations.libraries) else {
            return unknownFunction(name, offset)
        }
        guard entry.overloads.contains(where: { $0.isMember == isMember && $0.parameters.count == arguments.count })
        else {
            return ErrorNode(
                Fault(.noOverload, "no overload of '\(entry.function.spelling)' is called like this", at: offset))
        }
        if entry.function == .orOptional || entry.function == .orValue {
            let node = OptionalOrNode(
                arguments[0], arguments[1], yieldsValue: entry.function == .orValue, offset: offset)
            return folded(node, arguments, offset)
        }
        switch arguments.count {
        case 1: return folded(UnaryNode(entry.function, arguments[0], offset: offset), arguments, offset)
        case 2: return binary(entry.function, arguments[0], arguments[1], offset)
        default: return folded(CallNode(entry.function, arguments, offset: offset), arguments, offset)
        }
    }

    private func unknownFunction(_ name: String, _ offset: Int) -> any Node {
        ErrorNode(Fault(.unknownFunction, "no function '\(name.shortened)' can be called here", at: offset))
    }

    /// A binary operator or function, by the most special node that fits.
    private mutating func binary(_ function: Builtin, _ left: any Node, _ right: any Node, _ offset: Int) -> any Node {
        let general = BinaryNode(function, left, right, offset: offset)
        if left is ConstantNode, right is ConstantNode { return folded(general, [left, right], offset) }
        if let constant = (right as? ConstantNode), constant.cost == 0 {
            return special(function, left, constant.value, offset) ?? general
        }
        if let constant = (left as? ConstantNode), constant.cost == 0, let mirrored = function.mirrored {
            return special(mirrored, right, constant.value, offset) ?? general
        }
        if function == .isIn, let constant = right as? ConstantNode, case .list(let elements) = constant.value {
            let words = elements.compactMap { element in
                if case .string(let word) = element { word } else { nil }
            }
            if words.count == elements.count { return WordMembershipNode(left, words, listCost: constant.cost) }
        }
        return general
    }

    /// A node for an operator with a constant on the right.
    private mutating func special(
        _ function: Builtin, _ operand: any Node, _ constant: CELValue, _ offset: Int
    ) -> (any Node)? {
        switch (function, constant) {
        case (.equal, .string(let text)): return StringEqualityNode(operand, text, isNegated: false)
        case (.notEqual, .string(let text)): return StringEqualityNode(operand, text, isNegated: true)
        case (.less, .int(let number)), (.lessOrEqual, .int(let number)), (.greater, .int(let number)),
            (.greaterOrEqual, .int(let number)):
            return IntOrderNode(operand, function, number, offset: offset)
        case (.divide, .int(0)), (.divide, .uint(0)), (.remainder, .int(0)), (.remainder, .uint(0)):
            certainErrors.append(CertainError(message: "division by zero", offset: offset))
            return nil
        case (.matches, .string(let pattern)):
            do {
                let regex = try Operations.compile(pattern)
                return MatchNode(operand, regex, patternLength: pattern.scalarCount, offset: offset)
            } catch {
                certainErrors.append(CertainError(message: error.message, offset: offset))
                return nil
            }
        case (.getDate, .string(let name)), (.getDayOfMonth, .string(let name)), (.getDayOfWeek, .string(let name)),
            (.getDayOfYear, .string(let name)), (.getFullYear, .string(let name)), (.getHours, .string(let name)),
            (.getMilliseconds, .string(let name)), (.getMinutes, .string(let name)), (.getMonth, .string(let name)),
            (.getSeconds, .string(let name)):
            guard let zone = declarations.zones.zone(name) else {
                certainErrors.append(CertainError(message: "'\(name.shortened)' is no time zone", offset: offset))
                return nil
            }
            return ZoneFieldNode(function, operand, zone, offset: offset)
        default: return nil
        }
    }

    // MARK: Constants

    /// The node's value, if all it works on is constant.
    private mutating func folded(_ node: any Node, _ operands: [any Node], _ offset: Int) -> any Node {
        guard operands.allSatisfy({ $0 is ConstantNode }) else { return node }
        let (result, cost) = CELProgram.run(
            node, CELSlots([]), frameSize: 0, zones: declarations.zones, costLimit: Self.foldingLimit)
        switch result {
        case .success(let value): return ConstantNode(value, cost: cost)
        case .failure(let fault):
            if !fault.isFatal {
                certainErrors.append(CertainError(message: fault.message, offset: fault.offset ?? offset))
            }
            return node
        }
    }
}

extension Builtin {
    /// The function that gives the same result with its arguments swapped.
    fileprivate var mirrored: Builtin? {
        switch self {
        case .equal, .notEqual: self
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        default: nil
        }
    }
}
