import BailiffModel
import Crypto

/// What a signature of a note is made with (C2SP signed-note, signature types).
package enum NoteAlgorithm: UInt8, Sendable, Hashable {
    /// Ed25519 over the note text: the log's own signature.
    case ed25519 = 0x01
    /// Ed25519 over a time and the note text: the cosignature of a witness.
    case cosignature = 0x04
}

/// A public key of a log or of a witness, with the name it signs under.
///
/// Compared by bytes: two names that only look alike are two names.
package struct VerifierKey: Sendable, Hashable {
    package let name: String
    package let algorithm: NoteAlgorithm
    /// 32 bytes.
    package let publicKey: [UInt8]
    /// The first four bytes of SHA-256(name ‖ LF ‖ algorithm ‖ public key), always computed.
    package let id: [UInt8]

    /// - Throws: `AuditError` `.malformedKey` for a name that no note can carry or a key that is not 32 bytes.
    package init(name: String, algorithm: NoteAlgorithm = .ed25519, publicKey: [UInt8]) throws(AuditError) {
        guard NoteText.isKeyName(name) else {
            throw AuditError(
                .malformedKey, "a key name must not be empty nor hold spaces, plus signs or control characters")
        }
        guard publicKey.count == 32 else { throw AuditError(.malformedKey, "an Ed25519 key has 32 bytes") }
        self.name = name
        self.algorithm = algorithm
        self.publicKey = publicKey
        id = VerifierKey.id(name: name, algorithm: algorithm, publicKey: publicKey)
    }

    /// Reads `<name>+<8 lower-case hex digits>+<base64(algorithm ‖ key)>`, and nothing around it.
    package init(text: String) throws(AuditError) { try self.init(textBytes: Array(text.utf8)) }

    /// Reads a file that holds one key, with or without one LF behind it.
    package init(file: [UInt8]) throws(AuditError) {
        try self.init(textBytes: file.last == 0x0A ? file.dropLast() : file)
    }

    private init(textBytes: [UInt8]) throws(AuditError) {
        let parts = try KeyText.parts(of: textBytes[...])
        guard parts.key.count == 33, let algorithm = parts.key.first.flatMap(NoteAlgorithm.init(rawValue:)) else {
            throw AuditError(.malformedKey, "the verifier key is not of a known type and length")
        }
        try self.init(name: parts.name, algorithm: algorithm, publicKey: Array(parts.key.dropFirst()))
        guard id == parts.id else {
            throw AuditError(.malformedKey, "the verifier key's id is not that of its name and key")
        }
    }

    /// The one text form, without a line break.
    package var text: String {
        "\(name)+\(Hex.encode(id))+\(Base64.encode([algorithm.rawValue] + publicKey))"
    }

    /// Whether the key made this signature over these bytes. 64 bytes, else false.
    func isValid(signature: [UInt8], over message: [UInt8]) -> Bool {
        guard signature.count == 64, let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else {
            return false
        }
        return key.isValidSignature(signature, for: message)
    }

    static func id(name: String, algorithm: NoteAlgorithm, publicKey: [UInt8]) -> [UInt8] {
        let input = Array(name.utf8) + [0x0A, algorithm.rawValue] + publicKey
        return Array(SHA256.hash(data: input).prefix(4))
    }

    package static func == (left: VerifierKey, right: VerifierKey) -> Bool {
        left.name.utf8.elementsEqual(right.name.utf8) && left.algorithm == right.algorithm
            && left.publicKey == right.publicKey
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(publicKey) }
}

extension VerifierKey: CustomStringConvertible {
    package var description: String { text }
}

/// The part that the text forms of both halves of a key pair share.
enum KeyText {
    /// Splits at the first two plus signs: base64 may hold more of them.
    static func parts(of text: ArraySlice<UInt8>) throws(AuditError) -> (name: String, id: [UInt8], key: [UInt8]) {
        let parts = text.split(separator: 0x2B, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let name = String(validating: parts[0], as: UTF8.self), parts[1].count == 8,
            parts[1].allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }),
            let id = Hex.decode(String(decoding: parts[1], as: UTF8.self)),
            let key = Base64.decode(utf8: Array(parts[2]))
        else { throw AuditError(.malformedKey, "a key must read <name>+<8 lower-case hex digits>+<base64>") }
        return (name, id, key)
    }
}
