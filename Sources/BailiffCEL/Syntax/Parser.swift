/// Reads the tokens of an expression into a tree and expands macros on the way.
///
/// Chains of operators, `?:` and repeated signs become one node each, so that only true nesting adds height to the tree.
struct Parser {
    /// Bounds on any expression.
    enum Limit {
        /// Code points of the text.
        static let length = 100_000
        /// Nested parentheses, calls, lists and so on, and the height of the tree.
        static let depth = 100
    }

    let tokens: [Token]
    let bytes: [UInt8]
    let libraries: CELDeclarations.Libraries
    var tree = SyntaxTree()
    private var position = 0
    private var depth = 0

    static func parse(
        _ text: String, libraries: CELDeclarations.Libraries
    ) throws(SyntaxProblem) -> SyntaxTree {
        guard text.utf8.count <= Limit.length * 4, text.scalarCount <= Limit.length else {
            throw SyntaxProblem(.tooLarge, "the expression is longer than \(Limit.length) characters", at: 0)
        }
        let tokens = try Lexer.tokens(of: text)
        var parser = Parser(tokens: tokens, bytes: Array(text.utf8), libraries: libraries)
        if parser.current.kind == .end { throw SyntaxProblem("an expression is missing", at: parser.current.start) }
        parser.tree.root = try parser.expression()
        guard parser.current.kind == .end else { throw parser.unexpected(expecting: "an operator or the end") }
        return parser.tree
    }

    private init(tokens: [Token], bytes: [UInt8], libraries: CELDeclarations.Libraries) {
        self.tokens = tokens
        self.bytes = bytes
        self.libraries = libraries
    }

    // MARK: Tokens

    var current: Token { tokens[min(position, tokens.count - 1)] }

    private var following: Token { tokens[min(position + 1, tokens.count - 1)] }

    mutating func advance() { position += 1 }

    func text(of token: Token) -> String { String(decoding: bytes[token.start..<token.end], as: UTF8.self) }

    func isAt(_ symbol: Symbol) -> Bool { current.kind == .symbol(symbol) }

    mutating func skip(_ symbol: Symbol) -> Bool {
        guard isAt(symbol) else { return false }
        advance()
        return true
    }

    mutating func expect(_ symbol: Symbol) throws(SyntaxProblem) {
        guard skip(symbol) else { throw unexpected(expecting: "'\(symbol.rawValue)'") }
    }

    func unexpected(expecting wanted: String) -> SyntaxProblem {
        if current.kind == .end {
            return SyntaxProblem("the expression ends where \(wanted) should be", at: current.start)
        }
        return SyntaxProblem("unexpected '\(text(of: current).shortened)', expected \(wanted)", at: current.start)
    }

    // MARK: Nodes

    func height(_ ids: [NodeID]) -> Int { ids.reduce(0) { max($0, tree[$1].height) } }

    mutating func add(_ kind: SyntaxNode.Kind, at offset: Int, over children: [NodeID] = []) throws(SyntaxProblem)
        -> NodeID
    {
        let height = height(children) + 1
        guard height <= Limit.depth else { throw tooDeep(at: offset) }
        return tree.append(SyntaxNode(kind: kind, offset: offset, height: height))
    }

    private func tooDeep(at offset: Int) -> SyntaxProblem {
        SyntaxProblem(.tooLarge, "the expression is nested more than \(Limit.depth) levels deep", at: offset)
    }

    // MARK: Grammar

    mutating func expression() throws(SyntaxProblem) -> NodeID {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Limit.depth else { throw tooDeep(at: current.start) }
        var cases: [SyntaxNode.ConditionalCase] = []
        var children: [NodeID] = []
        while true {
            let value = try operators()
            children.append(value)
            guard isAt(.question) else {
                guard let first = cases.first else { return value }
                return try add(.conditional(cases, otherwise: value), at: first.offset, over: children)
            }
            let offset = current.start
            advance()
            let chosen = try operators()
            children.append(chosen)
            try expect(.colon)
            cases.append(SyntaxNode.ConditionalCase(condition: value, value: chosen, offset: offset))
        }
    }

    /// Binary operators by precedence. Operators of one level pile up and become one chain when a weaker one follows.
    private mutating func operators() throws(SyntaxProblem) -> NodeID {
        var operands = [try unary()]
        var pending: [(symbol: Symbol, precedence: Int, offset: Int)] = []
        while case .symbol(let symbol) = current.kind, let precedence = symbol.precedence {
            try reduce(&operands, &pending, above: precedence)
            pending.append((symbol, precedence, current.start))
            advance()
            operands.append(try unary())
        }
        try reduce(&operands, &pending, above: 0)
        return operands[0]
    }

    private mutating func reduce(
        _ operands: inout [NodeID], _ pending: inout [(symbol: Symbol, precedence: Int, offset: Int)],
        above precedence: Int
    ) throws(SyntaxProblem) {
        while let top = pending.last, top.precedence > precedence {
            let count = pending.reversed().prefix { $0.precedence == top.precedence }.count
            let group = pending.suffix(count)
            let members = Array(operands.suffix(count + 1))
            pending.removeLast(count)
            operands.removeLast(count + 1)
            let offset = group.first?.offset ?? 0
            let kind: SyntaxNode.Kind
            if top.symbol == .and || top.symbol == .or {
                kind = .logical(isAnd: top.symbol == .and, members)
            } else {
                kind = .chain(
                    members[0],
                    zip(group, members.dropFirst()).map {
                        SyntaxNode.ChainLink(symbol: $0.symbol, offset: $0.offset, operand: $1)
                    })
            }
            operands.append(try add(kind, at: offset, over: members))
        }
    }

    private mutating func unary() throws(SyntaxProblem) -> NodeID {
        guard case .symbol(let symbol) = current.kind, symbol == .not || symbol == .minus else { return try member() }
        let offset = current.start
        var count = 0
        while isAt(symbol) {
            if symbol == .minus, let folded = try negativeLiteral() {
                let operand = try member(from: folded)
                return count == 0
                    ? operand : try add(.unary(symbol, count: count, operand), at: offset, over: [operand])
            }
            count += 1
            advance()
        }
        if isAt(.not) || isAt(.minus) {
            throw SyntaxProblem(
                "'!' and '-' cannot be mixed", at: current.start, hint: "put parentheses around the inner one")
        }
        let operand = try member()
        return try add(.unary(symbol, count: count, operand), at: offset, over: [operand])
    }

    /// A minus sign and the number behind it as one literal.
    private mutating func negativeLiteral() throws(SyntaxProblem) -> NodeID? {
        let offset = current.start
        let value: CELValue
        switch following.kind {
        case .int(let magnitude):
            guard magnitude <= UInt64(Int64.max) + 1 else { throw intOutOfRange(at: offset) }
            value = .int(Int64(truncatingIfNeeded: 0 &- magnitude))
        case .double(let magnitude): value = .double(-magnitude)
        default: return nil
        }
        advance()
        advance()
        return try add(.literal(value), at: offset)
    }

    private func intOutOfRange(at offset: Int) -> SyntaxProblem {
        SyntaxProblem(
            .literal, "the number is out of the range of int", at: offset,
            hint: "a uint is written with a 'u' behind it")
    }

    private mutating func member() throws(SyntaxProblem) -> NodeID {
        let operand = try primary()
        return try member(from: operand)
    }

    private mutating func member(from first: NodeID) throws(SyntaxProblem) -> NodeID {
        var operand = first
        while true {
            if isAt(.leftBracket) {
                let offset = current.start
                advance()
                let isOptional = try skipOptionalMark()
                let index = try expression()
                try expect(.rightBracket)
                operand = try add(
                    isOptional ? .optionalIndex(operand, index) : .index(operand, index), at: offset,
                    over: [operand, index])
            } else if skip(.dot) {
                operand = try selection(from: operand)
            } else {
                return operand
            }
        }
    }

    /// What follows a dot behind an operand.
    private mutating func selection(from operand: NodeID) throws(SyntaxProblem) -> NodeID {
        if try skipOptionalMark() { return try optionalSelection(from: operand) }
        let name = current
        switch name.kind {
        case .quotedIdentifier:
            advance()
            let field = String(decoding: bytes[name.start + 1..<name.end - 1], as: UTF8.self)
            return try add(.select(operand, field: field, isQuoted: true), at: name.start, over: [operand])
        case .identifier:
            advance()
            guard isAt(.leftParenthesis) else {
                return try add(
                    .select(operand, field: text(of: name), isQuoted: false), at: name.start, over: [operand])
            }
            let arguments = try arguments()
            return try memberCall(on: operand, text(of: name), arguments, at: name.start)
        default: throw unexpected(expecting: "a name")
        }
    }

    /// The arguments of a call, both parentheses included.
    private mutating func arguments() throws(SyntaxProblem) -> [NodeID] {
        try expect(.leftParenthesis)
        if skip(.rightParenthesis) { return [] }
        var arguments = [try expression()]
        while skip(.comma) { arguments.append(try expression()) }
        try expect(.rightParenthesis)
        return arguments
    }

    private mutating func primary() throws(SyntaxProblem) -> NodeID {
        let token = current
        switch token.kind {
        case .literal(let value): return try literal(value)
        case .int(let magnitude):
            guard let value = Int64(exactly: magnitude) else { throw intOutOfRange(at: token.start) }
            return try literal(.int(value))
        case .uint(let value): return try literal(.uint(value))
        case .double(let value): return try literal(.double(value))
        case .identifier: return try identifier(isAbsolute: false)
        case .symbol(.dot):
            advance()
            guard current.kind == .identifier else { throw unexpected(expecting: "a name") }
            return try identifier(isAbsolute: true)
        case .symbol(.leftParenthesis):
            advance()
            let inner = try expression()
            try expect(.rightParenthesis)
            return inner
        case .symbol(.leftBracket): return try list()
        case .symbol(.leftBrace): return try map()
        default: throw unexpected(expecting: "an expression")
        }
    }

    private mutating func literal(_ value: CELValue) throws(SyntaxProblem) -> NodeID {
        let offset = current.start
        advance()
        return try add(.literal(value), at: offset)
    }

    private mutating func identifier(isAbsolute: Bool) throws(SyntaxProblem) -> NodeID {
        let token = current
        let name = text(of: token)
        if Self.reserved.contains(name) {
            throw SyntaxProblem(.reserved, "'\(name)' is a reserved word", at: token.start)
        }
        advance()
        if isAt(.leftParenthesis) {
            let arguments = try arguments()
            return try call(name, isAbsolute: isAbsolute, arguments, at: token.start)
        }
        if isMessage() { return try message(at: token.start) }
        return try add(.identifier(name, isAbsolute: isAbsolute), at: token.start)
    }

    private static let reserved: Set<String> = [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
        "namespace", "return", "var", "void", "while",
    ]

    private mutating func list() throws(SyntaxProblem) -> NodeID {
        let offset = current.start
        advance()
        var elements: [NodeID] = []
        while !isAt(.rightBracket) {
            if elements.isEmpty, isAt(.comma) {
                advance()
                break
            }
            elements.append(try skipOptionalMark() ? optionalEntry(of: expression()) : expression())
            if !skip(.comma) { break }
        }
        try expect(.rightBracket)
        return try add(.list(elements), at: offset, over: elements)
    }

    private mutating func map() throws(SyntaxProblem) -> NodeID {
        let offset = current.start
        advance()
        var entries: [(key: NodeID, value: NodeID)] = []
        while !isAt(.rightBrace) {
            if entries.isEmpty, isAt(.comma) {
                advance()
                break
            }
            let isOptional = try skipOptionalMark()
            let key = try expression()
            try expect(.colon)
            entries.append((key, try isOptional ? optionalEntry(of: expression()) : expression()))
            if !skip(.comma) { break }
        }
        try expect(.rightBrace)
        return try add(.map(entries), at: offset, over: entries.flatMap { [$0.key, $0.value] })
    }

    // MARK: Messages

    /// Whether the name just read begins a message literal: `{` now, or behind further dotted names.
    private func isMessage() -> Bool {
        var ahead = position
        while ahead + 1 < tokens.count, tokens[ahead].kind == .symbol(.dot), tokens[ahead + 1].kind == .identifier {
            ahead += 2
        }
        return ahead < tokens.count && tokens[ahead].kind == .symbol(.leftBrace)
    }

    /// Reads over a message literal. It parses, as the grammar has it, but no declaration can give it a meaning.
    private mutating func message(at offset: Int) throws(SyntaxProblem) -> NodeID {
        while !isAt(.leftBrace) { advance() }
        advance()
        var values: [NodeID] = []
        while !isAt(.rightBrace) {
            if values.isEmpty, isAt(.comma) {
                advance()
                break
            }
            _ = try skipOptionalMark()
            guard current.kind == .identifier || current.kind == .quotedIdentifier else {
                throw unexpected(expecting: "a field name")
            }
            advance()
            try expect(.colon)
            values.append(try expression())
            if !skip(.comma) { break }
        }
        try expect(.rightBrace)
        return try add(.message, at: offset, over: values)
    }
}

extension Symbol {
    /// How strongly a binary operator binds; nil for everything else.
    fileprivate var precedence: Int? {
        switch self {
        case .or: 1
        case .and: 2
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .in: 3
        case .plus, .minus: 4
        case .times, .slash, .percent: 5
        default: nil
        }
    }
}

extension String {
    /// For messages: at most 40 characters.
    var shortened: String {
        let scalars = unicodeScalars
        return scalars.count <= 40 ? self : String(String.UnicodeScalarView(scalars.prefix(40))) + "…"
    }
}
