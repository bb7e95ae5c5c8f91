import Testing

@Suite("Bad input: a clear error, nothing changed, nothing crashed")
struct BadInputTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var arguments: [String]
        var files: [String: String] = [:]
        var input = ""
        var status: Int32
        var says: String
    }

    @Test(arguments: [
        Row(testDescription: "an unknown command", arguments: ["frobnicate"], status: 64, says: "frobnicate"),
        Row(
            testDescription: "an unknown product", arguments: ["feed", "normalize", "--product", "nonesuch", "a.json"],
            files: ["a.json": "{}"], status: 64, says: "nonesuch"),
        Row(
            testDescription: "malformed JSON", arguments: ["feed", "normalize", "--product", "generic", "a.json"],
            files: ["a.json": "{\"verdict\":"], status: 2, says: "a.json"),
        Row(
            testDescription: "a file that is not there", arguments: ["feed", "normalize", "none.json"], status: 1,
            says: "none.json"),
        Row(
            testDescription: "a broken playbook", arguments: ["playbook", "check", "p"],
            files: ["p/a.yaml": "bailiff: playbook/v1\nname: x\nstepz: []\n"], status: 2, says: "a.yaml:3:1"),
        Row(
            testDescription: "a playbook without what it refers to",
            arguments: ["playbook", "test", Program.fixture("demo/playbook.yaml")], status: 2,
            says: "no policy and no approvals file was given: name those files, too, or their folder"),
        Row(
            testDescription: "a folder that is no log", arguments: ["audit", "verify", "p"],
            files: ["p/a.txt": "hello"], status: 2, says: "NOT WHOLE"),
        Row(
            testDescription: "no server named", arguments: ["case", "list"], status: 64, says: "BAILIFF_URL"),
        Row(
            testDescription: "a bad configuration", arguments: ["serve", "--config", "b.yaml"],
            files: ["b.yaml": "store: { pth: x }\n"], status: 1, says: "did you mean 'path'"),
    ])
    func says(_ row: Row) async throws {
        let folder = try TemporaryFolder()
        for (name, text) in row.files { try folder.write(name, text) }
        let output = try await Program.run(row.arguments, input: row.input, folder: folder)
        #expect(output.status == row.status, "\(output.stdout)\(output.stderr)")
        #expect((output.stdout + output.stderr).contains(row.says), "\(output.stdout)\(output.stderr)")
    }
}
