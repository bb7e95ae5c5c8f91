package import BailiffModel

/// Makes entries: a fixed envelope, then the fields of this kind of entry sorted by name.
///
/// ```json
/// {"v":1,"at":"2026-11-20T23:40:51.000123Z","kind":"verdict.received","actor":"feed:lab","case":4,"feed":"lab"}
/// ```
///
/// ``build()`` cannot fail and never makes an entry above ``Entry/sizeLimitInBytes``. What exceeds a bound of ``Bounds`` is
/// replaced by a `{"cut":{…}}` object that says how much there was and gives its SHA-256, and its path is listed in
/// ``BuiltEntry/cuts``; the caller keeps the whole value as a document where it is needed.
package struct EntryBuilder: Sendable, Hashable {
    /// Version of the envelope, its member `v`.
    package static let version: Int64 = 1

    package enum Bounds {
        /// A longer text is cut.
        package static let textInBytes = 2_048
        /// So much of a cut text stays, ending at a scalar.
        package static let textHeadInBytes = 1_024
        /// A list with more elements, or an object with more members, is cut.
        package static let elements = 256
        /// So many elements of a cut list stay.
        package static let elementsHead = 32
        /// A value nested deeper in a field is cut.
        package static let depth = 16
        /// A longer kind or actor is cut, with its digest behind.
        package static let envelopeTextInBytes = 256
    }

    /// The envelope's own names; a field of such a name gets `_` behind it.
    private static let reservedNames = ["v", "at", "kind", "actor"]

    package let kind: String
    package let at: Timestamp
    package let actor: String
    private var fields: [FieldValue.Field] = []

    /// - Parameters:
    ///   - kind: What happened, as `subject.verb`: `verdict.received`.
    ///   - actor: Who did it: `feed:NAME`, `operator:NAME`, `engine`, `sequencer`.
    package init(kind: String, at: Timestamp, actor: String) {
        self.kind = kind
        self.at = at
        self.actor = actor
    }

    /// Sets one field; a second call with the same name replaces the first.
    package mutating func set(_ name: String, _ value: FieldValue) {
        let safeName = EntryBuilder.reservedNames.contains(name) ? name + "_" : name
        if let index = fields.firstIndex(where: { $0.name.utf8.elementsEqual(safeName.utf8) }) {
            fields.remove(at: index)
        }
        fields.append(FieldValue.Field(safeName, value))
    }

    /// The same builder with one more field.
    package func setting(_ name: String, _ value: FieldValue) -> EntryBuilder {
        var copy = self
        copy.set(name, value)
        return copy
    }

    package func build() -> BuiltEntry {
        let sorted = fields.sorted(by: FieldValue.Field.precede)
        var bytes = envelope()
        var rendering = FieldRendering()
        for field in sorted { rendering.write(field, to: &bytes) }
        bytes.append(0x7D)
        guard bytes.count <= Entry.sizeLimitInBytes else { return shortened(sorted) }
        return BuiltEntry(entry: Entry(stored: bytes), redactables: rendering.redactables, cuts: rendering.cuts)
    }

    /// The longest fields become digests until the entry is no longer than it may be.
    private func shortened(_ sorted: [FieldValue.Field]) -> BuiltEntry {
        var rendered = sorted.map(RenderedField.init)
        let envelope = envelope()
        var length = envelope.count + 1 + rendered.reduce(0) { $0 + $1.bytes.count }
        let longestFirst = rendered.indices.sorted {
            (rendered[$1].bytes.count, $0) < (rendered[$0].bytes.count, $1)
        }
        for index in longestFirst where length > Entry.sizeLimitInBytes {
            length -= rendered[index].bytes.count
            rendered[index].reduceToDigest()
            length += rendered[index].bytes.count
        }
        guard length <= Entry.sizeLimitInBytes else { return digestOnly() }
        return BuiltEntry(
            entry: Entry(stored: assemble(envelope, rendered)), redactables: rendered.flatMap(\.rendering.redactables),
            cuts: rendered.flatMap(\.rendering.cuts))
    }

    /// Thousands of fields: one digest for all of them.
    private func digestOnly() -> BuiltEntry {
        let whole = FieldRendering.plain(.object(fields)).utf8(FieldRendering.format)
        let value = FieldRendering.cut([("bytes", .int(Int64(whole.count))), ("sha256", .string(Digest.of(whole).hex))])
        let field = RenderedField(FieldValue.Field("fields", .json(value)))
        return BuiltEntry(entry: Entry(stored: assemble(envelope(), [field])), redactables: [], cuts: [""])
    }

    /// The fixed members, without the closing brace.
    private func envelope() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(768)
        bytes += #"{"v":"#.utf8
        bytes += String(EntryBuilder.version).utf8
        let members = [
            (#","at":"#, at.rfc3339WithMicroseconds), (#","kind":"#, EntryBuilder.envelopeText(kind)),
            (#","actor":"#, EntryBuilder.envelopeText(actor)),
        ]
        for (name, text) in members {
            bytes += name.utf8
            JSONValue.write(text, to: &bytes, format: FieldRendering.format)
        }
        return bytes
    }

    private func assemble(_ envelope: [UInt8], _ fields: [RenderedField]) -> [UInt8] {
        var bytes = envelope
        for field in fields { bytes += field.bytes }
        bytes.append(0x7D)
        return bytes
    }

    /// U+0000 becomes U+FFFD: strict readers refuse it, and the envelope has no room for another form.
    private static func envelopeText(_ text: String) -> String {
        let hasZero = text.utf8.contains(0)
        let clean = hasZero ? String(text.unicodeScalars.map { $0.value == 0 ? "\u{FFFD}" : Character($0) }) : text
        guard clean.utf8.count > Bounds.envelopeTextInBytes else { return clean }
        let head = FieldRendering.head(of: clean, limitInBytes: Bounds.envelopeTextInBytes - 80)
        return "\(head)… sha256:\(Digest.of(clean).hex)"
    }
}

extension FieldValue.Field {
    static func precede(_ left: FieldValue.Field, _ right: FieldValue.Field) -> Bool {
        left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }
}

/// What ``EntryBuilder/build()`` hands back.
package struct BuiltEntry: Sendable, Hashable {
    package var entry: Entry
    /// To be stored in the same transaction as the entry, in a table that may be erased.
    package var redactables: [Redactable]
    /// JSON Pointers of the values that were replaced by a digest, wholly or in part; empty as a rule. A redactable value
    /// inside a replaced part is not listed in ``redactables``.
    package var cuts: [String]
}

private struct RenderedField {
    private let source: FieldValue.Field
    private(set) var rendering = FieldRendering()
    private(set) var bytes: [UInt8] = []

    init(_ source: FieldValue.Field) {
        self.source = source
        rendering.write(source, to: &bytes)
    }

    mutating func reduceToDigest() {
        rendering = FieldRendering(cuts: [FieldRendering.path(of: source)])
        bytes.removeAll(keepingCapacity: true)
        FieldRendering.write(source.name, FieldRendering.digest(of: FieldRendering.plain(source.value)), to: &bytes)
    }
}
