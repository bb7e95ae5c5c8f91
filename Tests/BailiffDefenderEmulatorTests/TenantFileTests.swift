import BailiffDefenderEmulator
import BailiffDiagnostics
import BailiffModel
import Foundation
import Testing

@Suite("Tenant files")
struct TenantFileTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "fixtures/tenants")

    private static func load(_ name: String) throws -> EmulatorTenant {
        let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        return try EmulatorTenant(yaml: text, file: name)
    }

    @Test("every fleet that ships loads and starts", arguments: ["demo.yaml", "small.yaml"])
    func ships(_ name: String) async throws {
        let tenant = try Self.load(name)
        try await Bench.run(tenant: tenant) { bench in
            let application = try #require(tenant.applications.first)
            let caller = try await bench.caller(application)
            #expect(try await caller.get("/api/machines").values.count == tenant.machines.count)
        }
    }

    @Test("the folder holds nothing that is not tested")
    func complete() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path())
        #expect(Set(names.filter { $0.hasSuffix(".yaml") }) == ["demo.yaml", "small.yaml"])
    }

    @Test("the demo's fleet: what its machines are for")
    func demo() throws {
        let tenant = try Self.load("demo.yaml")
        func machine(_ name: String) throws -> EmulatorTenant.Machine {
            try #require(tenant.machines.last { $0.name == name + ".harbour.example" })
        }
        #expect(try machine("ber-dc-01").groupName == "Domain Controllers")
        #expect(try machine("ber-dc-01").groupID == 12)
        #expect(try machine("ber-dc-01").deviceType == "Server")
        #expect(try machine("ber-lap-0419").isOffline)
        let old = try #require(tenant.machines.first { $0.mergedInto != nil })
        #expect(old.isOffline)
        #expect(tenant.machines.count { $0.isPotentialDuplication } == 2)
        let invoice = try #require(tenant.files.first { $0.name == "rechnung-118.exe" })
        #expect(tenant.sightings.count { $0.file == invoice.sha1 } == 2)
        let rat = try #require(tenant.files.first { $0.name == "vpn-update.exe" })
        #expect(rat.md5?.utf8.count == 32)
        #expect(Set(tenant.machines.map(\.id)).count == tenant.machines.count)
        #expect(tenant.machines.allSatisfy { $0.id.utf8.count == 40 })
        #expect(tenant.machines.count { $0.groupName == "Workstations" } >= 20, "a tenth of the group is two machines")
    }

    private static let head = """
        bailiff: tenant/v1
        applications:
          - { name: a, client_id: 11111111-1111-4111-8111-111111111111, secret: s, roles: [Machine.Read.All] }

        """

    struct Bad: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var text: String
        var expected: [String]
    }

    @Test(
        "mistakes are found where they stand",
        arguments: [
            Bad(
                testDescription: "another kind of file", text: "bailiff: playbook/v1\n",
                expected: ["t:1:10: error: this is no tenant file [TE001]"]),
            Bad(
                testDescription: "ids, times, hashes",
                text: head + """
                    machines:
                      - { id: "a b", name: x }
                      - { id: m1, name: y, last_seen: soon }
                    files:
                      - { sha1: 12, name: f }
                    """,
                expected: [
                    "t:5:11: error: 'a b' is no machine id [TE002]", "t:6:35: error: 'soon' is no time [TE005]",
                    "t:8:13: error: '12' is no SHA1 [TE006]",
                ]),
            Bad(
                testDescription: "twice, and nowhere",
                text: head + """
                    machines:
                      - { id: m1, name: x }
                      - { id: m1, name: x }
                      - { id: m2, name: z, merged_into: m9 }
                      - { id: m3, name: w, merged_into: m3 }
                    sightings:
                      - { machine: x, file: 1f2e3d4c5b6a79880706f5e4d3c2b1a098877665 }
                    """,
                expected: [
                    "t:6:5: error: machine m1 stands twice [TE003]", "t:7:37: error: there is no machine m9 [TE004]",
                    "t:8:37: error: a machine cannot be merged into itself [TE009]",
                    "t:10:16: error: 2 of them are called 'x' [TE004]",
                    "t:10:25: error: there is no file '1f2e3d4c5b6a79880706f5e4d3c2b1a098877665' [TE004]",
                ]),
            Bad(
                testDescription: "applications",
                text: """
                    bailiff: tenant/v1
                    applications:
                      - { name: a, client_id: x, secret: s, roles: [Machine.Reed.All] }
                      - { name: b, client_id: 11111111-1111-4111-8111-111111111111, roles: [] }
                      - name: c
                        client_id: 11111111-1111-4111-8111-111111111111
                        certificate: none
                        roles: []
                    machines: []
                    """,
                expected: [
                    "t:3:27: error: 'x' is no GUID [TE002]",
                    "t:3:49: error: 'Machine.Reed.All' is no application role [TE007]",
                    "t:4:5: error: the application has neither a secret nor a certificate [TE008]",
                    "t:5:5: error: client id 11111111-1111-4111-8111-111111111111 stands twice [TE003]",
                    "t:7:18: error: this is no PEM certificate with an RSA key [TE008]",
                ]),
            Bad(
                testDescription: "sightings run backwards; groups without an id; unknown keys",
                text: head + """
                    groups: { Servers: 7 }
                    machines: [{ id: m1, name: x, group: Workstations, colour: red }]
                    files: [{ sha1: 1f2e3d4c5b6a79880706f5e4d3c2b1a098877665, name: f }]
                    sightings: [{ machine: m1, file: f, first: 1h, last: 2h }]
                    """,
                expected: [
                    "t:5:38: error: there is no group 'Workstations' [TE004]",
                    "t:5:52: error: unknown key 'colour' in a machine [YAML012]",
                    "t:7:13: error: the machine saw the file last before it saw it first [TE009]",
                ]),
        ])
    func mistakes(_ row: Bad) throws {
        do {
            _ = try EmulatorTenant(yaml: row.text, file: "t")
            Issue.record("read without complaint")
        } catch {
            let found = DiagnosticReport(error.diagnostics).diagnostics.map(\.description)
            #expect(found == row.expected)
        }
    }

    @Test("a tenant made in code that contradicts itself does not start")
    func contradictions() async throws {
        var twice = Fleet.tenant
        twice.machines.append(Fleet.machines[0])
        var nowhere = Fleet.tenant
        nowhere.sightings.append(EmulatorTenant.Sighting(machine: "nobody", file: Fleet.bad.sha1))
        var nameless = Fleet.tenant
        nameless.files.append(EmulatorTenant.File(sha1: "short", name: "x"))
        for tenant in [twice, nowhere, nameless] {
            await #expect(throws: EmulatorError.self) {
                try await DefenderEmulator.start(tenant: tenant, options: Bench.controlled, logger: Bench.quiet)
            }
        }
    }

    @Test("a taken address is an error, not a wait")
    func takenAddress() async throws {
        try await Bench.run { bench in
            let port = try #require(bench.emulator.url.split(separator: ":").last.flatMap { Int($0) })
            await #expect(throws: (any Error).self) {
                try await DefenderEmulator.start(
                    tenant: Fleet.tenant, options: Bench.controlled { $0.port = port }, logger: Bench.quiet)
            }
        }
    }
}
