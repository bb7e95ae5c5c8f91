/// Which servers the outgoing client may call. No rule, no call.
package enum HostRule: Hashable, Sendable {
    /// Exactly this scheme, host and port, taken from a URL; its path plays no part.
    case origin(HTTPURL)
    /// This host and every name under it, over TLS on port 443: `security.microsoft.com` allows
    /// `api.security.microsoft.com`. Lower case.
    case domain(String)

    package func allows(_ url: HTTPURL) -> Bool {
        switch self {
        case .origin(let own): return own.isSecure == url.isSecure && own.host == url.host && own.port == url.port
        case .domain(let domain):
            guard url.isSecure, url.port == 443, !domain.isEmpty else { return false }
            return url.host == domain || url.host.utf8.reversed().starts(with: ".\(domain)".utf8.reversed())
        }
    }
}
