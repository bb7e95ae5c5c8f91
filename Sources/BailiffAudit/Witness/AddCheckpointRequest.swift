package import BailiffModel

/// The body by which a log asks a witness for a cosignature (C2SP tlog-witness, `add-checkpoint`).
package struct AddCheckpointRequest: Sendable, Hashable {
    package static let proofLimit = 63

    /// The size that the log believes the witness saw last.
    package var oldSize: Int64
    package var proof: [Digest]
    /// The signed checkpoint, byte for byte.
    package var note: [UInt8]

    package init(oldSize: Int64, proof: [Digest], note: [UInt8]) {
        self.oldSize = oldSize
        self.proof = proof
        self.note = note
    }

    package var bytes: [UInt8] {
        let head = "old \(oldSize)\n" + proof.map { Base64.encode($0.bytes) + "\n" }.joined()
        return Array(head.utf8) + [0x0A] + note
    }

    /// - Throws: `AuditError` `.malformedRequest`. The checkpoint inside is judged by ``WitnessDecision``.
    package init(parsing bytes: [UInt8]) throws(AuditError) {
        guard bytes.count <= SignedNote.lengthLimitInBytes, let end = ProofLines.endOfHead(bytes) else {
            throw AuditError(.malformedRequest, "the request has no empty line before its checkpoint")
        }
        var lines = Array(bytes[..<end]).split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()[...]
        guard let first = lines.popFirst(), first.starts(with: "old ".utf8),
            let oldSize = StrictDecimal.parse(first.dropFirst(4))
        else { throw AuditError(.malformedRequest, "the request does not begin with the old size") }
        guard let proof = ProofLines.hashes(lines, limit: AddCheckpointRequest.proofLimit) else {
            throw AuditError(
                .malformedRequest, "a line of the proof is not the canonical base64 of 32 bytes, or there are too many")
        }
        self.oldSize = oldSize
        self.proof = proof
        note = Array(bytes[(end + 1)...])
    }
}
