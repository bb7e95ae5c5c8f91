import BailiffModel
import Crypto

/// Stripe style: `Stripe-Signature: t=SECONDS,v1=HEX[,v1=HEX]`, an HMAC over time and body. The key is the whole secret
/// as text, its prefix included.
///
/// Schemes other than `v1` and unreadable `v1` values are skipped. There is no id in the headers, so the body's digest
/// has to be remembered while the time holds.
enum StripeSignature {
    static func check(
        _ headers: SecurityHeaders, body: [UInt8], secrets: [Secret], now: Timestamp
    ) throws(AuthenticationFailure) -> AuthenticatedDelivery {
        let header = try headers.required("stripe-signature")
        let members = header.utf8.split(separator: 0x2C, omittingEmptySubsequences: false)
        guard members.count <= WebhookAuthentication.greatestListCount else { throw .refused(.tooManySignatures) }
        var timestamp: Substring?
        var signatures: [[UInt8]] = []
        for member in members {
            guard let equals = member.firstIndex(of: 0x3D) else { throw .refused(.malformedSignature) }
            let scheme = member[..<equals]
            let value = member[member.index(after: equals)...]
            if scheme.elementsEqual("t".utf8) {
                guard timestamp == nil else { throw .refused(.malformedSignature) }
                timestamp = Substring(value)
            } else if scheme.elementsEqual("v1".utf8), value.count == 64 {
                signatures.append(Array(value))
            }
        }
        guard let timestamp else { throw .refused(.malformedTimestamp) }
        try SignatureTime.check(timestamp, now: now)
        let prefix = Array((timestamp + ".").utf8)
        var isMatch = false
        for secret in secrets.prefix(WebhookAuthentication.greatestSecretCount) where !secret.isEmpty {
            var code = HMAC<SHA256>(key: SymmetricKey(data: secret.revealedBytes))
            code.update(data: prefix)
            code.update(data: body)
            let expected = Array(Hex.encode(code.finalize()).utf8)
            for signature in signatures where constantTimeEqual(expected, signature) { isMatch = true }
        }
        guard isMatch else { throw .refused(.wrongSignature) }
        return AuthenticatedDelivery(needsBodyDigest: true)
    }
}
