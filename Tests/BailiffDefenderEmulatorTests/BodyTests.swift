import BailiffDefenderEmulator
import BailiffModel
import Testing

@Suite("Awkward bodies")
struct BodyTests {
    private static var options: EmulatorOptions { Bench.controlled { $0.bodies = .awkward } }

    @Test("among a hundred machines there is everything a decoder must survive")
    func machines() async throws {
        try await Bench.run(tenant: .generated(machines: 400, seed: 3), Self.options) { bench in
            let caller = try await bench.caller(bench.tenant.applications[0])
            let answer = try await caller.get("/api/machines")
            let all = answer.values
            #expect(all.count == 400)
            func some(_ condition: (JSONValue) -> Bool) -> Bool { all.contains(where: condition) }
            #expect(some { $0["healthStatus"] == "Unforeseen" })
            #expect(some { $0["riskScore"] == "Unforeseen" })
            #expect(some { $0["futureProperty"] != nil } && some { $0["futureProperty"] == nil })
            #expect(some { $0["mergedIntoMachineId"] == nil } && some { $0["mergedIntoMachineId"] == .null })
            #expect(some { $0["computerDnsName"] == .null || $0["computerDnsName"] == nil })
            #expect(some { $0["rbacGroupId"]?.string != nil } && some { $0["rbacGroupId"]?.int != nil })
            let digits = Set(
                all.compactMap { machine -> Int? in
                    guard let time = machine["lastSeen"]?.string else { return nil }
                    #expect(time.hasSuffix("Z"))
                    return time.contains(".") ? time.split(separator: ".").last.map { $0.utf8.count - 1 } : 0
                })
            #expect(digits.isSuperset(of: 0...6))
            #expect(all.allSatisfy { $0["id"]?.string?.utf8.count == 40 })
        }
    }

    @Test("one entity looks the same in every answer")
    func stable() async throws {
        try await Bench.run(Self.options) { bench in
            let caller = try await bench.caller()
            #expect(
                try await caller.get("/api/machines/\(Fleet.mac)").body
                    == (try await caller.get("/api/machines/\(Fleet.mac)").body))
        }
    }

    @Test("seven digits in the ordinary style; contexts name another host than the one called")
    func ordinary() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            let placed = try await caller.post(
                "/api/machines/\(Fleet.laptop)/isolate", ["Comment": "x", "IsolationType": "Full"])
            #expect(placed["creationDateTimeUtc"]?.string?.utf8.count == 28)
            #expect(
                placed["@odata.context"]?.string?.hasPrefix("https://api.securitycenter.microsoft.com/api/$metadata#")
                    == true)
        }
        try await Bench.run(Self.options) { bench in
            let answer = try await bench.caller().get("/api/machines")
            #expect(answer["@odata.context"]?.string?.contains("api-eu3.securitycenter.windows.com") ?? true)
        }
    }

    @Test("the awkward hunting rows: no SHA-256, alert evidence of files without the machine")
    func hunting() async throws {
        try await Bench.run(Self.options) { bench in
            let caller = try await bench.caller(for: Bench.graph)
            let files = try await caller.hunt("DeviceFileEvents | where SHA1 == '\(Fleet.bad.sha1)'")
            #expect(files["results"]?.array?.allSatisfy { $0["SHA256"] == .null } == true)
            #expect(files["results"]?.array?.isEmpty == false)
            let evidence = try await caller.hunt("AlertEvidence | where EntityType == 'File'")
            #expect(evidence["results"]?.array?.allSatisfy { $0["DeviceId"] == .null } == true)
        }
    }
}
