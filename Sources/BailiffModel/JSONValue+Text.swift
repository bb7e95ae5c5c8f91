extension JSONValue {
    /// How a value is written.
    package struct Format: Sendable {
        /// Two spaces a level and a space behind the colon; else one line without any white space.
        package var isPretty: Bool
        /// Keys sorted by bytes; else as they stand.
        package var sortsKeys: Bool
        /// Non-ASCII, DEL and everything a terminal could act on written as `\uXXXX`.
        package var escapesNonASCII: Bool

        package init(isPretty: Bool = false, sortsKeys: Bool = false, escapesNonASCII: Bool = false) {
            self.isPretty = isPretty
            self.sortsKeys = sortsKeys
            self.escapesNonASCII = escapesNonASCII
        }

        package static let compact = Format()
        package static let sorted = Format(sortsKeys: true)
        package static let pretty = Format(isPretty: true, sortsKeys: true)
    }

    /// JSON text in UTF-8, without a final line break. Non-finite doubles are written as null.
    package func utf8(_ format: Format = .compact) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(256)
        write(to: &out, format: format)
        return out
    }

    /// Appends what ``utf8(_:)`` gives.
    package func write(to out: inout [UInt8], format: Format) { write(to: &out, format: format, level: 0) }

    package func text(_ format: Format = .compact) -> String { String(decoding: utf8(format), as: UTF8.self) }

    private func write(to out: inout [UInt8], format: Format, level: Int) {
        switch self {
        case .null: out += "null".utf8
        case .bool(let flag): out += (flag ? "true" : "false").utf8
        case .int(let number): out += String(number).utf8
        case .double(let number): out += (number.isFinite ? JSONValue.text(of: number) : "null").utf8
        case .string(let text): JSONValue.write(text, to: &out, format: format)
        case .array(let elements):
            out.append(0x5B)
            for (index, element) in elements.enumerated() {
                if index > 0 { out.append(0x2C) }
                JSONValue.breakLine(&out, format: format, level: level + 1)
                element.write(to: &out, format: format, level: level + 1)
            }
            if !elements.isEmpty { JSONValue.breakLine(&out, format: format, level: level) }
            out.append(0x5D)
        case .object(let object):
            out.append(0x7B)
            let members = format.sortsKeys ? object.membersByKey : object.members
            for (index, member) in members.enumerated() {
                if index > 0 { out.append(0x2C) }
                JSONValue.breakLine(&out, format: format, level: level + 1)
                JSONValue.write(member.key, to: &out, format: format)
                out.append(0x3A)
                if format.isPretty { out.append(0x20) }
                member.value.write(to: &out, format: format, level: level + 1)
            }
            if !members.isEmpty { JSONValue.breakLine(&out, format: format, level: level) }
            out.append(0x7D)
        }
    }

    private static func breakLine(_ out: inout [UInt8], format: Format, level: Int) {
        guard format.isPretty else { return }
        out.append(0x0A)
        out.append(contentsOf: repeatElement(0x20, count: level * 2))
    }

    private static func text(of number: Double) -> String {
        // `description` gives the shortest digits that read back; "1e+20" and "5e-324" are valid JSON as they are.
        number.description
    }

    /// Appends a text as JSON: quoted and escaped.
    package static func write(_ text: String, to out: inout [UInt8], format: Format = .compact) {
        out.append(0x22)
        // Most texts are plain ASCII, and stepping through UTF-16 is many times slower than through bytes.
        if format.escapesNonASCII, text.utf8.contains(where: { $0 >= 0x80 }) {
            for unit in text.utf16 {
                if unit < 0x7F { writeASCII(UInt8(unit), to: &out) } else { writeEscape(unit, to: &out) }
            }
        } else {
            var text = text
            text.withUTF8 { writeRuns(of: $0, to: &out) }
        }
        out.append(0x22)
    }

    /// What needs no escape is copied as a whole.
    private static func writeRuns(of bytes: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) {
        var start = 0
        for index in bytes.indices {
            let byte = bytes[index]
            guard byte < 0x20 || byte == 0x22 || byte == 0x5C || byte == 0x7F else { continue }
            out.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<index]))
            writeASCII(byte, to: &out)
            start = index + 1
        }
        out.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start...]))
    }

    private static func writeASCII(_ byte: UInt8, to out: inout [UInt8]) {
        switch byte {
        case 0x22: out += "\\\"".utf8
        case 0x5C: out += "\\\\".utf8
        case 0x08: out += "\\b".utf8
        case 0x0C: out += "\\f".utf8
        case 0x0A: out += "\\n".utf8
        case 0x0D: out += "\\r".utf8
        case 0x09: out += "\\t".utf8
        case 0..<0x20, 0x7F: writeEscape(UInt16(byte), to: &out)
        default: out.append(byte)
        }
    }

    private static func writeEscape(_ unit: UInt16, to out: inout [UInt8]) {
        out += "\\u".utf8
        for shift in [12, 8, 4, 0] as [UInt16] {
            let digit = UInt8(unit >> shift & 15)
            out.append(digit < 10 ? 0x30 + digit : 0x61 + digit - 10)
        }
    }
}

extension JSONObject {
    /// Sorted by the bytes of their keys, as they often are already.
    fileprivate var membersByKey: [Member] {
        func precede(_ left: Member, _ right: Member) -> Bool {
            left.key.utf8.lexicographicallyPrecedes(right.key.utf8)
        }
        let isSorted = zip(members, members.dropFirst()).allSatisfy { !precede($1, $0) }
        return isSorted ? members : members.sorted(by: precede)
    }
}
