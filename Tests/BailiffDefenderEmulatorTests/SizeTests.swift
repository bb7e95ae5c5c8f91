import BailiffDefenderEmulator
import BailiffModel
import Foundation
import Testing

/// What a large fleet costs: memory and the time of its calls.
@Suite("Size", .serialized)
struct SizeTests {
    static let isMeasuring = ProcessInfo.processInfo.environment["BAILIFF_MEASURE"] != nil

    private static func residentMegabytes() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * 4 / 1_024
    }

    private static func timed(_ name: String, _ call: () async throws -> Answer) async throws -> Answer {
        let start = ContinuousClock.now
        let answer = try await call()
        print("  \(name): \(ContinuousClock.now - start), \(answer.body.count) bytes, status \(answer.status)")
        return answer
    }

    @Test("memory and times", .enabled(if: isMeasuring, "set BAILIFF_MEASURE to measure"), arguments: [1_000, 100_000])
    func measure(_ count: Int) async throws {
        let before = Self.residentMegabytes()
        let start = ContinuousClock.now
        let tenant = EmulatorTenant.generated(machines: count, seed: 1)
        try await Bench.run(tenant: tenant) { bench in
            print("\(count) machines: ready after \(ContinuousClock.now - start)")
            let application = try #require(tenant.applications.first)
            let caller = try await bench.caller(application)
            let hunter = try await bench.caller(application, for: Bench.graph)
            print("  memory: \(Self.residentMegabytes() - before) MB more")
            let page = try await Self.timed("a page of machines") { try await caller.get("/api/machines") }
            let link = try #require(page.values.count < count ? page["@odata.nextLink"]?.string : "/api/machines")
            _ = try await Self.timed("the next page") { try await caller.get(link) }
            _ = try await Self.timed("a filter over all") {
                try await caller.get(
                    "/api/machines?$count=true&$top=1&$filter=" + Caller.query("healthStatus eq 'Active'"))
            }
            let id = try #require(page.values.last?["id"]?.string)
            _ = try await Self.timed("one machine") { try await caller.get("/api/machines/\(id)") }
            let file = try #require(tenant.files.first?.sha1)
            _ = try await Self.timed("machines of the outbreak's file") {
                try await caller.get("/api/files/\(file)/machines")
            }
            let hunted = try await Self.timed("hunting it") {
                try await hunter.hunt(
                    "union withsource=T DeviceFileEvents, DeviceProcessEvents | where SHA1 in~ (\"\(file)\") "
                        + "| summarize FirstSeen=min(Timestamp), Sources=make_set(T) by DeviceId, SHA1")
            }
            #expect(hunted.status == 200)
            for number in 0..<2_000 {
                let machine = tenant.machines[number * tenant.machines.count / 2_000].id
                _ = try await caller.post(
                    "/api/machines/\(machine)/runAntiVirusScan", ["Comment": "c", "ScanType": "Quick"])
            }
            let actions = try await Self.timed("2000 actions in one list") {
                try await caller.get("/api/machineactions")
            }
            #expect(actions.status == 200)
            print("  memory at the end: \(Self.residentMegabytes() - before) MB more")
        }
    }
}
