package import BailiffModel
import Crypto

/// The log's private Ed25519 key. No description or reflection shows it.
package struct SigningKey: Sendable {
    package let verifierKey: VerifierKey
    private let seed: Secret

    /// The name it signs under; for a log of Bailiff also the origin of its checkpoints.
    package var name: String { verifierKey.name }

    /// - Throws: `AuditError` `.malformedKey` for a name that no note can carry, or a seed that is not 32 bytes.
    package init(name: String, seed: [UInt8]) throws(AuditError) {
        guard seed.count == 32, let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
            throw AuditError(.malformedKey, "the seed of a signing key has 32 bytes")
        }
        verifierKey = try VerifierKey(name: name, publicKey: Array(key.publicKey.rawRepresentation))
        self.seed = Secret(bytes: seed)
    }

    /// A new key for the log `origin`. The randomness must be cryptographic.
    package static func generate(
        origin: String, randomBytes: (_ count: Int) -> [UInt8]
    ) throws(AuditError) -> SigningKey {
        try SigningKey(name: origin, seed: randomBytes(32))
    }

    /// Reads a key file: the text form, with or without one LF behind it.
    package init(file: Secret) throws(AuditError) {
        let bytes = file.revealedBytes
        try self.init(textBytes: bytes.last == 0x0A ? bytes.dropLast() : bytes[...])
    }

    /// Reads `PRIVATE+KEY+<name>+<8 lower-case hex digits>+<base64(0x01 ‖ seed)>`; the id must be that of the public key.
    package init(text: String) throws(AuditError) { try self.init(textBytes: Array(text.utf8)[...]) }

    private init(textBytes: ArraySlice<UInt8>) throws(AuditError) {
        let prefix = Array("PRIVATE+KEY+".utf8)
        guard textBytes.starts(with: prefix) else {
            throw AuditError(.malformedKey, "a signing key begins with PRIVATE+KEY+")
        }
        let parts = try KeyText.parts(of: textBytes.dropFirst(prefix.count))
        guard parts.key.count == 33, parts.key.first == NoteAlgorithm.ed25519.rawValue else {
            throw AuditError(.malformedKey, "the signing key is not an Ed25519 key")
        }
        try self.init(name: parts.name, seed: Array(parts.key.dropFirst()))
        guard verifierKey.id == parts.id else {
            throw AuditError(.malformedKey, "the signing key's id is not that of its name and key")
        }
    }

    /// The text form, for the key file and nowhere else.
    package var text: Secret {
        let key = Base64.encode([NoteAlgorithm.ed25519.rawValue] + seed.revealedBytes)
        return Secret("PRIVATE+KEY+\(name)+\(Hex.encode(verifierKey.id))+\(key)")
    }

    /// 64 bytes.
    func signature(over message: [UInt8]) throws(AuditError) -> [UInt8] {
        do {
            let key = try Curve25519.Signing.PrivateKey(rawRepresentation: seed.revealedBytes)
            return Array(try key.signature(for: message))
        } catch {
            throw AuditError(.malformedKey, "the signing key cannot sign")
        }
    }
}

extension SigningKey: CustomStringConvertible, CustomReflectable {
    package var description: String { "signing key of \(verifierKey.text)" }
    package var customMirror: Mirror { Mirror(self, children: ["verifierKey": verifierKey.text]) }
}
