import BailiffDefenderEmulator
import BailiffModel
import Testing

@Suite("Machines")
struct MachineTests {
    @Test("by id, or by name: of twins the one that reported last")
    func byName() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            #expect(try await caller.get("/api/machines/\(Fleet.mac)")["osPlatform"] == "macOS")
            #expect(try await caller.get("/api/machines/LAP-1.quay.example")["id"] == .string(Fleet.laptop))
            let missing = try await caller.get("/api/machines/nobody")
            #expect(missing.status == 404)
            #expect(missing.code == "ResourceNotFound")
            #expect(missing.text.contains("Machine nobody was not found"))
        }
    }

    @Test("nulls are nulls, the group's id is a number, tags and addresses are lists")
    func fields() async throws {
        try await Bench.run { bench in
            let answer = try await bench.caller().get("/api/machines/\(Fleet.linux)")
            #expect(answer["osBuild"] == .null)
            #expect(answer["rbacGroupName"] == .null)
            #expect(answer["rbacGroupId"] == 0)
            #expect(answer["riskScore"] == "None")
            #expect(answer["isPotentialDuplication"] == false)
            #expect(answer["mergedIntoMachineId"] == .null)
            #expect(answer["machineTags"] == [])
            #expect(answer["ipAddresses"]?.array?.first?["macAddress"] == .null)
            #expect(answer["@odata.context"]?.string?.hasSuffix("$metadata#Machines/$entity") == true)
        }
    }

    @Test("tags: added and removed with 200 and the machine; many at once, at most 500")
    func tags() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            let path = "/api/machines/\(Fleet.laptop)/tags"
            let added = try await caller.post(path, ["Value": "new", "Action": "Add"])
            #expect(added.status == 200)
            #expect(added["machineTags"] == ["vip", "floor 2", "new"])
            #expect(try await caller.post(path, ["Value": "new", "Action": "Add"])["machineTags"]?.array?.count == 3)
            #expect(
                try await caller.post(path, ["Value": "vip", "Action": "Remove"])["machineTags"] == ["floor 2", "new"])
            #expect(try await caller.post(path, ["Value": "x", "Action": "add"]).code == "InvalidInput")
            let many = "/api/machines/AddOrRemoveTagForMultipleMachines"
            let ids: JSONValue = [.string(Fleet.mac), .string(Fleet.linux)]
            #expect(try await caller.post(many, ["Value": "b", "Action": "Add", "MachineIds": ids]).status == 200)
            #expect(try await caller.get("/api/machines/\(Fleet.mac)")["machineTags"] == ["b"])
            let tooMany = JSONValue.array(Array(repeating: .string(Fleet.mac), count: 501))
            let refused = try await caller.post(many, ["Value": "b", "Action": "Add", "MachineIds": tooMany])
            #expect(refused.code == "MaximumBatchSizeExceeded")
        }
    }

    @Test("value and tags by PATCH")
    func patch() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            let path = "/api/machines/\(Fleet.laptop)"
            let answer = try await caller.send("PATCH", path, ["deviceValue": "High", "machineTags": ["only"]])
            #expect(answer["deviceValue"] == "High")
            #expect(answer["machineTags"] == ["only"])
            #expect(try await caller.send("PATCH", path, ["deviceValue": "Highest"]).status == 400)
            #expect(try await caller.post(path + "/setDeviceValue", ["DeviceValue": "Low"])["deviceValue"] == "Low")
            let listed = try await caller.get("/api/machines?$filter=\(Caller.query("deviceValue eq 'Low'"))")
            #expect(listed.values.count == 1)
        }
    }

    @Test("an online machine reports daily, one that is away does not and turns inactive")
    func reports() async throws {
        try await Bench.run { bench in
            try bench.emulator.setOffline(Fleet.mac)
            bench.emulator.advanceClock(by: .seconds(8 * 86_400))
            let caller = try await bench.caller()
            let here = try await caller.get("/api/machines/\(Fleet.laptop)")
            #expect(here["lastSeen"]?.string?.hasPrefix("2026-03-10T06:00:00") == true)
            #expect(here["healthStatus"] == "Active")
            let gone = try await caller.get("/api/machines/\(Fleet.mac)")
            #expect(gone["lastSeen"]?.string?.hasPrefix("2026-03-02T06:00:00") == true)
            #expect(gone["healthStatus"] == "Inactive")
        }
    }

    @Test("users, and machines by address and time")
    func usersAndAddresses() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            let users = try await caller.get("/api/machines/\(Fleet.laptop)/logonusers")
            #expect(users.values.first?["accountName"] == "mira")
            let path = "/api/machines/findbyip(ip='10.1.1.1',timestamp=2026-03-02T07:50:00Z)"
            #expect(try await caller.get(path).values.map { $0["id"]?.string } == [Fleet.laptop])
            let old = "/api/machines/findbyip(ip='10.1.1.1',timestamp=2025-12-02T07:50:00Z)"
            #expect(try await caller.get(old).status == 400)
            let nobody = "/api/machines/findbyip(ip='10.1.1.2',timestamp=2026-03-02T07:50:00Z)"
            #expect(try await caller.get(nobody).status == 404)
        }
    }

    @Test("investigations: 201 with a number as text, an alert, an end; found by either id")
    func investigations() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            let path = "/api/machines/\(Fleet.laptop)/startInvestigation"
            let started = try await caller.post(path, ["Comment": "x"])
            #expect(started.status == 201)
            #expect(started["state"] == "Running")
            let id = try #require(started["id"]?.string)
            #expect(Int(id) != nil)
            let alert = try #require(started["triggeringAlertId"]?.string)
            #expect(try await caller.post(path, ["Comment": "x"])["id"] == started["id"])
            #expect(try await caller.get("/api/alerts/\(alert)")["investigationId"] == .int(Int64(id) ?? 0))
            #expect(try await caller.get("/api/investigations/\(alert)")["id"] == started["id"])
            bench.emulator.advanceClock(by: .seconds(600))
            let ended = try await caller.get("/api/investigations/\(id)")
            #expect(ended["state"] == "SuccessfullyRemediated")
            #expect(ended["endTime"]?.string != nil)
            let filter = Caller.query("machineId eq '\(Fleet.laptop)' and state eq 'SuccessfullyRemediated'")
            #expect(try await caller.get("/api/investigations?$filter=\(filter)").values.count == 1)
            #expect(try await caller.get("/api/investigations/1").status == 404)
        }
    }
}
