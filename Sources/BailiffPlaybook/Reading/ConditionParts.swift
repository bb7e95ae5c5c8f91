/// Takes the text of an expression apart without parsing it.
enum ConditionParts {
    /// The operands of `&&` outside all brackets and quotes. The whole text where `||` or `?` stands beside them, or where
    /// the text uses raw or triple-quoted strings, which are rare enough.
    static func conjuncts(of text: String) -> [String] {
        let bytes = Array(text.utf8)
        var parts: [String] = []
        var depth = 0
        var start = 0
        var index = 0
        func part(_ end: Int) -> String {
            var slice = bytes[start..<end]
            while let last = slice.last, last <= 0x20 { slice.removeLast() }
            while let first = slice.first, first <= 0x20 { slice.removeFirst() }
            return String(decoding: slice, as: UTF8.self)
        }
        while index < bytes.count {
            let byte = bytes[index]
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                let before = index > 0 ? bytes[index - 1] : 0
                let isPrefixed = [UInt8(ascii: "r"), UInt8(ascii: "R"), UInt8(ascii: "b"), UInt8(ascii: "B")]
                    .contains(before)
                if isPrefixed || (next == byte && index + 2 < bytes.count && bytes[index + 2] == byte) { return [text] }
                guard let end = endOfString(bytes, from: index) else { return [text] }
                index = end
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            case UInt8(ascii: "/") where next == byte: return [text]
            case UInt8(ascii: "|") where depth == 0, UInt8(ascii: "?") where depth == 0: return [text]
            case UInt8(ascii: "&") where depth == 0 && next == byte:
                parts.append(part(index))
                index += 1
                start = index + 1
            default: break
            }
            index += 1
        }
        parts.append(part(bytes.count))
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
