import BailiffDefenderEmulator
import BailiffModel
import Crypto
import Testing

@Suite("Generated fleets")
struct GeneratedFleetTests {
    @Test("the same for the same seed, another for another")
    func seeded() {
        #expect(EmulatorTenant.generated(machines: 200, seed: 1) == .generated(machines: 200, seed: 1))
        #expect(EmulatorTenant.generated(machines: 200, seed: 1) != .generated(machines: 200, seed: 2))
    }

    @Test("any size", arguments: [-1, 0, 1, 7, 2_000])
    func sizes(_ count: Int) async throws {
        let tenant = EmulatorTenant.generated(machines: count, seed: 5)
        #expect(tenant.machines.count == max(0, count))
        try await Bench.run(tenant: tenant) { bench in
            let answer = try await bench.caller(tenant.applications[0]).get("/api/machines?$count=true&$top=1")
            #expect(answer["@odata.count"] == .int(Int64(max(0, count))))
        }
    }

    @Test("a few of everything that automations stumble over")
    func variety() {
        let tenant = EmulatorTenant.generated(machines: 5_000, seed: 1)
        let machines = tenant.machines
        #expect(machines.contains { $0.isOffline } && machines.contains { $0.mergedInto != nil })
        #expect(machines.contains { $0.isPotentialDuplication })
        #expect(machines.contains { $0.groupName == "Domain Controllers" })
        #expect(machines.contains { $0.onboardingStatus != "Onboarded" })
        #expect(machines.contains { $0.healthStatus == "Inactive" })
        #expect(Set(machines.map(\.osPlatform)).count == 8)
        #expect(tenant.sightings.contains { $0.status == .detected })
        #expect(tenant.sightings.contains { $0.visibility == .hunting })
    }

    @Test("files are named by their number, so that anyone can compute their hashes")
    func files() {
        let tenant = EmulatorTenant.generated(machines: 3_000, seed: 9)
        let text = Array("bailiff emulator file 9/0".utf8)
        #expect(tenant.files[0].sha1 == Hex.encode(Array(Insecure.SHA1.hash(data: text))))
        #expect(tenant.files[0].md5 == Hex.encode(Array(Insecure.MD5.hash(data: text))))
        let outbreak = tenant.sightings.count { $0.file == tenant.files[0].sha1 }
        #expect((3...40).contains(outbreak))
    }
}
