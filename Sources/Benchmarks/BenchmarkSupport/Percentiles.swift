/// What most and what the slowest took.
package struct Percentiles: CustomStringConvertible {
    private let sorted: [Int64]

    /// - Parameter microseconds: One sample each, in any order.
    package init(_ microseconds: [Int64]) { sorted = microseconds.sorted() }

    /// In milliseconds; 0 without samples.
    package func at(_ share: Double) -> Double {
        guard let last = sorted.last else { return 0 }
        let index = Int(Double(sorted.count) * share)
        return Double(index < sorted.count ? sorted[index] : last) / 1e3
    }

    /// JSON.
    package var description: String {
        "{\"p50_ms\":\(at(0.5)),\"p90_ms\":\(at(0.9)),\"p99_ms\":\(at(0.99)),\"max_ms\":\(at(1))}"
    }
}
