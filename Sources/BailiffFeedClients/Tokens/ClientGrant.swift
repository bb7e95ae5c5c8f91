package import BailiffHTTPClient
package import BailiffModel

/// How a server's bearer token is obtained: the client credentials of OAuth 2.0, as ZIdentity gives tokens for Zscaler's
/// OneAPI.
package struct ClientGrant: Sendable {
    package let endpoint: HTTPURL
    package let clientID: String
    package let secret: Secret
    /// Which API the token is for: `https://api.zscaler.com`. Nil: the service knows.
    package let audience: String?
    package let scope: String?

    /// Nil where the endpoint has a query, or is neither TLS nor a loopback address: the secret must not travel in clear.
    package init?(endpoint: HTTPURL, clientID: String, secret: Secret, audience: String? = nil, scope: String? = nil) {
        guard endpoint.query == nil, endpoint.isSecure || endpoint.isLoopback else { return nil }
        self.endpoint = endpoint
        self.clientID = clientID
        self.secret = secret
        self.audience = audience
        self.scope = scope
    }

    /// What the client has to be allowed beside the server itself.
    package var rule: HostRule { .origin(endpoint) }

    static let limits = HTTPLimits(firstByte: .seconds(30), whole: .seconds(40), bodyInBytes: 65_536)

    var request: HTTPRequest {
        var fields = [
            ("grant_type", "client_credentials"), ("client_id", clientID), ("client_secret", secret.revealedText),
        ]
        if let audience { fields.append(("audience", audience)) }
        if let scope { fields.append(("scope", scope)) }
        let form = fields.map { "\($0.0)=\(HTTPURL.encoded($0.1))" }.joined(separator: "&")
        return HTTPRequest(
            .post, endpoint,
            headers: [
                HTTPHeader("Content-Type", "application/x-www-form-urlencoded"),
                HTTPHeader("Accept", "application/json"), HTTPHeader("User-Agent", "bailiff"),
            ], body: Array(form.utf8), limits: ClientGrant.limits)
    }
}

/// A token and until when it is used: a while less than it holds.
struct AccessToken: Sendable {
    var text: Secret
    var until: Timestamp

    private static let greatestLength = 16_384
    /// For answers that do not say how long the token holds.
    private static let standardLifetime: Int64 = 300
    private static let greatestLifetime: Int64 = 86_400

    /// What came back means.
    static func read(
        _ result: Result<HTTPReply, HTTPFailure>, askedAt: Timestamp
    ) throws(FeedTrouble) -> AccessToken {
        let reply: HTTPReply
        switch result {
        case .failure(let failure):
            let trouble = FeedTrouble(failure)
            throw FeedTrouble(trouble.code, "the token service: \(trouble.message)")
        case .success(let answer): reply = answer
        }
        // An unknown client and a wrong secret are answered with 400 by some services and with 401 by others.
        if [400, 401, 403].contains(reply.status) {
            throw FeedTrouble(.refused, "the token service refuses the client (\(reply.status))")
        }
        if let trouble = FeedTrouble(reply, now: askedAt) {
            throw FeedTrouble(trouble.code, "the token service: \(trouble.message)", retryAfter: trouble.retryAfter)
        }
        guard let answer = try? StrictJSON.parse(reply.body, limits: .record),
            let text = answer["access_token"]?.string, (1...greatestLength).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), isBearer(answer["token_type"]?.string)
        else { throw FeedTrouble(.unexpected, "the token service's answer holds no bearer token") }
        let lifetime = min(max(0, lifetime(answer["expires_in"]) ?? standardLifetime), greatestLifetime)
        return AccessToken(text: Secret(text), until: askedAt + .seconds(max(lifetime - 60, lifetime / 2)))
    }

    private static func isBearer(_ type: String?) -> Bool { type.map { $0.lowercased() == "bearer" } ?? true }

    private static func lifetime(_ value: JSONValue?) -> Int64? {
        switch value {
        case .int(let seconds): seconds
        case .string(let text): Int64(text)
        default: nil
        }
    }
}
