import BailiffModel

/// Reads `$filter` texts: comparisons, `in`, `and`, `or`, `not`, parentheses, `startswith`, `endswith`, `contains` and
/// `any` over lists of texts.
struct ODataFilterParser {
    private let tokens: [ODataToken]
    private let properties: [ODataProperty]
    private var position = 0
    private var depth = 0

    private static let greatestDepth = 64

    static func parse(_ text: String, properties: [ODataProperty]) throws(APIError) -> ODataFilter {
        var parser = ODataFilterParser(tokens: try ODataToken.tokens(of: text), properties: properties)
        let filter = try parser.or()
        guard parser.position == parser.tokens.count else { throw .odata("Syntax error in '\(text)'.") }
        return filter
    }

    private init(tokens: [ODataToken], properties: [ODataProperty]) {
        self.tokens = tokens
        self.properties = properties
    }

    private mutating func or() throws(APIError) -> ODataFilter {
        var alternatives = [try and()]
        while takeWord("or") { alternatives.append(try and()) }
        return BalancedTree.fold(alternatives) { .or($0, $1) } ?? alternatives[0]
    }

    private mutating func and() throws(APIError) -> ODataFilter {
        var conditions = [try unary()]
        while takeWord("and") { conditions.append(try unary()) }
        return BalancedTree.fold(conditions) { .and($0, $1) } ?? conditions[0]
    }

    private mutating func unary() throws(APIError) -> ODataFilter {
        depth += 1
        defer { depth -= 1 }
        guard depth <= ODataFilterParser.greatestDepth else { throw .odata("The filter is nested too deeply.") }
        if takeWord("not") { return .not(try unary()) }
        if take(.open) {
            let inner = try or()
            try expect(.close)
            return inner
        }
        guard case .word(let word)? = next() else { throw .odata("An expression was expected in the filter.") }
        if let function = ODataFilter.Function(rawValue: word), take(.open) { return try text(function) }
        return try comparison(word)
    }

    private mutating func text(_ function: ODataFilter.Function) throws(APIError) -> ODataFilter {
        guard case .word(let name)? = next() else { throw .odata("\(function.rawValue) takes a property and a text.") }
        let property = try property(name)
        guard properties[property].kind == .string else {
            throw .odata("\(function.rawValue) cannot be applied to '\(name)'.")
        }
        try expect(.comma)
        guard case .text(let text)? = next() else { throw .odata("\(function.rawValue) takes a property and a text.") }
        try expect(.close)
        return .text(property: property, function, text)
    }

    private mutating func comparison(_ word: String) throws(APIError) -> ODataFilter {
        if word.utf8.hasTail("/any"), take(.open) { return try any(String(word.dropLast(4))) }
        let property = try property(word)
        guard case .word(let verb)? = peek else {
            guard properties[property].kind == .bool else { throw .odata("'\(word)' is no condition.") }
            return .isTrue(property: property)
        }
        if verb == "in" {
            position += 1
            return .isIn(property: property, try list(for: property))
        }
        guard let comparison = ODataFilter.Comparison(rawValue: verb) else {
            guard properties[property].kind == .bool, verb == "and" || verb == "or" else {
                throw .odata("Unknown operator '\(verb)'.")
            }
            return .isTrue(property: property)
        }
        position += 1
        guard properties[property].kind != .strings else {
            throw .odata("'\(word)' is a collection: use any().")
        }
        return .compare(property: property, comparison, try literal(for: property))
    }

    /// `any(x: x eq 'text')` and `any(x: startswith(x, 'text'))`; the open parenthesis is behind us.
    private mutating func any(_ name: String) throws(APIError) -> ODataFilter {
        let property = try property(name)
        guard properties[property].kind == .strings else { throw .odata("any() cannot be applied to '\(name)'.") }
        guard case .word(let variable)? = next(), take(.colon), case .word(let word)? = next() else {
            throw .odata("any() takes a variable and a condition.")
        }
        let result: ODataFilter
        if word == variable {
            guard case .word(let verb)? = next(), let comparison = ODataFilter.Comparison(rawValue: verb),
                case .text(let text)? = next()
            else { throw .odata("any() takes a variable and a condition.") }
            result = .any(property: property, comparison, text)
        } else {
            guard let function = ODataFilter.Function(rawValue: word), take(.open), takeWord(variable), take(.comma),
                case .text(let text)? = next(), take(.close)
            else { throw .odata("any() takes a variable and a condition.") }
            result = .anyText(property: property, function, text)
        }
        try expect(.close)
        return result
    }

    private mutating func list(for property: Int) throws(APIError) -> [ODataValue] {
        try expect(.open)
        var values: [ODataValue] = []
        repeat { values.append(try literal(for: property)) } while take(.comma)
        try expect(.close)
        return values
    }

    /// A literal of the property's kind: texts in single quotation marks, times without.
    private mutating func literal(for property: Int) throws(APIError) -> ODataValue {
        let (name, kind) = (properties[property].name, properties[property].kind)
        guard let token = next() else { throw .odata("A value was expected behind '\(name)'.") }
        if case .word("null") = token { return .null }
        switch (kind, token) {
        case (.string, .text(let text)): return .string(text)
        case (.time, .word(let word)):
            if let time = WireTime.parse(word) { return .time(time) }
        case (.bool, .word("true")): return .bool(true)
        case (.bool, .word("false")): return .bool(false)
        case (.int, .word(let word)), (.double, .word(let word)):
            if let number = Int64(word) { return .int(number) }
            if let number = Double(word), number.isFinite { return .double(number) }
        default: break
        }
        throw .odata("A binary operator with incompatible types was detected at '\(name)'.")
    }

    private func property(_ name: String) throws(APIError) -> Int {
        guard let index = properties.firstIndex(where: { $0.name.utf8.elementsEqual(name.utf8) }) else {
            throw .odata("Could not find a property named '\(name)'.")
        }
        return index
    }

    // MARK: Tokens

    private var peek: ODataToken? { position < tokens.count ? tokens[position] : nil }

    private mutating func next() -> ODataToken? {
        guard let token = peek else { return nil }
        position += 1
        return token
    }

    private mutating func take(_ token: ODataToken) -> Bool {
        guard peek == token else { return false }
        position += 1
        return true
    }

    private mutating func takeWord(_ word: String) -> Bool { take(.word(word)) }

    private mutating func expect(_ token: ODataToken) throws(APIError) {
        guard take(token) else { throw .odata("Syntax error in the filter.") }
    }
}

extension String.UTF8View {
    fileprivate func hasTail(_ tail: StaticString) -> Bool {
        tail.withUTF8Buffer { buffer in reversed().starts(with: buffer.reversed()) }
    }
}

enum ODataToken: Sendable, Equatable {
    case word(String)
    case text(String)
    case open, close, comma, colon

    static func tokens(of text: String) throws(APIError) -> [ODataToken] {
        let bytes = Array(text.utf8)
        var tokens: [ODataToken] = []
        var position = 0
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09:
                position += 1
            case UInt8(ascii: "("):
                tokens.append(.open)
                position += 1
            case UInt8(ascii: ")"):
                tokens.append(.close)
                position += 1
            case UInt8(ascii: ","):
                tokens.append(.comma)
                position += 1
            case UInt8(ascii: "'"): tokens.append(.text(try quoted(bytes, &position)))
            default:
                let word = word(bytes, &position)
                tokens.append(word.isEmpty ? .colon : .word(word))
                if word.isEmpty { position += 1 }
            }
        }
        return tokens
    }

    /// A quotation mark inside is doubled.
    private static func quoted(_ bytes: [UInt8], _ position: inout Int) throws(APIError) -> String {
        var out: [UInt8] = []
        position += 1
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "'") {
                position += 1
                guard position < bytes.count, bytes[position] == UInt8(ascii: "'") else {
                    return String(decoding: out, as: UTF8.self)
                }
            }
            out.append(bytes[position])
            position += 1
        }
        throw .odata("There is an unterminated string literal in the filter.")
    }

    /// Up to white space or punctuation. A colon belongs to a time, but not to the variable of `any(x: …)`: there it
    /// follows a name. Empty where a colon stands alone.
    private static func word(_ bytes: [UInt8], _ position: inout Int) -> String {
        let start = position
        let startsWithDigit = (48...57).contains(bytes[start]) || bytes[start] == UInt8(ascii: "-")
        while position < bytes.count {
            let byte = bytes[position]
            if [0x20, 0x09, UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","), UInt8(ascii: "'")].contains(byte) {
                break
            }
            if byte == UInt8(ascii: ":"), !startsWithDigit { break }
            position += 1
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }
}
