import BailiffModel

extension KQLParser {
    private typealias Expression = KQLSyntax.Expression
    private typealias Binary = KQLSyntax.Binary

    mutating func expression() throws(KQLError) -> KQLSyntax.Expression {
        try descend()
        defer { ascend() }
        var alternatives = [try and()]
        while takeWord("or") { alternatives.append(try and()) }
        return BalancedTree.fold(alternatives) { .binary(.or, $0, $1) } ?? alternatives[0]
    }

    private mutating func and() throws(KQLError) -> Expression {
        var conditions = [try comparison()]
        while takeWord("and") { conditions.append(try comparison()) }
        return BalancedTree.fold(conditions) { .binary(.and, $0, $1) } ?? conditions[0]
    }

    private static let symbolComparisons: Set<String> = ["==", "!=", "=~", "!~", "<", "<=", ">", ">="]
    private static let wordComparisons: Set<String> = [
        "has", "has_cs", "hasprefix", "hassuffix", "contains", "contains_cs", "startswith", "startswith_cs", "endswith",
        "endswith_cs",
    ]
    private static let negatable: Set<String> = [
        "has", "has_cs", "contains", "contains_cs", "startswith", "endswith", "in", "between",
    ]

    private mutating func comparison() throws(KQLError) -> Expression {
        let left = try sum()
        if case .symbol(let symbol)? = peek, KQLParser.symbolComparisons.contains(symbol) {
            advance()
            guard let verb = Binary(rawValue: symbol) else { throw unexpected() }
            return .binary(verb, left, try sum())
        }
        var isNegated = false
        var verb: String?
        if case .word(let word)? = peek {
            verb = word
        } else if peek == .symbol("!"), case .word(let word)? = peek(1), KQLParser.negatable.contains(word) {
            advance()
            isNegated = true
            verb = word
        }
        switch verb {
        case "in", "has_any", "has_all":
            advance()
            let name = (isNegated ? "!" : "") + (verb ?? "") + (tilde() ? "~" : "")
            guard let list = KQLSyntax.List(rawValue: name) else { throw unexpected() }
            return try inList(left, list)
        case "between":
            advance()
            return try between(left, isNegated: isNegated)
        case let verb? where KQLParser.wordComparisons.contains(verb):
            advance()
            guard let verb = Binary(rawValue: (isNegated ? "!" : "") + verb) else { throw unexpected() }
            return .binary(verb, left, try sum())
        default: return left
        }
    }

    /// The `~` of `in~`.
    private mutating func tilde() -> Bool {
        guard peek == .symbol("~") else { return false }
        advance()
        return true
    }

    private mutating func inList(_ left: Expression, _ list: KQLSyntax.List) throws(KQLError) -> Expression {
        try expect("(")
        if startsSubquery {
            let pipeline = try pipeline()
            try expect(")")
            return .sublist(left, list, pipeline)
        }
        var items: [Expression] = []
        if peek != .symbol(")") {
            repeat { items.append(try expression()) } while take(",")
        }
        try expect(")")
        return .list(left, list, items)
    }

    private mutating func between(_ left: Expression, isNegated: Bool) throws(KQLError) -> Expression {
        try expect("(")
        let low = try sum()
        try expect("..")
        let high = try sum()
        try expect(")")
        return .between(left, low, high, isNegated: isNegated)
    }

    private mutating func sum() throws(KQLError) -> Expression {
        var left = try product()
        while case .symbol(let symbol)? = peek, symbol == "+" || symbol == "-", let verb = Binary(rawValue: symbol) {
            try countOperator()
            left = .binary(verb, left, try product())
        }
        return left
    }

    private mutating func product() throws(KQLError) -> Expression {
        var left = try unary()
        while case .symbol(let symbol)? = peek, symbol == "*" || symbol == "/" || symbol == "%",
            let verb = Binary(rawValue: symbol)
        {
            // The star of `arg_max(x, *)` follows a comma and never gets here.
            try countOperator()
            left = .binary(verb, left, try unary())
        }
        return left
    }

    /// Each one makes the expression a level deeper.
    private mutating func countOperator() throws(KQLError) {
        advance()
        operatorCount += 1
        if operatorCount > KQLParser.mostOperators { throw KQLError("The query has too many arithmetic operators.") }
    }

    private mutating func unary() throws(KQLError) -> Expression {
        if take("-") {
            try descend()
            defer { ascend() }
            return .minus(try unary())
        }
        return try postfix()
    }

    private mutating func postfix() throws(KQLError) -> Expression {
        var value = try primary()
        while true {
            if peek == .symbol("."), case .word(let name)? = peek(1) {
                try countOperator()
                advance()
                value = .member(value, name)
            } else if peek == .symbol("[") {
                try countOperator()
                value = .index(value, try expression())
                try expect("]")
            } else {
                return value
            }
        }
    }

    private mutating func primary() throws(KQLError) -> Expression {
        switch peek {
        case .text(let text):
            advance()
            // Adjacent texts are one.
            var whole = text
            while case .text(let more)? = peek {
                whole += more
                advance()
            }
            return .literal(.string(whole))
        case .long(let number):
            advance()
            return .literal(.long(number))
        case .real(let number):
            advance()
            return .literal(.real(number))
        case .span(let microseconds):
            advance()
            return .literal(.timespan(microseconds))
        case .symbol("("):
            advance()
            let inner = try expression()
            try expect(")")
            return inner
        case .symbol("*"):
            advance()
            return .star
        case .word(let word):
            advance()
            return try named(word)
        default: throw unexpected("an expression")
        }
    }

    private mutating func named(_ word: String) throws(KQLError) -> Expression {
        switch word {
        case "true": return .literal(.bool(true))
        case "false": return .literal(.bool(false))
        case "datetime" where peek == .symbol("("): return .literal(.datetime(try datetime()))
        case "dynamic" where peek == .symbol("("): return .literal(.dynamic(try dynamic()))
        case "timespan" where peek == .symbol("("), "time" where peek == .symbol("("): return try timespan()
        default: break
        }
        guard take("(") else { return .name(word) }
        var arguments: [Expression] = []
        if peek != .symbol(")") {
            repeat { arguments.append(try expression()) } while take(",")
        }
        try expect(")")
        return .call(word, arguments)
    }

    /// `datetime(2026-01-31)`, `datetime(2026-01-31T12:00:00.5Z)`, `datetime("…")`.
    private mutating func datetime() throws(KQLError) -> Timestamp {
        try expect("(")
        guard case .text(let text)? = peek else { throw unexpected("a time") }
        advance()
        try expect(")")
        guard let time = WireTime.parse(text) else { throw KQLError("'\(text)' is no datetime.") }
        return time
    }

    private mutating func timespan() throws(KQLError) -> Expression {
        try expect("(")
        defer { _ = take(")") }
        switch peek {
        case .span(let microseconds):
            advance()
            return .literal(.timespan(microseconds))
        case .long(let days):
            advance()
            guard (0...1_000_000).contains(days) else { throw KQLError("The time span is out of range.") }
            return .literal(.timespan(days * 86_400_000_000))
        default: throw unexpected("a time span")
        }
    }

    /// JSON, apart from single quotation marks.
    private mutating func dynamic() throws(KQLError) -> JSONValue {
        try expect("(")
        let value = try json()
        try expect(")")
        return value
    }

    private mutating func json() throws(KQLError) -> JSONValue {
        try descend()
        defer { ascend() }
        switch peek {
        case .text(let text):
            advance()
            return .string(text)
        case .long(let number):
            advance()
            return .int(number)
        case .real(let number):
            advance()
            return .double(number)
        case .word("true"), .word("false"), .word("null"):
            defer { advance() }
            return isWord("null") ? .null : .bool(isWord("true"))
        case .symbol("["):
            advance()
            var elements: [JSONValue] = []
            if peek != .symbol("]") {
                repeat { elements.append(try json()) } while take(",")
            }
            try expect("]")
            return .array(elements)
        case .symbol("{"):
            advance()
            return .object(try members())
        default: throw unexpected("a JSON value")
        }
    }

    private mutating func members() throws(KQLError) -> JSONObject {
        var object = JSONObject()
        if peek != .symbol("}") {
            repeat {
                guard case .text(let key)? = peek else { throw unexpected("a key") }
                advance()
                try expect(":")
                object.members.append(JSONObject.Member(key, try json()))
            } while take(",")
        }
        try expect("}")
        return object
    }
}
