import BailiffDefenderEmulator
import BailiffModel
import Testing

@Suite("Indicators")
struct IndicatorTests {
    private static func indicator(_ changes: JSONObject = [:]) -> JSONValue {
        var object: JSONObject = [
            "indicatorValue": .string(Fleet.bad.sha1), "indicatorType": "FileSha1", "action": "BlockAndRemediate",
            "title": "verdict", "description": "bad file",
        ]
        for member in changes.members { object[member.key] = member.value.isNull ? nil : member.value }
        return .object(object)
    }

    @Test("created with 200, updated by value, application kept; listed; deleted with 204, then 404")
    func life() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            let created = try await caller.post("/api/indicators", Self.indicator(["application": "first"]))
            #expect(created.status == 200)
            let id = try #require(created["id"]?.string)
            #expect(Int(id) != nil)
            #expect(created["createdBy"] == .string(Fleet.everything.clientID))
            #expect(created["expirationTime"] == .null)
            let updated = try await caller.post(
                "/api/indicators", Self.indicator(["title": "again", "application": "second"]))
            #expect(updated["id"] == .string(id))
            #expect(updated["title"] == "again")
            #expect(updated["application"] == "first")
            let filter = Caller.query("indicatorType eq 'FileSha1' and title eq 'again'")
            #expect(try await caller.get("/api/indicators?$filter=\(filter)").values.count == 1)
            #expect(try await caller.send("DELETE", "/api/indicators/\(id)").status == 204)
            #expect(try await caller.send("DELETE", "/api/indicators/\(id)").status == 404)
            #expect(try await caller.get("/api/indicators")["value"] == [])
        }
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var changes: JSONObject
        var code: String
    }

    @Test(
        "bad ones are refused",
        arguments: [
            Bad(testDescription: "no title", changes: ["title": .null], code: "MissingRequiredParameter"),
            Bad(testDescription: "unknown name", changes: ["Title": "x"], code: "InvalidRequestBody"),
            Bad(
                testDescription: "hash of another kind", changes: ["indicatorType": "FileSha256"],
                code: "InvalidHashValue"),
            Bad(testDescription: "unknown type", changes: ["indicatorType": "File"], code: "InvalidInput"),
            Bad(testDescription: "unknown action", changes: ["action": "Delete"], code: "InvalidInput"),
            Bad(testDescription: "audit without alert", changes: ["action": "Audit"], code: "InvalidInput"),
            Bad(
                testDescription: "a network", changes: ["indicatorType": "IpAddress", "indicatorValue": "10.0.0.0/8"],
                code: "InvalidIpAddress"),
            Bad(
                testDescription: "no domain", changes: ["indicatorType": "DomainName", "indicatorValue": "x y"],
                code: "InvalidDomainName"),
            Bad(testDescription: "no time", changes: ["expirationTime": "tomorrow"], code: "InvalidInput"),
            Bad(
                testDescription: "educateUrl for a file", changes: ["educateUrl": "https://x.example"],
                code: "InvalidInput"),
        ])
    func bad(_ row: Bad) async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            let answer = try await caller.post("/api/indicators", Self.indicator(row.changes))
            #expect(answer.status == 400)
            #expect(answer.code == row.code)
            #expect(try await caller.get("/api/indicators")["value"] == [])
        }
    }

    @Test("imported in up to 500: failures hide in a 200")
    func batch() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            let good = Self.indicator(["rbacGroupNames": ["a", "b"]])
            let answer = try await caller.post(
                "/api/indicators/import",
                ["Indicators": [good, Self.indicator(["action": "Nothing"]), Self.indicator(["title": .null])]])
            #expect(answer.status == 200)
            #expect(answer.values.map { $0["isFailed"] } == [false, true, true])
            #expect(answer.values[0]["id"]?.string != nil)
            #expect(answer.values[0]["failureReason"] == .null)
            #expect(answer.values[1]["failureReason"]?.string?.contains("Nothing") == true)
            let tooMany = JSONValue.array(Array(repeating: good, count: 501))
            let refused = try await caller.post("/api/indicators/import", ["Indicators": tooMany])
            #expect(refused.code == "MaximumBatchSizeExceeded")
        }
    }

    @Test("deleted in a batch: all or none")
    func batchDelete() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            let one = try await caller.post("/api/indicators", Self.indicator())["id"] ?? .null
            let two =
                try await caller.post(
                    "/api/indicators", Self.indicator(["indicatorValue": .string(Fleet.trusted.sha1)]))["id"] ?? .null
            let path = "/api/indicators/BatchDelete"
            #expect(try await caller.post(path, ["IndicatorIds": [one, "77"]]).status == 404)
            #expect(try await caller.get("/api/indicators").values.count == 2)
            #expect(try await caller.post(path, ["IndicatorIds": [one, two]]).status == 204)
            #expect(try await caller.get("/api/indicators").values.isEmpty)
        }
    }

    @Test("without .All an application sees only its own")
    func own() async throws {
        try await Bench.run { bench in
            let all = try await bench.caller()
            let narrow = try await bench.caller(Fleet.quarantiner)
            let id = try await all.post("/api/indicators", Self.indicator())["id"]?.string ?? ""
            #expect(try await narrow.get("/api/indicators")["value"] == [])
            #expect(try await narrow.send("DELETE", "/api/indicators/\(id)").status == 404)
            _ = try await narrow.post(
                "/api/indicators", Self.indicator(["indicatorValue": .string(Fleet.trusted.sha1)]))
            #expect(try await narrow.get("/api/indicators").values.count == 1)
            #expect(try await all.get("/api/indicators").values.count == 2)
        }
    }

    @Test("15,000 and no more")
    func limit() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            for batch in 0..<30 {
                let list = (0..<500).map { number -> JSONValue in
                    let digits = String(batch * 500 + number, radix: 16)
                    let hash = String(repeating: "0", count: 40 - digits.utf8.count) + digits
                    return Self.indicator(["indicatorValue": .string(hash)])
                }
                let answer = try await caller.post("/api/indicators/import", ["Indicators": .array(list)])
                #expect(answer.values.allSatisfy { $0["isFailed"] == false })
            }
            #expect(try await caller.post("/api/indicators", Self.indicator()).status == 400)
            let page = try await caller.get("/api/indicators")
            #expect(page.values.count == 10_000)
            #expect(page["@odata.nextLink"] != nil)
        }
    }
}
