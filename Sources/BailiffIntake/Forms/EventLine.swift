/// One line of syslog text, cut into what it holds. The syslog header itself says nothing about files and is stepped
/// over.
struct EventLine {
    enum Payload {
        case cef(CEFEvent)
        case leef(LEEFEvent)
        /// Comma-separated values; the syslog header sticks to the first.
        case csv([String])
        /// `key=value` pairs.
        case pairs(KeyValuePairs)
    }

    var payload: Payload

    var cef: CEFEvent? { if case .cef(let event) = payload { event } else { nil } }
    var leef: LEEFEvent? { if case .leef(let event) = payload { event } else { nil } }
    var pairs: KeyValuePairs? { if case .pairs(let pairs) = payload { pairs } else { nil } }
    var csv: [String]? { if case .csv(let values) = payload { values } else { nil } }

    /// - Throws: `RecordError` where a line announces a format and breaks its rules, or holds none.
    init(_ line: [UInt8]) throws(RecordError) {
        if let start = EventLine.start(of: "CEF:", in: line) {
            payload = .cef(try CEFEvent(line[start...]))
        } else if let start = EventLine.start(of: "LEEF:", in: line) {
            payload = .leef(try LEEFEvent(line[start...]))
        } else if let values = EventLine.commaSeparated(line) {
            payload = .csv(values)
        } else if let pairs = try KeyValuePairs(line) {
            payload = .pairs(pairs)
        } else {
            throw RecordError(.notRecognised, "the line is neither CEF, LEEF, key=value pairs nor PAN-OS values")
        }
    }

    /// Where a version follows `mark` at the beginning of the line or of a word.
    private static func start(of mark: StaticString, in line: [UInt8]) -> Int? {
        let count = mark.utf8CodeUnitCount
        guard line.count > count else { return nil }
        for index in 0..<(line.count - count) where index == 0 || line[index - 1].isASCIISpace {
            guard line[index + count].isASCIIDigit else { continue }
            if mark.withUTF8Buffer({ line[index...].starts(with: $0) }) { return index }
        }
        return nil
    }

    /// A PAN-OS line has dozens of values; fewer are prose with commas in it.
    private static func commaSeparated(_ line: [UInt8]) -> [String]? {
        var values: [String] = []
        var value: [UInt8] = []
        var isQuoted = false
        var index = 0
        while index < line.count {
            let byte = line[index]
            if byte == 0x22 {
                if isQuoted, index + 1 < line.count, line[index + 1] == 0x22 {
                    value.append(0x22)
                    index += 1
                } else {
                    isQuoted.toggle()
                }
            } else if byte == 0x2C, !isQuoted {
                values.append(String(decoding: value, as: UTF8.self))
                value.removeAll(keepingCapacity: true)
            } else {
                value.append(byte)
            }
            index += 1
        }
        values.append(String(decoding: value, as: UTF8.self))
        return values.count >= 30 && !isQuoted ? values : nil
    }
}

/// Named values with the order and the repetitions of the line.
struct KeyValuePairs {
    private(set) var pairs: [(key: String, value: String)] = []

    init() {}

    /// `product="Threat Emulation" file_name=x.pdf`, `time=1|product=Threat Emulation`, `[action:"Detect"; product:"…"]`.
    /// Nil where there are no three pairs: then it is prose.
    init?(_ line: [UInt8]) throws(RecordError) {
        var scanner = PairScanner(line)
        while let pair = scanner.next() { try append(pair.key, pair.value) }
        guard pairs.count >= 3 else { return nil }
    }

    /// The value of a key, cleaned like every text from outside.
    subscript(key: String) -> String? {
        pairs.first { $0.key.utf8.equalsIgnoringASCIICase(key) }.flatMap { FieldText.clean($0.value) }
    }

    func has(_ key: String) -> Bool { pairs.contains { $0.key.utf8.equalsIgnoringASCIICase(key) } }

    /// The same key with the same value twice is one; with another value nobody can say which holds.
    mutating func append(_ key: String, _ value: String) throws(RecordError) {
        if pairs.count > 500 { throw RecordError(.malformed, "more than 500 values in one line") }
        if let known = pairs.first(where: { $0.key.utf8.elementsEqual(key.utf8) }) {
            if known.value.utf8.elementsEqual(value.utf8) { return }
            throw RecordError(.malformed, "a key stands twice with different values", pointer: Pointer.escaped([key]))
        }
        pairs.append((key, value))
    }
}

/// Finds `key=value`, `key="value"` and `key:"value"` in a line.
private struct PairScanner {
    private let line: [UInt8]
    private var position = 0
    /// Whether values run to the next bar instead of the next space.
    private let isBarred: Bool

    init(_ line: [UInt8]) {
        self.line = line
        isBarred = line.split(separator: 0x7C).count { $0.contains(0x3D) } >= 3
    }

    mutating func next() -> (key: String, value: String)? {
        while position < line.count {
            let start = position
            while position < line.count, PairScanner.isKey(line[position]) { position += 1 }
            guard position > start, position < line.count else {
                position += 1
                continue
            }
            let isQuoted = position + 1 < line.count && line[position + 1] == 0x22
            guard line[position] == 0x3D || (line[position] == 0x3A && isQuoted) else { continue }
            let key = String(decoding: line[start..<position], as: UTF8.self)
            position += 1
            return (key, isQuoted ? quoted() : plain())
        }
        return nil
    }

    private mutating func quoted() -> String {
        position += 1
        var value: [UInt8] = []
        while position < line.count, line[position] != 0x22 {
            if line[position] == 0x5C, position + 1 < line.count,
                line[position + 1] == 0x22 || line[position + 1] == 0x5C
            {
                position += 1
            }
            value.append(line[position])
            position += 1
        }
        position += 1
        return String(decoding: value, as: UTF8.self)
    }

    private mutating func plain() -> String {
        let start = position
        while position < line.count {
            let byte = line[position]
            if isBarred ? byte == 0x7C : byte.isASCIISpace || byte == 0x3B || byte == 0x7C { break }
            position += 1
        }
        return String(decoding: line[start..<position], as: UTF8.self)
    }

    private static func isKey(_ byte: UInt8) -> Bool {
        byte.isASCIILetter || byte.isASCIIDigit || byte == 0x5F || byte == 0x2D || byte == 0x2E
    }
}
