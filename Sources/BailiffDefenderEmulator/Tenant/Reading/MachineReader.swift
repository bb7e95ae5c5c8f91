import BailiffYAML

/// Reads a machine of a tenant file: id and name are needed, the rest follows from the platform.
enum MachineReader {
    private static let health = [
        "Active", "Inactive", "ImpairedCommunication", "NoSensorData", "NoSensorDataImpairedCommunication", "Unknown",
    ]
    private static let onboarding = ["Onboarded", "CanBeOnboarded", "Unsupported", "InsufficientInfo"]
    private static let risk = ["None", "Informational", "Low", "Medium", "High"]
    private static let exposure = ["None", "Low", "Medium", "High"]
    private static let value = ["Normal", "Low", "High"]
    private static let types = ["Workstation", "Server", "Mobile", "NetworkDevice", "Unknown"]
    private static let categories = ["Endpoint", "Network device", "IoT", "Unknown"]

    static func machine(_ fields: YAMLFields, groups: [String: Int]) -> EmulatorTenant.Machine? {
        let id = fields.required("id", TenantShape.machineID)
        let name = fields.required("name", TenantShape.loose)
        var machine = EmulatorTenant.Machine(id: id ?? "", name: name ?? "")
        system(fields, &machine)
        state(fields, &machine)
        group(fields, &machine, groups)
        addresses(fields, &machine)
        record(fields, &machine)
        return id == nil || name == nil ? nil : machine
    }

    private static func system(_ fields: YAMLFields, _ machine: inout EmulatorTenant.Machine) {
        machine.osPlatform = fields.optional("platform", .word(PlatformDefaults.platforms)) ?? "Windows11"
        let defaults = PlatformDefaults(machine.osPlatform)
        machine.version = fields.optional("version", TenantShape.loose) ?? defaults.version
        machine.osVersion = fields.optional("os_version", TenantShape.loose)
        machine.osBuild = fields.optional("build", .integer(0...10_000_000)) ?? defaults.build
        machine.agentVersion = fields.optional("agent", TenantShape.loose) ?? defaults.agent
        machine.osProcessor = fields.optional("processor", TenantShape.loose) ?? "x64"
        machine.deviceType = fields.optional("type", .word(types)) ?? defaults.deviceType
        machine.deviceCategory = fields.optional("category", .word(categories)) ?? "Endpoint"
        machine.managedBy = fields.optional("managed_by", .text) ?? defaults.managedBy
        machine.aadDeviceID = fields.optional("aad_device_id", TenantShape.guid)
    }

    private static func state(_ fields: YAMLFields, _ machine: inout EmulatorTenant.Machine) {
        machine.healthStatus = fields.optional("health", .word(health)) ?? "Active"
        machine.onboardingStatus = fields.optional("onboarding", .word(onboarding)) ?? "Onboarded"
        machine.riskScore = fields.optional("risk", .word(risk)) ?? "None"
        machine.exposureLevel = fields.optional("exposure", .word(exposure)) ?? "Low"
        machine.deviceValue = fields.optional("value", .word(value)) ?? "Normal"
        machine.firstSeen = fields.optional("first_seen", TenantShape.moment) ?? machine.firstSeen
        machine.lastSeen = fields.optional("last_seen", TenantShape.moment) ?? machine.lastSeen
    }

    private static func group(
        _ fields: YAMLFields, _ machine: inout EmulatorTenant.Machine, _ groups: [String: Int]
    ) {
        if let group = fields.optional("group", YAMLShape<String>.text.located) {
            machine.groupName = group.value
            if groups.isEmpty {
                machine.groupID = 1 + Int(truncatingIfNeeded: SplitMix64.hash(group.value) % 900)
            } else if let id = groups[group.value] {
                machine.groupID = id
            } else {
                fields.error("TE004", "there is no group '\(group.value)'", at: group.location)
            }
        }
        machine.tags = fields.optional("tags", .list(of: TenantShape.loose)) ?? []
        machine.registryTag = fields.optional("registry_tag", TenantShape.loose)
        machine.loggedOnUsers = fields.optional("users", .list(of: TenantShape.loose)) ?? []
    }

    private static func addresses(_ fields: YAMLFields, _ machine: inout EmulatorTenant.Machine) {
        let list = fields.optional("addresses", YAMLShape<[String]>.list(of: TenantShape.loose)) ?? []
        machine.ipAddresses = list.map { EmulatorTenant.IPAddress(address: $0) }
        machine.lastIPAddress = list.first ?? machine.lastIPAddress
        machine.lastExternalIPAddress =
            fields.optional("external_address", TenantShape.loose) ?? machine.lastExternalIPAddress
    }

    /// What makes a record less than a machine.
    private static func record(_ fields: YAMLFields, _ machine: inout EmulatorTenant.Machine) {
        machine.mergedInto = fields.optional("merged_into", TenantShape.machineID)
        machine.isPotentialDuplication = fields.optional("duplicate", .flag) ?? false
        machine.exclusionReason = fields.optional("excluded_because", .text)
        machine.isExcluded = fields.optional("excluded", .flag) ?? (machine.exclusionReason != nil)
        // Nothing listens behind a record that was merged away, or one that has gone silent.
        let isSilent = machine.mergedInto != nil || ["Inactive", "NoSensorData"].contains(machine.healthStatus)
        machine.isOffline = fields.optional("offline", .flag) ?? isSilent
    }
}
