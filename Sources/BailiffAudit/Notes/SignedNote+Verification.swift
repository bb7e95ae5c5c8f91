extension SignedNote {
    /// A signature that a known key really made.
    package struct VerifiedSignature: Sendable, Hashable {
        package var key: VerifierKey
        /// When a witness signed, in seconds since 1970; nil for a log's signature.
        package var cosignedAtSeconds: Int64?
    }

    /// Which of these keys signed the note; each at most once, in the order of the lines.
    ///
    /// Lines of unknown keys are ignored, also when they share only the name or only the id with a known key. Every line of a
    /// known key must be valid, a repeated one too.
    /// - Throws: `AuditError` `.badSignature`, `.noKnownSignature`, or `.ambiguousKey` when two of `keys` share name and id.
    package func verify(with keys: [VerifierKey]) throws(AuditError) -> [VerifiedSignature] {
        var verified: [VerifiedSignature] = []
        for signature in signatures {
            let matching = keys.filter(signature.isBy)
            guard let key = matching.first else { continue }
            guard matching.count == 1 else {
                throw AuditError(.ambiguousKey, "the key \(key.name) is given more than once")
            }
            guard let time = SignedNote.check(signature, over: text, by: key) else {
                throw AuditError(.badSignature, "the signature of \(key.name) is not valid")
            }
            if !verified.contains(where: { $0.key == key }) {
                verified.append(VerifiedSignature(key: key, cosignedAtSeconds: time.cosignedAt))
            }
        }
        guard !verified.isEmpty else { throw AuditError(.noKnownSignature, "no known key has signed the note") }
        return verified
    }

    private struct SignatureTime {
        var cosignedAt: Int64?
    }

    /// Nil for a signature that is not valid.
    private static func check(_ signature: Signature, over text: [UInt8], by key: VerifierKey) -> SignatureTime? {
        switch key.algorithm {
        case .ed25519:
            return key.isValid(signature: signature.payload, over: text) ? SignatureTime() : nil
        case .cosignature:
            guard let cosignature = Cosignature(payload: signature.payload),
                key.isValid(signature: cosignature.signature, over: cosignature.message(for: text))
            else { return nil }
            return SignatureTime(cosignedAt: cosignature.seconds)
        }
    }
}
