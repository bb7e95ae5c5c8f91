/// Positions counted in code points.
extension String {
    /// The UTF-8 offset of a position from 0 to the number of code points.
    func byteOffset(of position: Int64) throws(Fault) -> Int {
        guard position >= 0 else { throw Self.outOfRange(position) }
        let offset: Int? = withBytes { bytes in
            var left = position
            for (offset, byte) in bytes.enumerated() where byte & 0xC0 != 0x80 {
                if left == 0 { return offset }
                left -= 1
            }
            return left == 0 ? bytes.count : nil
        }
        guard let offset else { throw Self.outOfRange(position) }
        return offset
    }

    private static func outOfRange(_ position: Int64) -> Fault {
        Fault(.indexOutOfRange, "position \(position) is outside the string")
    }

    /// One character; empty at the end.
    func character(at position: Int64) throws(Fault) -> String {
        let start = try byteOffset(of: position)
        return withBytes { bytes in
            var end = start + 1
            while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
            return start >= bytes.count ? "" : String(decoding: bytes[start..<end], as: UTF8.self)
        }
    }

    func slice(from start: Int64, to end: Int64?) throws(Fault) -> String {
        let from = try byteOffset(of: start)
        var upTo = utf8.count
        if let end { upTo = try byteOffset(of: end) }
        guard from <= upTo else {
            throw Fault(.indexOutOfRange, "a substring cannot end before it begins")
        }
        return withBytes { String(decoding: $0[from..<upTo], as: UTF8.self) }
    }

    /// The string with each octet mapped; octets beyond ASCII must stay what they are.
    func mappingBytes(_ transform: (UInt8) -> UInt8) -> String {
        String(decoding: utf8.map(transform), as: UTF8.self)
    }

    /// Without white space (Unicode's White_Space) at both ends.
    var trimmed: String {
        var scalars = unicodeScalars[...]
        while let first = scalars.first, first.properties.isWhitespace { scalars = scalars.dropFirst() }
        while let last = scalars.last, last.properties.isWhitespace { scalars = scalars.dropLast() }
        return String(scalars)
    }

    /// In double quotation marks, with escapes for what would not stand in a literal.
    var quoted: String {
        var result = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\u{07}": result += "\\a"
            case "\u{08}": result += "\\b"
            case "\u{0C}": result += "\\f"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0B}": result += "\\v"
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

/// The places where one text occurs in another without overlap, as UTF-8 offsets. An empty text occurs before every code
/// point and at the end.
struct TextMatches: IteratorProtocol {
    private let wanted: [UInt8]
    private let text: [UInt8]
    private var position = 0

    init(of wanted: [UInt8], in text: [UInt8]) {
        self.wanted = wanted
        self.text = text
    }

    mutating func next() -> Int? {
        guard position <= text.count else { return nil }
        guard wanted.isEmpty else {
            let found = text.withUnsafeBufferPointer { text in
                wanted.withUnsafeBufferPointer { text.find($0, from: position) }
            }
            position = found.map { $0 + wanted.count } ?? text.count + 1
            return found
        }
        let found = position
        position += 1
        while position < text.count, text[position] & 0xC0 == 0x80 { position += 1 }
        return found
    }
}
