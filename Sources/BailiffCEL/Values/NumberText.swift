#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Doubles from and to text.
enum NumberText {
    /// The shortest digits that give the number back, in C's `%g` form: `1`, `0.0045`, `1e+20`.
    static func shortest(_ number: Double) -> String { text(number, mayHaveExponent: true) }

    /// The shortest digits that give the number back, never with an exponent: `100000000000000000000`.
    static func plain(_ number: Double) -> String { text(number, mayHaveExponent: false) }

    private static func text(_ number: Double, mayHaveExponent: Bool) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        let (digits, exponent) = shortestDigits(number.magnitude)
        let sign = number.sign == .minus ? "-" : ""
        let needsExponent = mayHaveExponent && (exponent < -4 || exponent >= 6)
        return sign + (needsExponent ? scientific(digits, exponent) : positional(digits, exponent))
    }

    /// The digits of a finite number and the exponent of the first one, from Swift's own shortest form.
    private static func shortestDigits(_ number: Double) -> (digits: [UInt8], exponent: Int) {
        var digits: [UInt8] = []
        var pointAt: Int?
        var exponent = 0
        let text = Array(number.description.utf8)
        var position = 0
        while position < text.count {
            let byte = text[position]
            position += 1
            if byte.isDigit {
                digits.append(byte)
            } else if byte == UInt8(ascii: ".") {
                pointAt = digits.count
            } else {
                exponent = Int(String(decoding: text[position...], as: UTF8.self)) ?? 0
                break
            }
        }
        exponent += (pointAt ?? digits.count) - 1
        while digits.count > 1, digits.first == 0x30 {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.count > 1, digits.last == 0x30 { digits.removeLast() }
        return digits == [0x30] ? (digits, 0) : (digits, exponent)
    }

    private static func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }

    private static func scientific(_ digits: [UInt8], _ exponent: Int) -> String {
        let fraction = digits.count > 1 ? "." + text(digits.dropFirst()) : ""
        let power = Int64(exponent.magnitude).padded(to: 2)
        return "\(text(digits.prefix(1)))\(fraction)e\(exponent < 0 ? "-" : "+")\(power)"
    }

    private static func positional(_ digits: [UInt8], _ exponent: Int) -> String {
        if exponent < 0 {
            return "0." + String(repeating: "0", count: -exponent - 1) + text(digits)
        }
        if digits.count <= exponent + 1 {
            return text(digits) + String(repeating: "0", count: exponent + 1 - digits.count)
        }
        return text(digits.prefix(exponent + 1)) + "." + text(digits.dropFirst(exponent + 1))
    }

    /// Decimal or exponent form, `NaN`, `Infinity` or `inf`, all with an optional sign; nil for anything else, hexadecimal
    /// forms and numbers too large for a double included.
    static func double(_ text: String) -> Double? {
        let bytes = Array(text.utf8)
        var body = bytes[...]
        var sign = 1.0
        if let first = body.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            if first == UInt8(ascii: "-") { sign = -1 }
            body = body.dropFirst()
        }
        switch String(decoding: body, as: UTF8.self).lowercased() {
        case "nan": return .nan
        case "inf", "infinity": return sign * .infinity
        default: break
        }
        guard isDecimal(body), let value = Double(String(decoding: body, as: UTF8.self)), value.isFinite else {
            return nil
        }
        return sign * value
    }

    private static func isDecimal(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        func skipDigits() -> Int {
            let count = rest.prefix { $0.isDigit }.count
            rest = rest.dropFirst(count)
            return count
        }
        var digits = skipDigits()
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            digits += skipDigits()
        }
        guard digits > 0 else { return false }
        if let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") {
            rest = rest.dropFirst()
            if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest = rest.dropFirst() }
            guard skipDigits() > 0 else { return false }
        }
        return rest.isEmpty
    }

    /// How many digits behind the point ``fixed(_:precision:)`` and ``scientific(_:precision:)`` go to.
    static let largestPrecision = 1_000

    /// C's `%.Nf`: exact, half to even.
    static func fixed(_ number: Double, precision: Int) -> String { printed(number, "%.*f", precision) }

    /// C's `%.Ne`.
    static func scientific(_ number: Double, precision: Int) -> String { printed(number, "%.*e", precision) }

    private static func printed(_ number: Double, _ format: String, _ precision: Int) -> String {
        let precision = min(max(0, precision), largestPrecision)
        // The largest double has 309 digits before the point.
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 330 + precision) { buffer in
            let length = withVaList([Int32(truncatingIfNeeded: precision), number]) {
                vsnprintf(buffer.baseAddress, buffer.count, format, $0)
            }
            let bytes = buffer.prefix(min(buffer.count, Int(max(0, length)))).map { UInt8(bitPattern: $0) }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
