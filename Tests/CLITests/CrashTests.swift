import BailiffModel
import Testing

@Suite("The real server, killed at several points of a run and started again")
struct CrashTests {
    /// How far a run has got when the process is killed.
    enum Point: String, CaseIterable, Sendable {
        case afterTheVerdict, afterTheIsolation, whileAQuestionWaits, afterTheApproval
    }

    @Test("no verdict is lost, no order goes out twice, the log verifies", arguments: Point.allCases)
    func survives(_ point: Point) async throws {
        let world = try await World.start()
        try await world.addOperator("ana", "soc-analyst")
        let submitted = try await world.submit(World.verdict(), id: "msg_crash")
        #expect(submitted.status == 0, "\(submitted.stderr)")
        if point == .afterTheVerdict { try await crash(world) }
        _ = try await world.until("the isolation") { try await world.orders("Isolate").first }
        if point == .afterTheIsolation { try await crash(world) }
        let approval = try await world.until("the question") { () async throws -> String? in
            try await world.json(["approval", "list"]).array?.first?["id"]?.string
        }
        if point == .whileAQuestionWaits { try await crash(world) }
        let shown = try await world.json(["approval", "show", approval], tokenOf: "ana")
        let digest = try #require(shown["digest"]?.string)
        let answer = try await world.run(
            ["approval", "approve", approval, "--digest", digest, "--reason", "test"], tokenOf: "ana")
        #expect(answer.status == 0, "\(answer.stderr)")
        if point == .afterTheApproval { try await crash(world) }
        _ = try await world.until("the quarantine") { () async throws -> String? in
            let value = try await world.json(["case", "show", String(World.file.prefix(12))])
            return world.outcome("stop_and_quarantine", on: World.laptop, in: value) == "done" ? "done" : nil
        }
        // A repeat of the event after everything: nothing new.
        let repeated = try await world.submit(World.verdict(), id: "msg_crash")
        #expect(repeated.status == 0)
        #expect(try await world.orders("Isolate").count == 1)
        #expect(try await world.orders("StopAndQuarantineFile").count == 1)
        #expect(try await world.orders("Isolate", on: World.controller).isEmpty)
        let exported = try await world.run(["audit", "export", "log"])
        #expect(exported.status == 0, "\(exported.stderr)")
        let verified = try await world.run(["audit", "verify", "log"])
        #expect(verified.status == 0, "\(verified.stdout) \(verified.stderr)")
        await world.close()
    }

    private func crash(_ world: World) async throws {
        await world.kill()
        try await world.restart()
    }
}
