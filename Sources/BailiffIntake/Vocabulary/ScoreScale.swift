/// A product's own number: how its scale is called and how it becomes a share from 0 (harmless) to 1 (worst).
package struct ScoreScale: Sendable {
    package enum Mapping: Sendable {
        /// From `low` (0) to `high` (1) in a straight line. What lies outside counts as the nearest end.
        case linear(low: Double, high: Double)
        /// These numbers and no others.
        case table([(number: Double, share: Double)])
        /// The number counts engines that detect, out of those that gave an opinion.
        case engines
        /// The number is no measure of harm.
        case none
    }

    /// As verdicts and `feed normalize` show it: `0-100`.
    package let text: String
    package let mapping: Mapping

    package init(_ text: String, _ mapping: Mapping) {
        self.text = text
        self.mapping = mapping
    }

    /// - Parameter total: For ``Mapping/engines``: how many gave an opinion.
    package func share(of number: Double, total: Double? = nil) -> Double? {
        guard number.isFinite else { return nil }
        switch mapping {
        case .linear(let low, let high): return min(max((number - low) / (high - low), 0), 1)
        case .table(let rows): return rows.first { $0.number == number }?.share
        case .engines:
            guard let total, total > 0 else { return nil }
            return min(max(number / total, 0), 1)
        case .none: return nil
        }
    }

    /// How the documentation writes the mapping.
    package var formula: String {
        func number(_ value: Double) -> String {
            value == value.rounded() && abs(value) < 1_000 ? String(Int(value)) : String(value)
        }
        switch mapping {
        case .linear(let low, let high):
            let width = number(high - low)
            if low == 0 { return high == 1 ? "x" : "x/\(width)" }
            return low < 0 ? "(x+\(number(-low)))/\(width)" : "(x-\(number(low)))/\(width)"
        case .table(let rows):
            let sorted = rows.sorted { $0.share < $1.share }
            return sorted.map { number($0.number) }.joined(separator: "/") + " → "
                + sorted.map { number(($0.share * 100).rounded()) }.joined(separator: "/")
        case .engines: return "detections/engines"
        case .none: return "no score"
        }
    }

    func score(_ number: Double?) -> ProductScore? {
        number.map { ProductScore(value: $0, scale: text, share: share(of: $0)) }
    }
}
