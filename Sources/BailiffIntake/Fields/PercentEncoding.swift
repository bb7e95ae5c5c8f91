/// `%HH` in URLs, forms and feed fields.
enum PercentEncoding {
    /// Decodes every well-formed `%HH`; a `%` that begins none stays. Nil where the bytes are no UTF-8 or hold U+0000.
    static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String? {
        decode(utf8: Array(text.utf8)[...], plusIsSpace: plusIsSpace)
    }

    static func decode(utf8 bytes: ArraySlice<UInt8>, plusIsSpace: Bool = false) -> String? {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte == 0x25, index + 2 < bytes.endIndex, let high = hexValue(bytes[index + 1]),
                let low = hexValue(bytes[index + 2])
            {
                out.append(high << 4 | low)
                index += 3
                continue
            }
            out.append(plusIsSpace && byte == 0x2B ? 0x20 : byte)
            index += 1
        }
        if out.contains(0) { return nil }
        return String(validating: out, as: UTF8.self)
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}
