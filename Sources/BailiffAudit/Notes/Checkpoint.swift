package import BailiffModel

/// What a log says about itself at one moment: its name, its size and the root over all its entries (C2SP tlog-checkpoint).
package struct Checkpoint: Sendable, Hashable {
    package let origin: String
    /// 0...2^63-1.
    package let size: Int64
    package let root: Digest
    /// Lines behind the root, each not empty. Bailiff writes none and reads over those of others.
    package let extensions: [String]

    /// - Throws: `AuditError` `.malformedCheckpoint` for an origin or an extension that is no single, clean, non-empty line,
    ///   and for a negative size.
    package init(origin: String, size: Int64, root: Digest, extensions: [String] = []) throws(AuditError) {
        let lines = [origin] + extensions
        let areClean = lines.allSatisfy { line in
            !line.utf8.isEmpty && !line.utf8.contains(0x0A) && NoteText.isClean(line.utf8)
        }
        guard areClean else {
            throw AuditError(.malformedCheckpoint, "a checkpoint's lines must be clean and not empty")
        }
        guard size >= 0 else { throw AuditError(.malformedCheckpoint, "a log cannot have \(size) entries") }
        self.origin = origin
        self.size = size
        self.root = root
        self.extensions = extensions
    }

    /// Reads the text of a note, strictly.
    package init(text: [UInt8]) throws(AuditError) {
        guard NoteText.isClean(text), let lines = NoteText.lines(of: text), lines.count >= 3,
            lines.allSatisfy({ !$0.isEmpty })
        else { throw AuditError(.malformedCheckpoint, "a checkpoint has at least three lines, none of them empty") }
        guard let size = StrictDecimal.parse(lines[1]) else {
            throw AuditError(.malformedCheckpoint, "the checkpoint's size is not a plain decimal number below 2^63")
        }
        guard let root = Base64.decode(utf8: Array(lines[2])).flatMap({ Digest(bytes: $0) }) else {
            throw AuditError(.malformedCheckpoint, "the checkpoint's root is not the canonical base64 of 32 bytes")
        }
        try self.init(
            origin: String(decoding: lines[0], as: UTF8.self), size: size, root: root,
            extensions: lines[3...].map { String(decoding: $0, as: UTF8.self) })
    }

    /// The note text that is signed.
    package var text: [UInt8] {
        let lines = [origin, String(size), Base64.encode(root.bytes)] + extensions
        return lines.flatMap { Array($0.utf8) + [0x0A] }
    }

    /// A log must never sign two checkpoints of which one is not the beginning of the other: sign only what was computed
    /// from stored entries.
    package func signed(by key: SigningKey) throws(AuditError) -> SignedNote {
        try SignedNote(signing: text, with: [key])
    }

    /// Opens a signed checkpoint: the key must have signed it, for this origin.
    ///
    /// - Parameter origin: The key's own name where nil, as in every log of Bailiff.
    /// - Throws: `AuditError` `.malformedNote`, `.malformedSignature`, `.badSignature`, `.noKnownSignature`,
    ///   `.malformedCheckpoint`, `.wrongOrigin`.
    package init(note bytes: [UInt8], key: VerifierKey, origin: String? = nil) throws(AuditError) {
        let note = try SignedNote(parsing: bytes)
        _ = try note.verify(with: [key])
        try self.init(text: note.text)
        guard isOf(origin: origin ?? key.name) else {
            throw AuditError(.wrongOrigin, "the checkpoint is one of another log than \(origin ?? key.name)")
        }
    }

    package func isOf(origin expected: String) -> Bool { origin.utf8.elementsEqual(expected.utf8) }

    package static func == (left: Checkpoint, right: Checkpoint) -> Bool { left.text == right.text }
    package func hash(into hasher: inout Hasher) { hasher.combine(root) }
}
