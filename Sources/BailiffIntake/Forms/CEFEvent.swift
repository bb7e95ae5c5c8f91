/// An event in the Common Event Format: seven header fields and an extension of `key=value` pairs.
struct CEFEvent {
    var vendor: String
    var product: String
    var classID: String
    var name: String
    var severity: String
    var fields: KeyValuePairs

    /// - Parameter line: From `CEF:` to the end of the line.
    init(_ line: ArraySlice<UInt8>) throws(RecordError) {
        var header: [String] = []
        var field: [UInt8] = []
        var index = line.startIndex
        while index < line.endIndex, header.count < 7 {
            let byte = line[index]
            if byte == 0x5C, index + 1 < line.endIndex, line[index + 1] == 0x7C || line[index + 1] == 0x5C {
                field.append(line[index + 1])
                index += 2
                continue
            }
            if byte == 0x7C {
                header.append(String(decoding: field, as: UTF8.self))
                field.removeAll()
            } else {
                field.append(byte)
            }
            index += 1
        }
        guard header.count == 7 else { throw RecordError(.malformed, "CEF has seven fields before its extension") }
        vendor = header[1]
        product = header[2]
        classID = header[4]
        name = header[5]
        severity = header[6]
        fields = try CEFEvent.extension(line[index...])
    }

    /// The value whose label (`cs1Label`, `cn1Label`, `flexString1Label`) is one of these; case, spaces, hyphens and
    /// underscores don't count, and the labels are given without them.
    func labelled(_ labels: StaticString...) -> String? {
        for pair in fields.pairs
        where pair.key.utf8.count > 5 && pair.key.utf8.suffix(5).equalsIgnoringASCIICase("label") {
            let folded = pair.value.utf8.filter { $0 != 0x20 && $0 != 0x5F && $0 != 0x2D }
            guard labels.contains(where: { folded.equalsIgnoringASCIICase($0) }) else { continue }
            if let value = fields[String(decoding: pair.key.utf8.dropLast(5), as: UTF8.self)] { return value }
        }
        return nil
    }

    /// A key begins behind white space and ends at an equals sign that no backslash takes away; its value runs to the
    /// next key.
    private static func `extension`(_ bytes: ArraySlice<UInt8>) throws(RecordError) -> KeyValuePairs {
        var fields = KeyValuePairs()
        var key: String?
        var valueStart = bytes.startIndex
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if bytes[index] == 0x5C {
                index = min(index + 2, bytes.endIndex)
                continue
            }
            if bytes[index] == 0x3D, let start = keyStart(bytes, endingAt: index, notBefore: valueStart) {
                if let key { try fields.append(key, unescaped(bytes[valueStart..<start])) }
                key = String(decoding: bytes[start..<index], as: UTF8.self)
                valueStart = index + 1
            }
            index += 1
        }
        if let key { try fields.append(key, unescaped(bytes[valueStart...])) }
        return fields
    }

    private static func keyStart(_ bytes: ArraySlice<UInt8>, endingAt end: Int, notBefore lower: Int) -> Int? {
        var start = end
        while start > lower, isKey(bytes[start - 1]) { start -= 1 }
        guard start < end, end - start <= 64 else { return nil }
        return start == bytes.startIndex || bytes[start - 1].isASCIISpace ? start : nil
    }

    private static func isKey(_ byte: UInt8) -> Bool {
        byte.isASCIILetter || byte.isASCIIDigit || byte == 0x5F || byte == 0x2E || byte == 0x2D || byte == 0x5B
            || byte == 0x5D
    }

    private static func unescaped(_ bytes: ArraySlice<UInt8>) -> String {
        var out: [UInt8] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if bytes[index] == 0x5C, index + 1 < bytes.endIndex {
                let next = bytes[index + 1]
                switch next {
                case 0x3D, 0x5C, 0x7C: out.append(next)
                case 0x6E: out.append(0x0A)
                case 0x72: out.append(0x0D)
                default: out += [0x5C, next]
                }
                index += 2
            } else {
                out.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
