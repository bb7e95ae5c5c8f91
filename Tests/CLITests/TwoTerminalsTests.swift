import BailiffModel
import Testing

/// The real server and real commands of several people, all at once.
@Suite("Two operators at two terminals", .serialized)
struct TwoTerminalsTests {
    private struct Question {
        var id: String
        var digest: String
    }

    /// A world with a question that waits.
    private func asked() async throws -> (World, Question) {
        let world = try await World.start()
        for name in ["ana", "ben"] { try await world.addOperator(name, "soc-analyst") }
        try await world.addOperator("lou", "soc-lead")
        try await world.addOperator("vic", "viewer")
        let submitted = try await world.submit(World.verdict(), id: "msg_two")
        #expect(submitted.status == 0, "\(submitted.stderr)")
        let row = try await world.until("the question") { try await world.json(["approval", "list"]).array?.first }
        return (
            world, Question(id: try #require(row["id"]?.string), digest: try #require(row["digest"]?.string))
        )
    }

    /// Entries about approvals, oldest first.
    private func log(_ world: World) async throws -> [JSONValue] {
        (try await world.json(["audit", "list", "--limit", "1000"]).array ?? []).filter {
            $0["kind"]?.string?.hasPrefix("approval.") == true
        }
    }

    private func answer(
        _ word: String, _ question: Question, in world: World, as name: String, digest: String? = nil
    ) async throws -> Program.Output {
        try await world.run(
            ["approval", word, question.id, "--digest", digest ?? question.digest, "--reason", "by \(name)"],
            tokenOf: name)
    }

    @Test("an approval and a denial typed at once: exactly one counts, the other is told so", arguments: 0..<3)
    func atOnce(_ round: Int) async throws {
        let (world, question) = try await asked()
        async let first = answer("approve", question, in: world, as: "ana")
        async let second = answer("deny", question, in: world, as: "ben")
        let outputs = try await [first, second]
        #expect(outputs.map(\.status).sorted() == [0, 1])
        let loser = try #require(outputs.first { $0.status == 1 })
        #expect(loser.stderr.contains("[approval.not_open]"), "\(loser.stderr)")
        let state = try await world.json(["approval", "show", question.id])["state"]?.string
        #expect(state == (outputs[0].status == 0 ? "granted" : "denied"))
        let kinds = try await log(world).compactMap { $0["kind"]?.string }.filter { $0 != "approval.asked" }
        #expect(kinds == (state == "granted" ? ["approval.approve", "approval.granted"] : ["approval.deny"]))
        // A removal goes out if, and only if, it was granted.
        _ = try await world.until("the end") { () async throws -> Bool? in
            try await world.json(["run", "list"]).array?.allSatisfy { $0["state"]?.string == "ended" } == true
                ? true : nil
        }
        #expect(try await world.orders("StopAndQuarantineFile").count == (state == "granted" ? 1 : 0))
        await world.close()
    }

    @Test("what does not count is refused with its reason and leaves no trace in the question")
    func refusals() async throws {
        let (world, question) = try await asked()
        let short = try await world.run([
            "operator", "add", "tim", "--role", "soc-analyst", "--expires", "1s", "--save", "tim.token",
        ])
        #expect(short.status == 0, "\(short.stderr)")
        try await world.addOperator("rey", "soc-analyst")
        #expect(try await world.run(["operator", "revoke", "rey", "--yes"]).status == 0)
        let stale = String(repeating: "0", count: 64)
        let rows: [(String, Program.Output, String)] = [
            ("a viewer", try await answer("deny", question, in: world, as: "vic"), "auth.forbidden"),
            (
                "a role that is not asked", try await answer("deny", question, in: world, as: "lou"),
                "approval.lacks_role"
            ),
            ("revoked", try await answer("approve", question, in: world, as: "rey"), "auth.invalid"),
            (
                "a stale digest", try await answer("approve", question, in: world, as: "ana", digest: stale),
                "approval.other_digest"
            ),
        ]
        for (name, output, code) in rows {
            #expect(output.status == 1, "\(name)")
            #expect(output.stderr.contains("[\(code)]"), "\(name): \(output.stderr)")
        }
        let expired = try await world.until("the end of a token") { () async throws -> Program.Output? in
            let output = try await world.run(["case", "list"], tokenOf: "tim")
            return output.status == 1 ? output : nil
        }
        #expect(expired.stderr.contains("the token expired at"), "\(expired.stderr)")
        #expect(try await answer("approve", question, in: world, as: "tim").stderr.contains("[auth.invalid]"))
        #expect(try await log(world).allSatisfy { $0["kind"]?.string == "approval.asked" })
        // One answer counts; its repeats do not.
        #expect(try await answer("approve", question, in: world, as: "ana").status == 0)
        let again = try await answer("approve", question, in: world, as: "ana")
        #expect(again.stderr.contains("[approval.not_open]"), "\(again.stderr)")
        #expect(try await answer("deny", question, in: world, as: "ben").stderr.contains("[approval.not_open]"))
        let kinds = try await log(world).compactMap { $0["kind"]?.string }.filter { $0 != "approval.asked" }
        #expect(kinds == ["approval.approve", "approval.granted"])
        await world.close()
    }
}
