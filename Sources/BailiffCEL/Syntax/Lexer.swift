/// Cuts the text of an expression into tokens.
struct Lexer {
    let bytes: [UInt8]
    var position = 0

    /// All tokens of an expression, an end token behind the last one.
    static func tokens(of text: String) throws(SyntaxProblem) -> [Token] {
        var lexer = Lexer(bytes: Array(text.utf8))
        var tokens: [Token] = []
        while true {
            let token = try lexer.next()
            tokens.append(token)
            if token.kind == .end { return tokens }
        }
    }

    func byte(at offset: Int) -> UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func next() throws(SyntaxProblem) -> Token {
        skipBlanks()
        let start = position
        guard let first = byte(at: position) else { return Token(kind: .end, start: start, end: start) }
        let kind: Token.Kind =
            switch first {
            case UInt8(ascii: "\""), UInt8(ascii: "'"): .literal(try quoted(isRaw: false, isBytes: false, from: start))
            case UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
            case UInt8(ascii: "."):
                byte(at: position + 1).map(\.isDigit) == true ? try number() : symbol(.dot)
            case UInt8(ascii: "`"): try quotedIdentifier()
            case _ where first.isIdentifierStart:
                if let prefix = literalPrefix() {
                    .literal(try prefixedLiteral(prefix, from: start))
                } else {
                    word()
                }
            default: try punctuation()
            }
        return Token(kind: kind, start: start, end: position)
    }

    private mutating func skipBlanks() {
        while let byte = byte(at: position) {
            switch byte {
            case 0x09, 0x0A, 0x0C, 0x0D, 0x20: position += 1
            case UInt8(ascii: "/") where self.byte(at: position + 1) == UInt8(ascii: "/"):
                while let byte = self.byte(at: position), byte != 0x0A { position += 1 }
            default: return
            }
        }
    }

    // MARK: Words

    private mutating func word() -> Token.Kind {
        let start = position
        while byte(at: position).map(\.isIdentifierPart) == true { position += 1 }
        switch String(decoding: bytes[start..<position], as: UTF8.self) {
        case "true": return .literal(.bool(true))
        case "false": return .literal(.bool(false))
        case "null": return .literal(.null)
        case "in": return .symbol(.in)
        default: return .identifier
        }
    }

    private mutating func quotedIdentifier() throws(SyntaxProblem) -> Token.Kind {
        let start = position
        position += 1
        while let byte = byte(at: position), byte != UInt8(ascii: "`") {
            guard byte.isIdentifierPart || [0x20, 0x2D, 0x2E, 0x2F].contains(byte) else {
                throw SyntaxProblem("a name in backticks holds letters, digits and '_.-/ ' only", at: position)
            }
            position += 1
        }
        guard byte(at: position) != nil else { throw SyntaxProblem("no closing backtick", at: start) }
        guard position > start + 1 else { throw SyntaxProblem("a name in backticks cannot be empty", at: start) }
        position += 1
        return .quotedIdentifier
    }

    /// `r`, `b`, `br` in any case, if a quotation mark follows.
    private func literalPrefix() -> (isRaw: Bool, isBytes: Bool, length: Int)? {
        var isRaw = false
        var isBytes = false
        var length = 0
        if let byte = byte(at: position), byte | 0x20 == UInt8(ascii: "b") {
            isBytes = true
            length = 1
        }
        if let byte = byte(at: position + length), byte | 0x20 == UInt8(ascii: "r") {
            isRaw = true
            length += 1
        }
        guard length > 0, let quote = byte(at: position + length),
            quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
        else { return nil }
        return (isRaw, isBytes, length)
    }

    private mutating func prefixedLiteral(
        _ prefix: (isRaw: Bool, isBytes: Bool, length: Int), from start: Int
    ) throws(SyntaxProblem) -> CELValue {
        position += prefix.length
        return try quoted(isRaw: prefix.isRaw, isBytes: prefix.isBytes, from: start)
    }

    // MARK: Punctuation

    private mutating func symbol(_ symbol: Symbol) -> Token.Kind {
        position += symbol.rawValue.utf8.count
        return .symbol(symbol)
    }

    private mutating func punctuation() throws(SyntaxProblem) -> Token.Kind {
        for length in [2, 1] where position + length <= bytes.count {
            let text = String(decoding: bytes[position..<position + length], as: UTF8.self)
            if let symbol = Symbol(rawValue: text) { return self.symbol(symbol) }
        }
        throw unexpectedCharacter()
    }

    private func unexpectedCharacter() -> SyntaxProblem {
        let text = String(decoding: bytes[position...].prefix(4), as: UTF8.self)
        let scalar = text.unicodeScalars.first.map { String($0) } ?? ""
        let hint: String? =
            switch scalar {
            case "=": "equality is '=='"
            case "&": "the logical and is '&&'"
            case "|": "the logical or is '||'"
            case "“", "”", "‘", "’": "use straight quotation marks"
            default: nil
            }
        return SyntaxProblem("unexpected '\(scalar)'", at: position, hint: hint)
    }
}

extension UInt8 {
    var isDigit: Bool { self >= 0x30 && self <= 0x39 }

    var isIdentifierStart: Bool { self == UInt8(ascii: "_") || (self | 0x20 >= 0x61 && self | 0x20 <= 0x7A) }

    var isIdentifierPart: Bool { isIdentifierStart || isDigit }

    var hexDigitValue: UInt32? {
        switch self {
        case 0x30...0x39: UInt32(self - 0x30)
        case 0x41...0x46: UInt32(self - 0x41 + 10)
        case 0x61...0x66: UInt32(self - 0x61 + 10)
        default: nil
        }
    }
}
