package import BailiffModel

/// A bearer token and when it has to be replaced, on the monotonic scale of the client.
struct AccessToken: Sendable {
    /// `Bearer …`, ready for the header.
    var header: Secret
    /// From here on a new one is fetched while this one is still used.
    var renewAt: Duration
    /// From here on it is no longer used.
    var expiresAt: Duration
    /// Distinguishes tokens of one source.
    var serial: Int

    init(_ reply: TokenReply, at now: Duration, serial: Int) {
        header = Secret("Bearer " + reply.token.revealedText)
        let life = Duration.seconds(reply.lifeInSeconds)
        // Ten minutes ahead of a usual hour; half-way through short lives.
        renewAt = now + max(life - .seconds(600), life / 2)
        expiresAt = now + max(life - .seconds(30), life * 9 / 10)
        self.serial = serial
    }
}

/// What the token endpoint answered.
struct TokenReply: Sendable {
    var token: Secret
    /// At least 1, at most a day.
    var lifeInSeconds: Int64

    /// Nil for anything but a usable bearer token. `expires_in` may be a number or a string of digits; without one the
    /// token is taken to live five minutes.
    init?(_ body: JSONValue) {
        guard let text = body["access_token"]?.string, (1...65_536).contains(text.utf8.count),
            text.utf8.allSatisfy(TokenReply.isTokenByte)
        else { return nil }
        if let type = body["token_type"]?.string, type.lowercased() != "bearer" { return nil }
        token = Secret(text)
        lifeInSeconds = min(max(1, body["expires_in"]?.wholeNumber ?? 300), 86_400)
    }

    /// RFC 6750: `b64token`.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, 0x2D, 0x2E, 0x5F, 0x7E, 0x2B, 0x2F, 0x3D: true
        default: false
        }
    }
}

/// What a token says of itself. For diagnosis only: the services decide, not this.
package struct TokenClaims: Sendable, Hashable {
    /// Application permissions that an administrator has granted.
    package var roles: [String]
    package var audience: String?
    package var application: String?
    package var tenant: String?
    package var expires: Timestamp?

    /// Nil for a token that is no readable JWT: the format is the issuer's own business.
    init?(token: Secret) {
        let parts = token.revealedText.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = Base64URL.decode(String(decoding: parts[1], as: UTF8.self)),
            let claims = try? StrictJSON.parse(bytes, limits: .service), claims.object != nil
        else { return nil }
        roles = (claims["roles"]?.array ?? []).compactMap(\.string)
        audience = claims["aud"]?.string
        application = claims["appid"]?.string ?? claims["azp"]?.string
        tenant = claims["tid"]?.string
        expires = claims["exp"]?.wholeNumber.map { Timestamp(seconds: $0) }
    }
}

/// RFC 4648 base64url without padding.
enum Base64URL {
    static func encode(_ bytes: [UInt8]) -> String {
        var out: [UInt8] = []
        for byte in Base64.encode(bytes).utf8 {
            switch byte {
            case 0x2B: out.append(0x2D)
            case 0x2F: out.append(0x5F)
            case 0x3D: break
            default: out.append(byte)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = text.utf8.map { $0 == 0x2D ? 0x2B : $0 == 0x5F ? 0x2F : $0 }
        while bytes.count % 4 != 0 { bytes.append(0x3D) }
        return Base64.decode(String(decoding: bytes, as: UTF8.self))
    }
}
