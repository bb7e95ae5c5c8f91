import BailiffModel

/// One row of `DeviceInfo`. The service writes one each hour; the emulator shows the last one and one of a day before,
/// enough for the difference between all rows and the latest of each device to matter.
struct DeviceReport: Sendable {
    let machine: Int
    let time: Timestamp
    let isLatest: Bool

    private static let hour: Int64 = 3_600_000_000

    static func reports(of machine: Int, in data: HuntingData) -> [DeviceReport] {
        let latest = last(machine, data)
        let earlier = latest - .seconds(86_400)
        return earlier >= data.fleet.firstSeen(machine)
            ? [
                DeviceReport(machine: machine, time: earlier, isLatest: false),
                DeviceReport(machine: machine, time: latest, isLatest: true),
            ] : [DeviceReport(machine: machine, time: latest, isLatest: true)]
    }

    private static func last(_ machine: Int, _ data: HuntingData) -> Timestamp {
        let seen = data.fleet.lastSeen(machine, now: data.now)
        guard !data.fleet.isAway(machine), data.now - seen < .seconds(2 * 86_400) else { return seen }
        // Every device has a minute of its own.
        let phase = Int64(truncatingIfNeeded: UInt64(machine) &* 2_654_435_761 % UInt64(hour))
        let passed = (data.now.microseconds - phase) % hour
        return max(seen, data.now - .microseconds(passed < 0 ? passed + hour : passed))
    }

    static let columns: [KQLColumn] = [
        KQLColumn("Timestamp", .datetime), KQLColumn("DeviceId"), KQLColumn("DeviceName"), KQLColumn("ClientVersion"),
        KQLColumn("PublicIP"), KQLColumn("OSArchitecture"), KQLColumn("OSPlatform"), KQLColumn("OSBuild", .long),
        KQLColumn("IsAzureADJoined", .bool), KQLColumn("AadDeviceId"), KQLColumn("LoggedOnUsers"),
        KQLColumn("RegistryDeviceTag"), KQLColumn("OSVersion"), KQLColumn("OSVersionInfo"), KQLColumn("OSDistribution"),
        KQLColumn("MachineGroup"), KQLColumn("ReportId", .long), KQLColumn("OnboardingStatus"),
        KQLColumn("AdditionalFields"), KQLColumn("DeviceCategory"), KQLColumn("DeviceType"), KQLColumn("DeviceSubtype"),
        KQLColumn("Model"), KQLColumn("Vendor"), KQLColumn("MergedDeviceIds"), KQLColumn("MergedToDeviceId"),
        KQLColumn("SensorHealthState"), KQLColumn("IsExcluded", .bool), KQLColumn("ExclusionReason"),
        KQLColumn("ExposureLevel"), KQLColumn("AssetValue"), KQLColumn("DeviceManualTags"),
        KQLColumn("DeviceDynamicTags"), KQLColumn("HostDeviceId"), KQLColumn("IsInternetFacing", .bool),
    ]

    func value(_ column: Int, in data: HuntingData) -> KQLValue {
        let device = data.fleet[machine]
        return switch column {
        case 0: .datetime(time)
        case 1: .string(device.id)
        case 2: .string(device.name)
        case 3: .string(device.agentVersion)
        case 4: .string(device.lastExternalIPAddress)
        case 5: .string(device.osArchitecture)
        case 6: .string(platform(device))
        case 7: device.osBuild.map { .long(Int64($0)) } ?? .null
        case 8: .bool(device.aadDeviceID != nil)
        case 9: .optional(device.aadDeviceID)
        case 10: .string(users(device))
        case 11: .string(device.registryTag ?? "")
        case 12: .string(device.osVersion ?? "10.0")
        case 13: .string(device.version)
        case 14: .string(device.osPlatform)
        case 15: .string(device.groupName ?? "")
        case 16: .long(Int64(500_000 + machine * 2 + (isLatest ? 1 : 0)))
        case 17: .string(device.onboardingStatus)
        case 19: .string(device.deviceCategory)
        case 20: .string(device.deviceType)
        case 24: merged(device, data)
        case 25: .string(device.mergedInto ?? "")
        case 26: .string(data.fleet.health(machine, now: data.now))
        case 27: .bool(device.isExcluded)
        case 28: .string(device.exclusionReason ?? "")
        case 29: .string(device.exposureLevel)
        case 30: .string(device.deviceValue)
        case 31: .string(device.tags.isEmpty ? "" : JSONValue.array(device.tags.map(JSONValue.string)).text())
        case 34: .bool(false)
        default: .string("")
        }
    }

    /// Distributions are told apart in `OSDistribution` only.
    private func platform(_ device: EmulatorTenant.Machine) -> String {
        PlatformMatrix.platform(of: device) == .linux ? "Linux" : device.osPlatform
    }

    private func users(_ device: EmulatorTenant.Machine) -> String {
        let users = device.loggedOnUsers.map { user -> JSONValue in
            ["UserName": .string(user), "DomainName": "HARBOUR", "Sid": .string("S-1-5-21-\(user.utf8.count)")]
        }
        return JSONValue.array(users).text()
    }

    private func merged(_ device: EmulatorTenant.Machine, _ data: HuntingData) -> KQLValue {
        let ids = data.fleet.mergedRecords(into: device.id)
        return .string(ids.isEmpty ? "" : JSONValue.array(ids.map(JSONValue.string)).text())
    }
}
