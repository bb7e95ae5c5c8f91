import BailiffHTTPClient
import BailiffModel
import Testing

@Suite("The real server, killed while a call to Defender is under way", .serialized)
struct HeldCallTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var method: String
        /// Part of the path of the calls that Defender is slow to take.
        var path: String
    }

    /// Defender goes on with a call whose sender has died; what is started again has to find that out by reading.
    @Test(
        "what Defender took all the same is found, not ordered again",
        arguments: [
            Row(testDescription: "a token", method: "POST", path: "/oauth2/"),
            Row(testDescription: "the file", method: "GET", path: "/api/files/"),
            Row(testDescription: "the hunting query", method: "POST", path: "runHuntingQuery"),
            Row(testDescription: "the isolation", method: "POST", path: "/isolate"),
            Row(testDescription: "the investigation", method: "POST", path: "/startInvestigation"),
            Row(testDescription: "the state of an action", method: "GET", path: "/api/machineactions"),
        ])
    func survives(_ row: Row) async throws {
        let world = try await World.start()
        _ = try await world.control(.post, "pause", ["method": .string(row.method), "path": .string(row.path)])
        let submitted = try await world.submit(World.verdict(), id: "msg_held")
        #expect(submitted.status == 0, "\(submitted.stderr)")
        try await world.until("a held call") {
            try await world.control(.get, "pause").first?["held"]?.int ?? 0 > 0 ? true : nil
        }
        await world.kill()
        _ = try await world.control(.post, "resume")
        try await world.restart()
        let value = try await world.until("isolation, investigation and the question") {
            () async throws -> JSONValue? in
            let value = try await world.json(["case", "show", String(World.file.prefix(12))])
            let isDone = ["isolate", "investigate"].allSatisfy {
                world.outcome($0, on: World.laptop, in: value) == "done"
            }
            // A bare `nil` would be JSON's null, which is something.
            guard isDone, value["approvals"]?.array?.isEmpty == false else { return JSONValue?.none }
            return value
        }
        let verdicts = value["verdicts"]?.array?.count
        #expect(verdicts == 1, "\(value)")
        let isolations = try await world.orders("Isolate")
        #expect(isolations.count == 1, "\(isolations)")
        let investigations = try await world.orders("StartInvestigation")
        #expect(investigations.count == 1, "\(investigations)")
        #expect(try await world.orders("Isolate", on: World.controller).isEmpty)
        let exported = try await world.run(["audit", "export", "log"])
        #expect(exported.status == 0, "\(exported.stderr)")
        let verified = try await world.run(["audit", "verify", "log"])
        #expect(verified.status == 0, "\(verified.stdout)")
        await world.close()
    }
}
