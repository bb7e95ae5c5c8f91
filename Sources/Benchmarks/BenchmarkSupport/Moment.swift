import Foundation

/// Moments as microseconds since 1970, by the system's clock, which the measured programs go by too.
package enum Moment {
    package static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }

    /// `2026-11-20T23:40:51.000123Z`
    package static func parse(_ text: some StringProtocol) -> Int64? {
        let parts = text.dropLast().split(separator: ".")
        guard let whole = parts.first, let date = try? Date(String(whole) + "Z", strategy: .iso8601) else { return nil }
        let fraction = parts.count > 1 ? String(parts[1]).padding(toLength: 6, withPad: "0", startingAt: 0) : "0"
        return Int64(date.timeIntervalSince1970) * 1_000_000 + (Int64(fraction) ?? 0)
    }
}
