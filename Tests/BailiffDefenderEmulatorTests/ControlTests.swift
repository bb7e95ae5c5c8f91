import BailiffDefenderEmulator
import BailiffModel
import Testing

@Suite("Control surface")
struct ControlTests {
    private func lines(_ answer: Answer) -> [JSONValue] {
        StrictJSON.lines(answer.body).compactMap { try? $0.value.get() }
    }

    @Test("the record: one line a request, what it asked for and what became of it")
    func record() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            let body: JSONValue = ["Comment": "BAILIFF-1", "IsolationType": "Full"]
            let placed = try await caller.post("/api/machines/\(Fleet.laptop)/isolate", body)
            _ = try await caller.get("/api/machineactions?$filter=\(Caller.query("type eq 'Isolate'"))")
            let all = lines(try await bench.anonymous.get("/emulator/requests"))
            #expect(all.map { $0["number"] } == [1, 2, 3])
            let isolate = try #require(all.dropFirst().first)
            #expect(isolate["method"] == "POST")
            #expect(isolate["path"] == .string("/api/machines/\(Fleet.laptop)/isolate"))
            #expect(isolate["body"] == .string(body.text()))
            #expect(isolate["status"] == 201)
            #expect(isolate["application"] == .string(Fleet.everything.clientID))
            #expect(isolate["machine_id"] == .string(Fleet.laptop))
            #expect(isolate["action_type"] == "Isolate")
            #expect(isolate["action_id"] == placed["id"])
            #expect(isolate["action_taken"] == true)
            #expect(isolate["time"] == .string(Bench.start.rfc3339))
            #expect(all.last?["query"]?.string?.hasPrefix("$filter=") == true)
            #expect(lines(try await bench.anonymous.get("/emulator/requests?after=2")).count == 1)
            #expect(try await bench.anonymous.send("DELETE", "/emulator/requests").status == 204)
            #expect(bench.emulator.requests().isEmpty)
            _ = try await caller.get("/api/machines")
            #expect(bench.emulator.requests().map(\.number) == [4])
        }
    }

    @Test("the record forgets the oldest")
    func recordLimit() async throws {
        try await Bench.run(Bench.controlled { $0.recordLimit = 3 }) { bench in
            let caller = try await bench.caller()
            for _ in 0..<20 { _ = try await caller.get("/api/alerts/$count") }
            #expect(bench.emulator.requests().map(\.number) == [19, 20, 21])
        }
    }

    @Test("time")
    func clock() async throws {
        try await Bench.run { bench in
            let control = bench.anonymous
            #expect(try await control.get("/emulator/clock")["now"] == .string(Bench.start.rfc3339))
            let moved = try await control.post("/emulator/clock", ["advance_seconds": 90.5])
            #expect(moved["now"] == .string((Bench.start + .milliseconds(90_500)).rfc3339))
            #expect(bench.emulator.now == Bench.start + .milliseconds(90_500))
            for wrong: JSONValue in [
                ["advance_seconds": -1], ["advance_seconds": "x"], [:], 5, ["advance_seconds": 1, "seconds": 2],
            ] {
                #expect(try await control.post("/emulator/clock", wrong).status == 400)
            }
        }
    }

    @Test("machines, sightings and actions")
    func machines() async throws {
        try await Bench.run { bench in
            let control = bench.anonymous
            let path = "/emulator/machines/\(Fleet.laptop)"
            #expect(try await control.get(path)["offline"] == false)
            #expect(try await control.send("PUT", path + "/offline", ["offline": true])["offline"] == true)
            #expect(bench.emulator.machineState(Fleet.laptop)?.isOffline == true)
            #expect(try await control.send("PUT", "/emulator/machines/x/offline", ["offline": true]).status == 404)
            let sighting: JSONValue = [
                "machine_id": .string(Fleet.mac), "sha1": .string(Fleet.trusted.sha1), "status": "detected",
                "execution": "process",
            ]
            #expect(try await control.post("/emulator/sightings", sighting).status == 204)
            let caller = try await bench.caller()
            let machines = try await caller.get("/api/files/\(Fleet.trusted.sha1)/machines")
            #expect(machines.values.map { $0["id"] } == [.string(Fleet.laptop), .string(Fleet.mac)])
            #expect(try await caller.get("/api/files/\(Fleet.trusted.sha1)/alerts").values.count == 1)
            #expect(try await control.post("/emulator/sightings", ["machine_id": "x", "sha1": "y"]).status == 404)
            _ = try await caller.post("/api/machines/\(Fleet.mac)/isolate", ["Comment": "c"])
            let actions = lines(try await control.get("/emulator/actions"))
            #expect(actions.map { $0["status"] } == ["Pending"])
            #expect(lines(try await control.get("/emulator/files")).first?["machines"] == 5)
            let tenant = try await control.get("/emulator/tenant")
            #expect(tenant["machines"] == 10)
            #expect(!tenant.text.contains("secret"))
        }
    }

    @Test("faults: by plan, by script, cleared")
    func faults() async throws {
        try await Bench.run { bench in
            let control = bench.anonymous
            let set = try await control.send("PUT", "/emulator/faults", ["plan": "seed=7,rate=100%,kinds=serverError"])
            #expect(set["plan"]?["rate"] == 1.0)
            let path = "/\(bench.tenant.id)/oauth2/v2.0/token"
            #expect(try await control.form(path, [("grant_type", "client_credentials")]).status == 500)
            #expect(try await control.send("DELETE", "/emulator/faults").status == 204)
            let caller = try await bench.caller()
            let scripted = try await control.post(
                "/emulator/faults", ["fault": "throttled", "path": "/machines", "method": "GET", "times": 2])
            #expect(scripted["scripted"]?.array?.first?["times"] == 2)
            #expect(try await caller.get("/api/alerts").status == 200)
            #expect(try await caller.get("/api/machines").status == 429)
            for wrong: JSONValue in [
                ["fault": "gremlin"], ["fault": "throttled", "times": 0], ["plan": "x"],
                // A misspelt member must not make the fault befall everybody.
                ["fault": "throttled", "machineId": "x"],
            ] {
                #expect(try await control.post("/emulator/faults", wrong).status == 400)
            }
            for plan: JSONValue in ["rate=7", "rate=1%,rate=2%", "seed=1,,rate=2%"] {
                #expect(try await control.send("PUT", "/emulator/faults", ["plan": plan]).status == 400)
            }
            #expect(try await control.get("/emulator/requests?after=x").status == 400)
            #expect(try await control.send("DELETE", "/emulator/tokens").status == 204)
            #expect(try await caller.get("/api/alerts").status == 401)
            #expect(try await control.get("/emulator/nothing").status == 404)
        }
    }

    @Test("real time moves by itself, and can be pushed")
    func realTime() async throws {
        var options = EmulatorOptions.zeroLatency
        options.clock = .real
        try await Bench.run(options) { bench in
            let before = bench.emulator.now
            let answer = try await bench.anonymous.get("/emulator/clock")
            #expect(answer["controlled"] == false)
            bench.emulator.advanceClock(by: .seconds(3_600))
            #expect(bench.emulator.now - before >= .seconds(3_600))
        }
    }
}
