import BailiffDiagnostics
import BailiffPlaybook
import Testing

/// Files made to take time or memory: refused in less than a tenth of a second.
@Suite struct BombTests {
    struct Bomb: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let text: String
        let code: String
        let line: Int
    }

    private static let head = "bailiff: playbook/v1\nname: x\nversion: 1\nowner: x\n"

    static let bombs: [Bomb] = [
        Bomb(
            testDescription: "alias bomb",
            text: "a: &a [l, l, l, l, l, l, l, l, l, l]\n"
                + (1..<12).map { level in
                    "b\(level): &b\(level) [\(Array(repeating: "*b\(level - 1)", count: 10).joined(separator: ", "))]\n"
                }.joined(),
            code: "YAML007", line: 1),
        Bomb(
            testDescription: "huge document", text: head + String(repeating: "# x\n", count: 80_000), code: "YAML001",
            line: 1),
        Bomb(
            testDescription: "many nodes", text: head + "steps:\n" + String(repeating: "  - {id: a}\n", count: 5_000),
            code: "YAML003", line: 1_669),
        Bomb(
            testDescription: "deep nesting", text: head + "trigger: " + String(repeating: "{a: ", count: 40_000),
            code: "YAML002", line: 5),
        Bomb(
            testDescription: "deep indentation",
            text: head + (0..<600).map { String(repeating: " ", count: $0) + "a:\n" }.joined(), code: "YAML002",
            line: 21),
        Bomb(
            testDescription: "deep expression",
            text: head + "trigger:\n  when: " + String(repeating: "(", count: 20_000) + "true"
                + String(repeating: ")", count: 20_000) + "\n", code: "CEL003", line: 6),
        Bomb(
            testDescription: "long expression",
            text: head + "trigger:\n  when: " + String(repeating: "verdict.score > 1 && ", count: 10_000) + "true\n",
            code: "CEL003", line: 6),
        Bomb(
            testDescription: "nested macros",
            text: head + "targets:\n  select: "
                + (0..<10).map { "machine.tags.exists(t\($0), " }.joined() + "t0 == t9"
                + String(repeating: ")", count: 10) + "\n",
            code: "CEL030", line: 6),
        Bomb(
            testDescription: "many unknown keys", text: head + (0..<1_500).map { "key\($0): 1\n" }.joined(),
            code: "YAML012",
            line: 5),
        Bomb(
            testDescription: "exploding type",
            text: head + "trigger:\n  when: " + (0..<12).map { "cel.bind(v\($0), [v\($0 - 1), v\($0 - 1)], " }.joined()
                + "true" + String(repeating: ")", count: 12) + "\n", code: "CEL", line: 6),
        Bomb(
            testDescription: "machines in tests",
            text: head + "budjet: {}\ntests:\n"
                + (0..<200).map {
                    "  - { name: t\($0), given: { machines: { workstations: 20000 } }, expect: { held: 0 } }\n"
                }.joined(), code: "YAML012", line: 5),
        Bomb(
            testDescription: "long chain of questions",
            text: "bailiff: approvals/v1\nname: x\npolicies:\n"
                + (0..<320).map {
                    "  p\($0): { require: [{ role: r, count: 1 }], expires: 1h, on_expiry: { ask: p\($0 + 1) } }\n"
                }.joined(), code: "PB012", line: 323),
        Bomb(
            testDescription: "many names that do not exist",
            text: head + "steps:\n"
                + (0..<300).map {
                    "  - { id: step\($0), action: tag, with: { value: a }, needs: { stop\($0): done, stap\($0): done } }\n"
                }.joined(), code: "PB015", line: 6),
        Bomb(
            testDescription: "long chain of steps",
            text: head + "steps:\n"
                + (0..<540).map { "  - { id: s\($0), action: release, needs: { s\($0 + 1): done } }\n" }.joined(),
            code: "PB015", line: 545),
        Bomb(
            testDescription: "many regular expressions",
            text: head + "targets:\n  select: "
                + (0..<40).map { "machine.os.matches('(a|aa)+\($0)$')" }.joined(separator: " && ") + "\n",
            code: "YAML013", line: 1),
        Bomb(
            testDescription: "many guards",
            text: head + "guards:\n  local:\n"
                + (0..<540).map {
                    "    - { id: g\($0), enforce: warn, when: machine.onboarded && machine.kond == \"x\", because: w }\n"
                }.joined(), code: "CEL010", line: 7),
        Bomb(
            testDescription: "wide list in a condition",
            text: head + "trigger:\n  when: verdict.feed in ["
                + (0..<20_000).map { "'f\($0)'" }.joined(separator: ", ") + "]\n", code: "", line: 6),
    ]

    @Test(arguments: bombs)
    func bombsAreDefused(_ bomb: Bomb) throws {
        let file = SourceText(file: "bomb.yaml", text: bomb.text)
        let (loaded, time) = withProcessorTime { PlaybookLibrary.load([file], environment: .complete()) }
        #expect(loaded.library == nil)
        let found = loaded.report.diagnostics.contains { $0.code.hasPrefix(bomb.code) && $0.location.line == bomb.line }
        let shown = loaded.report.diagnostics.prefix(5).map { String($0.description.prefix(200)) }
        #expect(found, "\(shown.joined(separator: "\n"))")
        #expect(time < .milliseconds(100))
        #expect(loaded.report.diagnostics.count <= DiagnosticReport.limit)
    }
}
