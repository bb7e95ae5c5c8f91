import Foundation
import Testing

@Suite("What the README shows")
struct ReadmeTests {
    static let text = (try? String(contentsOf: Program.repository.appending(path: "README.md"), encoding: .utf8)) ?? ""

    /// Lines of the shell blocks.
    static var shellLines: [String] {
        var lines: [String] = []
        var isInside = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                isInside = line == "```sh"
            } else if isInside {
                lines.append(String(line))
            }
        }
        return lines
    }

    /// Commands that need no server and end by themselves.
    static var offlineCommands: [[String]] {
        shellLines.filter { $0.hasPrefix("swift run bailiff ") && !$0.contains("demo --keep") }
            .map { $0.split(separator: " ").dropFirst(3).map(String.init) }
    }

    @Test("the two commands stand there as they are")
    func twoCommands() {
        #expect(Self.shellLines.contains("sh .ci/setup && swift run bailiff demo"))
        #expect(Self.shellLines.contains("sh .ci/setup && swift test"))
        #expect(Self.offlineCommands.count >= 3)
    }

    @Test("every command that needs no server works", arguments: offlineCommands)
    func commands(arguments: [String]) async throws {
        let folder = try TemporaryFolder()
        try folder.copy(Program.repository.appending(path: "playbooks").path(), to: "playbooks")
        try folder.copy(Program.repository.appending(path: "fixtures").path(), to: "fixtures")
        let output = try await Program.run(arguments, folder: folder)
        #expect(output.status == 0, "\(output.stderr)")
        #expect(!output.stdout.isEmpty || !output.stderr.isEmpty)
    }

    @Test("the example configuration names every file and section that the README's smallest one does")
    func configuration() throws {
        let example = try String(
            contentsOf: Program.repository.appending(path: "fixtures/config/bailiff.yaml"), encoding: .utf8)
        for section in ["store:", "defender:", "feeds:", "playbooks:"] {
            #expect(Self.text.contains("\n\(section)") && example.contains("\n\(section)"))
        }
    }
}
