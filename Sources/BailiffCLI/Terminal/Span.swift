import ArgumentParser

/// A span of time as it is typed: one whole number above zero and one of s, m, h, d, at most ten years.
struct Span: ExpressibleByArgument, Equatable {
    let duration: Duration

    private static let greatest: Int64 = 3_650 * 86_400

    init?(argument: String) {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        guard let last = argument.last, let unit = units[last], argument.utf8.count <= 12,
            argument.dropLast().utf8.allSatisfy({ (48...57).contains($0) }), let count = Int64(argument.dropLast()),
            count > 0
        else { return nil }
        let (seconds, overflow) = count.multipliedReportingOverflow(by: unit)
        guard !overflow, seconds <= Self.greatest else { return nil }
        duration = .seconds(seconds)
    }
}
