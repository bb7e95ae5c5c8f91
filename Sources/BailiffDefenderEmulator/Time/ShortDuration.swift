import BailiffModel

/// Durations as people write them: a whole number with `ms`, `s`, `m`, `h` or `d`, several in a row: `1h30m`.
enum ShortDuration {
    private static let units: [(name: String, microseconds: Int64)] = [
        ("d", 86_400_000_000), ("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1_000),
    ]
    /// A thousand years.
    private static let limit: Int64 = 1_000 * 365 * 86_400_000_000

    /// Nil for anything else, and for more than a thousand years.
    static func parse(_ text: String) -> Duration? {
        var rest = text.utf8[...]
        var total: Int64 = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { (48...57).contains($0) }
            rest = rest.dropFirst(digits.count)
            let letters = rest.prefix { (97...122).contains($0) }
            rest = rest.dropFirst(letters.count)
            let unit = String(Substring(letters))
            guard digits.count <= 12, let number = Int64(Substring(digits)),
                let size = units.first(where: { $0.name == unit })?.microseconds
            else { return nil }
            let (product, overflow) = number.multipliedReportingOverflow(by: size)
            guard !overflow, product <= limit - total else { return nil }
            total += product
        }
        return .microseconds(total)
    }

    /// In the greatest unit that divides it.
    static func text(_ duration: Duration) -> String {
        let microseconds = duration.wholeMicroseconds
        let unit = units.first { microseconds != 0 && microseconds % $0.microseconds == 0 }
        guard let unit else { return microseconds == 0 ? "0s" : "\(microseconds / 1_000)ms" }
        return "\(microseconds / unit.microseconds)\(unit.name)"
    }
}
