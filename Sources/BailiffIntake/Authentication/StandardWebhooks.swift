package import BailiffModel
import Crypto

/// A key of the Standard Webhooks scheme: the shared secret of `v1` or the sender's public key of `v1a`.
package struct StandardWebhooksSecret: Sendable {
    enum Kind: Sendable {
        case symmetric(SharedKey)
        case publicKey(Curve25519.Signing.PublicKey)
    }

    let kind: Kind

    package enum Problem: Error, Hashable, Sendable, CustomStringConvertible {
        case notBase64, wrongLength, isPrivateKey, badPublicKey

        package var description: String {
            switch self {
            case .notBase64: "a Standard Webhooks secret is whsec_ or whpk_ and base64"
            case .wrongLength: "a Standard Webhooks secret holds 24 to 64 bytes"
            case .isPrivateKey: "whsk_ is the sender's private key; Bailiff needs the public one, whpk_"
            case .badPublicKey: "whpk_ is followed by the base64 of an Ed25519 public key of 32 bytes"
            }
        }
    }

    /// Reads `whsec_` or nothing and base64 of 24 to 64 bytes, or `whpk_` and base64 of 32 bytes. Base64 is strict.
    package init(_ secret: Secret) throws(Problem) {
        let text = secret.revealedText
        if text.utf8.starts(with: "whsk_".utf8) { throw .isPrivateKey }
        if text.utf8.starts(with: "whpk_".utf8) {
            guard let bytes = Base64.decode(utf8: Array(text.utf8.dropFirst(5))), bytes.count == 32,
                let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)
            else { throw .badPublicKey }
            kind = .publicKey(key)
            return
        }
        let encoded = text.utf8.starts(with: "whsec_".utf8) ? Array(text.utf8.dropFirst(6)) : Array(text.utf8)
        guard let bytes = Base64.decode(utf8: encoded) else { throw .notBase64 }
        guard (24...64).contains(bytes.count) else { throw .wrongLength }
        kind = .symmetric(SharedKey(bytes))
    }
}

/// A key with the code that begins with it: the key's own part of every code is worked out once.
struct SharedKey: Sendable {
    let key: SymmetricKey
    private let begun: HMAC<SHA256>

    init(_ bytes: [UInt8]) {
        key = SymmetricKey(data: bytes)
        begun = HMAC(key: key)
    }

    /// The code of one text after the other.
    func code(of first: [UInt8], _ second: [UInt8]) -> HMAC<SHA256>.MAC {
        var code = begun
        code.update(data: first)
        code.update(data: second)
        return code.finalize()
    }
}

extension StandardWebhooksSecret: Equatable {
    /// Whether they take the same signatures; in constant time.
    package static func == (left: StandardWebhooksSecret, right: StandardWebhooksSecret) -> Bool {
        switch (left.kind, right.kind) {
        case (.symmetric(let left), .symmetric(let right)): left.key == right.key
        case (.publicKey(let left), .publicKey(let right)): left.rawRepresentation == right.rawRepresentation
        case (.symmetric, .publicKey), (.publicKey, .symmetric): false
        }
    }
}

extension StandardWebhooksSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature`.
package enum StandardWebhooks {
    package static let idHeader = "webhook-id"
    package static let timestampHeader = "webhook-timestamp"
    package static let signatureHeader = "webhook-signature"

    /// The value of `webhook-signature` for a message, as senders make it: for tests, the demo and outgoing messages.
    /// Nil for a public key, which signs nothing.
    package static func signature(
        id: String, timestamp: Int64, body: [UInt8], secret: StandardWebhooksSecret
    ) -> String? {
        guard case .symmetric(let key) = secret.kind else { return nil }
        return "v1," + code(prefix: Array("\(id).\(timestamp).".utf8), body: body, key: key)
    }

    static func check(
        _ headers: SecurityHeaders, body: [UInt8], secrets: [StandardWebhooksSecret], now: Timestamp
    ) throws(AuthenticationFailure) -> AuthenticatedDelivery {
        let id = try headers.required(idHeader)
        let timestamp = try headers.required(timestampHeader)
        let signatures = try headers.required(signatureHeader)
        guard isID(id) else { throw .refused(.malformedID) }
        try SignatureTime.check(timestamp, now: now)
        let members = signatures.utf8.split(separator: 0x20)
        guard members.count <= WebhookAuthentication.greatestListCount else { throw .refused(.tooManySignatures) }
        let prefix = Array("\(id).\(timestamp).".utf8)
        var isMatch = false
        for secret in secrets.prefix(WebhookAuthentication.greatestSecretCount) {
            switch secret.kind {
            case .symmetric(let key):
                let expected = Array(("v1," + code(prefix: prefix, body: body, key: key)).utf8)
                for member in members where constantTimeEqual(expected, member) { isMatch = true }
            case .publicKey(let key):
                let message = prefix + body
                for member in members where verifies(member, message: message, key: key) { isMatch = true }
            }
        }
        guard isMatch else { throw .refused(.wrongSignature) }
        return AuthenticatedDelivery(eventID: id)
    }

    /// Visible ASCII without a full stop: with one, id, time and body could be shifted against each other.
    static func isID(_ id: String) -> Bool {
        (1...256).contains(id.utf8.count) && id.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x2E }
    }

    private static func code(prefix: [UInt8], body: [UInt8], key: SharedKey) -> String {
        Base64.encode(Array(key.code(of: prefix, body)))
    }

    private static func verifies(
        _ member: Substring.UTF8View, message: [UInt8], key: Curve25519.Signing.PublicKey
    ) -> Bool {
        guard member.starts(with: "v1a,".utf8), let signature = Base64.decode(utf8: Array(member.dropFirst(4))),
            signature.count == 64
        else { return false }
        return key.isValidSignature(signature, for: message)
    }
}
