import BailiffCEL
import BailiffModel

/// What types do not say about a verdict: its score lies in the band of its level, so `malicious` with a score below 50 never
/// comes.
enum ScoreBands {
    /// Every level with every score it can have.
    private static let all: [Bindings] = VerdictLevel.allCases.flatMap { level in
        let lowest = NormalisedScore(level: level, share: 0).value
        let highest = NormalisedScore(level: level, share: 1).value
        return (lowest...max(lowest, highest)).map { Bindings(level: level.rawValue, score: Int64($0)) }
    }

    /// The result of a condition if level and score alone always lead to the same one.
    static func result(of program: CELProgram) -> Bool? {
        let touched = Set(program.referencedVariables)
        guard touched.contains(Fact.verdictLevel.rawValue), touched.contains(Fact.verdictScore.rawValue),
            // Whether an optional fact is there can be asked for, and nothing is there while this is tried.
            !Fact.allCases.contains(where: { $0.isOptional && touched.contains($0.rawValue) })
        else { return nil }
        var common: Bool?
        for bindings in all {
            // An error says that other facts matter, too.
            guard let result = try? program.evaluateCondition(bindings), common ?? result == result else { return nil }
            common = result
        }
        return common
    }

    private struct Bindings: CELBindings {
        let level: String
        let score: Int64

        private static let levelSlot = Fact.allCases.firstIndex(of: .verdictLevel)
        private static let scoreSlot = Fact.allCases.firstIndex(of: .verdictScore)

        func value(at slot: Int) -> CELValue? {
            switch slot {
            case Self.levelSlot: .string(level)
            case Self.scoreSlot: .int(score)
            default: nil
            }
        }
    }
}
