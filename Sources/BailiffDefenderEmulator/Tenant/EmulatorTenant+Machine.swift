extension EmulatorTenant {
    /// One device record with everything the machine entity and the `DeviceInfo` table show of it.
    package struct Machine: Sendable, Equatable {
        /// Usually 40 hexadecimal digits; opaque.
        package var id: String
        package var name: String
        package var firstSeen: Moment
        /// The last full report. An online machine goes on reporting daily while the emulator runs.
        package var lastSeen: Moment
        /// `Windows10`, `Windows11`, `WindowsServer2022`, `macOS`, `Ubuntu`, …
        package var osPlatform: String
        package var osVersion: String?
        package var osProcessor: String
        /// The feature release: `22H2`.
        package var version: String
        /// Null for Linux in recorded bodies.
        package var osBuild: Int?
        package var osArchitecture: String
        package var agentVersion: String
        package var lastIPAddress: String
        package var lastExternalIPAddress: String
        package var ipAddresses: [IPAddress]
        package var healthStatus: String
        package var onboardingStatus: String
        package var deviceValue: String
        package var riskScore: String
        package var exposureLevel: String
        package var groupID: Int
        package var groupName: String?
        package var tags: [String]
        /// Tags set on the device itself, by whoever is administrator there.
        package var registryTag: String?
        package var aadDeviceID: String?
        package var managedBy: String
        package var managedByStatus: String
        package var defenderAVStatus: String
        package var mergedInto: String?
        package var isPotentialDuplication: Bool
        package var isExcluded: Bool
        package var exclusionReason: String?
        /// `Workstation`, `Server`, `Mobile`, …: only hunting shows it.
        package var deviceType: String
        /// `Endpoint`, `Network device`, `IoT`, `Unknown`.
        package var deviceCategory: String
        /// Account names, without domain.
        package var loggedOnUsers: [String]
        /// Takes no orders until it is back: actions stay pending, and time out after three days.
        package var isOffline: Bool

        package init(
            id: String, name: String, firstSeen: Moment = .ago(.seconds(90 * 86_400)),
            lastSeen: Moment = .ago(.seconds(2 * 3_600)), osPlatform: String = "Windows11", osVersion: String? = nil,
            osProcessor: String = "x64", version: String = "23H2", osBuild: Int? = 22631,
            osArchitecture: String = "64-bit", agentVersion: String = "10.8760.22631.4317",
            lastIPAddress: String = "10.20.30.40", lastExternalIPAddress: String = "192.0.2.10",
            ipAddresses: [IPAddress] = [], healthStatus: String = "Active", onboardingStatus: String = "Onboarded",
            deviceValue: String = "Normal", riskScore: String = "None", exposureLevel: String = "Low", groupID: Int = 0,
            groupName: String? = nil, tags: [String] = [], registryTag: String? = nil, aadDeviceID: String? = nil,
            managedBy: String = "Intune", managedByStatus: String = "Success", defenderAVStatus: String = "Updated",
            mergedInto: String? = nil, isPotentialDuplication: Bool = false, isExcluded: Bool = false,
            exclusionReason: String? = nil, deviceType: String = "Workstation", deviceCategory: String = "Endpoint",
            loggedOnUsers: [String] = [], isOffline: Bool = false
        ) {
            self.id = id
            self.name = name
            self.firstSeen = firstSeen
            self.lastSeen = lastSeen
            self.osPlatform = osPlatform
            self.osVersion = osVersion
            self.osProcessor = osProcessor
            self.version = version
            self.osBuild = osBuild
            self.osArchitecture = osArchitecture
            self.agentVersion = agentVersion
            self.lastIPAddress = lastIPAddress
            self.lastExternalIPAddress = lastExternalIPAddress
            self.ipAddresses = ipAddresses
            self.healthStatus = healthStatus
            self.onboardingStatus = onboardingStatus
            self.deviceValue = deviceValue
            self.riskScore = riskScore
            self.exposureLevel = exposureLevel
            self.groupID = groupID
            self.groupName = groupName
            self.tags = tags
            self.registryTag = registryTag
            self.aadDeviceID = aadDeviceID
            self.managedBy = managedBy
            self.managedByStatus = managedByStatus
            self.defenderAVStatus = defenderAVStatus
            self.mergedInto = mergedInto
            self.isPotentialDuplication = isPotentialDuplication
            self.isExcluded = isExcluded
            self.exclusionReason = exclusionReason
            self.deviceType = deviceType
            self.deviceCategory = deviceCategory
            self.loggedOnUsers = loggedOnUsers
            self.isOffline = isOffline
        }
    }

    package struct IPAddress: Sendable, Equatable {
        package var address: String
        package var macAddress: String?
        package var type: String
        package var operationalStatus: String

        package init(
            address: String, macAddress: String? = nil, type: String = "Ethernet", operationalStatus: String = "Up"
        ) {
            self.address = address
            self.macAddress = macAddress
            self.type = type
            self.operationalStatus = operationalStatus
        }
    }
}
