import BailiffDefenderEmulator
import BailiffModel
import Testing

@Suite("Machine actions")
struct ActionTests {
    static let isolation: JSONValue = ["Comment": "case 7", "IsolationType": "Full"]

    private func isolate(_ caller: Caller, _ machine: String = Fleet.laptop) async throws -> Answer {
        try await caller.post("/api/machines/\(machine)/isolate", Self.isolation)
    }

    private func status(_ caller: Caller, _ id: String) async throws -> String? {
        try await caller.get("/api/machineactions/\(id)")["status"]?.string
    }

    @Test("201 with a pending action, then InProgress, then Succeeded, by the clock")
    func progress() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            let placed = try await isolate(caller)
            #expect(placed.status == 201)
            #expect(placed["type"] == "Isolate")
            #expect(placed["status"] == "Pending")
            #expect(placed["machineId"] == .string(Fleet.laptop))
            #expect(placed["requestorComment"] == "case 7")
            #expect(placed["requestor"] == "everything")
            #expect(placed["requestSource"] == "PublicApi")
            #expect(placed["creationDateTimeUtc"] == "2026-03-02T08:00:00.1234565Z")
            let id = try #require(placed["id"]?.string)
            #expect(try await status(caller, id) == "Pending")
            bench.emulator.advanceClock(by: .seconds(20))
            #expect(try await status(caller, id) == "InProgress")
            #expect(bench.emulator.machineState(Fleet.laptop)?.isIsolated == false)
            bench.emulator.advanceClock(by: .seconds(40))
            let done = try await caller.get("/api/machineactions/\(id)")
            #expect(done["status"] == "Succeeded")
            #expect(done["errorHResult"] == 0)
            #expect(done["scope"] == "Full")
            #expect(bench.emulator.machineState(Fleet.laptop)?.isIsolated == true)
        }
    }

    @Test("immediate progress: Pending in the answer, over at the next read")
    func immediate() async throws {
        try await Bench.run(Bench.controlled { $0.progress = .immediate }) { bench in
            let caller = try await bench.caller()
            let placed = try await isolate(caller)
            #expect(placed["status"] == "Pending")
            #expect(try await status(caller, placed["id"]?.string ?? "") == "Succeeded")
        }
    }

    struct BadOrder: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var path = "isolate"
        var machine = Fleet.laptop
        var body: JSONValue
        var status = 400
        var code: String
    }

    @Test(
        "bad orders are refused and place nothing",
        arguments: [
            BadOrder(testDescription: "no comment", body: ["IsolationType": "Full"], code: "MissingRequiredParameter"),
            BadOrder(
                testDescription: "empty comment", body: ["Comment": "", "IsolationType": "Full"],
                code: "MissingRequiredParameter"),
            BadOrder(
                testDescription: "wrongly cased comment", body: ["comment": "x", "IsolationType": "Full"],
                code: "InvalidRequestBody"),
            BadOrder(
                testDescription: "unknown name", body: ["Comment": "x", "Isolation": "Full"],
                code: "InvalidRequestBody"),
            BadOrder(
                testDescription: "comment is no text", body: ["Comment": 5], code: "InvalidRequestBody"),
            BadOrder(testDescription: "no object", body: ["Full"], code: "InvalidRequestBody"),
            BadOrder(
                testDescription: "unknown scope", body: ["Comment": "x", "IsolationType": "full"],
                code: "InvalidInput"),
            BadOrder(
                testDescription: "scan without type", path: "runAntiVirusScan", body: ["Comment": "x"],
                code: "MissingRequiredParameter"),
            BadOrder(
                testDescription: "SHA-256 for quarantine", path: "StopAndQuarantineFile",
                body: ["Comment": "x", "Sha1": .string(Fleet.bad.sha256 ?? "")], code: "InvalidHashValue"),
            BadOrder(
                testDescription: "another name for the hash", path: "StopAndQuarantineFile",
                body: ["Comment": "x", "Sha256": .string(Fleet.bad.sha256 ?? "")], code: "InvalidRequestBody"),
            BadOrder(
                testDescription: "file not seen there", path: "StopAndQuarantineFile", machine: Fleet.away,
                body: ["Comment": "x", "Sha1": .string(Fleet.bad.sha1)], status: 404, code: "ResourceNotFound"),
            BadOrder(
                testDescription: "file seen too long ago", path: "StopAndQuarantineFile",
                body: ["Comment": "x", "Sha1": .string(Fleet.ancient.sha1)], status: 404, code: "ResourceNotFound"),
            BadOrder(
                testDescription: "unknown machine", machine: Fleet.id(99), body: isolation, status: 404,
                code: "ResourceNotFound"),
            BadOrder(
                testDescription: "unmanaged machine", machine: Fleet.unmanaged, body: isolation, status: 403,
                code: "DisallowedOperation"),
            BadOrder(
                testDescription: "commands out of order", path: "runliveresponse",
                body: ["Comment": "x", "Commands": [["type": "GetFile"], ["type": "RunScript"]]],
                code: "InvalidInput"),
        ])
    func badOrders(_ row: BadOrder) async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            let answer = try await caller.post("/api/machines/\(row.machine)/\(row.path)", row.body)
            #expect(answer.status == row.status, "\(answer.text)")
            #expect(answer.code == row.code)
            #expect(bench.emulator.machineActions().isEmpty)
            #expect(bench.emulator.requests().last?.isActionTaken == false)
        }
    }

    @Test("a body that is no JSON, or not said to be JSON")
    func noJSON() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            let path = "/api/machines/\(Fleet.laptop)/isolate"
            for (bytes, type) in [
                ("{", "application/json"), ("", "application/json"), (Self.isolation.text(), "text/plain"),
            ] {
                let answer = try await caller.send("POST", path, bytes: Array(bytes.utf8), type: type)
                #expect(answer.status == 400)
                #expect(answer.code == "InvalidRequestBody")
            }
            #expect(bench.emulator.machineActions().isEmpty)
        }
    }

    @Test("contained: a machine without agent takes UnManagedDevice, a managed one does not")
    func containment() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            let body: JSONValue = ["Comment": "x", "IsolationType": "UnManagedDevice"]
            #expect(try await caller.post("/api/machines/\(Fleet.unmanaged)/isolate", body).status == 201)
            #expect(try await caller.post("/api/machines/\(Fleet.laptop)/isolate", body).status == 400)
        }
    }

    // MARK: Repeating

    @Test("repeated: the pending action comes back")
    func repeatedExisting() async throws {
        try await Bench.run(Bench.controlled { $0.repeatedAction = .returnsExisting }) { bench in
            let caller = try await bench.caller()
            let first = try await isolate(caller)
            let second = try await isolate(caller)
            #expect(second.status == 201)
            #expect(second["id"] == first["id"])
            #expect(bench.emulator.machineActions().count == 1)
            #expect(bench.emulator.requests().filter(\.isActionTaken).count == 1)
            bench.emulator.advanceClock(by: .seconds(60))
            #expect(try await isolate(caller)["id"] != first["id"])
        }
    }

    @Test("repeated: 400 ActiveRequestAlreadyExists")
    func repeatedRefused() async throws {
        try await Bench.run(Bench.controlled { $0.repeatedAction = .badRequest }) { bench in
            let caller = try await bench.caller()
            #expect(try await isolate(caller).status == 201)
            let second = try await isolate(caller)
            #expect(second.status == 400)
            #expect(second.code == "ActiveRequestAlreadyExists")
            #expect(try await caller.post("/api/machines/\(Fleet.laptop)/unisolate", ["Comment": "x"]).status == 201)
        }
    }

    @Test("repeated: a package is refused in every mode, a file's quarantine only for the same file")
    func repeatedSpecial() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            let path = "/api/machines/\(Fleet.laptop)/"
            #expect(try await caller.post(path + "collectInvestigationPackage", ["Comment": "x"]).status == 201)
            #expect(try await caller.post(path + "collectInvestigationPackage", ["Comment": "x"]).status == 400)
            let first = try await caller.post(
                path + "StopAndQuarantineFile", ["Comment": "x", "Sha1": .string(Fleet.bad.sha1)])
            let other = try await caller.post(
                path + "StopAndQuarantineFile", ["Comment": "x", "Sha1": .string(Fleet.trusted.sha1)])
            #expect(first["id"] != other["id"])
            #expect(first["relatedFileInfo"]?["fileIdentifier"] == .string(Fleet.bad.sha1))
            #expect(first["relatedFileInfo"]?["fileIdentifierType"] == "Sha1")
        }
    }

    // MARK: Endings

    @Test("an offline machine: Pending, TimeOut after three days")
    func timeOut() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            let id = try #require(try await isolate(caller, Fleet.away)["id"]?.string)
            bench.emulator.advanceClock(by: .seconds(3 * 86_400 - 1))
            let fresh = try await bench.caller()
            #expect(try await status(fresh, id) == "Pending")
            bench.emulator.advanceClock(by: .seconds(1))
            let ended = try await fresh.get("/api/machineactions/\(id)")
            #expect(ended["status"] == "TimeOut")
            #expect(ended["errorHResult"] == -2_145_844_840)
            #expect(bench.emulator.machineState(Fleet.away)?.isIsolated == false)
        }
    }

    @Test("a machine that comes back takes its orders up; one that leaves keeps them waiting")
    func comesBack() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            let id = try #require(try await isolate(caller, Fleet.away)["id"]?.string)
            bench.emulator.advanceClock(by: .seconds(3_000))
            try bench.emulator.setOffline(Fleet.away, false)
            #expect(try await status(caller, id) == "Pending")
            bench.emulator.advanceClock(by: .seconds(60))
            #expect(try await status(caller, id) == "Succeeded")
            let other = try #require(try await isolate(caller)["id"]?.string)
            try bench.emulator.setOffline(Fleet.laptop)
            bench.emulator.advanceClock(by: .seconds(120))
            #expect(try await status(caller, other) == "Pending")
        }
    }

    @Test("cancel: 200 while it has not ended, 400 afterwards, 404 for an unknown one")
    func cancel() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            let id = try #require(try await isolate(caller)["id"]?.string)
            let cancelled = try await caller.post("/api/machineactions/\(id)/cancel", ["Comment": "not needed"])
            #expect(cancelled.status == 200)
            #expect(cancelled["status"] == "Cancelled")
            #expect(cancelled["errorHResult"] == -2_147_467_260)
            #expect(cancelled["cancellationComment"] == "not needed")
            #expect(cancelled["cancellationRequestor"] == "everything")
            #expect(try await caller.post("/api/machineactions/\(id)/cancel", ["Comment": "x"]).status == 400)
            #expect(try await caller.post("/api/machineactions/\(Fleet.id(1))/cancel", ["Comment": "x"]).status == 404)
            bench.emulator.advanceClock(by: .seconds(90))
            #expect(bench.emulator.machineState(Fleet.laptop)?.isIsolated == false)
        }
    }

    @Test("release after isolation: the machine is free again")
    func release() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            _ = try await isolate(caller)
            bench.emulator.advanceClock(by: .seconds(60))
            #expect(bench.emulator.machineState(Fleet.laptop)?.isIsolated == true)
            _ = try await caller.post("/api/machines/\(Fleet.laptop)/unisolate", ["Comment": "x"])
            bench.emulator.advanceClock(by: .seconds(60))
            #expect(bench.emulator.machineState(Fleet.laptop)?.isIsolated == false)
        }
    }

    @Test("quarantine: done on the machine, refused there for trusted files")
    func quarantine() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            let path = "/api/machines/\(Fleet.laptop)/StopAndQuarantineFile"
            let bad = try await caller.post(path, ["Comment": "x", "Sha1": .string(Fleet.bad.sha1.uppercased())])
            let trusted = try await caller.post(path, ["Comment": "x", "Sha1": .string(Fleet.trusted.sha1)])
            bench.emulator.advanceClock(by: .seconds(60))
            #expect(try await status(caller, bad["id"]?.string ?? "") == "Succeeded")
            let refused = try await caller.get("/api/machineactions/\(trusted["id"]?.string ?? "")")
            #expect(refused["status"] == "Failed")
            #expect(refused["errorHResult"]?.int ?? 0 < 0)
            #expect(bench.emulator.machineState(Fleet.laptop)?.quarantined == [Fleet.bad.sha1])
        }
    }

    @Test("the package's link holds quotation marks and is 404 until there is a package")
    func package() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            let placed = try await caller.post(
                "/api/machines/\(Fleet.laptop)/collectInvestigationPackage", ["Comment": "x"])
            let path = "/api/machineactions/\(placed["id"]?.string ?? "")"
            #expect(try await caller.get(path + "/getPackageUri").status == 404)
            bench.emulator.advanceClock(by: .seconds(60))
            for spelling in ["getPackageUri", "GetPackageUri"] {
                let answer = try await caller.get("\(path)/\(spelling)")
                #expect(answer.status == 200)
                #expect(answer["value"]?.string?.hasPrefix("\"http") == true)
                #expect(answer["value"]?.string?.hasSuffix("\"") == true)
            }
        }
    }

    @Test("live response: commands progress with the session; its result has a link of its own")
    func liveResponse() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            let body: JSONValue = [
                "Comment": "x",
                "Commands": [
                    ["type": "RunScript", "params": [["key": "ScriptName", "value": "a.ps1"]]],
                    ["type": "GetFile", "params": [["key": "Path", "value": "C:\\x.zip"]]],
                ],
            ]
            let placed = try await caller.post("/api/machines/\(Fleet.laptop)/runliveresponse", body)
            #expect(placed.status == 201)
            #expect(placed["commands"]?.array?.map { $0["commandStatus"] } == ["Created", "Created"])
            #expect(try await caller.post("/api/machines/\(Fleet.laptop)/runliveresponse", body).status == 400)
            let path = "/api/machineactions/\(placed["id"]?.string ?? "")"
            let link = path + "/GetLiveResponseResultDownloadLink(index=1)"
            #expect(try await caller.get(link).status == 404)
            bench.emulator.advanceClock(by: .seconds(60))
            let done = try await caller.get(path)
            #expect(done["commands"]?.array?.map { $0["commandStatus"] } == ["Completed", "Completed"])
            #expect(try await caller.get(link)["value"]?.string?.hasPrefix("http") == true)
        }
    }

    // MARK: Lists

    @Test("the list goes by machine, type, status and time, newest first")
    func list() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            _ = try await isolate(caller)
            bench.emulator.advanceClock(by: .seconds(30))
            _ = try await caller.post("/api/machines/\(Fleet.laptop)/unisolate", ["Comment": "x"])
            _ = try await isolate(caller, Fleet.away)
            func types(_ filter: String) async throws -> [String?] {
                let answer = try await caller.get("/api/machineactions?$filter=\(Caller.query(filter))")
                #expect(answer.status == 200, "\(answer.text)")
                return answer.values.map { $0["type"]?.string }
            }
            #expect(try await types("machineId eq '\(Fleet.laptop)'") == ["Unisolate", "Isolate"])
            #expect(try await types("machineId eq '\(Fleet.laptop)' and type eq 'Isolate'") == ["Isolate"])
            #expect(try await types("status in ('Pending','InProgress')").count == 3)
            #expect(try await types("status eq 'InProgress'") == ["Isolate"])
            #expect(try await types("creationDateTimeUtc gt 2026-03-02T08:00:01Z").count == 2)
            #expect(try await types("creationDateTimeUtc ge 2026-03-02T08:00:00.1234565Z").count == 3)
            #expect(try await types("machineId in ('\(Fleet.away)','nobody') and requestor eq 'everything'").count == 1)
        }
    }
}
