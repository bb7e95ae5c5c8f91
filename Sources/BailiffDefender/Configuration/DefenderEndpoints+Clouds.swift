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
    package static func advice(forHost host: String) -> String? {
        switch host {
        case "api.securitycenter.microsoft.com", "api.securitycenter.windows.com",
            "wdatpapi.securitycenter.windows.com":
            return "\(host) is a former name; use cloud: global (api.security.microsoft.com)"
        case "api-us.securitycenter.microsoft.com", "api-us.securitycenter.windows.com":
            return "\(host) is a former name; use cloud: us (us.api.security.microsoft.com)"
        case "api-eu.securitycenter.microsoft.com", "api-eu.securitycenter.windows.com":
            return "\(host) is a former name; use cloud: eu (eu.api.security.microsoft.com)"
        case "api-uk.securitycenter.microsoft.com", "api-uk.securitycenter.windows.com":
            return "\(host) is a former name; use cloud: uk (uk.api.security.microsoft.com)"
        case "api-au.securitycenter.microsoft.com", "api-au.securitycenter.windows.com":
            return "\(host) is a former name; use cloud: au (au.api.security.microsoft.com)"
        case "security.microsoft.com", "securitycenter.windows.com", "securitycenter.microsoft.com":
            return "\(host) is the portal, not the API; use cloud: global (api.security.microsoft.com)"
        case "management.azure.com", "api.loganalytics.io":
            return "\(host) belongs to another service; use cloud: global (api.security.microsoft.com)"
        default: return nil
        }
    }
}
