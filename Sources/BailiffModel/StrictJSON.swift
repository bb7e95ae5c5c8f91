/// Why a JSON text is refused, and where.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case empty, syntax, notUTF8, byteOrderMark, trailingData, tooDeep, tooManyValues
        case duplicateKey, numberOutOfRange, numberTooLong, nulCharacter, loneSurrogate
    }

    package var code: Code
    /// In bytes from the start of the text.
    package var offset: Int

    package init(_ code: Code, at offset: Int) {
        self.code = code
        self.offset = offset
    }

    package var description: String {
        switch code {
        case .empty: "the text is empty"
        case .syntax: "invalid JSON at byte \(offset)"
        case .notUTF8: "invalid UTF-8 at byte \(offset)"
        case .byteOrderMark: "a byte order mark is not allowed"
        case .trailingData: "more data behind the value at byte \(offset)"
        case .tooDeep: "nested too deeply at byte \(offset)"
        case .tooManyValues: "too many values at byte \(offset)"
        case .duplicateKey: "the key at byte \(offset) stands twice in its object"
        case .numberOutOfRange: "the number at byte \(offset) is out of range"
        case .numberTooLong: "the number at byte \(offset) has too many digits"
        case .nulCharacter: "U+0000 in the text at byte \(offset)"
        case .loneSurrogate: "half a surrogate pair at byte \(offset)"
        }
    }
}

/// Bounds of one record.
package struct JSONLimits: Sendable {
    package var depth: Int
    package var values: Int
    package var numberLength: Int
    /// Broken rules that are passed over. A number that is too long or out of range then reads as null, half a surrogate
    /// pair as U+FFFD, the first of several equal keys counts.
    package var tolerated: Set<JSONError.Code>

    package init(
        depth: Int = 32, values: Int = 10_000, numberLength: Int = 32, tolerated: Set<JSONError.Code> = []
    ) {
        self.depth = min(depth, StrictJSON.greatestDepth)
        self.values = values
        self.numberLength = numberLength
        self.tolerated = tolerated
    }

    package static let record = JSONLimits()
    /// For sandbox reports, which are long.
    package static let report = JSONLimits(values: 1_000_000)
    /// For documents Bailiff wrote itself and for answers of configured services.
    package static let trusted = JSONLimits(depth: 256, values: 50_000_000, numberLength: 64)
    /// For answers of services that pass on text of others: what such text may hold does not spoil the whole answer.
    package static let service = JSONLimits(
        depth: 256, values: 50_000_000, numberLength: 64,
        tolerated: [.nulCharacter, .loneSurrogate, .numberOutOfRange, .numberTooLong])
}

/// A strict JSON reader: RFC 8259 and nothing more, duplicate keys (after unescaping), byte order marks, U+0000, lone
/// surrogates, numbers out of range and oversized input refused. It never crashes on any input.
package enum StrictJSON {
    /// Deeper input is refused whatever the limits say, so that the stack cannot end.
    package static let greatestDepth = 256

    /// One value with nothing but white space around it.
    package static func parse(_ bytes: some Sequence<UInt8>, limits: JSONLimits = .record) throws(JSONError)
        -> JSONValue
    {
        let result: Result<JSONValue, JSONError>? = bytes.withContiguousStorageIfAvailable { buffer in
            parse(buffer: buffer, limits: limits)
        }
        return try (result ?? Array(bytes).withUnsafeBufferPointer { parse(buffer: $0, limits: limits) }).get()
    }

    package static func parse(_ text: String, limits: JSONLimits = .record) throws(JSONError) -> JSONValue {
        try parse(Array(text.utf8), limits: limits)
    }

    private static func parse(buffer: UnsafeBufferPointer<UInt8>, limits: JSONLimits) -> Result<JSONValue, JSONError> {
        var reader = JSONReader(buffer, from: 0, to: buffer.count, limits: limits)
        do throws(JSONError) {
            let value = try reader.document()
            if let violation = reader.violation { return .failure(violation) }
            return .success(value)
        } catch {
            return .failure(error)
        }
    }

    /// One record of a body: where its bytes stand, and the value or what is wrong with it.
    package struct Record: Sendable {
        package var bytes: Range<Int>
        package var value: Result<JSONValue, JSONError>
    }

    /// The records of a body: the elements of a top-level array, else the one value.
    ///
    /// The limits hold for each record. A record that is well-formed but breaks a rule (a duplicate key, a number out of
    /// range, too many values, U+0000, …) fails alone.
    /// - Throws: `JSONError` where the body is not well-formed, so that no record can be told from the next.
    package static func records(_ bytes: [UInt8], limits: JSONLimits = .record) throws(JSONError) -> [Record] {
        let result: Result<[Record], JSONError> = bytes.withUnsafeBufferPointer { buffer in
            var reader = JSONReader(buffer, from: 0, to: buffer.count, limits: limits)
            do throws(JSONError) { return .success(try reader.records()) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// The lines of newline-delimited JSON, empty ones left out; each line stands for itself.
    package static func lines(_ bytes: [UInt8], limits: JSONLimits = .record) -> [Record] {
        bytes.withUnsafeBufferPointer { buffer in
            var out: [Record] = []
            var start = 0
            while start < buffer.count {
                var end = start
                while end < buffer.count, buffer[end] != 0x0A { end += 1 }
                if buffer[start..<end].contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) {
                    var reader = JSONReader(buffer, from: start, to: end, limits: limits)
                    let value: Result<JSONValue, JSONError>
                    do throws(JSONError) {
                        let parsed = try reader.document()
                        value = reader.violation.map { .failure($0) } ?? .success(parsed)
                    } catch {
                        value = .failure(error)
                    }
                    out.append(Record(bytes: start..<end, value: value))
                }
                start = end + 1
            }
            return out
        }
    }
}
