import BailiffModel

/// A witness's statement that at a time it saw this checkpoint and nothing inconsistent with it (C2SP tlog-cosignature).
package struct Cosignature: Sendable, Hashable {
    /// Seconds since 1970, 0...2^63-1.
    package let seconds: Int64
    /// 64 bytes.
    package let signature: [UInt8]

    /// Reads what stands behind the key id in a signature line. Nil for another length and for a time beyond 2^63-1.
    package init?(payload: [UInt8]) {
        guard payload.count == 72 else { return nil }
        let time = payload[..<8].reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        guard let seconds = Int64(exactly: time) else { return nil }
        self.seconds = seconds
        signature = Array(payload[8...])
    }

    /// What the witness signs: the time, then the whole text of the checkpoint.
    func message(for text: [UInt8]) -> [UInt8] { Cosignature.message(seconds: seconds, text: text) }

    private static func message(seconds: Int64, text: [UInt8]) -> [UInt8] {
        Array("cosignature/v1\ntime \(seconds)\n".utf8) + text
    }

    /// The signature line's content by which `key`'s holder, acting as a witness, vouches for a checkpoint.
    ///
    /// - Throws: `AuditError` `.outOfRange` for a time before 1970.
    package static func make(
        over note: SignedNote, by key: SigningKey, at seconds: Int64
    ) throws(AuditError) -> SignedNote.Signature {
        guard seconds >= 0 else { throw AuditError(.outOfRange, "a cosignature cannot be older than 1970") }
        let signature = try key.signature(over: message(seconds: seconds, text: note.text))
        let time = (0..<8).map { UInt8(truncatingIfNeeded: seconds >> Int64(56 - 8 * $0)) }
        let witness = try key.witnessKey
        return SignedNote.Signature(name: witness.name, keyID: witness.id, payload: time + signature)
    }
}

extension SigningKey {
    /// The public half under which this key's cosignatures are checked.
    package var witnessKey: VerifierKey {
        get throws(AuditError) {
            try VerifierKey(name: name, algorithm: .cosignature, publicKey: verifierKey.publicKey)
        }
    }
}
