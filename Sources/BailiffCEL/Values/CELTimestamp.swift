/// An instant from 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z.
package struct CELTimestamp: Hashable, Sendable {
    /// Whole seconds since 1970, rounded down.
    package let seconds: Int64
    /// 0 to 999,999,999, counted forward from ``seconds``.
    package let nanoseconds: Int32

    /// - Returns: nil outside the range of the language.
    package init?(seconds: Int64, nanoseconds: Int32 = 0) {
        guard Self.validSeconds.contains(seconds), 0..<1_000_000_000 ~= nanoseconds else { return nil }
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// The nearest instant of the language: what lies outside its range becomes its first or last microsecond.
    package init(microsecondsSince1970 microseconds: Int64) {
        let second = microseconds.flooredQuotient(1_000_000)
        let clamped = min(max(second, Self.validSeconds.lowerBound), Self.validSeconds.upperBound)
        seconds = clamped
        if clamped == second {
            nanoseconds = Int32(truncatingIfNeeded: (microseconds - second * 1_000_000) * 1_000)
        } else {
            nanoseconds = clamped < second ? 999_999_000 : 0
        }
    }

    static let validSeconds: ClosedRange<Int64> = -62_135_596_800...253_402_300_799
}

extension CELTimestamp: Comparable {
    package static func < (left: CELTimestamp, right: CELTimestamp) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
}

extension Int64 {
    /// The quotient rounded down; `divisor` must be positive.
    func flooredQuotient(_ divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
