import BailiffDefenderEmulator
import BailiffModel
import Testing

@Suite("Application roles")
struct RoleTests {
    struct Call: Sendable, CustomTestStringConvertible {
        var method: String
        var path: String
        var body: JSONValue?
        var role: String
        var api = Bench.defender
        var testDescription: String { "\(method) \(path)" }
    }

    static let sha1 = Fleet.bad.sha1
    static let machine = "/api/machines/\(Fleet.laptop)"
    static let comment: JSONValue = ["Comment": "test"]

    static let calls: [Call] = [
        Call(method: "GET", path: "/api/files/\(sha1)", role: "File.Read.All"),
        Call(method: "GET", path: "/api/files/\(sha1)/stats", role: "File.Read.All"),
        Call(method: "GET", path: "/api/files/\(sha1)/machines", role: "Machine.Read.All"),
        Call(method: "GET", path: "/api/files/\(sha1)/alerts", role: "Alert.Read.All"),
        Call(method: "GET", path: "/api/machines", role: "Machine.ReadWrite.All"),
        Call(method: "GET", path: machine, role: "Machine.Read.All"),
        Call(method: "GET", path: machine + "/logonusers", role: "User.Read.All"),
        Call(method: "GET", path: machine + "/alerts", role: "Alert.ReadWrite.All"),
        Call(
            method: "POST", path: machine + "/tags", body: ["Value": "x", "Action": "Add"],
            role: "Machine.ReadWrite.All"),
        Call(
            method: "POST", path: machine + "/setDeviceValue", body: ["DeviceValue": "High"],
            role: "Machine.ReadWrite.All"),
        Call(method: "PATCH", path: machine, body: ["deviceValue": "Low"], role: "Machine.ReadWrite.All"),
        Call(
            method: "POST", path: machine + "/isolate", body: ["Comment": "x", "IsolationType": "Full"],
            role: "Machine.Isolate"),
        Call(method: "POST", path: machine + "/unisolate", body: comment, role: "Machine.Isolate"),
        Call(
            method: "POST", path: machine + "/restrictCodeExecution", body: comment, role: "Machine.RestrictExecution"),
        Call(
            method: "POST", path: machine + "/unrestrictCodeExecution", body: comment, role: "Machine.RestrictExecution"
        ),
        Call(
            method: "POST", path: machine + "/runAntiVirusScan", body: ["Comment": "x", "ScanType": "Quick"],
            role: "Machine.Scan"),
        Call(
            method: "POST", path: machine + "/collectInvestigationPackage", body: comment,
            role: "Machine.CollectForensics"),
        Call(method: "POST", path: machine + "/startInvestigation", body: comment, role: "Alert.ReadWrite.All"),
        Call(method: "POST", path: machine + "/offboard", body: comment, role: "Machine.Offboard"),
        Call(
            method: "POST", path: machine + "/runliveresponse",
            body: [
                "Comment": "x",
                "Commands": [["type": "GetFile", "params": [["key": "Path", "value": "C:\\x"]]]],
            ], role: "Machine.LiveResponse"),
        Call(method: "GET", path: "/api/machineactions", role: "Machine.Read.All"),
        Call(method: "GET", path: "/api/investigations", role: "Alert.Read.All"),
        Call(method: "GET", path: "/api/alerts", role: "Alert.Read.All"),
        Call(method: "GET", path: "/api/alerts/$count", role: "Alert.Read.All"),
        Call(method: "GET", path: "/api/indicators", role: "Ti.ReadWrite"),
        Call(
            method: "POST", path: "/api/advancedqueries/run", body: ["Query": "DeviceInfo | count"],
            role: "AdvancedQuery.Read.All"),
        Call(
            method: "POST", path: "/api/advancedhunting/run", body: ["Query": "DeviceInfo | count"],
            role: "AdvancedHunting.Read.All", api: Bench.xdr),
        Call(
            method: "POST", path: "/v1.0/security/runHuntingQuery", body: ["Query": "DeviceInfo | count"],
            role: "ThreatHunting.Read.All", api: Bench.graph),
    ]

    private func application(_ roles: [String]) -> EmulatorTenant.Application {
        EmulatorTenant.Application(
            name: "narrow", clientID: "55555555-5555-4555-8555-555555555555", secret: "narrow", roles: roles)
    }

    @Test("the role of the page lets a call through, any other is 403", arguments: calls)
    func role(_ call: Call) async throws {
        var tenant = Fleet.tenant
        let allowed = application([call.role])
        var other = application(Fleet.everything.roles.filter { !Self.sameCall($0, call.role) })
        other.clientID = "66666666-6666-4666-8666-666666666666"
        tenant.applications += [allowed, other]
        try await Bench.run(tenant: tenant) { bench in
            let good = try await bench.caller(allowed, for: call.api).send(call.method, call.path, call.body)
            #expect((200...201).contains(good.status), "\(good.text)")
            let bad = try await bench.caller(other, for: call.api).send(call.method, call.path, call.body)
            #expect(bad.status == 403)
            #expect(bad.code == "Forbidden")
            #expect(bad.text.contains("role") || bad.text.contains("permission"))
        }
    }

    /// Roles of which either opens a call.
    private static func sameCall(_ left: String, _ right: String) -> Bool {
        func family(_ role: String) -> String {
            role.replacing("ReadWrite", with: "Read").replacing(".All", with: "")
        }
        return family(left) == family(right)
    }

    @Test("StopAndQuarantineFile needs two roles: its own and one for reading machines")
    func quarantineNeedsTwo() async throws {
        var tenant = Fleet.tenant
        let both = application(["Machine.StopAndQuarantine", "Machine.Read.All"])
        tenant.applications.append(both)
        let body: JSONValue = ["Comment": "x", "Sha1": .string(Fleet.bad.sha1)]
        try await Bench.run(tenant: tenant) { bench in
            let path = Self.machine + "/StopAndQuarantineFile"
            for (application, status) in [(Fleet.quarantiner, 403), (Fleet.reader, 403), (both, 201)] {
                let caller = try await bench.caller(application)
                #expect(try await caller.post(path, body).status == status)
            }
            #expect(bench.emulator.machineActions().count == 1)
        }
    }

    @Test("cancel takes any role that starts actions, and no reading role")
    func cancelRoles() async throws {
        var tenant = Fleet.tenant
        let scanner = application(["Machine.Scan"])
        tenant.applications.append(scanner)
        try await Bench.run(tenant: tenant) { bench in
            let all = try await bench.caller()
            let placed = try await all.post(Self.machine + "/isolate", ["Comment": "x", "IsolationType": "Full"])
            let id = try #require(placed["id"]?.string)
            let path = "/api/machineactions/\(id)/cancel"
            for (application, status) in [(Fleet.reader, 403), (scanner, 200)] {
                let caller = try await bench.caller(application)
                #expect(try await caller.post(path, Self.comment).status == status)
            }
        }
    }

    @Test("Defender's and Graph's words for a missing role differ")
    func words() async throws {
        try await Bench.run { bench in
            let reader = try await bench.caller(Fleet.reader)
            let defender = try await reader.get("/api/files/\(Self.sha1)")
            #expect(defender.text.contains("required application permissions (File.Read.All)"))
            let graph = try await bench.caller(Fleet.reader, for: Bench.graph).hunt("DeviceInfo")
            #expect(graph.status == 403)
            #expect(graph.text.contains("API required roles: ThreatHunting.Read.All"))
        }
    }
}
