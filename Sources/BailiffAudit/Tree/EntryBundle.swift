/// Up to 256 entries in one file: for each a big-endian 16-bit length, then its bytes (C2SP tlog-tiles).
package enum EntryBundle {
    /// The longest a bundle can be.
    package static let lengthLimitInBytes = TileLayout.fullWidth * (2 + Entry.sizeLimitInBytes)

    /// - Throws: `AuditError` `.malformedBundle` for an entry above ``Entry/sizeLimitInBytes``.
    package static func encode(_ entries: some Sequence<Entry>) throws(AuditError) -> [UInt8] {
        var out: [UInt8] = []
        for entry in entries {
            guard let length = UInt16(exactly: entry.bytes.count) else {
                throw AuditError(.malformedBundle, "an entry of \(entry.bytes.count) bytes does not fit a bundle")
            }
            out.append(UInt8(length >> 8))
            out.append(UInt8(length & 255))
            out.append(contentsOf: entry.bytes)
        }
        return out
    }

    /// Takes a bundle apart, entry by entry.
    package struct Reader: Sendable {
        private let bytes: [UInt8]
        /// Where the next entry begins.
        package private(set) var position = 0

        package init(_ bytes: [UInt8]) { self.bytes = bytes }

        package var isAtEnd: Bool { position == bytes.count }

        /// The bytes of the next entry; nil at the end and where a length points beyond it.
        package mutating func next() -> ArraySlice<UInt8>? {
            guard position + 2 <= bytes.count else { return nil }
            let length = Int(bytes[position]) << 8 | Int(bytes[position + 1])
            let start = position + 2
            guard start + length <= bytes.count else { return nil }
            position = start + length
            return bytes[start..<position]
        }
    }

    /// - Throws: `AuditError` `.malformedBundle` when the lengths do not add up.
    package static func decode(_ bytes: [UInt8]) throws(AuditError) -> [Entry] {
        var reader = Reader(bytes)
        var entries: [Entry] = []
        while let entry = reader.next() { entries.append(Entry(stored: Array(entry))) }
        guard reader.isAtEnd else {
            throw AuditError(.malformedBundle, "a bundle is cut off behind entry \(entries.count) of it")
        }
        return entries
    }
}
