extension CELDuration: CustomStringConvertible {
    /// Decimal seconds with as many fraction digits as needed: `-1.5s`.
    package var description: String {
        let (seconds, fraction) = nanoseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
        return "\(nanoseconds < 0 ? "-" : "")\(seconds)\(Int64(fraction).fractionText)s"
    }

    /// Reads an optional sign and one or more decimal numbers with a unit (h, m, s, ms, us, ns), or a plain `0`.
    ///
    /// What is finer than a nanosecond is cut off.
    package init?(_ text: String) {
        var bytes = Array(text.utf8)[...]
        var isNegative = false
        if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            bytes = bytes.dropFirst()
        }
        if bytes.elementsEqual([UInt8(ascii: "0")]) {
            self.init(nanoseconds: 0)
            return
        }
        guard !bytes.isEmpty else { return nil }
        var total: UInt64 = 0
        while !bytes.isEmpty {
            guard let part = Self.part(&bytes) else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(part)
            guard !overflow else { return nil }
            total = sum
        }
        if isNegative {
            guard total <= Int64.min.magnitude else { return nil }
            self.init(nanoseconds: Int64(truncatingIfNeeded: 0 &- total))
        } else {
            guard let positive = Int64(exactly: total) else { return nil }
            self.init(nanoseconds: positive)
        }
    }

    /// One number with its unit, in nanoseconds.
    private static func part(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        let whole = digits(&bytes)
        var fraction = ArraySlice<UInt8>()
        if bytes.first == UInt8(ascii: ".") {
            bytes = bytes.dropFirst()
            fraction = digits(&bytes)
        }
        guard !whole.isEmpty || !fraction.isEmpty, let unit = unit(&bytes) else { return nil }
        var value: UInt64 = 0
        for digit in whole {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflows) = product.addingReportingOverflow(UInt64(digit - 0x30))
            guard !overflow, !overflows else { return nil }
            value = sum
        }
        let (nanoseconds, overflow) = value.multipliedReportingOverflow(by: unit)
        guard !overflow else { return nil }
        // Eighteen digits of an hour reach far below a nanosecond and fit 64 bits.
        var numerator: UInt64 = 0
        var denominator: UInt64 = 1
        for digit in fraction.prefix(18) {
            numerator = numerator * 10 + UInt64(digit - 0x30)
            denominator *= 10
        }
        // The fraction is below one, so the quotient is below the unit and cannot overflow.
        let finer = denominator.dividingFullWidth(numerator.multipliedFullWidth(by: unit)).quotient
        let (sum, overflows) = nanoseconds.addingReportingOverflow(finer)
        return overflows ? nil : sum
    }

    private static func digits(_ bytes: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let digits = bytes.prefix { $0.isDigit }
        bytes = bytes.dropFirst(digits.count)
        return digits
    }

    private static let units: [(name: [UInt8], nanoseconds: UInt64)] = [
        (Array("ns".utf8), 1), (Array("us".utf8), 1_000), (Array("ms".utf8), 1_000_000),
        (Array("s".utf8), 1_000_000_000), (Array("m".utf8), 60_000_000_000), (Array("h".utf8), 3_600_000_000_000),
    ]

    private static func unit(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        guard let unit = units.first(where: { bytes.starts(with: $0.name) }) else { return nil }
        bytes = bytes.dropFirst(unit.name.count)
        return unit.nanoseconds
    }
}
