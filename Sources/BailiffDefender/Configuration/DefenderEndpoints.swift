package import BailiffHTTPClient

/// Where the services are, what their tokens are issued for, and where their links may lead.
package struct DefenderEndpoints: Sendable, Hashable {
    /// Entra; the tenant and `/oauth2/v2.0/token` are appended.
    package var login: HTTPURL
    /// Defender for Endpoint, ending in `/api`.
    package var api: HTTPURL
    /// Defender XDR, ending in `/api`: the same server except in the government clouds.
    package var xdr: HTTPURL
    /// Microsoft Graph, without a version.
    package var graph: HTTPURL
    /// The audience of Defender's tokens. Tenants differ; this one works with every host of the service that public
    /// clients report on.
    package var apiScope: String
    package var xdrScope: String
    package var graphScope: String
    /// Domains to which a link in an answer may lead besides the configured server: the service names regional hosts.
    package var linkDomains: [String]

    /// Explicit addresses, for an emulator or a cloud without a name here.
    ///
    /// - Parameters:
    ///   - api: With or without `/api` at its end.
    ///   - graph: With or without `/v1.0` at its end.
    ///   - xdr: Nil: the same as `api`.
    package init(
        login: HTTPURL, api: HTTPURL, graph: HTTPURL, xdr: HTTPURL? = nil, apiScope: String = Self.defaultScope,
        xdrScope: String = "https://api.security.microsoft.com/.default", graphScope: String? = nil
    ) {
        self.login = DefenderEndpoints.base(login, dropping: [], adding: "")
        self.api = DefenderEndpoints.base(api, dropping: ["/v1.0", "/api"], adding: "/api")
        self.xdr = DefenderEndpoints.base(xdr ?? api, dropping: ["/v1.0", "/api"], adding: "/api")
        self.graph = DefenderEndpoints.base(graph, dropping: ["/v1.0"], adding: "")
        self.apiScope = apiScope
        self.xdrScope = xdrScope
        self.graphScope =
            graphScope
            ?? (graph.isLoopback ? "https://graph.microsoft.com/.default" : graph.origin + "/.default")
        linkDomains = DefenderEndpoints.families.filter { family in
            family.contains { HostRule.domain($0).allows(api) }
        }.flatMap { $0 }
    }

    package static let defaultScope = "https://api.securitycenter.microsoft.com/.default"

    /// All servers the client may have to call.
    package var hostRules: [HostRule] {
        [.origin(login), .origin(api), .origin(xdr), .origin(graph)] + linkDomains.map { .domain($0) }
    }

    func scope(for audience: DefenderAudience) -> String {
        switch audience {
        case .defender: apiScope
        case .defenderXDR: xdrScope
        case .graph: graphScope
        }
    }

    func base(for audience: DefenderAudience) -> HTTPURL {
        switch audience {
        case .defender: api
        case .defenderXDR: xdr
        case .graph: graph
        }
    }

    /// Whether a token for `audience` may go to this address.
    func mayReceiveToken(_ url: HTTPURL, for audience: DefenderAudience) -> Bool {
        if HostRule.origin(base(for: audience)).allows(url) { return true }
        return audience != .graph && linkDomains.contains { HostRule.domain($0).allows(url) }
    }

    private static func base(_ url: HTTPURL, dropping suffixes: [String], adding end: String) -> HTTPURL {
        var path = Array(url.path.utf8)
        func trim() { while path.last == 0x2F { path.removeLast() } }
        trim()
        for suffix in suffixes where path.reversed().starts(with: suffix.utf8.reversed()) {
            path.removeLast(suffix.utf8.count)
            trim()
        }
        let text = String(decoding: path, as: UTF8.self) + end
        return url.at(path: text.isEmpty ? "/" : text) ?? url
    }
}

extension HTTPURL {
    /// This address with more path behind its own.
    func appending(_ path: String, query: String? = nil) -> HTTPURL? {
        at(path: (self.path == "/" ? "" : self.path) + path, query: query)
    }
}
