import Crypto

/// A SHA-256 digest: the name of a document, a plan, a playbook.
package struct Digest: Hashable, Sendable, Comparable {
    /// Always 32 bytes.
    package let bytes: [UInt8]

    package static let byteCount = 32

    /// Nil unless there are exactly 32 bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Digest.byteCount else { return nil }
        self.bytes = Array(bytes)
    }

    /// Nil unless the text is 64 hexadecimal digits.
    package init?(hex: some StringProtocol) {
        guard let decoded = Hex.decode(hex), decoded.count == Digest.byteCount else { return nil }
        bytes = decoded
    }

    private init(trusted bytes: [UInt8]) { self.bytes = bytes }

    package static func of(_ data: some Sequence<UInt8>) -> Digest {
        var hash = SHA256()
        if data.withContiguousStorageIfAvailable({ hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }) == nil {
            hash.update(data: Array(data))
        }
        return Digest(trusted: Array(hash.finalize()))
    }

    package static func of(_ text: String) -> Digest { of(Array(text.utf8)) }

    /// 64 lower-case hexadecimal digits.
    package var hex: String { Hex.encode(bytes) }

    /// The first eight digits, for people.
    package var short: String { String(hex.prefix(8)) }

    package static func < (left: Digest, right: Digest) -> Bool { left.bytes.lexicographicallyPrecedes(right.bytes) }
}

extension Digest: CustomStringConvertible {
    package var description: String { hex }
}

extension Digest: Codable {
    /// As ``hex``.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let digest = Digest(hex: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a SHA-256 digest")
        }
        self = digest
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hex)
    }
}
