import Testing

/// Every conformance test of the corpus.
@Suite(.enabled(if: Corpus.isAvailable, "BAILIFF_CORPUS is not set"))
struct ConformanceTests {
    @Test(arguments: Corpus.files)
    func passes(_ file: String) throws {
        let tests = try Corpus.tests(in: file)
        #expect(!tests.isEmpty)
        for test in tests {
            let test = try ConformanceCase(test)
            if let problem = try test.problem() { Issue.record("\(test.id): \(test.text): \(problem)") }
        }
    }
}
