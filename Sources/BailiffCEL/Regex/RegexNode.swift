/// A pattern as a tree.
indirect enum RegexNode: Sendable {
    case empty
    case scalar(UInt32)
    case characters(CharacterClass)
    case assertion(RegexAssertion)
    case sequence([RegexNode])
    case alternatives([RegexNode])
    /// `upTo` nil: without end.
    case repetition(RegexNode, from: Int, upTo: Int?)
}

extension RegexNode {
    /// Whether the counts of nested repetitions multiply to no more than a limit.
    func repetitionsFit(_ limit: Int) -> Bool {
        switch self {
        case .empty, .scalar, .characters, .assertion: return true
        case .sequence(let parts), .alternatives(let parts): return parts.allSatisfy { $0.repetitionsFit(limit) }
        case .repetition(let inner, let from, let upTo):
            let count = max(1, upTo ?? from)
            return count <= limit && inner.repetitionsFit(limit / count)
        }
    }
}

enum RegexAssertion: Int32, Sendable {
    case textStart, textEnd, lineStart, lineEnd, wordBoundary, notWordBoundary
}
