/// RFC 4648 base64 with padding, strict: what decodes re-encodes to the same text.
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        var out: [UInt8] = []
        out.reserveCapacity((bytes.count + 2) / 3 * 4)
        var accumulator: UInt32 = 0
        var held = 0
        for byte in bytes {
            accumulator = accumulator << 8 | UInt32(byte)
            held += 1
            if held == 3 {
                for shift in [18, 12, 6, 0] as [UInt32] { out.append(alphabet[Int(accumulator >> shift & 63)]) }
                accumulator = 0
                held = 0
            }
        }
        if held == 1 {
            out += [alphabet[Int(accumulator >> 2 & 63)], alphabet[Int(accumulator << 4 & 63)], 61, 61]
        } else if held == 2 {
            out += [
                alphabet[Int(accumulator >> 10 & 63)], alphabet[Int(accumulator >> 4 & 63)],
                alphabet[Int(accumulator << 2 & 63)], 61,
            ]
        }
        return String(decoding: out, as: UTF8.self)
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
