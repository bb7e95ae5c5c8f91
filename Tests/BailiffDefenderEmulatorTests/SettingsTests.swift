import BailiffDefenderEmulator
import BailiffModel
import Testing

@Suite("Settings")
struct SettingsTests {
    @Test("what is named changes, everything else stays")
    func change() async throws {
        try await Bench.run { bench in
            let control = bench.anonymous
            let before = try await control.get("/emulator/settings")
            #expect(before["repeated_action"] == "returnsExisting")
            #expect(before["pending"] == "20s" && before["offline_timeout"] == "3d")
            let after = try await control.send(
                "PUT", "/emulator/settings", ["repeated_action": "badRequest", "page_size": 4, "in_progress": "1m30s"])
            #expect(after.status == 200)
            var expected = try #require(before.json.object)
            expected["repeated_action"] = "badRequest"
            expected["page_size"] = 4
            expected["in_progress"] = "90s"
            #expect(after.json == .object(expected))
            #expect(try await control.get("/emulator/settings").json == after.json)

            let caller = try await bench.caller()
            let path = "/api/machines/\(Fleet.laptop)/isolate"
            #expect(try await caller.post(path, ["Comment": "c"]).status == 201)
            #expect(try await caller.post(path, ["Comment": "c"]).code == "ActiveRequestAlreadyExists")
            #expect(try await caller.get("/api/machines").values.count == 4)
            bench.emulator.advanceClock(by: .seconds(100))
            #expect(bench.emulator.machineActions().first?.status == "InProgress")
        }
    }

    @Test("quotas are switched on, scaled and worded while it runs")
    func quotas() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            for _ in 0..<3 { #expect(try await caller.get("/api/alerts").status == 200) }
            _ = try await caller.send(
                "PUT", "/emulator/settings",
                ["quotas_enforced": true, "quota_scale": 0.02, "quota_code": "name", "retry_after": false])
            for _ in 0..<2 { #expect(try await caller.get("/api/alerts").status == 200) }
            let refused = try await caller.get("/api/alerts")
            #expect(refused.code == "TooManyRequests")
            #expect(refused.header("Retry-After") == nil)
        }
    }

    @Test(
        "what cannot be is refused and changes nothing",
        arguments: [
            ["repeated_action": "sometimes"], ["page_size": 0], ["pending": "soon"], ["quota_scale": 0],
            ["quotas_enforced": "yes"], ["page_size": 7, "unheard_of": 1], [], 5,
        ] as [JSONValue])
    func refused(_ body: JSONValue) async throws {
        try await Bench.run { bench in
            let before = try await bench.anonymous.get("/emulator/settings").json
            #expect(try await bench.anonymous.send("PUT", "/emulator/settings", body).status == 400)
            #expect(try await bench.anonymous.get("/emulator/settings").json == before)
        }
    }
}
