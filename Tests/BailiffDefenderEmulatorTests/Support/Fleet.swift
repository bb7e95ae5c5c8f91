import BailiffDefenderEmulator
import BailiffModel

/// A small fleet with one machine of every kind that behaves differently.
enum Fleet {
    static func id(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "a", count: 40 - digits.utf8.count) + digits
    }

    static let laptop = id(1)
    static let away = id(2)
    static let controller = id(3)
    static let server2016 = id(4)
    static let linux = id(5)
    static let mac = id(6)
    static let unmanaged = id(7)
    static let merged = id(8)
    static let oldMac = id(9)
    static let oldWindows = id(10)

    static let bad = EmulatorTenant.File(
        sha1: "1f2e3d4c5b6a79880706f5e4d3c2b1a098877665", sha256: String(repeating: "5c", count: 32),
        md5: "0f1e2d3c4b5a69788796a5b4c3d2e1f0", name: "invoice.exe", globalPrevalence: 7,
        determinationType: "Malware", determinationValue: "Trojan:Win32/Testling.A")
    static let library = EmulatorTenant.File(
        sha1: "2f2e3d4c5b6a79880706f5e4d3c2b1a098877665", md5: "1f1e2d3c4b5a69788796a5b4c3d2e1f0", name: "helper.dll",
        fileType: "DLL", huntingHashes: [.md5])
    static let trusted = EmulatorTenant.File(
        sha1: "3f2e3d4c5b6a79880706f5e4d3c2b1a098877665", name: "shell.exe", signer: "Microsoft Corporation",
        isTrusted: true)
    static let unknownToFiles = EmulatorTenant.File(
        sha1: "4f2e3d4c5b6a79880706f5e4d3c2b1a098877665", name: "note.js", isKnownToFilesAPI: false)
    static let ancient = EmulatorTenant.File(sha1: "5f2e3d4c5b6a79880706f5e4d3c2b1a098877665", name: "old.exe")

    static let everything = EmulatorTenant.Application(
        name: "everything", clientID: "11111111-1111-4111-8111-111111111111", secret: "s3cret+/&=",
        roles: [
            "File.Read.All", "Machine.Read.All", "Machine.ReadWrite.All", "Alert.Read.All", "Alert.ReadWrite.All",
            "Machine.Isolate", "Machine.RestrictExecution", "Machine.Scan", "Machine.CollectForensics",
            "Machine.StopAndQuarantine", "Machine.LiveResponse", "Machine.Offboard", "Ti.ReadWrite.All",
            "AdvancedQuery.Read.All", "AdvancedHunting.Read.All", "ThreatHunting.Read.All", "User.Read.All",
            "URL.Read.All", "Ip.Read.All",
        ])
    static let reader = EmulatorTenant.Application(
        name: "reader", clientID: "22222222-2222-4222-8222-222222222222", secret: "reader-secret",
        roles: ["Machine.Read.All"])
    static let quarantiner = EmulatorTenant.Application(
        name: "quarantiner", clientID: "33333333-3333-4333-8333-333333333333", secret: "quarantine-secret",
        secretExpires: .ago(.seconds(-86_400)), roles: ["Machine.StopAndQuarantine", "Ti.ReadWrite"])

    static func sighting(_ machine: String, _ file: EmulatorTenant.File) -> EmulatorTenant.Sighting {
        EmulatorTenant.Sighting(machine: machine, file: file.sha1, path: "C:\\Temp\\\(file.name)")
    }

    static let tenant: EmulatorTenant = {
        var ran = sighting(laptop, bad)
        ran.execution = .process
        var loaded = sighting(away, library)
        loaded.execution = .image
        var found = sighting(server2016, bad)
        found.status = .detected
        var old = sighting(laptop, ancient)
        (old.first, old.last) = (.ago(.seconds(50 * 86_400)), .ago(.seconds(40 * 86_400)))
        var hidden = sighting(controller, unknownToFiles)
        hidden.visibility = .hunting
        return EmulatorTenant(
            applications: [everything, reader, quarantiner], machines: machines,
            files: [bad, library, trusted, unknownToFiles, ancient],
            sightings: [
                ran, sighting(controller, bad), loaded, found, old, hidden, sighting(laptop, trusted),
                sighting(linux, bad), sighting(mac, bad), sighting(merged, library),
            ])
    }()

    static let machines: [EmulatorTenant.Machine] = [
        EmulatorTenant.Machine(
            id: laptop, name: "lap-1.quay.example", ipAddresses: [EmulatorTenant.IPAddress(address: "10.1.1.1")],
            riskScore: "High", groupID: 3, groupName: "Workstations", tags: ["vip", "floor 2"],
            loggedOnUsers: ["mira"]),
        EmulatorTenant.Machine(id: away, name: "lap-2.quay.example", groupName: "Workstations", isOffline: true),
        EmulatorTenant.Machine(
            id: controller, name: "dc-1.quay.example", osPlatform: "WindowsServer2022", version: "21H2",
            osBuild: 20348, groupName: "Domain Controllers", deviceType: "Server"),
        EmulatorTenant.Machine(
            id: server2016, name: "app-1.quay.example", osPlatform: "WindowsServer2016", version: "1607",
            osBuild: 14393, deviceType: "Server"),
        EmulatorTenant.Machine(
            id: linux, name: "web-1.quay.example", osPlatform: "Ubuntu", version: "22.4", osBuild: nil,
            agentVersion: "30.124092.2.0", deviceType: "Server"),
        EmulatorTenant.Machine(
            id: mac, name: "mac-1.quay.example", osPlatform: "macOS", osBuild: nil, agentVersion: "101.25012.0005"),
        EmulatorTenant.Machine(
            id: unmanaged, name: "guest-1.quay.example", healthStatus: "Unknown", onboardingStatus: "CanBeOnboarded"),
        EmulatorTenant.Machine(
            id: merged, name: "lap-1.quay.example", lastSeen: .ago(.seconds(20 * 86_400)), mergedInto: laptop,
            isOffline: true),
        EmulatorTenant.Machine(
            id: oldMac, name: "mac-2.quay.example", osPlatform: "macOS", osBuild: nil, agentVersion: "101.70.11"),
        EmulatorTenant.Machine(
            id: oldWindows, name: "lap-9.quay.example", osPlatform: "Windows10", version: "1607", osBuild: 14393),
    ]
}
