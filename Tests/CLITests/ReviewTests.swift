import BailiffModel
import Testing

@testable import BailiffCLI

@Suite("Going through questions, one after another")
struct ReviewTests {
    /// A server with questions, and a person whose input is written down.
    private final class Desk {
        var questions: [String: JSONValue]
        var order: [String]
        var input: [String]
        var answers: [(id: String, body: JSONValue)] = []
        var shown: [String] = []
        var told: [String] = []
        /// Called before an answer is taken: what others do meanwhile.
        var meanwhile: (Desk, String) throws -> Void = { _, _ in }

        init(_ order: [String], input: [String], mayAnswer: Set<String>? = nil) {
            self.order = order
            self.input = input
            questions = [:]
            for id in order {
                questions[id] = [
                    "id": .string(id), "state": "waiting", "digest": .string("digest of \(id)"),
                    "you": ["may_answer": .bool(mayAnswer?.contains(id) ?? true)],
                ]
            }
        }

        func review() -> ApprovalReviewing {
            ApprovalReviewing(
                questions: { self.order.compactMap { self.questions[$0] } },
                question: { self.questions[$0] ?? .null },
                answer: { id, body in
                    try self.meanwhile(self, id)
                    self.answers.append((id, body))
                    return ["state": "granted"]
                },
                ask: { _ in self.input.isEmpty ? nil : self.input.removeFirst() },
                show: { self.shown.append($0["id"]?.string ?? "") }, tell: { self.told.append($0) })
        }
    }

    @Test("the oldest comes first; each answer carries the digest that was shown and a reason")
    func walks() async throws {
        let desk = Desk(["C", "B", "A"], input: ["a", "seen on one laptop", "s", "D", "a false positive"])
        try await desk.review().run()
        #expect(desk.shown == ["A", "B", "C"])
        #expect(desk.answers.map(\.id) == ["A", "C"])
        #expect(desk.answers.map { $0.body["answer"]?.string } == ["approve", "deny"])
        #expect(desk.answers.map { $0.body["digest"]?.string } == ["digest of A", "digest of C"])
        #expect(desk.answers.first?.body["reason"]?.string == "seen on one laptop")
        #expect(desk.told.last == "2 answered, 1 skipped")
    }

    @Test("an unknown key asks again, no reason answers nothing, the end of the input ends it")
    func careful() async throws {
        let desk = Desk(["B", "A"], input: ["y", "", "approve", "   ", "a"])
        try await desk.review().run()
        #expect(desk.shown == ["A", "A", "A", "A"])
        #expect(desk.answers.isEmpty)
        #expect(desk.told.last == "0 answered, 0 skipped, 2 not looked at")
    }

    @Test("what is for others is not shown")
    func others() async throws {
        let desk = Desk(["B", "A"], input: ["s"], mayAnswer: ["B"])
        try await desk.review().run()
        #expect(desk.shown == ["B"])
        #expect(desk.told.last == "0 answered, 1 skipped, 1 not for you")
    }

    @Test("what somebody else decided meanwhile is not answered, and counted as over")
    func decided() async throws {
        let desk = Desk(["B", "A"], input: ["a", "fine", "d", "no"])
        desk.meanwhile = { desk, id in
            guard id == "A" else { return }
            desk.questions[id] = ["id": .string(id), "state": "denied", "you": ["may_answer": false]]
            throw CommandFailure("the question is denied [approval.not_open]")
        }
        try await desk.review().run()
        #expect(desk.shown == ["A", "B"])
        #expect(desk.told.contains("A: not answered: the question is denied [approval.not_open]"))
        #expect(desk.told.last == "1 answered, 0 skipped, 1 over meanwhile")
    }

    @Test("what ends first comes first")
    func order() async throws {
        let desk = Desk(["B", "A"], input: ["s", "s"])
        for (id, time) in [("A", "2027-01-15T10:00:00Z"), ("B", "2027-01-15T09:00:00Z")] {
            desk.questions[id] = [
                "id": .string(id), "state": "waiting", "digest": "d", "expires_at": .string(time),
                "you": ["may_answer": true],
            ]
        }
        try await desk.review().run()
        #expect(desk.shown == ["B", "A"])
    }

    @Test("what changed while it was read is not answered, but shown again")
    func stale() async throws {
        let desk = Desk(["A"], input: ["a", "fine", "a", "fine now"])
        desk.meanwhile = { desk, id in
            guard desk.questions[id]?["digest"]?.string == "digest of A" else { return }
            desk.questions[id] = [
                "id": .string(id), "state": "waiting", "digest": "another one", "you": ["may_answer": true],
            ]
            throw CommandFailure("answer its own digest [approval.other_digest]", hint: "machine b2 is new")
        }
        try await desk.review().run()
        #expect(desk.shown == ["A", "A"])
        #expect(desk.answers.map { $0.body["digest"]?.string } == ["another one"])
        #expect(desk.told.contains("machine b2 is new"))
        #expect(desk.told.last == "1 answered, 0 skipped")
    }

    @Test("without a terminal nothing is asked")
    func noTerminal() async throws {
        let output = try await Program.run(
            ["approval", "review"], input: "a\nyes\n", variables: ["BAILIFF_URL": "http://127.0.0.1:9"],
            folder: try TemporaryFolder())
        #expect(output.status == 64)
        #expect(output.stderr.contains("takes a person at a terminal"))
    }
}
