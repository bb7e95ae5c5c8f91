import BailiffCLI
import Foundation
import Testing

@Suite("The files of the demo")
struct DemoFilesTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var carried: String
    }

    @Test(
        "the demo carries its fixtures",
        arguments: [
            Row(testDescription: "tenants/demo.yaml", carried: DemoFiles.tenant),
            Row(testDescription: "demo/playbook.yaml", carried: DemoFiles.playbook),
            Row(testDescription: "demo/policy.yaml", carried: DemoFiles.policy),
            Row(testDescription: "demo/approvals.yaml", carried: DemoFiles.approvals),
            Row(testDescription: "demo/verdict.json", carried: DemoFiles.verdict),
            Row(testDescription: "demo/batch.json", carried: DemoFiles.batch),
        ])
    func carries(_ row: Row) throws {
        let text = try String(contentsOfFile: Program.fixture(row.testDescription), encoding: .utf8)
        #expect(text == row.carried, "copy fixtures/\(row.testDescription) into DemoFiles.swift")
    }
}
