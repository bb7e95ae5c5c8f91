extension Lexer {
    // MARK: Numbers

    mutating func number() throws(SyntaxProblem) -> Token.Kind {
        let start = position
        if byte(at: position) == UInt8(ascii: "0"), byte(at: position + 1) == UInt8(ascii: "x"),
            byte(at: position + 2)?.hexDigitValue != nil
        {
            position += 2
            return try integer(radix: 16, from: start)
        }
        var isDouble = false
        skipDigits()
        if byte(at: position) == UInt8(ascii: "."), byte(at: position + 1).map(\.isDigit) == true {
            isDouble = true
            position += 1
            skipDigits()
        }
        if let exponent = exponentEnd() {
            isDouble = true
            position = exponent
        }
        guard isDouble else {
            position = start
            return try integer(radix: 10, from: start)
        }
        guard let value = Double(String(decoding: bytes[start..<position], as: UTF8.self)), value.isFinite else {
            throw SyntaxProblem(.literal, "the number is too large for a double", at: start)
        }
        return .double(value)
    }

    private mutating func skipDigits() {
        while byte(at: position).map(\.isDigit) == true { position += 1 }
    }

    private func exponentEnd() -> Int? {
        guard let mark = byte(at: position), mark | 0x20 == UInt8(ascii: "e") else { return nil }
        var end = position + 1
        if let sign = byte(at: end), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { end += 1 }
        guard byte(at: end).map(\.isDigit) == true else { return nil }
        while byte(at: end).map(\.isDigit) == true { end += 1 }
        return end
    }

    private mutating func integer(radix: UInt64, from start: Int) throws(SyntaxProblem) -> Token.Kind {
        var value: UInt64 = 0
        var overflow = false
        while let digit = byte(at: position)?.hexDigitValue, digit < radix {
            let (product, overflows) = value.multipliedReportingOverflow(by: radix)
            let (sum, overflowsMore) = product.addingReportingOverflow(UInt64(digit))
            overflow = overflow || overflows || overflowsMore
            value = sum
            position += 1
        }
        let isUInt = byte(at: position).map { $0 | 0x20 == UInt8(ascii: "u") } == true
        if isUInt { position += 1 }
        if overflow { throw SyntaxProblem(.literal, "the number is too large for 64 bits", at: start) }
        return isUInt ? .uint(value) : .int(value)
    }

    // MARK: Strings and bytes

    /// Reads a string or bytes literal from its first quotation mark on.
    mutating func quoted(isRaw: Bool, isBytes: Bool, from start: Int) throws(SyntaxProblem) -> CELValue {
        guard let quote = byte(at: position) else { throw SyntaxProblem("no literal", at: start) }
        let isTriple = byte(at: position + 1) == quote && byte(at: position + 2) == quote
        position += isTriple ? 3 : 1
        var content: [UInt8] = []
        while true {
            guard let byte = byte(at: position), isTriple || (byte != 0x0A && byte != 0x0D) else {
                throw SyntaxProblem(
                    .literal, isTriple ? "no closing quotation marks" : "no closing quotation mark on this line",
                    at: start)
            }
            if byte == quote,
                !isTriple || (self.byte(at: position + 1) == quote && self.byte(at: position + 2) == quote)
            {
                position += isTriple ? 3 : 1
                break
            }
            if byte == UInt8(ascii: "\\"), !isRaw {
                try escape(into: &content, isBytes: isBytes)
            } else {
                content.append(byte)
                position += 1
            }
        }
        return isBytes ? .bytes(content) : .string(String(decoding: content, as: UTF8.self))
    }

    private mutating func escape(into content: inout [UInt8], isBytes: Bool) throws(SyntaxProblem) {
        let start = position
        guard let mark = byte(at: position + 1) else {
            throw SyntaxProblem(.literal, "no closing quotation mark", at: start)
        }
        position += 2
        let simple: UInt8? =
            switch mark {
            case UInt8(ascii: "a"): 0x07
            case UInt8(ascii: "b"): 0x08
            case UInt8(ascii: "f"): 0x0C
            case UInt8(ascii: "n"): 0x0A
            case UInt8(ascii: "r"): 0x0D
            case UInt8(ascii: "t"): 0x09
            case UInt8(ascii: "v"): 0x0B
            case UInt8(ascii: "\\"), UInt8(ascii: "?"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"): mark
            default: nil
            }
        if let simple {
            content.append(simple)
            return
        }
        let (value, isOctet) = try numericEscape(mark, at: start)
        if isBytes {
            guard isOctet, value <= 0xFF else {
                throw SyntaxProblem(.literal, "bytes take '\\xHH' and octal escapes only", at: start)
            }
            content.append(UInt8(truncatingIfNeeded: value))
        } else {
            guard let scalar = Unicode.Scalar(value) else {
                throw SyntaxProblem(.literal, "the escape is no Unicode code point", at: start)
            }
            content += Array(String(scalar).utf8)
        }
    }

    /// The value of `\xHH`, `\uHHHH`, `\UHHHHHHHH` or three octal digits.
    private mutating func numericEscape(_ mark: UInt8, at start: Int) throws(SyntaxProblem) -> (UInt32, isOctet: Bool) {
        let digits: Int
        switch mark {
        case UInt8(ascii: "x"), UInt8(ascii: "X"): digits = 2
        case UInt8(ascii: "u"): digits = 4
        case UInt8(ascii: "U"): digits = 8
        case UInt8(ascii: "0")...UInt8(ascii: "3"):
            position -= 1
            return (try escapeDigits(3, radix: 8, at: start), true)
        default: throw SyntaxProblem(.literal, "unknown escape", at: start, hint: "a backslash itself is '\\\\'")
        }
        return (try escapeDigits(digits, radix: 16, at: start), digits == 2)
    }

    private mutating func escapeDigits(_ count: Int, radix: UInt32, at start: Int) throws(SyntaxProblem) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let digit = byte(at: position)?.hexDigitValue, digit < radix else {
                throw SyntaxProblem(
                    .literal, "the escape needs \(count) \(radix == 8 ? "octal" : "hexadecimal") digits", at: start)
            }
            // Eight hexadecimal digits fill the 32 bits exactly.
            value = value &* radix &+ digit
            position += 1
        }
        return value
    }
}
