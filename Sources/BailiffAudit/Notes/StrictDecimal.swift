/// Non-negative decimal numbers as logs write them: ASCII digits, no sign, no leading zero, at most 2^63 - 1.
///
/// `Int("+5")` and `Int("05")` are both 5; bytes that are signed must have one reading only.
enum StrictDecimal {
    static func parse(_ digits: some Collection<UInt8>) -> Int64? {
        guard let first = digits.first, digits.count == 1 || first != 0x30 else { return nil }
        var value: Int64 = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, stillTooLarge) = product.addingReportingOverflow(Int64(digit - 0x30))
            if tooLarge || stillTooLarge { return nil }
            value = sum
        }
        return value
    }
}
