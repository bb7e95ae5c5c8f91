import BailiffDefenderEmulator
import BailiffModel
import Testing

@Suite("Platform matrix")
struct PlatformTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var action: String
        var machine: String
        var on: String
        var code: String?
        var testDescription: String { "\(action) on \(on)" }

        init(_ action: String, _ machine: String, _ on: String, _ code: String? = nil) {
            self.action = action
            self.machine = machine
            self.on = on
            self.code = code
        }
    }

    private static let os = "OsPlatformNotSupported"
    private static let version = "ClientVersionNotSupported"

    @Test(
        "what works where",
        arguments: [
            Row("isolate:Full", Fleet.laptop, "Windows 11"), Row("isolate:Selective", Fleet.laptop, "Windows 11"),
            Row("isolate:Full", Fleet.controller, "Server 2022"), Row("isolate:Full", Fleet.linux, "Linux"),
            Row("isolate:Selective", Fleet.linux, "Linux", os), Row("isolate:Selective", Fleet.mac, "macOS"),
            Row("isolate:Full", Fleet.oldMac, "macOS with an old agent", version),
            Row("isolate:Full", Fleet.oldWindows, "Windows 10 1607", version),
            Row("runAntiVirusScan", Fleet.linux, "Linux"), Row("runAntiVirusScan", Fleet.mac, "macOS"),
            Row("runAntiVirusScan", Fleet.server2016, "Server 2016"),
            Row("runAntiVirusScan", Fleet.oldWindows, "Windows 10 1607", version),
            Row("restrictCodeExecution", Fleet.laptop, "Windows 11"),
            Row("restrictCodeExecution", Fleet.server2016, "Server 2016", version),
            Row("restrictCodeExecution", Fleet.mac, "macOS", os),
            Row("unrestrictCodeExecution", Fleet.linux, "Linux", os),
            Row("StopAndQuarantineFile", Fleet.server2016, "Server 2016"),
            Row("StopAndQuarantineFile", Fleet.linux, "Linux", os),
            Row("StopAndQuarantineFile", Fleet.mac, "macOS", os),
            Row("startInvestigation", Fleet.laptop, "Windows 11"),
            Row("startInvestigation", Fleet.controller, "Server 2022"),
            Row("startInvestigation", Fleet.server2016, "Server 2016", version),
            Row("startInvestigation", Fleet.linux, "Linux", os), Row("startInvestigation", Fleet.mac, "macOS", os),
            Row("offboard", Fleet.laptop, "Windows 11"), Row("offboard", Fleet.mac, "macOS", os),
        ])
    func matrix(_ row: Row) async throws {
        let parts = row.action.split(separator: ":").map(String.init)
        var body = JSONObject(["Comment": "x"].map { JSONObject.Member($0.key, .string($0.value)) })
        switch parts[0] {
        case "isolate": body["IsolationType"] = .string(parts[1])
        case "runAntiVirusScan": body["ScanType"] = "Full"
        case "StopAndQuarantineFile": body["Sha1"] = .string(Fleet.bad.sha1)
        default: break
        }
        let order = JSONValue.object(body)
        try await Bench.run { bench in
            let answer = try await bench.caller().post("/api/machines/\(row.machine)/\(parts[0])", order)
            #expect(answer.status == (row.code == nil ? 201 : 400), "\(answer.text)")
            #expect(answer.code == row.code)
        }
    }
}
