/// The syntax of optional values: `a.?b`, `a[?b]`, `[?a]`, `{?k: v}`.
extension Parser {
    /// Reads the `?` that makes what follows optional, if it is there.
    mutating func skipOptionalMark() throws(SyntaxProblem) -> Bool {
        guard isAt(.question) else { return false }
        guard libraries.contains(.optionals) else { throw unexpected(expecting: "an expression") }
        advance()
        return true
    }

    /// What follows `.?` behind an operand.
    mutating func optionalSelection(from operand: NodeID) throws(SyntaxProblem) -> NodeID {
        guard let name = fieldName() else { throw unexpected(expecting: "a name") }
        return try add(.optionalSelect(operand, field: name.text), at: name.offset, over: [operand])
    }

    /// An element or a value behind a `?`.
    mutating func optionalEntry(of value: NodeID) throws(SyntaxProblem) -> NodeID {
        try add(.optionalEntry(value), at: tree[value].offset, over: [value])
    }

    /// Reads a field's name, in backticks or not.
    private mutating func fieldName() -> (text: String, offset: Int)? {
        let token = current
        switch token.kind {
        case .identifier:
            advance()
            return (text(of: token), token.start)
        case .quotedIdentifier:
            advance()
            return (String(text(of: token).dropFirst().dropLast()), token.start)
        default: return nil
        }
    }

    /// `optMap` and `optFlatMap`; nil for any other call.
    func optionalMap(
        over operand: NodeID, _ name: String, _ arguments: [NodeID]
    ) throws(SyntaxProblem) -> SyntaxNode.OptionalMap? {
        guard libraries.contains(.optionals), arguments.count == 2, name == "optMap" || name == "optFlatMap" else {
            return nil
        }
        return SyntaxNode.OptionalMap(
            operand: operand, variable: try variableName(arguments[0]), body: arguments[1],
            isFlat: name == "optFlatMap")
    }
}
