import BailiffDiagnostics

extension YAMLShape where Value == String {
    /// Non-empty text. Plain digits, `true`, `false` and null must be quoted to count as text.
    package static var text: YAMLShape {
        YAMLShape { node, reader in
            guard let text = CoreScalar.text(node, reader) else { return nil }
            if text.isEmpty {
                reader.error("YAML029", "the text is empty", at: node.location)
                return nil
            }
            return text
        }
    }

    /// Text that may be empty (quoted then).
    package static var anyText: YAMLShape { YAMLShape { node, reader in CoreScalar.text(node, reader) } }
}

extension YAMLShape where Value == Bool {
    /// `true` or `false`, nothing else.
    package static var flag: YAMLShape {
        YAMLShape { node, reader in
            guard let text = CoreScalar.scalar(node, reader, expected: "true or false is expected here") else {
                return nil
            }
            if node.isPlain, text == "true" { return true }
            if node.isPlain, text == "false" { return false }
            let word = text.lowercased()
            let truthy = ["true", "yes", "on", "y"].contains(word)
            let falsy = ["false", "no", "off", "n"].contains(word)
            reader.error(
                "YAML023", "'\(text.escapedForDisplay(limit: 40))' is text, not true or false", at: node.location,
                hint: truthy ? "write true" : falsy ? "write false" : nil)
            return nil
        }
    }
}

extension YAMLShape where Value == Int {
    /// `0|[1-9][0-9]*`, plain, within the range.
    package static func integer(_ range: ClosedRange<Int> = 0...Int.max) -> YAMLShape {
        YAMLShape { node, reader in
            guard let text = CoreScalar.scalar(node, reader, expected: "a whole number is expected here") else {
                return nil
            }
            let shown = text.escapedForDisplay(limit: 40)
            guard node.isPlain else {
                let isNumber = CoreScalar.isNumber(text)
                reader.error(
                    isNumber ? "YAML022" : "YAML024",
                    isNumber ? "'\(shown)' is quoted: text, not a number" : "'\(shown)' is no whole number",
                    at: node.location, hint: isNumber ? "write it without quotes" : nil)
                return nil
            }
            guard CoreScalar.isDigits(text) else {
                reader.error(
                    "YAML024", "'\(shown)' is no whole number", at: node.location,
                    hint: "whole numbers are digits alone, without sign, fraction or leading zero")
                return nil
            }
            guard let number = Int(text), range.contains(number) else {
                let bounds =
                    range.upperBound == Int.max
                    ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
                reader.error("YAML025", "\(shown) is out of range: \(bounds)", at: node.location)
                return nil
            }
            return number
        }
    }
}

extension YAMLShape where Value == Duration {
    /// One positive integer and one unit: `30s`, `30m`, `72h`, `7d`. At most ten years.
    package static var duration: YAMLShape {
        YAMLShape { node, reader in
            guard let text = CoreScalar.scalar(node, reader, expected: "a duration such as 30m is expected here") else {
                return nil
            }
            let shown = text.escapedForDisplay(limit: 40)
            let hint = "durations are one whole number and one unit: 30s, 30m, 72h, 7d"
            let bytes = Array(text.utf8)
            let units: [UInt8: Int64] = [
                UInt8(ascii: "s"): 1, UInt8(ascii: "m"): 60, UInt8(ascii: "h"): 3_600, UInt8(ascii: "d"): 86_400,
            ]
            let digits = String(decoding: bytes.dropLast(), as: UTF8.self)
            guard let last = bytes.last, let unit = units[last], CoreScalar.isDigits(digits) else {
                reader.error("YAML026", "'\(shown)' is no duration", at: node.location, hint: hint)
                return nil
            }
            let limit = 3_650 * 86_400 / unit
            guard let count = Int64(digits), count <= limit else {
                reader.error("YAML025", "\(shown) is out of range: at most 3650d", at: node.location)
                return nil
            }
            guard count > 0 else {
                reader.error("YAML025", "a duration of zero", at: node.location, hint: hint)
                return nil
            }
            return .seconds(count * unit)
        }
    }
}

/// A part of a whole, exact: `5%` is 50,000 millionths.
package struct YAMLShare: Hashable, Sendable, Comparable {
    /// 1 to 1,000,000.
    package let millionths: Int

    package init(millionths: Int) { self.millionths = min(max(1, millionths), 1_000_000) }

    /// The share of a count, rounded down.
    package func of(_ count: Int) -> Int {
        let (high, low) = max(0, count).multipliedFullWidth(by: millionths)
        return 1_000_000.dividingFullWidth((high, low)).quotient
    }

    package static func < (left: YAMLShare, right: YAMLShare) -> Bool { left.millionths < right.millionths }
}

extension YAMLShape where Value == YAMLShare {
    /// Over zero, up to `100%`, with up to four digits of fraction: `5%`, `2.5%`.
    package static var share: YAMLShape {
        YAMLShape { node, reader in
            guard let text = CoreScalar.scalar(node, reader, expected: "a share such as 5% is expected here") else {
                return nil
            }
            let shown = text.escapedForDisplay(limit: 40)
            let parts = text.utf8.dropLast().split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            let whole = parts.first.map { String(decoding: $0, as: UTF8.self) } ?? ""
            let fraction = parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : ""
            guard text.utf8.last == UInt8(ascii: "%"), parts.count <= 2, CoreScalar.isDigits(whole),
                parts.count == 1 || ((1...4).contains(fraction.utf8.count) && CoreScalar.isASCIIDigits(fraction))
            else {
                reader.error(
                    "YAML027", "'\(shown)' is no share", at: node.location,
                    hint: "shares are a number and a percent sign: 5%, 2.5%")
                return nil
            }
            let scaled = fraction + String(repeating: "0", count: 4 - fraction.utf8.count)
            guard let number = Int(whole), number <= 100, let rest = Int(scaled),
                (1...1_000_000).contains(number * 10_000 + rest)
            else {
                reader.error("YAML025", "\(shown) is out of range: over 0%, up to 100%", at: node.location)
                return nil
            }
            return YAMLShare(millionths: number * 10_000 + rest)
        }
    }
}

extension YAMLShape where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the words of an enumeration.
    package static var word: YAMLShape {
        YAMLShape { node, reader in
            guard let text = CoreScalar.word(node, reader, words: Value.allCases.map(\.rawValue)) else { return nil }
            return Value(rawValue: text)
        }
    }
}

extension YAMLShape where Value == String {
    /// One of these words.
    package static func word(_ words: [String]) -> YAMLShape {
        YAMLShape { node, reader in CoreScalar.word(node, reader, words: words) }
    }
}

extension YAMLShape {
    /// Bytes: `512B`, `64KiB`, `4MiB`, `1GiB`, within the range.
    package static func byteCount(_ range: ClosedRange<Int>) -> YAMLShape where Value == Int {
        YAMLShape { node, reader in
            guard let text = CoreScalar.scalar(node, reader, expected: "a size such as 4MiB is expected here") else {
                return nil
            }
            let shown = text.escapedForDisplay(limit: 40)
            for (suffix, unit) in [("KiB", 1_024), ("MiB", 1_048_576), ("GiB", 1_073_741_824), ("B", 1)] {
                guard text.hasSuffix(suffix) else { continue }
                let digits = String(text.dropLast(suffix.count))
                guard CoreScalar.isDigits(digits) else { break }
                let (bytes, overflow) = (Int(digits) ?? .max).multipliedReportingOverflow(by: unit)
                guard !overflow, range.contains(bytes) else {
                    reader.error(
                        "YAML025", "\(shown) is out of range: \(range.lowerBound)B to \(range.upperBound)B",
                        at: node.location)
                    return nil
                }
                return bytes
            }
            reader.error(
                "YAML028", "'\(shown)' is no size", at: node.location,
                hint: "sizes are a whole number and a unit: 512B, 64KiB, 4MiB, 1GiB")
            return nil
        }
    }
}

/// What the YAML 1.2 core schema makes of scalars.
enum CoreScalar {
    /// The text of a scalar that has a value.
    static func scalar(_ node: YAMLNode, _ reader: YAMLReader, expected: String) -> String? {
        guard let text = node.text else {
            reader.typeMismatch(node, expected: expected)
            return nil
        }
        if node.isNull {
            reader.error("YAML030", "\(expected), not nothing", at: node.location)
            return nil
        }
        return text
    }

    /// A scalar that is text by the core schema.
    static func text(_ node: YAMLNode, _ reader: YAMLReader) -> String? {
        guard let text = scalar(node, reader, expected: "text is expected here") else { return nil }
        guard node.isPlain else { return text }
        let shown = text.escapedForDisplay(limit: 40)
        if isNumber(text) {
            reader.error("YAML021", "\(shown) is a number, not text", at: node.location, hint: "quote it: \"\(shown)\"")
            return nil
        }
        if text == "true" || text == "false" {
            reader.error(
                "YAML021", "\(shown) is a boolean, not text", at: node.location, hint: "quote it: \"\(shown)\"")
            return nil
        }
        return text
    }

    static func word(_ node: YAMLNode, _ reader: YAMLReader, words: [String]) -> String? {
        let listed = words.map { "'\($0)'" }.joined(separator: ", ")
        guard let text = scalar(node, reader, expected: "one of \(listed) is expected here") else { return nil }
        if let word = words.first(where: { $0.utf8.elementsEqual(text.utf8) }) { return word }
        reader.error(
            "YAML028", "'\(text.escapedForDisplay(limit: 40))' is not one of \(listed)", at: node.location,
            hint: closestMatch(to: text, among: words).map { "did you mean '\($0)'?" })
        return nil
    }

    /// `0|[1-9][0-9]*`
    static func isDigits(_ text: String) -> Bool {
        isASCIIDigits(text) && (text.utf8.count == 1 || text.utf8.first != UInt8(ascii: "0"))
    }

    static func isASCIIDigits(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// Whether a plain scalar would be an integer or a floating-point number in YAML 1.2.
    static func isNumber(_ text: String) -> Bool {
        var rest = Substring(text)
        if rest.hasPrefix("0o") || rest.hasPrefix("0x") {
            let hexadecimal = rest.hasPrefix("0x")
            let digits = rest.dropFirst(2).utf8
            return !digits.isEmpty
                && digits.allSatisfy {
                    let isDigit = (48...57).contains($0)
                    return hexadecimal
                        ? isDigit || (65...70).contains($0) || (97...102).contains($0) : (48...55).contains($0)
                }
        }
        if [".nan", ".NaN", ".NAN"].contains(text) { return true }
        if let sign = rest.utf8.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
            rest = rest.dropFirst()
        }
        if [".inf", ".Inf", ".INF"].contains(String(rest)) { return true }
        return isDecimal(Array(rest.utf8))
    }

    /// `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
    private static func isDecimal(_ bytes: [UInt8]) -> Bool {
        var position = 0
        func digits() -> Int {
            let start = position
            while position < bytes.count, (48...57).contains(bytes[position]) { position += 1 }
            return position - start
        }
        let whole = digits()
        var fraction = 0
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            fraction = digits()
        }
        guard whole > 0 || fraction > 0 else { return false }
        if position < bytes.count, bytes[position] == UInt8(ascii: "e") || bytes[position] == UInt8(ascii: "E") {
            position += 1
            if position < bytes.count, bytes[position] == 43 || bytes[position] == 45 { position += 1 }
            guard digits() > 0 else { return false }
        }
        return position == bytes.count
    }
}
