/// The random 40-bit id by which a run, an action or an approval is known outside: eight characters of Crockford's
/// base 32 (`7F3K02QD`). Short prefixes stay unique for a long time.
package struct PublicID: Hashable, Sendable, Comparable {
    /// Below 2^40.
    package let value: UInt64

    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// Nil for values of more than 40 bits.
    package init?(value: UInt64) {
        guard value < 1 << 40 else { return nil }
        self.value = value
    }

    /// Takes the first five bytes; missing ones count as zero.
    package init(random bytes: [UInt8]) {
        var value: UInt64 = 0
        for index in 0..<5 { value = value << 8 | UInt64(index < bytes.count ? bytes[index] : 0) }
        self.value = value
    }

    /// Reads exactly eight characters, either case; `O` counts as 0, `I` and `L` as 1.
    package init?(_ text: some StringProtocol) {
        guard let (range, digits) = PublicID.range(ofPrefix: text), digits == 8 else { return nil }
        value = range.lowerBound
    }

    /// All ids that begin with `prefix` (one to eight characters): a half-open range of values.
    package static func range(ofPrefix prefix: some StringProtocol) -> (values: Range<UInt64>, digits: Int)? {
        var value: UInt64 = 0
        var digits = 0
        for byte in prefix.utf8 {
            guard digits < 8, let digit = PublicID.digit(byte) else { return nil }
            value = value << 5 | digit
            digits += 1
        }
        guard digits > 0 else { return nil }
        let shift = UInt64(5 * (8 - digits))
        return (value << shift..<(value + 1) << shift, digits)
    }

    package var text: String {
        var out: [UInt8] = []
        for position in 0..<8 { out.append(PublicID.alphabet[Int(value >> UInt64(35 - 5 * position) & 31)]) }
        return String(decoding: out, as: UTF8.self)
    }

    package static func < (left: PublicID, right: PublicID) -> Bool { left.value < right.value }

    private static func digit(_ byte: UInt8) -> UInt64? {
        let upper = (97...122).contains(byte) ? byte - 32 : byte
        switch upper {
        case 79: return 0
        case 73, 76: return 1
        default: return alphabet.firstIndex(of: upper).map(UInt64.init)
        }
    }
}

extension PublicID: CustomStringConvertible {
    package var description: String { text }
}

extension PublicID: Codable {
    /// As ``text``.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = PublicID(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a public id")
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
