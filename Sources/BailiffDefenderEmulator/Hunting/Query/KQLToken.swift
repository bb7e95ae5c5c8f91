import BailiffModel

/// A piece of a query's text.
enum KQLToken: Sendable, Equatable {
    case word(String)
    case text(String)
    case long(Int64)
    case real(Double)
    /// In microseconds.
    case span(Int64)
    case symbol(String)

    private static let symbols = [
        "==", "!=", "=~", "!~", "<=", ">=", "..", "|", ",", "(", ")", "[", "]", "{", "}", "=", "<", ">", "+", "-", "*",
        "/", "%", ";", ".", ":", "!", "~",
    ].map { (text: $0, bytes: Array($0.utf8)) }

    /// - Throws: For a text without an end and for characters that mean nothing.
    static func tokens(of query: String) throws(KQLError) -> [KQLToken] {
        var lexer = Lexer(bytes: Array(query.utf8))
        var tokens: [KQLToken] = []
        while let token = try lexer.next() {
            tokens.append(token)
            if token == .word("datetime"), let raw = lexer.bareArgument() {
                tokens += [.symbol("("), .text(raw), .symbol(")")]
            }
            if tokens.count > 200_000 { throw KQLError("The query is too long.") }
        }
        return tokens
    }

    private struct Lexer {
        let bytes: [UInt8]
        var position = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        func byte(_ offset: Int = 0) -> UInt8 { position + offset < bytes.count ? bytes[position + offset] : 0 }

        mutating func next() throws(KQLError) -> KQLToken? {
            skipSpace()
            guard position < bytes.count else { return nil }
            let first = byte()
            if first == UInt8(ascii: "@"), byte(1) == UInt8(ascii: "'") || byte(1) == UInt8(ascii: "\"") {
                position += 1
                return .text(try verbatim())
            }
            if (first == UInt8(ascii: "h") || first == UInt8(ascii: "H")),
                byte(1) == UInt8(ascii: "'") || byte(1) == UInt8(ascii: "\"")
            {
                position += 1
                return .text(try quoted())
            }
            if first == UInt8(ascii: "'") || first == UInt8(ascii: "\"") { return .text(try quoted()) }
            if isDigit(first) { return try number() }
            if isLetter(first) { return .word(word()) }
            for symbol in KQLToken.symbols where bytes[position...].starts(with: symbol.bytes) {
                position += symbol.bytes.count
                return .symbol(symbol.text)
            }
            throw KQLError("Unexpected character at position \(position).")
        }

        /// What stands in the parentheses of `datetime(…)`, where it is no text: it does not follow the other rules.
        mutating func bareArgument() -> String? {
            let start = position
            skipSpace()
            guard byte() == UInt8(ascii: "("), let end = bytes[position...].firstIndex(of: UInt8(ascii: ")")) else {
                position = start
                return nil
            }
            let inside = bytes[(position + 1)..<end].filter { $0 > 0x20 || $0 == 0x20 }
            guard !inside.contains(UInt8(ascii: "'")), !inside.contains(UInt8(ascii: "\"")) else {
                position = start
                return nil
            }
            position = end + 1
            let trimmed = inside.drop { $0 == 0x20 }.reversed().drop { $0 == 0x20 }.reversed()
            return String(decoding: trimmed, as: UTF8.self)
        }

        private mutating func skipSpace() {
            while position < bytes.count {
                if [0x20, 0x09, 0x0A, 0x0D].contains(byte()) {
                    position += 1
                } else if byte() == UInt8(ascii: "/"), byte(1) == UInt8(ascii: "/") {
                    while position < bytes.count, byte() != 0x0A { position += 1 }
                } else {
                    return
                }
            }
        }

        /// With backslash escapes.
        private mutating func quoted() throws(KQLError) -> String {
            let mark = byte()
            position += 1
            var out: [UInt8] = []
            while position < bytes.count {
                switch byte() {
                case mark:
                    position += 1
                    return String(decoding: out, as: UTF8.self)
                case UInt8(ascii: "\\"):
                    position += 1
                    try escape(into: &out)
                case 0x0A, 0x0D: throw KQLError("A text literal ends with its line.")
                default:
                    out.append(byte())
                    position += 1
                }
            }
            throw KQLError("A text literal has no end.")
        }

        private mutating func escape(into out: inout [UInt8]) throws(KQLError) {
            let kind = byte()
            position += 1
            switch kind {
            case UInt8(ascii: "n"): out.append(0x0A)
            case UInt8(ascii: "r"): out.append(0x0D)
            case UInt8(ascii: "t"): out.append(0x09)
            case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): out.append(kind)
            case UInt8(ascii: "u"):
                var code: UInt32 = 0
                for _ in 0..<4 {
                    guard let digit = Hex.value(of: byte()) else { throw KQLError("A \\u escape needs four digits.") }
                    code = code << 4 | UInt32(digit)
                    position += 1
                }
                guard let scalar = Unicode.Scalar(code) else { throw KQLError("A \\u escape is no character.") }
                out += String(Character(scalar)).utf8
            default: throw KQLError("Unknown escape in a text literal.")
            }
        }

        /// Without escapes; the quotation mark itself is doubled.
        private mutating func verbatim() throws(KQLError) -> String {
            let mark = byte()
            position += 1
            var out: [UInt8] = []
            while position < bytes.count {
                if byte() == mark {
                    position += 1
                    guard byte() == mark, position < bytes.count else { return String(decoding: out, as: UTF8.self) }
                }
                out.append(byte())
                position += 1
            }
            throw KQLError("A text literal has no end.")
        }

        /// A whole or broken number, or a time span: `30d`, `1.5h`, `100ms`. Two dots end a number.
        private mutating func number() throws(KQLError) -> KQLToken {
            let start = position
            while isDigit(byte()) { position += 1 }
            var isReal = false
            if byte() == UInt8(ascii: "."), isDigit(byte(1)) {
                isReal = true
                position += 1
                while isDigit(byte()) { position += 1 }
            }
            let digits = String(decoding: bytes[start..<position], as: UTF8.self)
            let unit = word()
            if unit.isEmpty {
                if isReal { return .real(Double(digits) ?? 0) }
                guard let number = Int64(digits) else { throw KQLError("The number \(digits) is out of range.") }
                return .long(number)
            }
            guard let size = KQLToken.units[unit], let count = Double(digits),
                let span = Int64(exactly: (count * size).rounded())
            else { throw KQLError("'\(digits)\(unit)' is neither a number nor a time span.") }
            return .span(span)
        }

        private mutating func word() -> String {
            let start = position
            while isLetter(byte()) || isDigit(byte()) { position += 1 }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }

        private func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

        private func isLetter(_ byte: UInt8) -> Bool {
            (97...122).contains(byte) || (65...90).contains(byte) || byte == UInt8(ascii: "_")
                || byte == UInt8(ascii: "$")
        }
    }

    private static let units: [String: Double] = [
        "d": 86_400e6, "day": 86_400e6, "days": 86_400e6, "h": 3_600e6, "hr": 3_600e6, "hrs": 3_600e6,
        "hour": 3_600e6, "hours": 3_600e6, "m": 60e6, "min": 60e6, "minute": 60e6, "minutes": 60e6, "s": 1e6,
        "sec": 1e6, "second": 1e6, "seconds": 1e6, "ms": 1e3, "milli": 1e3, "millis": 1e3, "millisecond": 1e3,
        "milliseconds": 1e3, "microsecond": 1, "microseconds": 1,
    ]
}
