import BailiffDiagnostics
import BailiffPlaybook
import Testing

/// The three playbooks that use the whole language, with their policies.
@Suite struct CompleteFilesTests {
    static let folder = "fixtures/playbooks/complete"

    @Test func load() throws {
        let (library, text) = BailiffPlaybookTests.load(try Repository.files(Self.folder), .complete())
        #expect(text == "")
        #expect(
            library?.playbooks.map(\.name) == ["isolate-on-malicious", "outbreak-containment", "tiered-containment"])
    }

    @Test func theirTestsPass() throws {
        let library = try #require(
            BailiffPlaybookTests.load(try Repository.files(Self.folder), .complete()).library)
        for playbook in library.playbooks {
            for result in PlaybookTests.run(playbook, in: library) {
                #expect(
                    result.passed,
                    "\(playbook.name): \(result.name)\n\(result.differences.map(\.description).joined(separator: "\n"))"
                )
            }
        }
    }

    @Test func areRefusedAtActivationByTheSpine() throws {
        let files = try Repository.files(Self.folder)
        let refused = PlaybookLibrary.load(files, environment: .spine())
        #expect(refused.library == nil)
        let codes = Set(refused.report.diagnostics.filter { $0.severity == .error }.map(\.code))
        #expect(codes == ["PB901", "PB902", "PB017"])
        let checked = PlaybookLibrary.load(files, environment: .spine(.check))
        #expect(checked.report.diagnostics.filter { $0.code.hasPrefix("PB9") }.allSatisfy { $0.severity == .note })
    }
}
