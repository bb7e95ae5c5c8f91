import BailiffModel

/// A text with signature lines behind it (C2SP signed-note), read strictly by bytes.
package struct SignedNote: Sendable, Hashable {
    /// A note of more bytes is refused.
    package static let lengthLimitInBytes = 1_000_000
    /// A note with more signature lines is refused.
    package static let signatureLimit = 100

    package struct Signature: Sendable, Hashable {
        package let name: String
        /// Four bytes.
        package let keyID: [UInt8]
        /// What follows the id: 64 bytes for Ed25519, 8 more before them for a cosignature.
        package let payload: [UInt8]

        package init(name: String, keyID: [UInt8], payload: [UInt8]) {
            self.name = name
            self.keyID = keyID
            self.payload = payload
        }

        /// The signature line with its LF.
        package var line: String { "— \(name) \(Base64.encode(keyID + payload))\n" }

        package static func == (left: Signature, right: Signature) -> Bool {
            left.name.utf8.elementsEqual(right.name.utf8) && left.keyID == right.keyID && left.payload == right.payload
        }

        package func hash(into hasher: inout Hasher) { hasher.combine(keyID) }

        func isBy(_ key: VerifierKey) -> Bool { keyID == key.id && name.utf8.elementsEqual(key.name.utf8) }
    }

    /// What is signed: ends in LF.
    package let text: [UInt8]
    package private(set) var signatures: [Signature]

    /// Signs a text, with one line for each key in this order.
    ///
    /// - Throws: `AuditError` `.malformedNote` for a text that is no note text.
    package init(signing text: [UInt8], with keys: [SigningKey]) throws(AuditError) {
        guard text.last == 0x0A, NoteText.isClean(text) else {
            throw AuditError(.malformedNote, "a note text is UTF-8, ends in LF and holds no other control character")
        }
        self.text = text
        signatures = []
        for key in keys {
            let payload = try key.signature(over: text)
            signatures.append(Signature(name: key.name, keyID: key.verifierKey.id, payload: payload))
        }
    }

    /// Takes a note apart without judging its signatures.
    ///
    /// The text ends at the last empty line. The signature lines behind it must have the one form the specification gives
    /// and canonical base64.
    /// - Throws: `AuditError` `.malformedNote`; `.malformedSignature` when only signature lines are wrong.
    package init(parsing bytes: [UInt8]) throws(AuditError) {
        guard bytes.count <= SignedNote.lengthLimitInBytes else {
            throw AuditError(.malformedNote, "the note is longer than \(SignedNote.lengthLimitInBytes) bytes")
        }
        guard NoteText.isClean(bytes) else {
            throw AuditError(.malformedNote, "the note holds control characters, a byte order mark or invalid UTF-8")
        }
        guard bytes.last == 0x0A, let textEnd = SignedNote.endOfText(bytes) else {
            throw AuditError(.malformedNote, "the note does not end in an empty line and signature lines")
        }
        text = Array(bytes[..<textEnd])
        let lines = bytes[(textEnd + 1)...].split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
        guard (1...SignedNote.signatureLimit).contains(lines.count) else {
            throw AuditError(
                .malformedNote, "the note has \(lines.count) signature lines, not 1 to \(SignedNote.signatureLimit)")
        }
        signatures = []
        for line in lines { signatures.append(try SignedNote.signature(inLine: line)) }
    }

    /// The whole note.
    package var bytes: [UInt8] { text + [0x0A] + signatures.flatMap { Array($0.line.utf8) } }

    /// The same note with one more signature line.
    package func adding(_ signature: Signature) -> SignedNote {
        var copy = self
        copy.signatures.append(signature)
        return copy
    }

    /// The index behind the text's final LF: the empty line's own LF stands there. The last empty line counts.
    private static func endOfText(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 2 else { return nil }
        var index = bytes.count - 1
        while index >= 1 {
            if bytes[index] == 0x0A, bytes[index - 1] == 0x0A { return index }
            index -= 1
        }
        return nil
    }

    private static func signature(inLine line: ArraySlice<UInt8>) throws(AuditError) -> Signature {
        let dash: [UInt8] = [0xE2, 0x80, 0x94, 0x20]
        let rest = line.dropFirst(dash.count)
        guard line.starts(with: dash), let space = rest.lastIndex(of: 0x20),
            let name = String(validating: rest[..<space], as: UTF8.self), NoteText.isKeyName(name)
        else { throw AuditError(.malformedNote, "a line behind the note's text is not a signature") }
        guard let decoded = Base64.decode(utf8: Array(rest[(space + 1)...])), decoded.count > 4 else {
            throw AuditError(.malformedSignature, "a signature of the note is not canonical base64")
        }
        return Signature(name: name, keyID: Array(decoded[..<4]), payload: Array(decoded[4...]))
    }
}
