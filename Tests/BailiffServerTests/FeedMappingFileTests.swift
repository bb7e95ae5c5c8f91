import BailiffDiagnostics
import BailiffIntake
import BailiffServer
import Testing

struct FeedMappingFileTests {
    static let good = """
        bailiff: feed-mapping/v1
        name: acme-sandbox
        fields:
          verdict: /verdict
          score: /score
          sha256: /hash
        words:
          malicious: [bad, yes, 1]
          benign: [no, 0]
        scale: { harmless: 0, worst: 10 }

        """

    @Test func wordsStayWords() throws {
        let mapping = try FeedMappingFile.load(file: "m.yaml", bytes: Array(Self.good.utf8)).get()
        #expect(mapping.words.map(\.word) == ["bad", "yes", "1", "no", "0"])
        #expect(mapping.scale?.worst == 10)
    }

    static let faults: [(String, String, String)] = [
        (
            "name: acme-sandbox", "nane: acme-sandbox",
            "m.yaml:2:1: error: unknown key [mapping.unknown_key]"
        ),
        (
            "name: acme-sandbox", "name: zscaler",
            "m.yaml:2:7: error: `zscaler` is the name of a product with a reader of its own [mapping.bad_name]"
        ),
        (
            "  sha256: /hash", "  sha256: hash",
            "m.yaml:6:11: error: a JSON Pointer is needed, as in /file/sha256 [mapping.bad_pointer]"
        ),
        (
            "  sha256: /hash", "  file_name: /f",
            "m.yaml:4:3: error: one of `sha256`, `sha1`, `md5` is needed [mapping.missing_key]"
        ),
        ("benign: [no, 0]", "benign: [no, BAD]", "m.yaml:9:11: error: `BAD` stands for two levels [mapping.bad_word]"),
        (
            "worst: 10", "worst: 0",
            "m.yaml:10:8: error: a scale has `harmless` and `worst`, two different numbers [mapping.bad_scale]"
        ),
        ("worst: 10", "worst: ten", "m.yaml:10:30: error: a number is needed [mapping.wrong_type]"),
    ]

    @Test(arguments: faults)
    func faultsAreToldAtTheirPlace(_ old: String, _ new: String, _ want: String) {
        let text = Self.good.replacing(old, with: new)
        guard case .failure(let error) = FeedMappingFile.load(file: "m.yaml", bytes: Array(text.utf8)) else {
            Issue.record("accepted")
            return
        }
        #expect(error.description == want)
    }

    @Test func whatIsNoYAML() {
        for bytes in [[0xFF], Array("a: [".utf8), Array("a: 1\na: 2\n".utf8), []] as [[UInt8]] {
            guard case .failure(let error) = FeedMappingFile.load(file: "m.yaml", bytes: bytes) else {
                Issue.record("accepted")
                continue
            }
            #expect(!error.diagnostics.isEmpty)
        }
    }
}
