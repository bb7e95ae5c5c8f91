/// What a machine of a platform looks like unless its tenant says otherwise.
struct PlatformDefaults: Sendable {
    var version: String
    var build: Int?
    var agent: String
    var deviceType: String
    var managedBy: String

    static let platforms = [
        "Windows10", "Windows11", "WindowsServer2012R2", "WindowsServer2016", "WindowsServer2019", "WindowsServer2022",
        "WindowsServer2025", "macOS", "Ubuntu", "Debian", "RedHatEnterpriseLinux", "SuSE", "OracleLinux", "AmazonLinux",
        "Windows7", "WindowsServer2008R2", "iOS", "Android",
    ]

    init(_ platform: String) {
        switch platform {
        case "Windows10": self.init("22H2", 19045, "10.8790.19045.5608", "Workstation", "Intune")
        case "Windows11": self.init("23H2", 22631, "10.8790.22631.5039", "Workstation", "Intune")
        case "Windows7": self.init("6.1", 7601, "10.3720.16299.1004", "Workstation", "Unknown")
        case "WindowsServer2008R2": self.init("6.1", 7601, "10.3720.16299.1004", "Server", "Unknown")
        case "WindowsServer2012R2":
            self.init("6.3", 9600, "10.8735.9600.1012", "Server", "MicrosoftDefenderForEndpoint")
        case "WindowsServer2016":
            self.init("1607", 14393, "10.8735.14393.1012", "Server", "MicrosoftDefenderForEndpoint")
        case "WindowsServer2019":
            self.init("1809", 17763, "10.8790.17763.6893", "Server", "MicrosoftDefenderForEndpoint")
        case "WindowsServer2022":
            self.init("21H2", 20348, "10.8790.20348.3328", "Server", "MicrosoftDefenderForEndpoint")
        case "WindowsServer2025":
            self.init("24H2", 26100, "10.8790.26100.3476", "Server", "MicrosoftDefenderForEndpoint")
        case "macOS": self.init("15.3", nil, "101.25012.0005", "Workstation", "Intune")
        case "iOS", "Android": self.init("17.4", nil, "1.1.58120101", "Mobile", "Intune")
        default: self.init("22.4", nil, "30.124092.2.0", "Server", "MicrosoftDefenderForEndpoint")
        }
    }

    private init(_ version: String, _ build: Int?, _ agent: String, _ deviceType: String, _ managedBy: String) {
        self.version = version
        self.build = build
        self.agent = agent
        self.deviceType = deviceType
        self.managedBy = managedBy
    }
}
