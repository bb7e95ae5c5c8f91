/// A condition taken apart as far as needed to tell whether it can be true where another one is not.
///
/// What is not understood is compared by its text, so `implies` may say no where yes would be right, never the other way.
struct ConditionOrder {
    private indirect enum Tree {
        case all([Tree])
        case any([Tree])
        case atom(String, Comparison?)
    }

    private let root: Tree
    private let size: Int

    /// Larger products of two sizes are not compared.
    private static let limit = 40_000

    init(_ text: String) {
        var size = 0
        root = Self.tree(ConditionParts.Part(text: text, offset: 0), depth: 0, &size)
        self.size = size
    }

    /// Whether `other` is true wherever this one is.
    func implies(_ other: ConditionOrder) -> Bool {
        guard size <= Self.limit / max(1, other.size) else { return false }
        return Self.implies(root, other.root)
    }

    private static func tree(_ part: ConditionParts.Part, depth: Int, _ size: inout Int) -> Tree {
        let part = ConditionParts.unwrapped(part)
        if depth < 8 {
            let all = ConditionParts.conjuncts(of: part.text)
            if all.count > 1 { return .all(all.map { tree($0, depth: depth + 1, &size) }) }
            let any = ConditionParts.alternatives(of: part.text)
            if any.count > 1 { return .any(any.map { tree($0, depth: depth + 1, &size) }) }
        }
        size += 1
        return .atom(part.text, Comparison(part.text))
    }

    private static func implies(_ left: Tree, _ right: Tree) -> Bool {
        switch (left, right) {
        case (.any(let parts), _): parts.allSatisfy { implies($0, right) }
        case (_, .all(let parts)): parts.allSatisfy { implies(left, $0) }
        case (.all(let parts), .any(let others)):
            others.contains { implies(left, $0) } || parts.contains { implies($0, right) }
        case (.all(let parts), .atom): parts.contains { implies($0, right) }
        case (.atom, .any(let others)): others.contains { implies(left, $0) }
        case (.atom(let left, let first), .atom(let right, let second)):
            left.utf8.elementsEqual(right.utf8) || Comparison.implies(first, second)
        }
    }
}

/// `fact OPERATOR literal`, as far as it is so.
private struct Comparison {
    enum Limit {
        /// Above, and itself if it is included.
        case above(Int64, included: Bool)
        case below(Int64, included: Bool)
        case number(Int64)
        case oneOf(Set<String>)
        case noneOf(Set<String>)
    }

    let subject: String
    /// A number and a time before now are not compared with each other.
    let isTime: Bool
    let limit: Limit

    init?(_ text: String) {
        guard let (subject, sign, literal) = Self.split(text) else { return nil }
        self.subject = subject
        if let number = Int64(literal) {
            isTime = false
            guard let limit = Self.limit(sign, number) else { return nil }
            self.limit = limit
        } else if let ago = Self.ago(literal) {
            isTime = true
            guard let limit = Self.limit(sign, -ago) else { return nil }
            self.limit = limit
        } else if let words = Self.words(literal, isList: sign == "in") {
            isTime = false
            switch sign {
            case "==", "in": limit = .oneOf(words)
            case "!=": limit = .noneOf(words)
            default: return nil
            }
        } else {
            return nil
        }
    }

    static func implies(_ left: Comparison?, _ right: Comparison?) -> Bool {
        guard let left, let right, left.isTime == right.isTime,
            left.subject.utf8.elementsEqual(right.subject.utf8)
        else { return false }
        return switch (left.limit, right.limit) {
        case (.above(let first, let included), .above(let second, let also)):
            first > second || first == second && (also || !included)
        case (.below(let first, let included), .below(let second, let also)):
            first < second || first == second && (also || !included)
        case (.number(let first), .above(let second, let also)): first > second || also && first == second
        case (.number(let first), .below(let second, let also)): first < second || also && first == second
        case (.number(let first), .number(let second)): first == second
        case (.oneOf(let first), .oneOf(let second)): first.isSubset(of: second)
        case (.oneOf(let first), .noneOf(let second)): first.isDisjoint(with: second)
        case (.noneOf(let first), .noneOf(let second)): second.isSubset(of: first)
        default: false
        }
    }

    private static func limit(_ sign: String, _ number: Int64) -> Limit? {
        switch sign {
        case ">": .above(number, included: false)
        case ">=": .above(number, included: true)
        case "<": .below(number, included: false)
        case "<=": .below(number, included: true)
        case "==": .number(number)
        default: nil
        }
    }

    /// A fact such as `machine.kind`, the operator, and the text behind it.
    private static func split(_ text: String) -> (subject: String, sign: String, literal: String)? {
        let subject = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "_") }
        let rest = text.dropFirst(subject.count).drop { $0 == " " || $0 == "\n" }
        guard !subject.isEmpty else { return nil }
        for sign in [">=", "<=", "==", "!=", ">", "<", "in "] where rest.hasPrefix(sign) {
            let literal = rest.dropFirst(sign.count).drop { $0 == " " || $0 == "\n" }
            return (String(subject), sign == "in " ? "in" : sign, String(literal))
        }
        return nil
    }

    /// Seconds of `now - duration("72h")`.
    private static func ago(_ literal: String) -> Int64? {
        let text = literal.filter { $0 != " " && $0 != "\n" }
        guard text.hasPrefix("now-duration("), text.hasSuffix(")"),
            text.count(where: { $0 == "(" || $0 == ")" }) == 2
        else { return nil }
        let seconds = ConditionParts.durations(in: text)
        return seconds.count == 1 ? seconds.first : nil
    }

    /// `"a"`, or `["a", "b"]`; text with escapes is not understood.
    private static func words(_ literal: String, isList: Bool) -> Set<String>? {
        guard isList else { return word(literal[...]).map { [$0] } }
        guard literal.hasPrefix("["), literal.hasSuffix("]") else { return nil }
        var words: Set<String> = []
        for part in literal.dropFirst().dropLast().split(separator: ",", omittingEmptySubsequences: false) {
            guard let word = word(part) else { return nil }
            words.insert(word)
        }
        return words
    }

    private static func word(_ text: Substring) -> String? {
        var text = text.drop { $0 == " " || $0 == "\n" }
        while text.last == " " || text.last == "\n" { text.removeLast() }
        guard text.count >= 2, let quote = text.first, quote == "\"" || quote == "'", text.last == quote else {
            return nil
        }
        let inner = text.dropFirst().dropLast()
        guard inner.allSatisfy({ $0.isASCII && $0 != "\"" && $0 != "'" && $0 != "\\" }) else { return nil }
        return String(inner)
    }
}
