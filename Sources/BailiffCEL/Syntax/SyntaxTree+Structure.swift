extension SyntaxTree {
    /// The nodes directly below a node.
    func children(of id: NodeID) -> [NodeID] {
        switch self[id].kind {
        case .literal, .identifier, .message: []
        case .select(let operand, _, _), .has(let operand, _, _), .unary(_, _, let operand),
            .optionalSelect(let operand, _), .optionalEntry(let operand):
            [operand]
        case .call(_, _, let arguments): arguments
        case .memberCall(let target, _, let arguments): [target] + arguments
        case .logical(_, let operands): operands
        case .chain(let first, let links): [first] + links.map(\.operand)
        case .index(let operand, let index), .optionalIndex(let operand, let index): [operand, index]
        case .conditional(let cases, let otherwise): cases.flatMap { [$0.condition, $0.value] } + [otherwise]
        case .list(let elements): elements
        case .map(let entries): entries.flatMap { [$0.key, $0.value] }
        case .comprehension(let comprehension):
            [comprehension.range] + (comprehension.filter.map { [$0] } ?? []) + [comprehension.body]
        case .bind(_, let value, let body): [value, body]
        case .optionalMap(let map): [map.operand, map.body]
        }
    }

    /// A text that two nodes share exactly if they are written alike.
    func key(of id: NodeID) -> String {
        let name: String
        switch self[id].kind {
        case .literal(let value): return "\(value.typeName):\(value.keyText)"
        case .identifier(let text, let isAbsolute): return isAbsolute ? ".\(text)" : text
        case .select(_, let field, _): name = "select \(field.quoted)"
        case .has(_, let field, _): name = "has \(field.quoted)"
        case .call(let function, let isAbsolute, _): name = "call \(isAbsolute) \(function)"
        case .memberCall(_, let function, _): name = "member \(function)"
        case .logical(let isAnd, _): name = isAnd ? "and" : "or"
        case .chain(_, let links): name = "chain \(links.map(\.symbol.rawValue).joined(separator: " "))"
        case .unary(let symbol, let count, _): name = "\(symbol.rawValue)\(count)"
        case .index: name = "index"
        case .conditional: name = "choice"
        case .list: name = "list"
        case .map: name = "map"
        case .message: name = "message \(id.raw)"
        case .comprehension(let comprehension):
            name =
                "\(comprehension.macro.rawValue) \(comprehension.variables.joined(separator: " ")) \(comprehension.filter != nil)"
        case .bind(let variable, _, _): name = "bind \(variable)"
        case .optionalSelect(_, let field): name = "optional select \(field.quoted)"
        case .optionalIndex: name = "optional index"
        case .optionalEntry: name = "optional"
        case .optionalMap(let map): name = "optional map \(map.variable) \(map.isFlat)"
        }
        return "(\(name) \(children(of: id).map { key(of: $0) }.joined(separator: " ")))"
    }
}

extension CELValue {
    fileprivate var keyText: String {
        switch self {
        case .bool(let value): "\(value)"
        case .int(let value): "\(value)"
        case .uint(let value): "\(value)"
        case .double(let value): "\(value.bitPattern)"
        case .string(let text): text.unicodeScalars.map { String($0.value) }.joined(separator: ",")
        case .bytes(let bytes): bytes.map { String($0) }.joined(separator: ",")
        default: ""
        }
    }
}
