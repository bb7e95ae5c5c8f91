import BailiffModel
import Foundation
import Testing

/// `bailiff expression eval`, as scripts use it: a line in, a line out.
@Suite("Expressions, line by line")
struct ExpressionTests {
    private static let limits: JSONLimits = {
        var limits = JSONLimits.trusted
        limits.tolerated = [.nulCharacter]
        return limits
    }()

    private static func answers(to lines: [String]) async throws -> [JSONValue] {
        let output = try await Program.run(
            ["expression", "eval"], input: lines.joined(separator: "\n") + "\n", folder: try TemporaryFolder())
        #expect(output.status == 0)
        #expect(output.stderr == "")
        return try output.lines.filter { !$0.isEmpty }.map { try StrictJSON.parse($0, limits: limits) }
    }

    @Test("whatever a line is, it has an answer that says what is wrong and in which phase")
    func everyLineHasAnAnswer() async throws {
        let rows: [(line: String, phase: String?)] = [
            (#"{"id":1,"expr":"1 + 2"}"#, nil), (#"{"id":"two","expr":"1 +"}"#, "parse"),
            (#"{"id":3,"expr":"'a'.if()","disable_check":true}"#, "evaluate"), (#"{"id":4,"expr":"q"}"#, "check"),
            (#"{"id":5,"expr":"q","disable_check":true}"#, "evaluate"), (#"{"id":6,"expr":"1 / 0"}"#, "evaluate"),
            (#"{"id":7,"expr":"has(1)"}"#, "parse"), (#"{"id":8,"expr":"1 == 1.0"}"#, "check"),
            (#"{"id":9,"expr":"[1, 'a']","check_only":true}"#, nil), (#"{"id":10}"#, "parse"), ("not JSON", "parse"),
            ("[]", "parse"), (#"{"id":11,"expr":"x","bindings":{"x":{"type":"int","value":"a"}}}"#, "parse"),
            (#"{"id":12,"expr":"x","type_env":[{"name":"x","decl":"variable","type":{"kind":"what"}}]}"#, "parse"),
            (#"{"id":13,"expr":"x","type_env":[{"name":"x","decl":"variable","type":{"kind":"int"}}]}"#, "evaluate"),
            (#"{"id":14,"expr":"M{}"}"#, "check"), (#"{"id":15,"expr":"'\\u0000' + '\u0000'"}"#, nil),
        ]
        let answers = try await Self.answers(to: rows.map(\.line))
        try #require(answers.count == rows.count)
        for (row, answer) in zip(rows, answers) {
            #expect(answer["error"]?["phase"]?.string == row.phase, "\(row.line): \(answer.text(.compact))")
            #expect((answer["error"]?["message"]?.string == nil) == (row.phase == nil))
        }
        #expect(answers[0]["value"] == ["type": "int", "value": .int(3)])
        #expect(answers[0]["deduced_type"] == ["kind": "int"])
        #expect(answers[1]["id"] == "two")
        #expect(answers[8] == ["id": .int(9), "deduced_type": ["kind": "list", "elem": ["kind": "dyn"]]])
    }

    @Test("values come back as they went in", .enabled(if: Corpus.isAvailable, "BAILIFF_CORPUS is not set"))
    func conformance() async throws {
        for file in try Corpus.files() {
            let tests = try Corpus.tests(in: file)
            #expect(!tests.isEmpty)
            let answers = try await Self.answers(to: tests.map { $0.text(.compact) })
            try #require(answers.count == tests.count)
            for (test, answer) in zip(tests, answers) where !Self.isRight(answer, for: test) {
                Issue.record("\(test.text(.compact)): \(answer.text(.compact))")
            }
        }
    }

    private static func isRight(_ answer: JSONValue, for test: JSONValue) -> Bool {
        guard answer["id"] == test["id"], let wanted = test["expect"] else { return false }
        if wanted["kind"]?.string == "error" { return answer["error"]?["phase"]?.string == "evaluate" }
        if let type = wanted["deduced_type"], answer["deduced_type"] != type { return false }
        guard let value = wanted["value"] else { return wanted["kind"]?.string == "type_only" }
        return answer["value"].map { canonical($0) == canonical(value) } == true
    }

    /// A value with the entries of maps in an order of their own.
    private static func canonical(_ value: JSONValue) -> String {
        guard let parts = value["value"]?.array else { return value.text(.compact) }
        let type = value["type"]?.string ?? ""
        guard type == "map" else { return "\(type)[\(parts.map(canonical).joined(separator: ","))]" }
        let entries = parts.map { ($0.array ?? []).map(canonical).joined(separator: ":") }
        return "map{\(entries.sorted().joined(separator: ","))}"
    }

    /// The conformance files in the folder that `BAILIFF_CORPUS` names.
    private enum Corpus {
        static let folder = ProcessInfo.processInfo.environment["BAILIFF_CORPUS"].map { "\($0)/cel/conformance" }
        static var isAvailable: Bool { folder != nil }

        static func files() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: folder ?? "").filter { $0.hasSuffix(".json") }.sorted()
        }

        static func tests(in file: String) throws -> [JSONValue] {
            let data = try Data(contentsOf: URL(filePath: "\(folder ?? "")/\(file)"))
            return try StrictJSON.parse([UInt8](data), limits: limits)["tests"]?.array ?? []
        }
    }
}
