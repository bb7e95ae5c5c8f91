import BailiffCEL
import BailiffModel
import Testing

/// Every conformance test of the corpus, through the lines that `bailiff expression eval` reads and writes.
@Suite(.enabled(if: Corpus.isAvailable, "BAILIFF_CORPUS is not set"))
struct ConformanceTests {
    @Test(arguments: Corpus.files)
    func passes(_ file: String) throws {
        let tests = try Corpus.tests(in: file)
        #expect(!tests.isEmpty)
        for test in tests {
            let id = test["id"]?.string ?? ""
            if let problem = try Self.problem(with: test) {
                Issue.record("\(id): \(test["expr"]?.string ?? ""): \(problem)")
            }
        }
    }

    /// What is wrong with the answer to a test; nil if nothing is.
    static func problem(with test: JSONValue) throws -> String? {
        let answerLine = ExpressionEvaluator().evaluate(line: test.text(.compact))
        var limits = JSONLimits.trusted
        limits.tolerated = [.nulCharacter]
        let answer = try StrictJSON.parse(answerLine, limits: limits)
        let expectation = test["expect"] ?? .null
        guard answer["id"] == test["id"] else { return "the answer has another id" }
        switch expectation["kind"]?.string {
        case "error":
            return answer["error"]?["phase"]?.string == "evaluate" ? nil : "expected an error, got \(answerLine)"
        case "value":
            guard let given = answer["value"], let wanted = expectation["value"] else {
                return "no value: \(answerLine)"
            }
            let isEqual = try ConformanceCodec.value(given) == ConformanceCodec.value(wanted)
            guard isEqual else { return "expected \(wanted.text(.compact)), got \(answerLine)" }
        case "type_only": break
        default: return "unknown expectation"
        }
        if let wanted = expectation["deduced_type"] {
            let isEqual = try ConformanceCodec.type(answer["deduced_type"] ?? .null) == ConformanceCodec.type(wanted)
            if !isEqual { return "expected the type \(wanted.text(.compact)), got \(answerLine)" }
        }
        return nil
    }
}
