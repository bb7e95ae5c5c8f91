import BailiffModel
import Crypto

/// The access tokens that were issued. A token is good because it is in here: no one else can have signed it.
struct TokenBook: Sendable {
    struct Token: Sendable {
        var application: String
        var applicationName: String
        var audience: Audience
        var roles: [String]
        var expires: Timestamp
    }

    private let key = P256.Signing.PrivateKey()
    private var tokens: [String: Token] = [:]
    /// Fresh tokens do not help any more.
    var isAccountInactive = false

    init() {}

    /// A signed JSON Web Token with the claims clients look at. Clients must treat it as opaque; it is signed with
    /// ES256 and a key that ends with the emulator.
    mutating func issue(
        _ registration: Directory.Registration, audience: Audience, resource: String, tenantID: String, now: Timestamp,
        lifetime: Duration, id: String
    ) -> String {
        let application = registration.application
        let roles = audience.roles(of: application)
        let expires = now + lifetime
        let header: JSONValue = ["typ": "JWT", "alg": "ES256", "kid": "bailiff-defender-emulator"]
        let claims: JSONValue = [
            "aud": .string(resource), "iss": .string("https://sts.windows.net/\(tenantID)/"), "iat": .int(now.seconds),
            "nbf": .int(now.seconds), "exp": .int(expires.seconds), "app_displayname": .string(application.name),
            "appid": .string(application.clientID), "appidacr": application.certificatePEM == nil ? "1" : "2",
            "idtyp": "app", "oid": .string(id), "sub": .string(id), "tid": .string(tenantID), "uti": .string(id),
            "roles": .array(roles.map(JSONValue.string)), "ver": "1.0",
        ]
        let content = Base64URL.encode(header.utf8()) + "." + Base64URL.encode(claims.utf8())
        let signature = (try? key.signature(for: Array(content.utf8)).rawRepresentation).map { Base64URL.encode($0) }
        let text = content + "." + (signature ?? "")
        prune(now)
        tokens[text] = Token(
            application: application.clientID, applicationName: application.name, audience: audience, roles: roles,
            expires: expires)
        return text
    }

    /// Nil for an unknown, expired or revoked token, and for a header that is no bearer token.
    func token(_ authorization: String?, now: Timestamp) -> (text: String, token: Token)? {
        guard let authorization else { return nil }
        let parts = authorization.utf8.split(separator: 0x20, maxSplits: 1)
        guard parts.count == 2, Route.lowercased(String(Substring(parts[0]))) == "bearer" else { return nil }
        let text = String(Substring(parts[1]))
        guard text.utf8.allSatisfy({ $0 < 0x80 }), let token = tokens[text], now < token.expires else { return nil }
        return (text, token)
    }

    mutating func revoke(_ text: String) { tokens[text] = nil }

    mutating func revokeAll() { tokens = [:] }

    private mutating func prune(_ now: Timestamp) {
        if tokens.count > 10_000 { tokens = tokens.filter { $0.value.expires > now } }
    }
}
