import BailiffDefender
import BailiffDefenderEmulator
import BailiffHTTPClient
import BailiffModel
import Testing

@Suite struct AccessContractTests {
    @Test func aWrongSecretIsRefused() async throws {
        try await World.with(change: { $0.read = .init(clientID: World.readID, .secret(Secret("wrong"))) }) {
            (world: World) async throws in
            let error = await failure { try await world.client.machines() }
            #expect(error?.code == .tokenRefused)
            #expect(error?.serviceCode == "AADSTS7000215")
        }
    }

    @Test func anUnknownTenantOrApplicationIsRefused() async throws {
        try await World.with(change: { $0.tenant = "nowhere.example" }) { (world: World) async throws in
            #expect(await failure { try await world.client.machines() }?.code == .tokenRefused)
        }
        try await World.with(change: { $0.read.clientID = "11111111-0000-0000-0000-00000000dead" }) {
            (world: World) async throws in
            let error = await failure { try await world.client.machines() }
            #expect(error?.code == .tokenRefused)
            #expect(error?.serviceCode == "AADSTS700016")
        }
    }

    @Test func aCertificateServesAsWell() async throws {
        var tenant = EmulatorTenant.small
        tenant.applications = [
            .init(
                name: "by certificate", clientID: World.readID, certificatePEM: TestCertificate.certificate,
                roles: World.readRoles)
        ]
        let certificate = try ClientCertificate(
            certificate: Array(TestCertificate.certificate.utf8), key: Secret(TestCertificate.key))
        try await World.with(
            tenant,
            change: {
                $0.read = .init(clientID: World.readID, .certificate(certificate))
                $0.act = nil
            }
        ) { (world: World) async throws in
            #expect(try await world.client.machines().count == 5)
            let claims = try #require(try await world.client.tokenClaims(.read, for: .defender))
            #expect(claims.roles.contains("Machine.Read.All"))
        }
    }

    @Test func anotherCertificateDoesNot() async throws {
        var tenant = EmulatorTenant.small
        tenant.applications = [
            .init(
                name: "by certificate", clientID: World.readID, certificatePEM: TestCertificate.otherCertificate,
                roles: World.readRoles)
        ]
        let certificate = try ClientCertificate(
            certificate: Array(TestCertificate.certificate.utf8), key: Secret(TestCertificate.key))
        try await World.with(tenant, change: { $0.read = .init(clientID: World.readID, .certificate(certificate)) }) {
            world in
            #expect(await failure { try await world.client.machines() }?.code == .tokenRefused)
        }
    }

    /// What the tokens grant, held against what the playbooks need.
    @Test func missingAndNeedlessPermissionsAreFound() async throws {
        var tenant = EmulatorTenant.small
        tenant.applications = [
            EmulatorTenant.application(
                World.readID, roles: ["File.Read.All", "Machine.Read.All", "ThreatHunting.Read.All"]),
            EmulatorTenant.application(World.actID, roles: ["Machine.Isolate", "Machine.LiveResponse"]),
        ]
        try await World.with(tenant) { (world: World) async throws in
            let report = await world.client.permissionReport(for: [.file, .machines, .hunting, .isolate, .blockFile])
            #expect(report.missing.map(\.toGrant) == ["Ti.ReadWrite.All"])
            #expect(report.unneeded.map(\.role) == ["Machine.LiveResponse"])
            #expect(report.findings.filter { $0.state == .present }.count == 4)
            // The server's date is the real one, and so is our clock.
            #expect(world.client.clockSkew?.certain == .zero)
        }
    }

    @Test func tokensEndAndAreRenewed() async throws {
        try await World.with { (world: World) async throws in
            try await world.client.prepare()
            world.emulator.advanceClock(by: .seconds(4_000))
            // The service's clock has moved, ours has not: the 401 is cured by one fresh token, an order's at its next call.
            let refused = await failure { try await world.client.isolate(machine(1), type: .full, comment: "c") }
            #expect(refused?.code == .unauthorized && refused?.acceptance == .surelyNot)
            _ = try await world.client.isolate(machine(1), type: .full, comment: "c")
            _ = try await world.client.machine(machine(1))
            world.emulator.revokeTokens()
            _ = try await world.client.machine(machine(1))
            #expect(world.calls.filter { $0.status == 401 }.count == 3)
        }
    }

    @Test func aLasting401SaysWhatToDo() async throws {
        try await World.with { (world: World) async throws in
            world.emulator.failNext(.unauthorizedForGood)
            _ = await failure { try await world.client.isolate(machine(1), type: .full, comment: "c") }
            let error = await failure { try await world.client.isolate(machine(1), type: .full, comment: "c") }
            #expect(error?.code == .unauthorized)
            #expect(error?.acceptance == .surelyNot)
            #expect(error?.description.contains("licence") == true)
            #expect(world.taken.isEmpty)
            #expect(world.calls.count == 2)
        }
    }

    /// Without any permission every call is refused, and the error names what is missing.
    @Test(arguments: Order.all)
    func ordersNeedTheirPermission(_ order: Order) async throws {
        var tenant = EmulatorTenant.small
        tenant.applications = [
            EmulatorTenant.application(World.readID, roles: World.readRoles),
            EmulatorTenant.application(
                World.actID,
                roles: World.actRoles.filter { role in !order.api.permissions.contains { $0.contains(role) } }),
        ]
        try await World.with(tenant) { (world: World) async throws in
            let error = await failure { try await order.send(world.client, machine(1), "c") }
            #expect(error?.code == .forbidden)
            #expect(error?.acceptance == .surelyNot)
            let first = try #require(order.api.permissions.first?.first)
            #expect(error?.description.contains(first) == true)
            #expect(world.taken.isEmpty)
        }
    }

    /// The permissions the client names are those that suffice.
    @Test(arguments: Order.all)
    func theNamedPermissionsSuffice(_ order: Order) async throws {
        var tenant = EmulatorTenant.small
        tenant.applications = [
            EmulatorTenant.application(World.readID, roles: []),
            EmulatorTenant.application(World.actID, roles: order.api.permissions.compactMap(\.first)),
        ]
        try await World.with(tenant) { (world: World) async throws in
            let id = try await order.send(world.client, machine(1), "c")
            #expect(!id.isEmpty)
            #expect(world.taken.count == 1)
        }
    }

    @Test func nothingElseIsCalled() async throws {
        try await World.with { (world: World) async throws in
            let elsewhere = try #require(HTTPURL("http://127.0.0.1:1/api/machines"))
            do throws(HTTPFailure) {
                _ = try await world.http.send(HTTPRequest(.get, elsewhere))
                Issue.record("called another server")
            } catch {
                #expect(error.code == .hostNotAllowed)
            }
        }
    }
}
