/// Which action works on which platform, by operating system, build and agent.
enum PlatformMatrix {
    enum Platform: Sendable, Equatable {
        case windowsClient(build: Int)
        case windowsServer(year: Int)
        case macOS
        case linux
        case other
    }

    static func platform(of machine: EmulatorTenant.Machine) -> Platform {
        let name = Route.lowercased(machine.osPlatform)
        if name.hasPrefix("windowsserver") {
            // 2012R2 and later count by year; 2008R2 and 2012 without R2 are too old for everything.
            let digits = name.dropFirst("windowsserver".count).utf8.prefix { (48...57).contains($0) }
            let year = Int(Substring(digits)) ?? 0
            let isR2 = name.hasSuffix("r2")
            return .windowsServer(year: year == 2012 && !isR2 ? 2011 : year)
        }
        if name == "windows10" || name == "windows11" || name.hasPrefix("windows10") || name.hasPrefix("windows11") {
            return .windowsClient(build: machine.osBuild ?? 0)
        }
        if name.hasPrefix("windows") { return .windowsClient(build: 0) }
        if name == "macos" { return .macOS }
        return linux.contains(name) ? .linux : .other
    }

    private static let linux: Set<String> = [
        "linux", "ubuntu", "debian", "redhatenterpriselinux", "centos", "suse", "slesforsap",
        "suselinuxenterpriseserver",
        "oraclelinux", "fedora", "amazonlinux", "rockylinux", "almalinux", "mariner", "azurelinux",
    ]

    // Builds of Windows 10 releases.
    private static let release1703 = 15063
    private static let release1709 = 16299
    private static let agent = [101, 98, 84]

    /// - Throws: OsPlatformNotSupported or ClientVersionNotSupported.
    static func check(_ kind: MachineAction.Kind, scope: String?, on machine: EmulatorTenant.Machine) throws(APIError) {
        switch (kind, platform(of: machine)) {
        case (_, .other): throw unsupported(machine)
        case (.isolate, .windowsClient(let build)), (.unisolate, .windowsClient(let build)),
            (.stopAndQuarantineFile, .windowsClient(let build)):
            try require(build >= release1703, kind, "Windows 10 version 1703")
        case (.runAntiVirusScan, .windowsClient(let build)), (.restrictCodeExecution, .windowsClient(let build)),
            (.unrestrictCodeExecution, .windowsClient(let build)), (.liveResponse, .windowsClient(let build)):
            try require(build >= release1709, kind, "Windows 10 version 1709")
        case (.collectInvestigationPackage, .windowsClient), (.offboard, .windowsClient): break
        case (.restrictCodeExecution, .windowsServer(let year)), (.unrestrictCodeExecution, .windowsServer(let year)),
            (.liveResponse, .windowsServer(let year)):
            try require(year >= 2019, kind, "Windows Server 2019")
        case (_, .windowsServer(let year)): try require(year >= 2012, kind, "Windows Server 2012 R2")
        case (.isolate, .linux) where scope == "Selective": throw unsupported(machine)
        case (.isolate, .macOS), (.unisolate, .macOS), (.runAntiVirusScan, .macOS), (.runAntiVirusScan, .linux):
            try require(isCurrent(machine.agentVersion), kind, "101.98.84")
        case (.isolate, .linux), (.unisolate, .linux), (.collectInvestigationPackage, .macOS),
            (.collectInvestigationPackage, .linux), (.liveResponse, .macOS), (.liveResponse, .linux):
            break
        case (.restrictCodeExecution, _), (.unrestrictCodeExecution, _), (.stopAndQuarantineFile, _), (.offboard, _):
            throw unsupported(machine)
        }
    }

    static func checkInvestigation(on machine: EmulatorTenant.Machine) throws(APIError) {
        switch platform(of: machine) {
        case .windowsClient(let build):
            guard build >= release1709 else { throw tooOld("Investigation", "Windows 10 version 1709") }
        case .windowsServer(let year):
            guard year >= 2019 else { throw tooOld("Investigation", "Windows Server 2019") }
        case .macOS, .linux, .other: throw unsupported(machine)
        }
    }

    private static func require(_ isMet: Bool, _ kind: MachineAction.Kind, _ version: String) throws(APIError) {
        guard isMet else { throw tooOld(kind.rawValue, version) }
    }

    private static func tooOld(_ action: String, _ version: String) -> APIError {
        APIError(400, "ClientVersionNotSupported", "\(action) is supported on client version \(version) and above.")
    }

    private static func unsupported(_ machine: EmulatorTenant.Machine) -> APIError {
        APIError(400, "OsPlatformNotSupported", "OS Platform \(machine.osPlatform) isn't supported for this action.")
    }

    /// Whether an agent of macOS or Linux, such as `101.24052.0013`, is at least 101.98.84. Linux agents carry their
    /// number as `30.124092.2.0` too, which is newer than all of the first kind.
    private static func isCurrent(_ version: String) -> Bool {
        let numbers = version.utf8.split(separator: UInt8(ascii: ".")).map { Int(Substring($0)) ?? 0 }
        if numbers.first == 30 { return true }
        return !numbers.lexicographicallyPrecedes(agent)
    }
}
