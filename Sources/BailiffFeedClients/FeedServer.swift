package import BailiffHTTPClient
package import BailiffModel

/// The one server of a product that a feed may ask, and how it knows us. It comes from the configuration, never from a
/// body: what a sender writes can't choose where we call or what we show there.
package struct FeedServer: Sendable {
    package enum Credential: Sendable {
        case none
        /// `Authorization: Bearer …`: Triage, Cuckoo.
        case bearer(Secret)
        /// `Authorization: Token …`: CAPE.
        case token(Secret)
        /// A header of the product's own: `x-apikey` of VirusTotal, `Authorization` of MISP, which has no scheme.
        case header(name: String, Secret)
        /// A bearer token that a token service gives and renews: Zscaler OneAPI. ``FeedClient`` puts it into the call.
        case client(ClientGrant)
    }

    /// Scheme, host, port, and what stands before every path: `https://tria.ge/api`.
    package let base: HTTPURL
    package let credential: Credential
    package let limits: HTTPLimits

    /// Nil where the base has a query, or is neither TLS nor a loopback address: a credential must not travel in clear.
    package init?(base: HTTPURL, credential: Credential, limits: HTTPLimits = FeedServer.reportLimits) {
        guard base.query == nil, base.isSecure || base.isLoopback else { return nil }
        self.base = base
        self.credential = credential
        self.limits = limits
    }

    /// Reports have tens of megabytes and are written while they are read.
    package static let reportLimits = HTTPLimits(
        firstByte: .seconds(60), whole: .seconds(180), bodyInBytes: 64 << 20)

    /// What the client has to be allowed: this server, and the service that gives its tokens.
    package var rules: [HostRule] { [.origin(base)] + (grant.map { [$0.rule] } ?? []) }

    /// What a token is asked for with, where the server wants one.
    package var grant: ClientGrant? { if case .client(let grant) = credential { grant } else { nil } }

    /// A request below the base. Nil for a path that no URL can hold.
    func request(
        _ method: HTTPRequest.Method = .get, path: String, query: String? = nil, json: JSONValue? = nil
    ) -> HTTPRequest? {
        let prefix = base.path.utf8.last == 0x2F ? String(base.path.dropLast()) : base.path
        guard let url = base.at(path: prefix + path, query: query) else { return nil }
        var headers = [HTTPHeader("Accept", "application/json"), HTTPHeader("User-Agent", "bailiff")]
        switch credential {
        case .none, .client: break
        case .bearer(let secret): headers.append(HTTPHeader("Authorization", "Bearer " + secret.revealedText))
        case .token(let secret): headers.append(HTTPHeader("Authorization", "Token " + secret.revealedText))
        case .header(let name, let secret): headers.append(HTTPHeader(name, secret.revealedText))
        }
        if json != nil { headers.append(HTTPHeader("Content-Type", "application/json")) }
        return HTTPRequest(method, url, headers: headers, body: json?.utf8() ?? [], limits: limits)
    }
}
