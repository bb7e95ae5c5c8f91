/// An event in the Log Event Extended Format, versions 1 and 2.
struct LEEFEvent {
    var vendor: String
    var product: String
    var eventID: String
    var fields: KeyValuePairs

    /// - Parameter line: From `LEEF:` to the end of the line.
    init(_ line: ArraySlice<UInt8>) throws(RecordError) {
        let isSecond = line.dropFirst(5).first == 0x32
        let parts = line.split(separator: 0x7C, maxSplits: isSecond ? 6 : 5, omittingEmptySubsequences: false)
        guard parts.count >= 6 else { throw RecordError(.malformed, "LEEF has five fields before its attributes") }
        vendor = String(decoding: parts[1], as: UTF8.self)
        product = String(decoding: parts[2], as: UTF8.self)
        eventID = String(decoding: parts[4], as: UTF8.self)
        var delimiter: UInt8 = 0x09
        var attributes = parts[parts.count - 1]
        if isSecond, parts.count == 7, let named = try LEEFEvent.delimiter(parts[5]) {
            delimiter = named
        } else if isSecond, parts.count == 7, !parts[5].isEmpty {
            // The delimiter was left out and a bar stands in the attributes.
            attributes = line[parts[5].startIndex...]
        }
        // Some senders write bars where the format has tabs.
        if delimiter == 0x09, !attributes.contains(0x09), attributes.contains(0x7C) { delimiter = 0x7C }
        fields = KeyValuePairs()
        for attribute in attributes.split(separator: delimiter) {
            guard let equals = attribute.firstIndex(of: 0x3D) else { continue }
            try fields.append(
                String(decoding: attribute[..<equals].trimmedASCIISpace, as: UTF8.self),
                String(decoding: attribute[(equals + 1)...], as: UTF8.self))
        }
    }

    /// One character, or its code as `x5E` or `0x5E`. Nil where this is no delimiter but the first attribute.
    private static func delimiter(_ field: ArraySlice<UInt8>) throws(RecordError) -> UInt8? {
        if field.count == 1 { return field.first }
        if field.contains(0x3D) || field.isEmpty { return nil }
        let digits = field.starts(with: "0x".utf8) ? field.dropFirst(2) : field.dropFirst(1)
        guard field.first == 0x78 || field.starts(with: "0x".utf8),
            let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 16), code != 0
        else { throw RecordError(.malformed, "LEEF names its delimiter by one character or its code") }
        return code
    }
}
