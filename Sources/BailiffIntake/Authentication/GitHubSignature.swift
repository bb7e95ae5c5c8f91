import BailiffModel
import Crypto

/// GitHub style: `X-Hub-Signature-256: sha256=` and 64 lower-case digits, an HMAC over the body alone.
///
/// There is no time in it and the delivery id is not signed: a captured request can be sent again for ever, so the body's
/// digest has to be remembered too.
enum GitHubSignature {
    static func check(
        _ headers: SecurityHeaders, body: [UInt8], secrets: [Secret]
    ) throws(AuthenticationFailure) -> AuthenticatedDelivery {
        let signature = Array(try headers.required("x-hub-signature-256").utf8)
        let id = try headers.optional("x-github-delivery")
        if let id, !StandardWebhooks.isID(id) { throw .refused(.malformedID) }
        var isMatch = false
        for secret in secrets.prefix(WebhookAuthentication.greatestSecretCount) where !secret.isEmpty {
            var code = HMAC<SHA256>(key: SymmetricKey(data: secret.revealedBytes))
            code.update(data: body)
            if constantTimeEqual(Array(("sha256=" + Hex.encode(code.finalize())).utf8), signature) { isMatch = true }
        }
        guard isMatch else { throw .refused(.wrongSignature) }
        return AuthenticatedDelivery(eventID: id, needsBodyDigest: true)
    }
}
