import BailiffDefenderEmulator
import BailiffModel
import Testing

@Suite("Alerts")
struct AlertTests {
    @Test("detections of the tenant are alerts; evidence only where it is asked for")
    func list() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            let plain = try await caller.get("/api/alerts")
            #expect(plain.values.count == 1)
            let alert = try #require(plain.values.first)
            #expect(alert["machineId"] == .string(Fleet.server2016))
            #expect(alert["evidence"] == [])
            #expect(alert["investigationId"] == .null)
            #expect(alert["threatName"] == "Trojan:Win32/Testling.A")
            let expanded = try await caller.get("/api/alerts?$expand=evidence")
            #expect(expanded.values.first?["evidence"]?.array?.first?["sha1"] == .string(Fleet.bad.sha1))
            #expect(try await caller.get("/api/alerts/$count").text == "1")
            let id = try #require(alert["id"]?.string)
            #expect(try await caller.get("/api/alerts/\(id)")["evidence"]?.array?.count == 1)
            #expect(try await caller.get("/api/alerts/\(id)/files").values.first?["sha1"] == .string(Fleet.bad.sha1))
            #expect(try await caller.get("/api/alerts/\(id)/machine")["id"] == .string(Fleet.server2016))
            #expect(try await caller.get("/api/alerts/\(id)/domains")["value"] == [])
            #expect(try await caller.get("/api/machines/\(Fleet.server2016)/alerts").values.count == 1)
            #expect(try await caller.get("/api/alerts/nothing").status == 404)
        }
    }

    @Test("updated, with a capital or without; many at once with an empty 200")
    func update() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            let id = try #require(try await caller.get("/api/alerts").values.first?["id"]?.string)
            let answer = try await caller.send(
                "PATCH", "/api/alerts/\(id)",
                ["status": "Resolved", "classification": "TruePositive", "determination": "Malware", "comment": "done"])
            #expect(answer["status"] == "Resolved")
            #expect(answer["resolvedTime"]?.string != nil)
            #expect(answer["comments"]?.array?.first?["comment"] == "done")
            #expect(try await caller.send("PATCH", "/api/alerts/\(id)", ["Status": "New"])["status"] == "New")
            #expect(try await caller.send("PATCH", "/api/alerts/\(id)", ["status": "Closed"]).status == 400)
            let batch = try await caller.post(
                "/api/alerts/batchUpdate", ["alertIds": [.string(id)], "status": "InProgress"])
            #expect(batch.status == 200)
            #expect(batch.body.isEmpty)
            #expect(try await caller.get("/api/alerts?$filter=status%20eq%20'InProgress'").values.count == 1)
        }
    }

    @Test("made by reference to an event that hunting shows; 404 for any other; joins an open one")
    func byReference() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            let rows = try await bench.caller(for: Bench.graph).hunt(
                "DeviceProcessEvents | where DeviceId == '\(Fleet.laptop)' | project ReportId, Timestamp")
            let event = try #require(rows["results"]?.array?.first)
            let report = try #require(event["ReportId"]?.int)
            var body: JSONObject = [
                "machineId": .string(Fleet.laptop), "severity": "Low", "title": "by Bailiff", "description": "x",
                "recommendedAction": "none", "eventTime": event["Timestamp"] ?? .null,
                "reportId": .string(String(report)), "category": "Exploit",
            ]
            let path = "/api/alerts/CreateAlertByReference"
            let made = try await caller.post(path, .object(body))
            #expect(made.status == 200, "\(made.text)")
            #expect(made["title"] == "by Bailiff")
            #expect(made["evidence"]?.array?.first?["sha1"] == .string(Fleet.bad.sha1))
            // It sets off an investigation, once.
            let number = try #require(made["investigationId"]?.int)
            let investigation = try await caller.get("/api/investigations/\(number)")
            #expect(investigation["machineId"] == .string(Fleet.laptop))
            #expect(investigation["triggeringAlertId"] == made["id"])
            #expect(try await caller.post(path, .object(body))["id"] == made["id"])
            #expect(try await caller.get("/api/investigations").values.count == 1)
            #expect(bench.emulator.requests().filter(\.isActionTaken).map(\.machineID) == [Fleet.laptop, Fleet.laptop])
            body["reportId"] = .int(report)
            #expect(try await caller.post(path, .object(body)).code == "InvalidRequestBody")
            body["reportId"] = "1"
            #expect(try await caller.post(path, .object(body)).status == 404)
        }
    }
}
