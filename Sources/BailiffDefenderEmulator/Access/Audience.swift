/// What a token is for.
enum Audience: String, Sendable, CaseIterable {
    case defender, xdr, graph

    /// The resource a scope or a v1 `resource` names; nil for an unknown one. A slash at the end is allowed.
    init?(resource: String) {
        var text = Route.lowercased(resource)
        while text.utf8.last == UInt8(ascii: "/") { text.removeLast() }
        guard let audience = Audience.resources[text] else { return nil }
        self = audience
    }

    private static let resources: [String: Audience] = [
        "https://api.securitycenter.microsoft.com": .defender,
        "https://api.securitycenter.windows.com": .defender,
        "https://securitycenter.onmicrosoft.com/windowsatpservice": .defender,
        "https://api-gcc.securitycenter.microsoft.us": .defender,
        "https://api-gov.securitycenter.microsoft.us": .defender,
        "https://api.security.microsoft.com": .xdr,
        "https://api-gcc.security.microsoft.us": .xdr,
        "https://api-gov.security.microsoft.us": .xdr,
        "https://graph.microsoft.com": .graph,
        "https://graph.microsoft.us": .graph,
        "https://dod-graph.microsoft.us": .graph,
        "https://microsoftgraph.chinacloudapi.cn": .graph,
    ]

    /// The roles of an application that a token for this audience carries.
    func roles(of application: EmulatorTenant.Application) -> [String] {
        application.roles.filter { Audience.granting($0) == self }
    }

    /// The API that defines a role.
    static func granting(_ role: String) -> Audience? { roles[role] }

    /// Whether a token for this audience is taken at this API at all.
    func serves(_ surface: APISurface) -> Bool {
        switch surface {
        case .graph: self == .graph
        // Both APIs live on the same host: with the other one's token the roles are missing, not the right to knock.
        case .defender, .xdr: self != .graph
        }
    }

    private static let roles: [String: Audience] = {
        let names: [Audience: [String]] = [
            .defender: [
                "AdvancedQuery.Read.All", "Alert.Read.All", "Alert.ReadWrite.All", "File.Read.All", "Ip.Read.All",
                "Library.Manage", "Machine.CollectForensics", "Machine.Isolate", "Machine.LiveResponse",
                "Machine.Offboard", "Machine.Read.All", "Machine.ReadWrite.All", "Machine.RestrictExecution",
                "Machine.Scan", "Machine.StopAndQuarantine", "RemediationTasks.Read.All", "Score.Read.All",
                "SecurityConfiguration.Read.All", "SecurityRecommendation.Read.All", "Software.Read.All",
                "Ti.Read.All", "Ti.ReadWrite", "Ti.ReadWrite.All", "URL.Read.All", "User.Read.All",
                "Vulnerability.Read.All",
            ],
            .xdr: ["AdvancedHunting.Read.All", "Incident.Read.All", "Incident.ReadWrite.All"],
            .graph: [
                "SecurityAlert.Read.All", "SecurityAlert.ReadWrite.All", "SecurityIncident.Read.All",
                "SecurityIncident.ReadWrite.All", "ThreatHunting.Read.All",
            ],
        ]
        var roles: [String: Audience] = [:]
        for (audience, list) in names { for name in list { roles[name] = audience } }
        return roles
    }()

    /// All role names, sorted.
    static let allRoles: [String] = roles.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}
