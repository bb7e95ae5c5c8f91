/// RFC 4648 base64 with padding, strict: what decodes re-encodes to the same text.
package enum Base64 {
    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        bytes.withContiguousStorageIfAvailable(text) ?? Array(bytes).withUnsafeBufferPointer(text)
    }

    private static func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { out in
            var count = 0
            for start in stride(from: 0, to: bytes.count, by: 3) {
                let second = start + 1 < bytes.count ? bytes[start + 1] : 0
                let third = start + 2 < bytes.count ? bytes[start + 2] : 0
                let group = UInt32(bytes[start]) << 16 | UInt32(second) << 8 | UInt32(third)
                out[count] = character(group >> 18)
                out[count + 1] = character(group >> 12)
                out[count + 2] = start + 1 < bytes.count ? character(group >> 6) : 61
                out[count + 3] = start + 2 < bytes.count ? character(group) : 61
                count += 4
            }
            return count
        }
    }

    /// Of the lowest six bits.
    private static func character(_ bits: UInt32) -> UInt8 {
        switch UInt8(truncatingIfNeeded: bits & 63) {
        case let value where value < 26: value + 65
        case let value where value < 52: value - 26 + 97
        case let value where value < 62: value - 52 + 48
        case 62: 43
        default: 47
        }
    }

    /// Nil for a missing or superfluous padding, white space, foreign characters and non-zero trailing bits.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? { decode(utf8: Array(text.utf8)) }

    package static func decode(utf8 bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count % 4 == 0 else { return nil }
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count / 4 * 3)
        var index = 0
        while index < bytes.count {
            let isLast = index + 4 == bytes.count
            var padding = 0
            if isLast {
                if bytes[index + 3] == 61 { padding = bytes[index + 2] == 61 ? 2 : 1 }
            }
            var accumulator: UInt32 = 0
            for position in index..<index + 4 - padding {
                guard let value = value(of: bytes[position]) else { return nil }
                accumulator = accumulator << 6 | UInt32(value)
            }
            switch padding {
            case 0:
                out.append(UInt8(accumulator >> 16))
                out.append(UInt8(accumulator >> 8 & 255))
                out.append(UInt8(accumulator & 255))
            case 1:
                guard accumulator & 3 == 0 else { return nil }
                out.append(UInt8(accumulator >> 10))
                out.append(UInt8(accumulator >> 2 & 255))
            default:
                guard accumulator & 15 == 0 else { return nil }
                out.append(UInt8(accumulator >> 4))
            }
            index += 4
        }
        return out
    }

    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case 65...90: character - 65
        case 97...122: character - 97 + 26
        case 48...57: character - 48 + 52
        case 43: 62
        case 47: 63
        default: nil
        }
    }
}
