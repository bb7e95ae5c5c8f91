package import BailiffModel

/// A file that proves to an outsider that one entry is in the log, without the rest of it (C2SP tlog-proof, version 1).
///
/// The entry's bytes are not in it: they are handed over beside it.
package struct InclusionProofFile: Sendable, Hashable {
    private static let header = "c2sp.org/tlog-proof@v1"
    /// A tree of 2^63 entries needs no more.
    package static let proofLimit = 63

    /// Anything the maker wants to add. Not signed: never trust it.
    package var extra: [UInt8]?
    package var index: Int64
    /// From the leaf's sibling to the child of the root.
    package var proof: [Digest]
    /// The signed checkpoint, byte for byte.
    package var checkpoint: [UInt8]

    package init(index: Int64, proof: [Digest], checkpoint: [UInt8], extra: [UInt8]? = nil) {
        self.index = index
        self.proof = proof
        self.checkpoint = checkpoint
        self.extra = extra
    }

    /// Proves entry `index` of the source's log under its latest checkpoint.
    ///
    /// - Throws: `AuditError` `.noCheckpoint`, `.outOfRange` for an entry that no checkpoint covers yet, `.missingTile`, and
    ///   what the source throws.
    package static func make(index: Int64, source: some LogSource) async throws -> InclusionProofFile {
        guard let latest = try await source.latestCheckpoint() else {
            throw AuditError(.noCheckpoint, "the log has no checkpoint yet")
        }
        let prover = LogProver(source: source, head: try await source.head())
        let proof = try await prover.inclusionProof(index: index, size: latest.size)
        return InclusionProofFile(index: index, proof: proof, checkpoint: latest.note)
    }

    package var bytes: [UInt8] {
        var head = InclusionProofFile.header + "\n"
        if let extra { head += "extra \(Base64.encode(extra))\n" }
        head += "index \(index)\n"
        for hash in proof { head += Base64.encode(hash.bytes) + "\n" }
        return Array(head.utf8) + [0x0A] + checkpoint
    }

    /// Reads such a file, strictly.
    ///
    /// - Throws: `AuditError` `.malformedProof`. The checkpoint inside is judged by ``verify(entry:key:origin:)``.
    package init(parsing bytes: [UInt8]) throws(AuditError) {
        guard bytes.count <= SignedNote.lengthLimitInBytes, let end = ProofLines.endOfHead(bytes) else {
            throw AuditError(.malformedProof, "the proof has no empty line before its checkpoint")
        }
        var lines = Array(bytes[..<end]).split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()[...]
        guard let first = lines.popFirst(), first.elementsEqual(InclusionProofFile.header.utf8) else {
            throw AuditError(.malformedProof, "the file is not a tlog-proof of version 1")
        }
        extra = nil
        if let line = lines.first, line.starts(with: "extra ".utf8) {
            guard let decoded = Base64.decode(utf8: Array(line.dropFirst(6))) else {
                throw AuditError(.malformedProof, "the proof's extra data is not canonical base64")
            }
            extra = decoded
            lines.removeFirst()
        }
        guard let line = lines.popFirst(), line.starts(with: "index ".utf8),
            let index = StrictDecimal.parse(line.dropFirst(6))
        else { throw AuditError(.malformedProof, "the proof does not say which entry it proves") }
        guard let proof = ProofLines.hashes(lines, limit: InclusionProofFile.proofLimit) else {
            throw AuditError(.malformedProof, "a line of the proof is not the canonical base64 of 32 bytes")
        }
        self.index = index
        self.proof = proof
        checkpoint = Array(bytes[(end + 1)...])
    }

    /// Checks that the entry is at ``index`` of the log that the checkpoint speaks of.
    ///
    /// - Returns: The checkpoint; compare it with one that was kept elsewhere, because the key's holder can sign anything.
    /// - Throws: `AuditError` as `Checkpoint.init(note:key:origin:)`, and `.proofMismatch`.
    package func verify(entry: [UInt8], key: VerifierKey, origin: String? = nil) throws(AuditError) -> Checkpoint {
        let signed = try Checkpoint(note: checkpoint, key: key, origin: origin)
        let isProved = MerkleTree.verifyInclusion(
            leafHash: MerkleTree.leafHash(entry), index: index, size: signed.size, proof: proof, root: signed.root)
        guard isProved else {
            throw AuditError(.proofMismatch, "the entry is not number \(index) of the log of \(signed.size) entries")
        }
        return signed
    }
}
