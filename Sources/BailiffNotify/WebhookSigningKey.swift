package import BailiffModel
import Crypto

/// The shared secret with which outgoing webhooks are signed, as Standard Webhooks say.
package struct WebhookSigningKey: Sendable {
    private let key: SymmetricKey

    package enum Problem: Error, Hashable, Sendable, CustomStringConvertible {
        case notBase64, wrongLength

        package var description: String {
            switch self {
            case .notBase64: "the secret of a webhook is whsec_ and base64"
            case .wrongLength: "the secret of a webhook holds 24 to 64 bytes"
            }
        }
    }

    /// Reads `whsec_` and strict base64 of 24 to 64 bytes.
    package init(_ secret: Secret) throws(Problem) {
        let bytes = secret.revealedBytes
        let prefix = Array("whsec_".utf8)
        guard bytes.starts(with: prefix), let key = Base64.decode(utf8: Array(bytes.dropFirst(prefix.count))) else {
            throw .notBase64
        }
        guard (24...64).contains(key.count) else { throw .wrongLength }
        self.key = SymmetricKey(data: key)
    }

    /// The value of `webhook-signature`: over the id, the time in seconds and the body.
    package func signature(id: String, timestamp: Int64, body: [UInt8]) -> String {
        var code = HMAC<SHA256>(key: key)
        code.update(data: Array("\(id).\(timestamp).".utf8))
        code.update(data: body)
        return "v1," + Base64.encode(Array(code.finalize()))
    }
}

extension WebhookSigningKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
