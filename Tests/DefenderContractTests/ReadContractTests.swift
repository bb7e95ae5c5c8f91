import BailiffDefender
import BailiffDefenderEmulator
import BailiffModel
import Testing

@Suite struct ReadContractTests {
    @Test(arguments: EmulatorOptions.BodyStyle.allCases)
    func filesAndMachines(_ style: EmulatorOptions.BodyStyle) async throws {
        var options = EmulatorOptions.quick
        options.bodies = style
        try await World.with(.small, options) { (world: World) async throws in
            let sha256 = try #require(FileHash(.sha256, EmulatorTenant.malwareSHA256))
            let file = try #require(try await world.client.file(sha256))
            #expect(try file.sha1 == sha1())
            #expect(try await world.client.file(sha1())?.sha1 == sha1())
            if style == .documented {
                #expect(file.facts == FileFacts(globalPrevalence: 12, signer: "Contoso Ltd", certificateValid: false))
                #expect(file.isPortableExecutable == true)
            }
            let statistics = try #require(try await world.client.fileStatistics(sha1: sha1()))
            #expect(statistics.orgMachines.map { $0 >= 2 } ?? (style == .awkward))
            let unknown = try #require(FileHash(.sha1, "00112233445566778899aabbccddeeff00112233"))
            #expect(try await world.client.file(unknown) == nil)
            #expect(try await world.client.fileStatistics(sha1: unknown) == nil)
            #expect(try await world.client.machines(withFile: unknown).isEmpty)
            #expect(try await world.client.alerts(withFile: unknown).isEmpty)

            let machines = try await world.client.machines(withFile: sha1())
            #expect(machines.map(\.id).sorted() == [try machine(1), try machine(2)])
            #expect(machines.isComplete)
            let one = try #require(try await world.client.machine(machine(1)))
            #expect(try one.id == machine(1))
            if style == .documented {
                #expect(one.name == "laptop-1" && one.kind == .workstation && one.onboarded && one.health == "active")
                #expect(one.group == "Office" && one.tags == ["vip"] && one.value == "normal")
                #expect(try await world.client.machine(machine(2))?.value == "high")
                #expect(try await world.client.machine(machine(3))?.kind == .server)
                #expect(try await world.client.machine(machine(4))?.kind == .unknown)
                #expect(try await world.client.machine(machine(5))?.mergedInto == machine(1))
                #expect(try await !world.client.alerts(withFile: sha1()).isEmpty)
            }
            #expect(try await world.client.machine(machine(99)) == nil)
            // The service knows machines by name too; we don't.
            #expect(try await world.client.machine(#require(MachineID("laptop-1"))) == nil)
        }
    }

    @Test func listsFiltersAndCounts() async throws {
        try await World.with { (world: World) async throws in
            #expect(try await world.client.machines().count == 5)
            #expect(try await world.client.machineCount() == 5)
            let servers = ODataFilter.equal(.osPlatform, "WindowsServer2022")
            #expect(try await world.client.machines(filter: servers).map(\.id) == [try machine(3)])
            #expect(try await world.client.machineCount(filter: servers) == 1)
            let evil = ODataFilter.equal(.computerDnsName, "x' or 1 eq 1 or computerDnsName eq 'y")
            #expect(try await world.client.machines(filter: evil).isEmpty)
            let some = ODataFilter.oneOf(.id, [.text(EmulatorTenant.id(1)), .text(EmulatorTenant.id(4))])
            #expect(try await world.client.machines(filter: some).count == 2)
            let recent = ODataFilter.and([
                .greater(.lastSeen, .time(world.emulator.now - .seconds(86_400))),
                .startsWith(.computerDnsName, "laptop"),
            ])
            #expect(try await world.client.machines(filter: recent).count == 3)
        }
    }

    @Test(arguments: EmulatorOptions.NextLinks.allCases)
    func pagesWhateverTheLinksAreLike(_ links: EmulatorOptions.NextLinks) async throws {
        var options = EmulatorOptions.quick
        options.nextLinks = links
        options.pageSize = 10
        try await World.with(.fleet(35), options) { (world: World) async throws in
            let list = try await world.client.machines()
            #expect(Set(list.map(\.id)).count == 35)
            #expect(list.isComplete, "\(String(describing: list.cut))")
            let seen = try await world.client.machines(withFile: sha1())
            #expect(Set(seen.map(\.id)).count == 35)
        }
    }

    // MARK: Hunting

    @Test(arguments: DefenderConfiguration.Hunting.allCases, EmulatorOptions.BodyStyle.allCases)
    func huntsByAnyHash(_ service: DefenderConfiguration.Hunting, _ style: EmulatorOptions.BodyStyle) async throws {
        var options = EmulatorOptions.quick
        options.bodies = style
        try await World.with(.small, options, change: { $0.hunting = [service] }) { (world: World) async throws in
            let md5 = try #require(FileHash(.md5, EmulatorTenant.malwareMD5))
            let document = try sha1(EmulatorTenant.document)
            world.emulator.clearRequests()
            let all = try await world.client.huntSightings(of: [md5, document])
            #expect(world.calls.count == 1)
            let program = all.filter { $0.concerns(md5) }
            #expect(program.map(\.machine) == [try machine(1), try machine(2), try machine(3)])
            // The MD5 alone leads to the SHA-1.
            #expect(Set(program.map(\.hashes.sha1)) == [try sha1()])
            #expect(program.map(\.executed) == [.yes, .no, .no])
            #expect(program.map(\.status) == [.seen, .detected, .quarantined])
            #expect(program.first?.path == "C:\\Users\\ana\\invoice.exe")
            #expect(program.allSatisfy { $0.first != nil && $0.last != nil })
            let papers = all.filter { $0.concerns(document) }
            #expect(papers.map(\.machine) == [try machine(2)])
            #expect(papers.first?.executed == .unknown)
        }
    }

    @Test func huntsDevices() async throws {
        try await World.with { (world: World) async throws in
            let devices = try await world.client.huntDevices((1...5).map { try machine($0) } + [machine(77)])
            #expect(try devices.map(\.id) == ((1...5).map { try machine($0) }))
            #expect(devices.map(\.kind) == [.workstation, .workstation, .server, .server, .workstation])
            #expect(try devices[4].mergedTo == machine(1))
            #expect(devices[0].mergedFrom == [try machine(5)])
            #expect(devices[0].manualTags == ["vip"])
        }
    }

    @Test func withoutHuntingTheRestStillWorks() async throws {
        var tenant = EmulatorTenant.small
        tenant.applications = [
            EmulatorTenant.application(World.readID, roles: ["File.Read.All", "Machine.Read.All"]),
            EmulatorTenant.application(World.actID, roles: World.actRoles),
        ]
        try await World.with(tenant, change: { $0.hunting = [.graph, .defenderXDR, .defender] }) {
            (world: World) async throws in
            let error = await failure { try await world.client.huntSightings(of: [sha1()]) }
            #expect(error?.code == .forbidden)
            #expect(try await world.client.machines(withFile: sha1()).count == 2)
        }
    }

    @Test func manyFilesInOneQuery() async throws {
        try await World.with { (world: World) async throws in
            let others = try (0..<900).map {
                try sha1(Hex.encode([UInt8($0 >> 8), UInt8($0 & 255)] + [UInt8](repeating: 9, count: 18)))
            }
            let found = try await world.client.huntSightings(of: others + [sha1()])
            #expect(Set(found.map(\.machine)).count == 3)
            #expect(world.calls.count == 1)
        }
    }
}
