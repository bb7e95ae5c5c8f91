/// Takes the text of an expression apart without parsing it.
enum ConditionParts {
    /// An operand and where it stands.
    struct Part: Hashable {
        let text: String
        /// UTF-8 offset in the whole text.
        let offset: Int
    }

    /// The operands of `&&` outside all brackets and quotes. The whole text where `||` or `?` stands beside them, or where
    /// the text uses raw or triple-quoted strings, which are rare enough.
    static func conjuncts(of text: String) -> [Part] {
        parts(of: text, joinedBy: UInt8(ascii: "&"), not: UInt8(ascii: "|"))
    }

    /// The operands of `||` outside all brackets and quotes; the whole text where `&&` or `?` stands beside them.
    static func disjuncts(of text: String) -> [Part] {
        parts(of: text, joinedBy: UInt8(ascii: "|"), not: UInt8(ascii: "&"))
    }

    /// The operands of `&&` or `||`, whichever joins the text, those in brackets taken apart, too. Empty where the text is
    /// no such chain.
    static func operands(of text: String, depth: Int = 0) -> [Part] {
        guard depth < 8 else { return [] }
        var parts = conjuncts(of: text)
        // Beside `||`, which binds less, `&&` joins only some of the text.
        if parts.count < 2 { parts = alternatives(of: text) }
        guard parts.count > 1 else { return [] }
        return parts.flatMap { part in
            let inner = unwrapped(part)
            let nested = operands(of: inner.text, depth: depth + 1)
            if nested.isEmpty { return [part] }
            return [part] + nested.map { Part(text: $0.text, offset: inner.offset + $0.offset) }
        }
    }

    /// As ``disjuncts(of:)``, and `&&` may stand within the operands.
    static func alternatives(of text: String) -> [Part] {
        parts(of: text, joinedBy: UInt8(ascii: "|"), not: UInt8(ascii: "?"))
    }

    /// The text without brackets around all of it.
    static func unwrapped(_ part: Part) -> Part {
        var part = part
        while true {
            let bytes = Array(part.text.utf8)
            guard bytes.first == UInt8(ascii: "("), bytes.last == UInt8(ascii: ")"), closesLast(bytes) else {
                return part
            }
            part = trimmed(bytes[1..<bytes.count - 1], at: part.offset + 1)
        }
    }

    /// Whether the first bracket is closed by the last.
    private static func closesLast(_ bytes: [UInt8]) -> Bool {
        var depth = 0
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                guard let end = endOfString(bytes, from: index) else { return false }
                index = end
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"):
                depth -= 1
                if depth == 0 { return index == bytes.count - 1 }
            default: break
            }
            index += 1
        }
        return false
    }

    private static func trimmed(_ slice: ArraySlice<UInt8>, at offset: Int) -> Part {
        var slice = slice
        let start = slice.startIndex
        while let last = slice.last, last <= 0x20 { slice.removeLast() }
        while let first = slice.first, first <= 0x20 { slice.removeFirst() }
        return Part(text: String(decoding: slice, as: UTF8.self), offset: offset + slice.startIndex - start)
    }

    private static func parts(of text: String, joinedBy joint: UInt8, not other: UInt8) -> [Part] {
        let whole = [Part(text: text, offset: 0)]
        let bytes = Array(text.utf8)
        var parts: [Part] = []
        var depth = 0
        var start = 0
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                let before = index > 0 ? bytes[index - 1] : 0
                let isPrefixed = [UInt8(ascii: "r"), UInt8(ascii: "R"), UInt8(ascii: "b"), UInt8(ascii: "B")]
                    .contains(before)
                if isPrefixed || (next == byte && index + 2 < bytes.count && bytes[index + 2] == byte) { return whole }
                guard let end = endOfString(bytes, from: index) else { return whole }
                index = end
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            case UInt8(ascii: "/") where next == byte: return whole
            case other where depth == 0, UInt8(ascii: "?") where depth == 0: return whole
            case joint where depth == 0 && next == byte:
                parts.append(trimmed(bytes[start..<index], at: start))
                index += 1
                start = index + 1
            default: break
            }
            index += 1
        }
        if parts.isEmpty { return whole }
        parts.append(trimmed(bytes[min(start, bytes.count)..<bytes.count], at: start))
        return parts
    }

    /// The offset of the closing quote.
    private static func endOfString(_ bytes: [UInt8], from start: Int) -> Int? {
        var index = start + 1
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\\") {
                index += 1
            } else if bytes[index] == bytes[start] {
                return index
            }
            index += 1
        }
        return nil
    }
}

extension ConditionParts {
    /// Seconds of all `duration("…")` literals.
    static func durations(in text: String) -> [Int64] {
        var found: [Int64] = []
        var rest = Substring(text)
        while let start = rest.firstRange(of: "duration(") {
            rest = rest[start.upperBound...].drop { $0 == " " }
            guard let quote = rest.first, quote == "\"" || quote == "'" else { continue }
            rest = rest.dropFirst()
            if let seconds = seconds(rest.prefix { $0 != quote }) { found.append(seconds) }
        }
        return found
    }

    /// `72h`, `1h30m`, `90s`; whole numbers only.
    private static func seconds(_ text: Substring) -> Int64? {
        var total: Int64 = 0
        var number: Int64?
        for byte in text.utf8 {
            switch byte {
            case 48...57:
                let (product, overflow) = (number ?? 0).multipliedReportingOverflow(by: 10)
                let (sum, overflowed) = product.addingReportingOverflow(Int64(byte - 48))
                if overflow || overflowed || sum > 1_000_000_000 { return nil }
                number = sum
            case UInt8(ascii: "h"), UInt8(ascii: "m"), UInt8(ascii: "s"):
                guard let count = number else { return nil }
                total += count * (byte == UInt8(ascii: "h") ? 3_600 : byte == UInt8(ascii: "m") ? 60 : 1)
                number = nil
            default: return nil
            }
        }
        return number == nil ? total : nil
    }
}
