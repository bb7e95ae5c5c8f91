/// The recursive-descent reader behind ``StrictJSON``. What is ill-formed is thrown; what is well-formed but against a
/// rule is noted in ``violation`` (the first one), so that the records behind it can still be read.
struct JSONReader {
    private let buffer: UnsafeBufferPointer<UInt8>
    private let end: Int
    private let limits: JSONLimits
    private var position: Int
    private var values = 0
    private(set) var violation: JSONError?

    init(_ buffer: UnsafeBufferPointer<UInt8>, from: Int, to end: Int, limits: JSONLimits) {
        self.buffer = buffer
        self.position = from
        self.end = end
        self.limits = limits
    }

    mutating func document() throws(JSONError) -> JSONValue {
        try start()
        let result = try value(depth: 0)
        try finish()
        return result
    }

    mutating func records() throws(JSONError) -> [StrictJSON.Record] {
        try start()
        guard buffer[position] == 0x5B else {
            let from = position
            let result = try value(depth: 0)
            let record = StrictJSON.Record(bytes: from..<position, value: outcome(result))
            try finish()
            return [record]
        }
        position += 1
        var out: [StrictJSON.Record] = []
        skipSpace()
        if position < end, buffer[position] == 0x5D {
            position += 1
            try finish()
            return out
        }
        while true {
            skipSpace()
            let from = position
            values = 0
            violation = nil
            let result = try value(depth: 0)
            out.append(StrictJSON.Record(bytes: from..<position, value: outcome(result)))
            skipSpace()
            guard position < end else { throw JSONError(.syntax, at: position) }
            let byte = buffer[position]
            position += 1
            if byte == 0x5D { break }
            guard byte == 0x2C else { throw JSONError(.syntax, at: position - 1) }
        }
        try finish()
        return out
    }

    private func outcome(_ value: JSONValue) -> Result<JSONValue, JSONError> {
        violation.map { .failure($0) } ?? .success(value)
    }

    private mutating func start() throws(JSONError) {
        if end - position >= 3, buffer[position] == 0xEF, buffer[position + 1] == 0xBB, buffer[position + 2] == 0xBF {
            throw JSONError(.byteOrderMark, at: position)
        }
        skipSpace()
        if position == end { throw JSONError(.empty, at: position) }
    }

    private mutating func finish() throws(JSONError) {
        skipSpace()
        if position != end { throw JSONError(.trailingData, at: position) }
    }

    private mutating func note(_ code: JSONError.Code, at offset: Int) {
        if violation == nil, !limits.tolerated.contains(code) { violation = JSONError(code, at: offset) }
    }

    private mutating func skipSpace() {
        while position < end {
            let byte = buffer[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            position += 1
        }
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        guard position < end else { throw JSONError(.syntax, at: position) }
        values += 1
        if values > limits.values { note(.tooManyValues, at: position) }
        switch buffer[position] {
        case 0x22: return .string(try string())
        case 0x7B: return try object(depth: depth + 1)
        case 0x5B: return try array(depth: depth + 1)
        case 0x74: return try literal("true", .bool(true))
        case 0x66: return try literal("false", .bool(false))
        case 0x6E: return try literal("null", .null)
        case 0x2D, 0x30...0x39: return try number()
        default: throw JSONError(.syntax, at: position)
        }
    }

    private mutating func literal(_ word: StaticString, _ result: JSONValue) throws(JSONError) -> JSONValue {
        let count = word.utf8CodeUnitCount
        guard end - position >= count else { throw JSONError(.syntax, at: position) }
        for index in 0..<count where buffer[position + index] != word.utf8Start[index] {
            throw JSONError(.syntax, at: position)
        }
        position += count
        return result
    }

    private mutating func enter(_ depth: Int) throws(JSONError) {
        if depth > limits.depth { note(.tooDeep, at: position) }
        if depth > StrictJSON.greatestDepth { throw JSONError(.tooDeep, at: position) }
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
        try enter(depth)
        position += 1
        var elements: [JSONValue] = []
        skipSpace()
        if position < end, buffer[position] == 0x5D {
            position += 1
            return .array(elements)
        }
        while true {
            skipSpace()
            let element = try value(depth: depth)
            // What is over the limit is read to its end but no longer kept.
            if values <= limits.values { elements.append(element) }
            skipSpace()
            guard position < end else { throw JSONError(.syntax, at: position) }
            let byte = buffer[position]
            position += 1
            if byte == 0x5D { return .array(elements) }
            guard byte == 0x2C else { throw JSONError(.syntax, at: position - 1) }
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
        try enter(depth)
        position += 1
        var members: [JSONObject.Member] = []
        var seen: Set<[UInt8]>?
        skipSpace()
        if position < end, buffer[position] == 0x7D {
            position += 1
            return .object(JSONObject(members))
        }
        while true {
            skipSpace()
            let keyAt = position
            guard position < end, buffer[position] == 0x22 else { throw JSONError(.syntax, at: position) }
            let key = try string()
            if isRepeated(key, among: members, seen: &seen) { note(.duplicateKey, at: keyAt) }
            skipSpace()
            guard position < end, buffer[position] == 0x3A else { throw JSONError(.syntax, at: position) }
            position += 1
            skipSpace()
            let member = JSONObject.Member(key, try value(depth: depth))
            if values <= limits.values { members.append(member) }
            skipSpace()
            guard position < end else { throw JSONError(.syntax, at: position) }
            let byte = buffer[position]
            position += 1
            if byte == 0x7D { return .object(JSONObject(members)) }
            guard byte == 0x2C else { throw JSONError(.syntax, at: position - 1) }
        }
    }

    /// Few keys are compared one by one, many through a set of their bytes.
    private func isRepeated(_ key: String, among members: [JSONObject.Member], seen: inout Set<[UInt8]>?) -> Bool {
        if members.count < 24 {
            // Equal bytes are always equal texts, which is a fast comparison; few are left for the slow one.
            for member in members where member.key.utf8.count == key.utf8.count && member.key == key {
                if member.key.utf8.elementsEqual(key.utf8) { return true }
            }
            return false
        }
        if seen == nil { seen = Set(members.map { Array($0.key.utf8) }) }
        return seen?.insert(Array(key.utf8)).inserted == false
    }

    private mutating func number() throws(JSONError) -> JSONValue {
        let start = position
        var isInteger = true
        if buffer[position] == 0x2D { position += 1 }
        guard position < end else { throw JSONError(.syntax, at: position) }
        if buffer[position] == 0x30 {
            position += 1
        } else {
            try digits()
        }
        if position < end, buffer[position] == 0x2E {
            isInteger = false
            position += 1
            try digits()
        }
        if position < end, buffer[position] | 0x20 == 0x65 {
            isInteger = false
            position += 1
            if position < end, buffer[position] == 0x2B || buffer[position] == 0x2D { position += 1 }
            try digits()
        }
        let length = position - start
        guard length <= limits.numberLength else {
            note(.numberTooLong, at: start)
            return .null
        }
        if isInteger, let integer = integer(from: start) { return .int(integer) }
        let text = String(decoding: buffer[start..<position], as: UTF8.self)
        guard let double = Double(text), double.isFinite else {
            note(.numberOutOfRange, at: start)
            return .null
        }
        return .double(double)
    }

    private func integer(from start: Int) -> Int64? {
        let isNegative = buffer[start] == 0x2D
        var result: Int64 = 0
        for index in (isNegative ? start + 1 : start)..<position {
            let (product, overflowed) = result.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.subtractingReportingOverflow(Int64(buffer[index] - 0x30))
            if overflowed || carried { return nil }
            result = sum
        }
        if isNegative { return result == 0 ? nil : result }  // "-0" keeps its sign as a double
        return result == .min ? nil : -result
    }

    private mutating func digits() throws(JSONError) {
        let start = position
        while position < end, buffer[position] >= 0x30, buffer[position] <= 0x39 { position += 1 }
        if position == start { throw JSONError(.syntax, at: position) }
    }

    private mutating func string() throws(JSONError) -> String {
        let opening = position
        position += 1
        let start = position
        var isASCII = true
        while position < end {
            let byte = buffer[position]
            if byte == 0x22 {
                let slice = buffer[start..<position]
                position += 1
                if isASCII { return String(decoding: slice, as: UTF8.self) }
                return try validated(slice, at: start)
            }
            if byte == 0x5C { return try escapedString(from: start, opening: opening) }
            if byte < 0x20 { throw JSONError(.syntax, at: position) }
            if byte >= 0x80 { isASCII = false }
            position += 1
        }
        throw JSONError(.syntax, at: opening)
    }

    private func validated(_ slice: some Collection<UInt8>, at offset: Int) throws(JSONError) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else { throw JSONError(.notUTF8, at: offset) }
        return text
    }

    private mutating func escapedString(from start: Int, opening: Int) throws(JSONError) -> String {
        var out = Array(buffer[start..<position])
        while position < end {
            let byte = buffer[position]
            position += 1
            if byte == 0x22 { return try validated(out, at: start) }
            if byte < 0x20 { throw JSONError(.syntax, at: position - 1) }
            guard byte == 0x5C else {
                out.append(byte)
                continue
            }
            guard position < end else { break }
            let escape = buffer[position]
            position += 1
            switch escape {
            case 0x22, 0x5C, 0x2F: out.append(escape)
            case 0x62: out.append(0x08)
            case 0x66: out.append(0x0C)
            case 0x6E: out.append(0x0A)
            case 0x72: out.append(0x0D)
            case 0x74: out.append(0x09)
            case 0x75: out.append(contentsOf: String(try unicodeEscape()).utf8)
            default: throw JSONError(.syntax, at: position - 1)
            }
        }
        throw JSONError(.syntax, at: opening)
    }

    /// Reads what stands behind `\u`, the second half of a pair included.
    private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
        let at = position - 2
        let first = try fourDigits()
        if first == 0 { note(.nulCharacter, at: at) }
        if let scalar = Unicode.Scalar(first) { return scalar }
        if first < 0xDC00, position + 1 < end, buffer[position] == 0x5C, buffer[position + 1] == 0x75 {
            position += 2
            let second = try fourDigits()
            if (0xDC00...0xDFFF).contains(second),
                let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
            {
                return scalar
            }
        }
        note(.loneSurrogate, at: at)
        return "\u{FFFD}"
    }

    private mutating func fourDigits() throws(JSONError) -> UInt32 {
        guard end - position >= 4 else { throw JSONError(.syntax, at: position) }
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Hex.value(of: buffer[position]) else { throw JSONError(.syntax, at: position) }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}
