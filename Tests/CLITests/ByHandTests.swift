import BailiffModel
import Testing

/// The real server, the real commands and the emulator: what a person does by hand, and what takes it back.
@Suite("A person acts by hand", .serialized)
struct ByHandTests {
    private func isolation(_ world: World) async throws -> String? {
        guard let value = try? await world.json(["machine", "show", World.laptop]) else { return nil }
        return value["isolation"]?["state"]?.string
    }

    private func wait(_ world: World, for state: String) async throws {
        try await world.until("a machine that is isolated: \(state)") {
            try await isolation(world) == state ? true : nil
        }
    }

    private func idle(_ world: World) async throws {
        try await world.until("the end of all runs") {
            try await world.json(["run", "list"]).array?.allSatisfy { $0["state"]?.string == "ended" } == true
                ? true : nil
        }
    }

    @Test("isolate, release, undo: one order each, nothing without --yes, a guard's deny sends nothing")
    func byHand() async throws {
        let world = try await World.start()
        try await world.addOperator("rita", "responder")
        let unconfirmed = try await world.run(
            ["machine", "isolate", World.laptop, "--reason", "beacons"], tokenOf: "rita")
        #expect(unconfirmed.status == 64)
        #expect(unconfirmed.stderr.contains("takes 1 machine off the network"), "\(unconfirmed.stderr)")
        let local = try await world.run(["machine", "isolate", World.laptop, "--reason", "beacons", "--yes"])
        #expect(local.status == 1)
        #expect(local.stderr.contains("[auth.forbidden]"), "\(local.stderr)")
        let denied = try await world.run(
            ["machine", "isolate", World.controller, "--reason", "beacons", "--yes"], tokenOf: "rita")
        #expect(denied.status == 1)
        #expect(denied.stderr.contains("nothing is sent: denied"), "\(denied.stderr)")
        #expect(denied.stderr.contains("shared infrastructure"), "\(denied.stderr)")

        let first = try await world.json(
            ["machine", "isolate", World.laptop, "--reason", "beacons", "--for", "4h", "--yes"], tokenOf: "rita")
        #expect(first["purpose"]?.string == "order")
        try await wait(world, for: "by_bailiff")
        let shown = try await world.json(["machine", "show", World.laptop])
        #expect(shown["isolation"]?["lease_until"]?.string != nil)
        let released = try await world.run(
            ["machine", "release", World.laptop, "--reason", "clean", "--yes"], tokenOf: "rita")
        #expect(released.status == 0, "\(released.stderr)")
        try await wait(world, for: "no")

        let second = try await world.json(
            ["machine", "isolate", World.laptop, "--reason", "again", "--yes"], tokenOf: "rita")
        try await wait(world, for: "by_bailiff")
        let run = try #require(second["id"]?.string)
        let undone = try await world.run(["run", "undo", run, "--reason", "enough", "--yes"], tokenOf: "rita")
        #expect(undone.status == 0, "\(undone.stderr)")
        try await wait(world, for: "no")
        try await idle(world)
        let again = try await world.run(["run", "undo", run, "--reason", "enough", "--yes"], tokenOf: "rita")
        #expect(again.stderr.contains("[run.nothing_to_undo]"), "\(again.stderr)")
        #expect(try await world.orders("Isolate").count == 2)
        #expect(try await world.orders("Unisolate").count == 2)
        #expect(try await world.orders("Isolate", on: World.controller).isEmpty)
        await world.close()
    }

    @Test("a false positive releases what the case holds, and the file's next verdict does nothing")
    func falsePositive() async throws {
        let world = try await World.start()
        try await world.addOperator("rita", "responder")
        #expect(try await world.submit(World.verdict(), id: "msg_1").status == 0)
        try await wait(world, for: "by_bailiff")
        let closed = try await world.json(
            [
                "case", "close", World.file, "--as", "false-positive", "--for", "7d", "--reason", "our own tool",
                "--yes",
            ], tokenOf: "rita")
        #expect(closed["releases"]?.array?.count == 1)
        try await wait(world, for: "no")
        try await idle(world)
        let runs = try await world.json(["run", "list"]).array?.count
        #expect(try await world.json(["allowlist", "list"]).array?.first?["by"]?.string == "rita")
        #expect(try await world.submit(World.verdict(id: "lab-2"), id: "msg_2").status == 0)
        // The case is looked at once more, and that ends with nothing to do.
        try await world.until("the end of all work") {
            let jobs = try await world.json(["status"])["jobs"]
            return jobs?["overdue"]?.object?.members.allSatisfy { $0.value.int == 0 } == true
                && jobs?["waiting"]?["enrichment"]?.int == 0 ? true : nil
        }
        #expect(try await world.json(["run", "list"]).array?.count == runs)
        #expect(try await world.orders("Isolate").count == 1)
        let entry = try #require(try await world.json(["allowlist", "list"]).array?.first?["id"]?.string)
        let removed = try await world.json(["allowlist", "remove", entry, "--reason", "it was not"])
        #expect(removed["active"]?.bool == false)
        let breaker = try await world.json(["breaker", "show"])
        #expect(breaker["open"]?.bool == false)
        #expect(try await world.json(["breaker", "reset", "--reason", "drill"])["reset_by"]?.string == "local")
        await world.close()
    }
}
