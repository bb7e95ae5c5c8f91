import BailiffDiagnostics
import BailiffPlaybook
import Testing

@Suite struct ShippedFilesTests {
    @Test(arguments: ["fixtures/demo", "playbooks"])
    func whatTheEngineCarriesOutLoads(_ folder: String) throws {
        let (library, text) = load(try Repository.files(folder), .spine())
        #expect(text == "")
        #expect(library?.playbooks.count == 1)
        #expect(library?.policies.map(\.name) == ["org/baseline"])
        #expect(library?.approvals.keys.sorted() == ["server-two-teams", "soc-lead-one", "soc-one"])
    }

    @Test(arguments: ["fixtures/demo", "playbooks"])
    func itsTestsPass(_ folder: String) throws {
        let library = try #require(load(try Repository.files(folder), .spine()).library)
        for playbook in library.playbooks {
            let results = PlaybookTests.run(playbook, in: library)
            #expect(results.count >= 4)
            for result in results {
                #expect(
                    result.passed, "\(result.name)\n\(result.differences.map(\.description).joined(separator: "\n"))")
            }
        }
    }
}
