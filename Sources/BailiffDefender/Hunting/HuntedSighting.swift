package import BailiffModel

/// What hunting tells of one file on one device.
package struct HuntedSighting: Sendable, Hashable {
    package var machine: MachineID
    package var deviceName: String?
    /// All hashes that the events name for this file: an MD5-only question learns the SHA-1 here. Empty where the answer
    /// names none.
    package var hashes: FileHashes
    package var first: Timestamp?
    package var last: Timestamp?
    /// Where it was seen last, as far as the answer tells.
    package var path: String?
    package var paths: [String]
    package var fileNames: [String]
    /// `no` only where process and image-load tables were read and every name is that of a program; documents, scripts and
    /// archives leave no such event when they are opened.
    package var executed: Sighting.Executed
    package var status: Sighting.Status
    /// The tables that have it.
    package var tables: [String]

    package func concerns(_ hash: FileHash) -> Bool { hashes.all.contains(hash) }
}

/// What hunting tells of one device.
package struct HuntedDevice: Sendable, Hashable {
    package var id: MachineID
    package var name: String?
    /// From DeviceType; `unknown` for what is neither workstation nor server, and where it is not said.
    package var kind: Machine.Kind
    package var deviceType: String?
    package var deviceCategory: String?
    package var os: String?
    /// The live record this one was merged into.
    package var mergedTo: MachineID?
    /// Older records that were merged into this one.
    package var mergedFrom: [MachineID]
    package var group: String?
    package var manualTags: [String]
    package var dynamicTags: [String]
    /// Set on the device itself: whoever is administrator there can change it.
    package var registryTag: String?
    /// `Low`, `Normal`, `High`.
    package var assetValue: String?
    package var onboardingStatus: String?
    package var isExcluded: Bool?
    package var lastReport: Timestamp?

    /// Nil without a usable id.
    init?(_ row: JSONValue) {
        guard let id = row.field("DeviceId")?.string.flatMap(MachineID.init) else { return nil }
        self.id = id
        name = row.field("DeviceName")?.filled
        deviceType = row.field("DeviceType")?.filled
        switch deviceType.map(ASCII.lowerCased) {
        case "workstation": kind = .workstation
        case "server": kind = .server
        default: kind = .unknown
        }
        deviceCategory = row.field("DeviceCategory")?.filled
        os = row.field("OSPlatform")?.filled
        mergedTo = row.field("MergedToDeviceId")?.filled.flatMap(MachineID.init)
        mergedFrom = HuntedDevice.ids(row.field("MergedDeviceIds"))
        group = row.field("MachineGroup")?.filled
        manualTags = HuntedDevice.words(row.field("DeviceManualTags"))
        dynamicTags = HuntedDevice.words(row.field("DeviceDynamicTags"))
        registryTag = row.field("RegistryDeviceTag")?.filled
        assetValue = row.field("AssetValue")?.filled
        onboardingStatus = row.field("OnboardingStatus")?.filled
        isExcluded = row.field("IsExcluded")?.flag ?? row.field("IsExcluded")?.wholeNumber.map { $0 != 0 }
        lastReport = row.field("Timestamp")?.time
    }

    /// An array, an array as JSON text, or one word.
    private static func words(_ value: JSONValue?) -> [String] {
        guard let value else { return [] }
        if let text = value.filled, text.utf8.first != 0x5B { return [text] }
        return value.strings.filter { !$0.isEmpty }
    }

    /// As ``words(_:)``, or ids joined by commas or semicolons.
    private static func ids(_ value: JSONValue?) -> [MachineID] {
        words(value).flatMap { word in
            word.utf8.split(whereSeparator: { $0 == 0x2C || $0 == 0x3B || $0 == 0x20 }).map {
                String(decoding: $0, as: UTF8.self)
            }
        }.compactMap(MachineID.init)
    }
}
