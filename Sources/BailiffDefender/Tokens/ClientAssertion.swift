import BailiffModel
import JWTKit

/// The signed statement by which an app registration proves itself with its certificate.
///
/// Source: Microsoft identity platform, "Application authentication certificate credentials": PS256, `x5t#S256`,
/// `aud` the token endpoint, `iss` and `sub` the client id, `exp` 5 to 10 minutes behind `nbf`.
struct ClientAssertion: JWTPayload {
    var aud: String
    var exp: Int64
    var iss: String
    var jti: String
    var nbf: Int64
    var iat: Int64
    var sub: String

    /// Begins a minute early, so that a clock that runs ahead a little does no harm.
    init(clientID: String, tokenURL: String, now: Timestamp, randomBytes: [UInt8]) {
        aud = tokenURL
        iss = clientID
        sub = clientID
        iat = now.seconds
        nbf = now.seconds - 60
        exp = now.seconds + 540
        jti = Hex.encode(randomBytes)
    }

    /// What we sign ourselves needs no check.
    func verify(using algorithm: some JWTAlgorithm) {}

    func signed(with certificate: ClientCertificate) async throws -> String {
        let keys = JWTKeyCollection()
        await keys.add(pss: try certificate.privateKey(), digestAlgorithm: .sha256)
        return try await keys.sign(
            self, header: ["x5t#S256": .string(Base64URL.encode(certificate.thumbprint.bytes))])
    }
}
