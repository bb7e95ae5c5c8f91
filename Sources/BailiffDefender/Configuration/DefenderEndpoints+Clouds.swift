import BailiffHTTPClient

extension DefenderEndpoints {
    /// Names of clouds and regions that ``init(cloud:)`` knows.
    package static let cloudNames = [
        "global", "us", "eu", "uk", "au", "swa", "ina", "aea", "gcc", "gcc-high", "dod",
    ]

    /// A cloud or region by its name. Nil for a name that is not in ``cloudNames``.
    ///
    /// Source: the API reference, "Supported Microsoft Defender for Endpoint APIs" (regions) and "Microsoft Defender for
    /// Endpoint for US Government customers".
    package init?(cloud name: String) {
        let hosts: (login: String, api: String, xdr: String, graph: String)
        switch name {
        case "global": hosts = Self.commercial("")
        case "us", "eu", "uk", "au", "swa", "ina", "aea": hosts = Self.commercial(name + ".")
        case "gcc":
            hosts = (
                "login.microsoftonline.com", "api-gcc.securitycenter.microsoft.us", "api-gcc.security.microsoft.us",
                "graph.microsoft.com"
            )
        case "gcc-high": hosts = Self.government("graph.microsoft.us")
        case "dod": hosts = Self.government("dod-graph.microsoft.us")
        default: return nil
        }
        guard let login = HTTPURL("https://" + hosts.login), let api = HTTPURL("https://" + hosts.api),
            let xdr = HTTPURL("https://" + hosts.xdr), let graph = HTTPURL("https://" + hosts.graph)
        else { return nil }
        let isGovernment = name == "gcc" || name == "gcc-high" || name == "dod"
        self.init(
            login: login, api: api, graph: graph, xdr: xdr,
            xdrScope: isGovernment ? xdr.origin + "/.default" : "https://api.security.microsoft.com/.default")
    }

    private static func commercial(_ prefix: String) -> (login: String, api: String, xdr: String, graph: String) {
        let api = prefix + "api.security.microsoft.com"
        return ("login.microsoftonline.com", api, api, "graph.microsoft.com")
    }

    private static func government(_ graph: String) -> (login: String, api: String, xdr: String, graph: String) {
        ("login.microsoftonline.us", "api-gov.securitycenter.microsoft.us", "api-gov.security.microsoft.us", graph)
    }

    /// Domains that belong together: an answer from one may link to the other.
    static let families = [
        ["api.security.microsoft.com", "securitycenter.microsoft.com", "securitycenter.windows.com"],
        ["security.microsoft.us", "securitycenter.microsoft.us"],
    ]

    /// What is wrong with a host name someone configured, and which name is right; nil where nothing is known against it.
    package static func advice(forHost host: String, as role: Role? = nil) -> String? {
        if let known = wrongHosts[host] { return "\(host) \(known)" }
        if let role, let other = Self.role(of: host), other != role {
            return "\(host) is \(other.name), not \(role.name)"
        }
        for domain in ["securitycenter.microsoft.com", "securitycenter.windows.com"] {
            guard let region = former(host, in: domain) else { continue }
            return region.isEmpty
                ? "\(host) is a former name; use cloud: global (api.security.microsoft.com)"
                : "\(host) is a former name; use cloud: \(region) (\(region).api.security.microsoft.com)"
        }
        return nil
    }

    /// What a server is called for.
    package enum Role: Sendable, Hashable {
        case login, api, graph

        fileprivate var name: String {
            switch self {
            case .login: "Entra's login host (login.microsoftonline.com)"
            case .api: "Defender's API (cloud: global, or api.security.microsoft.com)"
            case .graph: "Microsoft Graph (graph.microsoft.com)"
            }
        }
    }

    private static func role(of host: String) -> Role? {
        switch host {
        case "login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn": .login
        case "graph.microsoft.com", "graph.microsoft.us", "dod-graph.microsoft.us", "microsoftgraph.chinacloudapi.cn":
            .graph
        case "api.security.microsoft.com": .api
        default: families.joined().contains { host.utf8.reversed().starts(with: ".\($0)".utf8.reversed()) } ? .api : nil
        }
    }

    /// What is wrong with a login host and an API host that do not belong to one cloud; nil where nothing is known.
    package static func advice(forLogin login: String, api: String) -> String? {
        let isHigh = api == "api-gov.securitycenter.microsoft.us" || api == "api-gov.security.microsoft.us"
        guard role(of: login) == .login, role(of: api) == .api else { return nil }
        let right = isHigh ? "login.microsoftonline.us" : "login.microsoftonline.com"
        return login == right ? nil : "\(login) gives no tokens for \(api); use \(right)"
    }

    private static let wrongHosts = [
        "wdatpapi.securitycenter.windows.com": "is a former name; use cloud: global (api.security.microsoft.com)",
        "wdatpapi-us.securitycenter.windows.com": "is a former name; use cloud: us (us.api.security.microsoft.com)",
        "wdatpapi-eu.securitycenter.windows.com": "is a former name; use cloud: eu (eu.api.security.microsoft.com)",
        "wdatpapi-uk.securitycenter.windows.com": "is a former name; use cloud: uk (uk.api.security.microsoft.com)",
        "security.microsoft.com": "is the portal, not the API; use cloud: global (api.security.microsoft.com)",
        "securitycenter.windows.com": "is the portal, not the API; use cloud: global (api.security.microsoft.com)",
        "securitycenter.microsoft.com": "is the portal, not the API; use cloud: global (api.security.microsoft.com)",
        "security.microsoft.us": "is the portal, not the API; use cloud: gcc, gcc-high or dod",
        "login.windows.net": "is a former name; use login.microsoftonline.com",
        "sts.windows.net": "issues tokens but is not called for them; use login.microsoftonline.com",
        "login.chinacloudapi.cn": "is a former name; use login.partner.microsoftonline.cn",
        "graph.windows.net": "is Azure AD Graph, which has ended; use graph.microsoft.com",
        "securitycenter.onmicrosoft.com":
            "names an audience, not a server; write it as defender.audience and use cloud: global",
        "management.azure.com": "belongs to another service; use cloud: global (api.security.microsoft.com)",
        "api.loganalytics.io": "belongs to another service; use cloud: global (api.security.microsoft.com)",
    ]

    /// The region of `api-eu3.` in a former domain, without the number; empty for `api.`; nil for any other host.
    private static func former(_ host: String, in domain: String) -> String? {
        let (bytes, tail) = (Array(host.utf8), Array((".\(domain)").utf8))
        guard bytes.count > tail.count, bytes.suffix(tail.count).elementsEqual(tail) else { return nil }
        var name = bytes.dropLast(tail.count)
        if name.elementsEqual("api".utf8) { return "" }
        guard name.starts(with: "api-".utf8) else { return nil }
        name = name.dropFirst(4)
        while let last = name.last, (48...57).contains(last) { name.removeLast() }
        let region = String(decoding: name, as: UTF8.self)
        return ["us", "eu", "uk", "au"].contains(region) ? region : nil
    }
}
