/// A signed length of time of at most about 292 years.
package struct CELDuration: Hashable, Sendable, Comparable {
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// The nearest length of the language: more than about 292 years become the longest one.
    package init(microseconds: Int64) {
        let (product, overflow) = microseconds.multipliedReportingOverflow(by: 1_000)
        nanoseconds = overflow ? (microseconds < 0 ? .min : .max) : product
    }

    /// The nearest number of seconds.
    package var seconds: Double {
        let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return Double(whole) + Double(rest) / 1_000_000_000
    }

    package static func < (left: CELDuration, right: CELDuration) -> Bool { left.nanoseconds < right.nanoseconds }
}
