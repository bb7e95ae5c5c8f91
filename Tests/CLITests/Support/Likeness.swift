import Foundation

/// Compares what a program printed with what it printed another time.
///
/// Ids, digests, ports and temporary paths differ from run to run, but always in the same way: each of the one run stands for
/// one of the other, and this is remembered. Times and durations may be any; runs of spaces count as one.
struct Likeness {
    /// From what was written down to what is now.
    private var names: [String: String] = [:]

    private static let named = [
        #"blf_[0-9a-f]+(?:…)?"#,
        #"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"#,
        #"\+[0-9a-f]{8}\+[A-Za-z0-9+/]{40,}={0,2}"#,
        #"\b(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{8,64}\b"#,
        #"\b[0-9A-HJKMNP-TV-Z]{8}\b"#,
        #"127\.0\.0\.1:[0-9]+"#,
        #"/tmp/bailiff-[a-z]+-[A-Za-z0-9]{6}"#,
    ]
    private static let free = [
        #"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?Z?"#,
        #"\b[0-9]{2}:[0-9]{2}(?::[0-9]{2})? \([0-9]+m\)"#,
        #"\b[0-9]{2}:[0-9]{2}:[0-9]{2}\b"#,
        #"\b[0-9]+\.[0-9]{2}s"#,
        // Ids cut to fit into a column.
        #"\b(?=[0-9a-f-]*[0-9])[0-9a-f][0-9a-f-]*…"#,
        #"\b[0-9]+ (?:calls|entries|seconds|written|earlier|in the folder|of [0-9]+ read)\b"#, #"\bof size [0-9]+"#,
    ]
    private static let namedPattern = pattern(named)
    private static let freePattern = pattern(free)
    private static let anyPattern = pattern(free + named)

    private static func pattern(_ parts: [String]) -> NSRegularExpression? {
        try? NSRegularExpression(pattern: parts.map { "(?:\($0))" }.joined(separator: "|"))
    }

    private struct Part: Equatable {
        /// Text that must be the same.
        var fixed: String
        /// What follows it and may differ; nil at the end.
        var variable: String?
        var isNamed = false
    }

    /// Whether `actual` is `written` in another run.
    mutating func matches(_ written: String, _ actual: String) -> Bool {
        let left = Self.parts(written)
        let right = Self.parts(actual)
        guard left.count == right.count else { return false }
        for (one, other) in zip(left, right) {
            guard one.fixed == other.fixed, one.isNamed == other.isNamed else { return false }
            guard one.isNamed, let from = one.variable, let to = other.variable else { continue }
            if let known = names[from], known != to { return false }
            names[from] = to
        }
        return true
    }

    /// The text with everything that may differ taken out.
    static func shape(_ text: String) -> String { parts(text).map(\.fixed).joined(separator: "⟨⟩") }

    private static func parts(_ text: String) -> [Part] {
        let text = text.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        let whole = NSRange(text.startIndex..., in: text)
        var parts: [Part] = []
        var position = text.startIndex
        for match in anyPattern?.matches(in: text, range: whole) ?? [] {
            guard let range = Range(match.range, in: text) else { continue }
            let variable = String(text[range])
            let all = NSRange(variable.startIndex..., in: variable)
            let isFree = freePattern?.firstMatch(in: variable, range: all)?.range == all
            parts.append(Part(fixed: String(text[position..<range.lowerBound]), variable: variable, isNamed: !isFree))
            position = range.upperBound
        }
        return parts + [Part(fixed: String(text[position...]), variable: nil)]
    }
}
