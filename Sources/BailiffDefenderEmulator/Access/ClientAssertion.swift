import BailiffModel
import JWTKit

/// Judges a signed client assertion as the directory does.
enum ClientAssertion {
    /// The lifetime Entra suggests is 5 to 10 minutes; it takes up to a day.
    private static let longestLifetime: Int64 = 86_400
    private static let leeway: Int64 = 300

    /// - Parameter path: The path of the token URL the assertion must be meant for; the host of `aud` is not compared,
    ///   as clients may reach the emulator under several.
    static func verify(
        _ assertion: String, clientID: String, registration: Directory.Registration, path: String, now: Timestamp
    ) async throws(EntraError) {
        guard let pem = registration.application.certificatePEM else {
            throw .wrongAssertion("no certificate is registered for the application.")
        }
        let parts = assertion.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let header = object(parts[0]), let claims = object(parts[1]) else {
            throw .wrongAssertion("it is no JSON Web Token.")
        }
        try check(header, registration)
        try check(claims, clientID: clientID, path: path, now: now)
        do {
            let key = try Insecure.RSA.PublicKey(certificatePEM: pem)
            let keys = JWTKeyCollection()
            switch header["alg"]?.string {
            case "PS256": await keys.add(pss: key, digestAlgorithm: .sha256)
            default: await keys.add(rsa: key, digestAlgorithm: .sha256)
            }
            _ = try await keys.verify(assertion, as: AnyClaims.self)
        } catch {
            throw EntraError.wrongAssertion("the signature does not verify against the registered certificate.")
        }
    }

    private static func check(_ header: JSONObject, _ registration: Directory.Registration) throws(EntraError) {
        guard let algorithm = header["alg"]?.string, algorithm == "PS256" || algorithm == "RS256" else {
            throw .wrongAssertion("its algorithm is not supported.")
        }
        let thumbprint = header["x5t#S256"]?.string ?? header["x5t"]?.string ?? header["kid"]?.string
        guard let thumbprint, registration.thumbprints.contains(thumbprint) else {
            throw .wrongAssertion("the key it names was not found: thumbprint '\(thumbprint ?? "")'.")
        }
    }

    private static func check(
        _ claims: JSONObject, clientID: String, path: String, now: Timestamp
    ) throws(EntraError) {
        guard let issuer = claims["iss"]?.string, let subject = claims["sub"]?.string,
            Route.lowercased(issuer) == Route.lowercased(clientID),
            Route.lowercased(subject) == Route.lowercased(clientID)
        else { throw .wrongAssertion("issuer and subject must be the client id.") }
        guard let audience = claims["aud"]?.string, Route.lowercased(audience).hasSuffix(Route.lowercased(path)) else {
            throw .wrongAssertion("its audience is not this token endpoint.")
        }
        guard let id = claims["jti"]?.string, !id.isEmpty else { throw .wrongAssertion("it has no jti.") }
        guard let from = claims["nbf"]?.int, let until = claims["exp"]?.int else { throw .assertionTime }
        let seconds = now.seconds
        guard from <= seconds + leeway, until > seconds - leeway, until > from,
            until.subtractingReportingOverflow(from).partialValue <= longestLifetime
        else { throw .assertionTime }
    }

    private static func object(_ part: Substring.UTF8View.SubSequence) -> JSONObject? {
        guard let bytes = Base64URL.decode(Substring(part)), let value = try? StrictJSON.parse(bytes) else {
            return nil
        }
        return value.object
    }

    /// The claims were judged above; only the signature is left to the library.
    private struct AnyClaims: JWTPayload {
        func verify(using algorithm: some JWTAlgorithm) async throws {}
    }
}
