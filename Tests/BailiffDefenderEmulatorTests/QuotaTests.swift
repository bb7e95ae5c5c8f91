import BailiffDefenderEmulator
import BailiffModel
import Testing

@Suite("Quotas")
struct QuotaTests {
    private static func options(_ change: (inout EmulatorQuotas) -> Void = { _ in }) -> EmulatorOptions {
        var quotas = EmulatorQuotas.documented
        change(&quotas)
        return Bench.controlled { $0.quotas = quotas }
    }

    private func fill(_ calls: Int, _ call: () async throws -> Answer) async throws {
        for _ in 0..<calls {
            let answer = try await call()
            #expect(answer.status < 300, "\(answer.text)")
        }
    }

    @Test("100 calls in any 60 seconds; Retry-After in seconds; code 429 as text")
    func perMinute() async throws {
        try await Bench.run(Self.options()) { bench in
            let caller = try await bench.caller()
            try await fill(60) { try await caller.get("/api/machines/\(Fleet.mac)") }
            bench.emulator.advanceClock(by: .seconds(40))
            try await fill(40) { try await caller.get("/api/machines/\(Fleet.mac)") }
            let refused = try await caller.get("/api/machines/\(Fleet.mac)")
            #expect(refused.status == 429)
            #expect(refused.code == "429")
            #expect(refused.header("Retry-After") == "20")
            #expect(refused.text.contains("maximum allowed 100 per 00:01:00"))
            #expect(try await caller.get("/api/machines").status == 200, "another API has a count of its own")
            bench.emulator.advanceClock(by: .seconds(20))
            try await fill(60) { try await caller.get("/api/machines/\(Fleet.mac)") }
            #expect(try await caller.get("/api/machines/\(Fleet.mac)").status == 429)
        }
    }

    @Test("a refused call does not count; another application has counts of its own")
    func refusedDoNotCount() async throws {
        try await Bench.run(Self.options { $0.scale = 0.02 }) { bench in
            let caller = try await bench.caller()
            try await fill(2) { try await caller.get("/api/machines") }
            for _ in 0..<5 { #expect(try await caller.get("/api/machines").status == 429) }
            let reader = try await bench.caller(Fleet.reader)
            #expect(try await reader.get("/api/machines").status == 200)
            bench.emulator.advanceClock(by: .seconds(60))
            #expect(try await caller.get("/api/machines").status == 200)
        }
    }

    @Test("hunting counts for the whole tenant")
    func huntingIsShared() async throws {
        var tenant = Fleet.tenant
        let hunter = EmulatorTenant.Application(
            name: "hunter", clientID: "0c000000-0000-4000-8000-00000000000a", secret: "s",
            roles: ["ThreatHunting.Read.All"])
        tenant.applications.append(hunter)
        try await Bench.run(tenant: tenant, Self.options { $0.scale = 2.0 / 45 }) { bench in
            let first = try await bench.caller(for: Bench.graph)
            try await fill(2) { try await first.hunt("print 1") }
            let second = try await bench.caller(hunter, for: Bench.graph)
            #expect(try await second.hunt("print 1").status == 429)
        }
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var path: String
        var body: JSONValue?
        var allowed: Int
        var wait: String
    }

    @Test(
        "the exceptions of the table",
        arguments: [
            Row(
                testDescription: "hunting 45 a minute", path: "/api/advancedqueries/run",
                body: ["Query": "print 1"], allowed: 45, wait: "60"),
            Row(
                testDescription: "investigations 50 an hour",
                path: "/api/machines/\(Fleet.laptop)/startInvestigation", body: ["Comment": "x"], allowed: 50,
                wait: "3600"),
            Row(
                testDescription: "package links 2 a minute", path: "GET /api/machineactions/none/getPackageUri",
                allowed: 2, wait: "60"),
            Row(
                testDescription: "alerts by reference 15 a minute", path: "/api/alerts/CreateAlertByReference",
                body: [:], allowed: 15, wait: "60"),
            Row(
                testDescription: "batch updates 10 a minute", path: "/api/alerts/batchUpdate", body: [:], allowed: 10,
                wait: "60"),
            Row(
                testDescription: "live response 10 a minute", path: "/api/machines/\(Fleet.laptop)/runliveresponse",
                body: [:], allowed: 10, wait: "60"),
            Row(
                testDescription: "indicator imports 30 a minute", path: "/api/indicators/import", body: [:],
                allowed: 30, wait: "60"),
        ])
    func exceptions(_ row: Row) async throws {
        try await Bench.run(Self.options { $0.huntingCost = .zero }) { bench in
            let caller = try await bench.caller()
            let isGet = row.path.hasPrefix("GET ")
            let path = isGet ? String(row.path.dropFirst(4)) : row.path
            for call in 0...row.allowed {
                let answer = try await caller.send(isGet ? "GET" : "POST", path, row.body)
                #expect((answer.status == 429) == (call == row.allowed), "call \(call): \(answer.text)")
                if answer.status == 429 { #expect(answer.header("Retry-After") == row.wait) }
            }
        }
    }

    @Test("1500 an hour")
    func perHour() async throws {
        try await Bench.run(Self.options()) { bench in
            let caller = try await bench.caller()
            for _ in 0..<15 {
                try await fill(100) { try await caller.get("/api/alerts/$count") }
                bench.emulator.advanceClock(by: .seconds(61))
            }
            let refused = try await caller.get("/api/alerts/$count")
            #expect(refused.status == 429)
            #expect(refused.text.contains("1500 per 01:00:00"))
        }
    }

    @Test("hunting: ten minutes of processor time an hour")
    func processorTime() async throws {
        try await Bench.run(Self.options { $0.huntingCost = .seconds(200) }) { bench in
            let caller = try await bench.caller(for: Bench.graph)
            try await fill(3) { try await caller.hunt("print 1") }
            let refused = try await caller.hunt("print 1")
            #expect(refused.status == 429)
            #expect(refused["error"]?["message"]?.string?.contains("CPU") == true)
            #expect(refused["error"]?["innerError"] != nil)
            #expect(Int(refused.header("Retry-After") ?? "") ?? 0 > 3_000)
            bench.emulator.advanceClock(by: .seconds(3_600))
            let fresh = try await bench.caller(for: Bench.graph)
            #expect(try await fresh.hunt("print 1").status == 200)
        }
    }

    @Test("modes: the documented name, no Retry-After, no quotas at all")
    func modes() async throws {
        try await Bench.run(Self.options { ($0.scale, $0.errorCode, $0.sendsRetryAfter) = (0.01, .name, false) }) {
            bench in
            let caller = try await bench.caller()
            #expect(try await caller.get("/api/alerts").status == 200)
            let refused = try await caller.get("/api/alerts")
            #expect(refused.code == "TooManyRequests")
            #expect(refused.header("Retry-After") == nil)
        }
        try await Bench.run { bench in
            let caller = try await bench.caller()
            try await fill(150) { try await caller.get("/api/alerts/$count") }
        }
    }
}
