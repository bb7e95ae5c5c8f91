/// What an expression may cost, before it runs, for values no larger than the declarations say.
struct CostEstimator {
    /// A node's cost and the size of its value.
    struct Estimate {
        var cost: CostBounds
        var shape: ValueShape
    }

    private let tree: SyntaxTree
    private let resolutions: [Resolution?]
    private let types: [CELType]
    private let declarations: CELDeclarations
    private var locals: [ValueShape] = []

    init(_ tree: SyntaxTree, _ resolver: Resolver, types: [CELType], _ declarations: CELDeclarations) {
        self.tree = tree
        resolutions = resolver.resolutions
        self.types = types
        self.declarations = declarations
    }

    mutating func estimate(_ id: NodeID) -> Estimate {
        switch tree[id].kind {
        case .literal(let value): return Estimate(cost: 0, shape: ValueShape(value))
        case .identifier: return name(id)
        case .select(let operand, _, _):
            if resolutions[Int(id.raw)] != nil { return name(id) }
            let operand = estimate(operand)
            return Estimate(cost: operand.cost + CostModel.selection, shape: operand.shape.element(self, types[id]))
        case .has(let operand, _, _):
            if case .variable? = resolutions[Int(id.raw)] {
                return Estimate(cost: CostBounds(CostModel.name + CostModel.presence), shape: .scalar)
            }
            return Estimate(cost: estimate(operand).cost + CostModel.presence, shape: .scalar)
        case .call(let name, _, let arguments): return call(id, name, arguments)
        case .memberCall(let target, let name, let arguments):
            if case .function? = resolutions[Int(id.raw)] { return call(id, name, arguments) }
            return apply(name, ([target] + arguments).map { estimate($0) }, [target] + arguments, result: types[id])
        case .logical(_, let operands):
            let parts = operands.map { estimate($0).cost }
            return Estimate(
                cost: CostBounds(parts.first?.min ?? 0, parts.reduce(0) { $0.saturatingSum($1.max) }), shape: .scalar)
        case .chain(let first, let links):
            var left = estimate(first)
            var leftNode = first
            for link in links {
                let right = estimate(link.operand)
                left = apply(
                    link.symbol.builtin.rawValue, [left, right], [leftNode, link.operand], result: .dyn)
                leftNode = id
            }
            return left
        case .unary(_, let count, let operand):
            let operand = estimate(operand)
            let most = CostModel.call * UInt64(clamping: min(count, 2))
            return Estimate(cost: operand.cost + CostBounds(0, most), shape: operand.shape)
        case .index(let operand, let index):
            let operand = estimate(operand)
            let index = estimate(index)
            let cost = operand.cost + index.cost + selection(by: index)
            return Estimate(cost: cost, shape: operand.shape.element(self, types[id]))
        case .conditional(let cases, let otherwise): return conditional(cases, otherwise)
        case .list(let elements):
            let parts = elements.map { estimate($0) }
            return Estimate(
                cost: parts.reduce(CostBounds(CostModel.list)) { $0 + $1.cost },
                shape: .collection(count(of: elements), key: .scalar, .union(of: parts.map(\.shape))))
        case .map(let entries):
            let keys = entries.map { estimate($0.key) }
            let values = entries.map { estimate($0.value) }
            return Estimate(
                cost: (keys + values).reduce(CostBounds(CostModel.map)) { $0 + $1.cost }
                    + CostBounds(0, keys.reduce(0) { $0.saturatingSum($1.shape.octetUnits) }),
                shape: .collection(
                    count(of: entries.map(\.value)), key: .union(of: keys.map(\.shape)),
                    .union(of: values.map(\.shape))))
        case .message: return Estimate(cost: 0, shape: .unknown)
        case .comprehension(let comprehension): return self.comprehension(comprehension, id)
        case .bind(_, let value, let body):
            let value = estimate(value)
            locals.append(value.shape)
            defer { locals.removeLast() }
            let body = estimate(body)
            return Estimate(cost: value.cost + body.cost + CostModel.list, shape: body.shape)
        case .optionalSelect(let operand, _):
            return Estimate(cost: estimate(operand).cost + CostModel.selection, shape: .unknown)
        case .optionalIndex(let operand, let index):
            let index = estimate(index)
            return Estimate(cost: estimate(operand).cost + index.cost + selection(by: index), shape: .unknown)
        case .optionalEntry(let value): return Estimate(cost: estimate(value).cost, shape: .unknown)
        case .optionalMap(let map):
            let operand = estimate(map.operand)
            locals.append(.unknown)
            defer { locals.removeLast() }
            let body = estimate(map.body).cost
            return Estimate(cost: operand.cost + CostModel.call + CostBounds(0, body.max), shape: .unknown)
        }
    }

    /// Finding a value by a long text costs more.
    private func selection(by index: Estimate) -> CostBounds {
        CostBounds(CostModel.selection, CostModel.selection.saturatingSum(index.shape.octetUnits))
    }

    /// How many elements a literal has: those behind a `?` may be left out.
    private func count(of elements: [NodeID]) -> CostBounds {
        let certain = elements.filter { element in
            if case .optionalEntry = tree[element].kind { false } else { true }
        }
        return CostBounds(UInt64(certain.count), UInt64(elements.count))
    }

    private func name(_ id: NodeID) -> Estimate {
        let cost = CostBounds(CostModel.name)
        switch resolutions[Int(id.raw)] {
        case .local(let index): return Estimate(cost: cost, shape: locals[index])
        case .variable(let slot):
            return Estimate(cost: cost, shape: shape(of: declarations.variables[slot]))
        default: return Estimate(cost: cost, shape: .scalar)
        }
    }

    private mutating func conditional(_ cases: [SyntaxNode.ConditionalCase], _ otherwise: NodeID) -> Estimate {
        var result = branch(otherwise)
        for part in cases.reversed() {
            let value = branch(part.value)
            let condition = estimate(part.condition).cost
            result = Estimate(
                cost: condition + value.cost.union(result.cost), shape: .union(of: [value.shape, result.shape]))
        }
        return result
    }

    /// A branch of `?:`; a name alone costs nothing there.
    private mutating func branch(_ id: NodeID) -> Estimate {
        var estimate = estimate(id)
        switch resolutions[Int(id.raw)] {
        case .local: estimate.cost = 0
        case .variable: if case .has = tree[id].kind {} else { estimate.cost = 0 }
        default: break
        }
        return estimate
    }

    private mutating func call(_ id: NodeID, _ name: String, _ arguments: [NodeID]) -> Estimate {
        let estimates = arguments.map { estimate($0) }
        guard case .function(let found)? = resolutions[Int(id.raw)] else {
            return Estimate(cost: estimates.reduce(0) { $0 + $1.cost }, shape: .unknown)
        }
        return apply(found, estimates, arguments, result: types[id])
    }

    // MARK: Macros

    private mutating func comprehension(_ comprehension: SyntaxNode.Comprehension, _ id: NodeID) -> Estimate {
        var range = estimate(comprehension.range)
        let (count, key, element) = range.shape.entries(self, types[comprehension.range])
        let isList = if case .list = types[comprehension.range] { true } else { false }
        let first = isList ? (comprehension.variables.count == 2 ? .scalar : element) : key
        locals.append(first)
        if comprehension.variables.count == 2 { locals.append(element) }
        defer { locals.removeLast(comprehension.variables.count) }
        let filter = comprehension.filter.map { estimate($0).cost } ?? 0
        let body = estimate(comprehension.body)
        let mayBeFree =
            switch comprehension.macro {
            case .existsOne, .filter: body.cost.min == 0
            default: comprehension.filter != nil && filter.min == 0
            }
        if mayBeFree {
            range.cost.max = range.cost.max.saturatingSum(count.max / UInt64(CostModel.freeElementsPerUnit))
        }
        let kept = CostBounds(comprehension.filter == nil ? count.min : 0, count.max)
        let name = CostModel.name
        switch comprehension.macro {
        case .all, .exists:
            let each = body.cost + name + (comprehension.macro == .all ? 2 : 3)
            let loop = CostBounds(count.min == 0 ? 0 : each.min, each.max.saturatingProduct(count.max))
            return Estimate(cost: range.cost + loop + name, shape: .scalar)
        case .existsOne:
            let each = body.cost + CostBounds(0, name + CostModel.call)
            return Estimate(cost: range.cost + each * count + (name + CostModel.call), shape: .scalar)
        case .filter:
            let each = body.cost + CostBounds(0, name + CostModel.list + name + CostModel.call)
            return Estimate(
                cost: range.cost + each * count + (CostModel.list + name),
                shape: .collection(CostBounds(0, count.max), key: .scalar, first))
        case .map, .transformList:
            let each = body.cost + (name + CostModel.list + CostModel.call)
            return Estimate(
                cost: range.cost + filter * count + each * kept + (CostModel.list + name),
                shape: .collection(kept, key: .scalar, body.shape))
        case .transformMap:
            let each = body.cost + (name + name + CostModel.call) + CostBounds(0, first.octetUnits)
            return Estimate(
                cost: range.cost + filter * count + each * kept + (CostModel.map + name),
                shape: .collection(kept, key: first, body.shape))
        }
    }

    // MARK: Declared sizes

    private func shape(of variable: CELDeclarations.Variable) -> ValueShape {
        let words = variable.closedVocabulary?.map { UInt64($0.scalarCount) }.max()
        switch variable.type {
        case .string, .bytes:
            return .text(CostBounds(0, variable.size?.count ?? words ?? declarations.assumedStringLength))
        default:
            var size = variable.size ?? declarations.assumedSizes
            if let words { size.elementLength = words }
            return shape(of: variable.type, size)
        }
    }

    /// The shape of a value of a type; `size` is that of the outermost collection and of the texts in it.
    func shape(of type: CELType, _ size: CELDeclarations.SizeHint? = nil) -> ValueShape {
        let assumed = size ?? declarations.assumedSizes
        let count = CostBounds(0, assumed.count)
        func inner(_ type: CELType) -> ValueShape {
            switch type {
            case .string, .bytes: .text(CostBounds(0, assumed.elementLength))
            default: shape(of: type, size)
            }
        }
        switch type {
        case .string, .bytes: return .text(CostBounds(0, declarations.assumedStringLength))
        case .list(let element): return .collection(count, key: .scalar, inner(element))
        case .map(let key, let value): return .collection(count, key: inner(key), inner(value))
        case .dyn, .abstract, .parameter: return .unknown
        default: return .scalar
        }
    }
}

extension [CELType] {
    fileprivate subscript(id: NodeID) -> CELType { self[Int(id.raw)] }
}

extension CostEstimator {
    func literalText(_ id: NodeID) -> String? {
        if case .literal(.string(let text)) = tree[id].kind { return text }
        return nil
    }
}
