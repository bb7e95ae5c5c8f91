import BailiffModel
import Crypto

extension EmulatorTenant {
    /// A fleet of any size, the same for the same seed.
    ///
    /// One application, `generated`, holds every role; its client id is
    /// `00000000-0000-4000-8000-000000000001` and its secret `generated-secret`. File number n has the hashes of the text
    /// `bailiff emulator file SEED/n`, so that anyone can name it; file 0 is the outbreak: about 1 machine in 243 saw it.
    /// - Parameter machines: 0 to 1,000,000; other numbers count as the nearest of these.
    package static func generated(machines: Int, seed: UInt64) -> EmulatorTenant {
        var generator = FleetGenerator(seed: seed)
        return generator.tenant(machines: min(max(0, machines), 1_000_000))
    }
}

/// Makes fleets that look like an organisation's: mostly workstations, a few of everything that is awkward.
struct FleetGenerator {
    private var random: SplitMix64
    private let seed: UInt64

    private static let outbreakOdds = 243

    init(seed: UInt64) {
        self.seed = seed
        random = SplitMix64(seed: seed)
    }

    mutating func tenant(machines count: Int) -> EmulatorTenant {
        var tenant = EmulatorTenant()
        tenant.applications = [
            EmulatorTenant.Application(
                name: "generated", clientID: "00000000-0000-4000-8000-000000000001", secret: "generated-secret",
                roles: Audience.allRoles)
        ]
        tenant.machines.reserveCapacity(count)
        for index in 0..<count { tenant.machines.append(machine(index, behind: tenant.machines.last)) }
        let files = min(2_000, max(20, count / 20))
        tenant.files = (0..<files).map { file($0) }
        tenant.sightings.reserveCapacity(count * 3)
        for machine in tenant.machines { sightings(of: machine, among: tenant.files, into: &tenant.sightings) }
        return tenant
    }

    // MARK: Machines

    /// So many of a hundred machines, in order.
    private static let platforms: [(share: Int, name: String, group: String, groupID: Int)] = [
        (58, "Windows11", "Workstations", 3), (20, "Windows10", "Workstations", 3), (4, "macOS", "Macs", 4),
        (8, "WindowsServer2022", "Servers", 7), (4, "WindowsServer2019", "Servers", 7),
        (1, "WindowsServer2016", "Servers", 7), (4, "Ubuntu", "Linux servers", 8),
        (1, "RedHatEnterpriseLinux", "Linux servers", 8),
    ]
    private static let sites = ["ber", "ham", "muc", "osl", "lis", "gva"]

    private mutating func machine(_ index: Int, behind: EmulatorTenant.Machine?) -> EmulatorTenant.Machine {
        var share = random.below(100)
        var platform = FleetGenerator.platforms[0]
        for candidate in FleetGenerator.platforms {
            platform = candidate
            if share < candidate.share { break }
            share -= candidate.share
        }
        let defaults = PlatformDefaults(platform.name)
        let site = random.element(of: FleetGenerator.sites, default: "ber")
        let letter = defaults.deviceType == "Server" ? "srv" : "wks"
        var machine = EmulatorTenant.Machine(
            id: random.hexDigits(40), name: "\(site)-\(letter)-\(100_000 + index).harbour.example",
            osPlatform: platform.name, version: defaults.version, osBuild: defaults.build, agentVersion: defaults.agent,
            groupID: platform.groupID, groupName: platform.group, managedBy: defaults.managedBy,
            deviceType: defaults.deviceType)
        machine.firstSeen = .ago(.seconds(86_400 * Int64(30 + random.below(700))))
        machine.lastSeen = .ago(.microseconds(Int64(random.below(86_400_000)) * 1_000 + 337))
        machine.lastIPAddress = "10.\(20 + index >> 16 & 127).\(index >> 8 & 255).\(index & 255)"
        machine.lastExternalIPAddress = "192.0.2.\(1 + random.below(254))"
        if defaults.build != nil { machine.aadDeviceID = random.guid() }
        dress(&machine, index, behind)
        return machine
    }

    /// A few of everything that automations stumble over.
    private mutating func dress(
        _ machine: inout EmulatorTenant.Machine, _ index: Int, _ behind: EmulatorTenant.Machine?
    ) {
        switch random.below(1_000) {
        case 0..<25:
            machine.healthStatus = "Inactive"
            machine.lastSeen = .ago(.seconds(86_400 * Int64(8 + random.below(80))))
            machine.isOffline = true
        case 25..<45: machine.isOffline = true
        case 45..<50: machine.healthStatus = "ImpairedCommunication"
        case 50..<55: machine.healthStatus = "NoSensorData"
        case 55..<65: machine.onboardingStatus = "CanBeOnboarded"
        case 65..<75:
            // Reinstalled: the earlier record of the same name stays behind.
            if let twin = behind {
                machine.name = twin.name
                machine.isPotentialDuplication = true
            }
        case 75..<80:
            if let survivor = behind, survivor.mergedInto == nil {
                machine.name = survivor.name
                machine.mergedInto = survivor.id
                machine.isOffline = true
                machine.lastSeen = .ago(.seconds(86_400 * 20))
            }
        case 80..<90: machine.deviceValue = "High"
        case 90..<95: machine.tags = ["protect:owner"]
        case 95..<97 where machine.deviceType == "Server":
            machine.groupName = "Domain Controllers"
            machine.groupID = 12
            machine.deviceValue = "High"
        default: break
        }
        if random.below(20) == 0 { machine.riskScore = random.element(of: ["Low", "Medium", "High"], default: "Low") }
        if random.below(4) == 0 { machine.exposureLevel = "Medium" }
        if machine.deviceType == "Workstation" { machine.loggedOnUsers = ["user\(index)"] }
    }

    // MARK: Files

    private func file(_ index: Int) -> EmulatorTenant.File {
        let text = Array("bailiff emulator file \(seed)/\(index)".utf8)
        let isBad = index % 10 == 0
        return EmulatorTenant.File(
            sha1: Hex.encode(Array(Insecure.SHA1.hash(data: text))), sha256: Hex.encode(Array(SHA256.hash(data: text))),
            md5: Hex.encode(Array(Insecure.MD5.hash(data: text))),
            name: isBad ? "invoice-\(index).exe" : "tool-\(index).exe",
            size: 40_000 + index * 997, signer: isBad ? nil : "Northwind Tools Ltd",
            isValidCertificate: isBad ? nil : true,
            globalPrevalence: isBad ? 3 + index % 50 : 20_000 + index, globalFirstObserved: .ago(.seconds(86_400 * 40)),
            globalLastObserved: .ago(.seconds(3_600)), determinationType: isBad ? "Malware" : "Unknown",
            determinationValue: isBad ? "Trojan:Win32/Seedling.\(index)" : nil)
    }

    // MARK: Sightings

    private mutating func sightings(
        of machine: EmulatorTenant.Machine, among files: [EmulatorTenant.File],
        into sightings: inout [EmulatorTenant.Sighting]
    ) {
        if let outbreak = files.first, random.below(FleetGenerator.outbreakOdds) == 0 {
            sightings.append(sighting(machine, outbreak))
        }
        var seen: Set<Int> = [0]
        for _ in 0..<2 + random.below(2) {
            // The square favours low numbers: a few files are everywhere, most are rare.
            let place = random.unit()
            let index = min(files.count - 1, Int((place * place * Double(files.count)).rounded(.down)))
            if seen.insert(index).inserted { sightings.append(sighting(machine, files[index])) }
        }
    }

    private mutating func sighting(
        _ machine: EmulatorTenant.Machine, _ file: EmulatorTenant.File
    ) -> EmulatorTenant.Sighting {
        let first = Int64(random.below(25 * 86_400)) + 60
        let last = Int64(random.below(Int(clamping: first)))
        let isBad = file.determinationType == "Malware"
        var sighting = EmulatorTenant.Sighting(
            machine: machine.id, file: file.sha1, first: .ago(.microseconds(first * 1_000_000 + 123_457)),
            last: .ago(.microseconds(last * 1_000_000 + 7_919)))
        sighting.execution = random.below(3) == 0 ? .process : .none
        if isBad, random.below(20) == 0 {
            sighting.status = random.element(of: [.detected, .quarantined], default: .detected)
        }
        switch random.below(100) {
        case 0: sighting.visibility = .hunting
        case 1: sighting.visibility = .files
        default: break
        }
        return sighting
    }
}
