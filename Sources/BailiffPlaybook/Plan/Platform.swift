import BailiffModel

/// Operating systems as far as Defender's actions differ on them.
enum Platform: Hashable {
    case windowsClient
    /// The year of the release, 2012 for 2012 R2.
    case windowsServer(Int)
    case oldWindows, macOS, linux, mobile
    /// Not known: Defender is asked and says no if it must.
    case unknown

    init(os: String) {
        let name = os.lowercased()
        func has(_ prefixes: String...) -> Bool { prefixes.contains { name.hasPrefix($0) } }
        if has("windowsserver") {
            let digits = name.dropFirst("windowsserver".count).prefix { $0.isASCII && $0.isNumber }
            let isR2 = name.hasSuffix("r2")
            switch Int(digits) ?? 0 {
            case 2008: self = .oldWindows
            case 2012: self = isR2 ? .windowsServer(2012) : .oldWindows
            case let year where year >= 2016: self = .windowsServer(year)
            default: self = .unknown
            }
        } else if has("windows10", "windows11") {
            self = .windowsClient
        } else if has("windows7", "windows8", "windowsxp", "windowsvista") {
            self = .oldWindows
        } else if has("macos") {
            self = .macOS
        } else if has("ios", "ipados", "android") {
            self = .mobile
        } else if has(
            "linux", "ubuntu", "redhat", "rhel", "debian", "centos", "suse", "sles", "oracle", "amazonlinux", "fedora",
            "rocky", "alma", "mariner", "azurelinux")
        {
            self = .linux
        } else {
            self = .unknown
        }
    }

    /// Whether the action can be done here.
    func allows(_ action: ActionKind, _ parameters: ActionParameters) -> Bool {
        switch action {
        case .isolate:
            switch self {
            case .oldWindows, .mobile: false
            case .linux: parameters.isolationType != .selective
            default: true
            }
        case .release: ![.oldWindows, .mobile].contains(self)
        case .antivirusScan: ![.oldWindows, .mobile].contains(self)
        case .restrictApps, .unrestrictApps: isWindows(serverSince: 2019)
        case .stopAndQuarantine: isWindows(serverSince: 2012)
        case .collectPackage: ![.oldWindows, .mobile].contains(self)
        case .investigate: !ways(parameters.via ?? []).isEmpty
        case .tag, .untag, .blockFile, .unblockFile: true
        }
    }

    /// The ways of an investigation that are open here, in the given order.
    func ways(_ wanted: [ActionParameters.InvestigationWay]) -> [ActionParameters.InvestigationWay] {
        wanted.filter { way in
            switch way {
            // Automated investigation runs on Windows alone.
            case .start, .alertByReference: isWindows(serverSince: 2019)
            case .antivirusScan: allows(.antivirusScan, ActionParameters())
            }
        }
    }

    private func isWindows(serverSince year: Int) -> Bool {
        switch self {
        case .windowsClient, .unknown: true
        case .windowsServer(let release): release >= year
        default: false
        }
    }
}
