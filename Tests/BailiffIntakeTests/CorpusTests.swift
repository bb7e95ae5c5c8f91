import BailiffIntake
import BailiffModel
import Testing

@Suite(.enabled(if: Corpus.isAvailable, "BAILIFF_CORPUS is not set"))
struct CorpusTests {
    static let members = [
        "verdict", "score", "score_scale", "sha256", "sha1", "md5", "file_name", "threat", "analysed_at",
    ]

    @Test func theIndexIsRead() { #expect(!Corpus.samples.isEmpty) }

    @Test(arguments: Corpus.samples)
    func everyValueThroughAuto(_ sample: Corpus.Sample) throws {
        try check(sample, product: .auto)
    }

    @Test(arguments: Corpus.samples)
    func everyValueUnderTheRecognisedName(_ sample: Corpus.Sample) throws {
        let recognised = try Intake.normalise(IntakeBody(bytes: try sample.bytes), product: .auto).product
        try #require(recognised != .auto)
        try check(sample, product: recognised)
    }

    private func check(_ sample: Corpus.Sample, product: Product) throws {
        let body = try Intake.normalise(IntakeBody(bytes: try sample.bytes), product: product)
        #expect(FeedNormalisation.rejections(in: body).map(\.error.description) == [])
        let shown = FeedNormalisation.json(of: body).array ?? []
        #expect(shown.count == sample.expected.count)
        for (index, (have, want)) in zip(shown, sample.expected).enumerated() {
            for member in Self.members {
                let have = have[member] ?? .string("(no member)")
                let want = want[member] ?? .string("(not expected)")
                let isEqual = have.double.map { $0 == want.double } ?? (have == want)
                #expect(isEqual, "\(sample.file) #\(index + 1) \(member): have \(have.text()), want \(want.text())")
            }
        }
    }
}
