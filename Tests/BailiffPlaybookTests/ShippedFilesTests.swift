import BailiffDiagnostics
import BailiffPlaybook
import BailiffYAML
import Foundation
import Testing

@Suite struct ShippedFilesTests {
    @Test func shippedFilesHaveNoFault() throws {
        let (library, text) = load(try Repository.files("playbooks"), .complete())
        #expect(text == "")
        #expect(
            library?.playbooks.map(\.name) == ["isolate-on-malicious", "outbreak-containment", "tiered-containment"])
        #expect(library?.policies.map(\.name) == ["org/baseline"])
        #expect(library?.approvals.keys.sorted() == ["incident-two", "server-two-teams", "soc-lead-one", "soc-one"])
    }

    /// Checking is about the language: what an engine does not carry out is a note there, whatever it is.
    @Test func checkingNotesWhatAnEngineLacks() throws {
        let files = try Repository.files("playbooks")
        let nothing = EngineCapabilities(actions: [], keys: [])
        let checked = PlaybookLibrary.load(
            files, environment: CheckEnvironment(notifiers: nil, now: noon, carriedOut: nothing, purpose: .check))
        #expect(checked.library != nil)
        #expect(!checked.report.hasErrors)
        #expect(checked.report.diagnostics.contains { $0.code == "PB902" && $0.severity == .note })
        let active = PlaybookLibrary.load(
            files, environment: CheckEnvironment(notifiers: nil, now: noon, carriedOut: nothing))
        #expect(active.library == nil)
        let codes = Set(active.report.diagnostics.filter { $0.severity == .error }.map(\.code))
        #expect(codes == ["PB901", "PB902"])
    }

    @Test(arguments: ["fixtures/demo", "playbooks"])
    func theirTestsPass(_ folder: String) throws {
        let library = try #require(load(try Repository.files(folder), .complete()).library)
        for playbook in library.playbooks {
            let results = PlaybookTests.run(playbook, in: library)
            #expect(results.count >= 3)
            for result in results {
                #expect(
                    result.passed,
                    "\(playbook.name): \(result.name)\n\(result.differences.map(\.description).joined(separator: "\n"))"
                )
            }
        }
    }

    /// A machine that `select` left out is no action of the plan: the difference says why it is not among those found.
    @Test func aDifferenceSaysWhyAMachineWasNotSelected() throws {
        let files = try Repository.files("playbooks").map { source in
            SourceText(
                file: source.file,
                text: source.text.replacing(
                    "expect: { contain: [], not_selected: [d1] }", with: "expect: { contain: [d1] }"))
        }
        let library = try #require(load(files, .complete()).library)
        let playbook = try #require(library.playbook("isolate-on-malicious"))
        let failed = try #require(PlaybookTests.run(playbook, in: library).first { !$0.passed })
        #expect(failed.differences.map(\.key) == ["contain"])
        #expect(failed.differences.first?.because.first?.hasPrefix("d1: not selected: ") == true)
    }

    /// What is shipped, this engine carries out.
    @Test(arguments: ["fixtures/demo", "playbooks"])
    func everythingCanBeActivated(_ folder: String) throws {
        let (library, text) = load(try Repository.files(folder), .complete())
        #expect(text == "")
        #expect(library != nil)
    }

    private static let page = ProcessInfo.processInfo.environment["BAILIFF_CORPUS"].map { "\($0)/PLAYBOOKS.md" }

    /// The files say what the page of the language says, value for value.
    @Test(.enabled(if: Self.page != nil, "BAILIFF_CORPUS is not set")) func filesAreThoseOfThePage() throws {
        let page = try String(contentsOfFile: try #require(Self.page), encoding: .utf8)
        let blocks = page.components(separatedBy: "```yaml\n").dropFirst()
            .compactMap { $0.components(separatedBy: "```").first }.filter { $0.hasPrefix("bailiff: ") }
        #expect(blocks.count == 5)
        let shipped = try Repository.files("playbooks").map { try StrictYAML.parse($0).get() }
        for block in blocks {
            let node = try StrictYAML.parse(SourceText(file: "page", text: block)).get()
            let name = try #require(node["name"]?.text)
            let file = try #require(shipped.first { $0["name"]?.text == name })
            #expect(Self.outline(file) == Self.outline(node), "\(name)")
        }
    }

    /// The document without places, comments and the way it is written.
    private static func outline(_ node: YAMLNode) -> String {
        switch node.kind {
        case .scalar(let text, let style): style == .plain ? text : "'\(text)'"
        case .sequence(let nodes): "[\(nodes.map(outline).joined(separator: ", "))]"
        case .mapping(let entries): "{\(entries.map { "\($0.name): \(outline($0.value))" }.joined(separator: ", "))}"
        }
    }
}
