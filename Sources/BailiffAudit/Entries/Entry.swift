package import BailiffModel

/// One record of the audit log: the exact bytes that are stored, hashed, exported and verified.
///
/// An entry that Bailiff makes is one JSON object in pure ASCII without a line break (see ``EntryBuilder``). It carries
/// neither its index nor the hash of the entry before it: the tree gives both.
package struct Entry: Sendable, Hashable {
    /// At most this many bytes: an entry bundle counts them in 16 bits.
    package static let sizeLimitInBytes = 65_535

    package let bytes: [UInt8]

    /// For bytes read back from storage, taken as they are.
    ///
    /// Nothing is checked, because evidence of tampering must reach the exported folder unchanged. What is too long for a
    /// bundle is reported by the exporter.
    package init(stored bytes: [UInt8]) { self.bytes = bytes }

    /// For bytes made outside ``EntryBuilder``.
    ///
    /// - Throws: `AuditError` `.malformedEntry` unless the bytes are one strict JSON object of at most
    ///   ``sizeLimitInBytes`` bytes without CR and LF.
    package init(bytes: [UInt8]) throws(AuditError) {
        guard bytes.count <= Entry.sizeLimitInBytes else {
            throw AuditError(
                .malformedEntry, "an entry of \(bytes.count) bytes is longer than \(Entry.sizeLimitInBytes)")
        }
        guard !bytes.contains(where: { $0 == 0x0A || $0 == 0x0D }) else {
            throw AuditError(.malformedEntry, "an entry must not hold a line break")
        }
        do throws(JSONError) {
            guard case .object = try StrictJSON.parse(bytes, limits: .trusted) else {
                throw JSONError(.syntax, at: 0)
            }
        } catch {
            throw AuditError(.malformedEntry, "an entry must be one JSON object: \(error)")
        }
        self.bytes = bytes
    }

    /// An entry without redactable values. See ``EntryBuilder`` for how names and long values are treated.
    package init(kind: String, at: Timestamp, actor: String, subject: [(String, JSONValue)] = []) {
        var builder = EntryBuilder(kind: kind, at: at, actor: actor)
        for (name, value) in subject { builder.set(name, .json(value)) }
        self = builder.build().entry
    }

    /// The hash under which the tree holds this entry.
    package var leafHash: Digest { MerkleTree.leafHash(bytes) }
}
