/// `format` of the strings library.
struct TextFormatter {
    private var bytes: ArraySlice<UInt8>
    private var values: ArraySlice<CELValue>
    private var result: [UInt8] = []
    /// How long the result may become.
    private let limit: Int

    /// Fills the clauses of a format from the values, in order. Surplus values are ignored.
    ///
    /// - Parameter limit: Octets the result may have; one more ends in ``CELError/Code/memoryExceeded``.
    static func format(_ format: String, _ values: [CELValue], limit: Int) throws(Fault) -> String {
        var formatter = TextFormatter(bytes: Array(format.utf8)[...], values: values[...], limit: limit)
        while let byte = formatter.bytes.popFirst() {
            if byte == UInt8(ascii: "%") {
                try formatter.clause()
            } else {
                formatter.result.append(byte)
            }
        }
        return String(decoding: formatter.result, as: UTF8.self)
    }

    private init(bytes: ArraySlice<UInt8>, values: ArraySlice<CELValue>, limit: Int) {
        self.bytes = bytes
        self.values = values
        self.limit = limit
    }

    private mutating func append(_ text: String) throws(Fault) {
        guard text.utf8.count <= limit - result.count else {
            throw Fault(.memoryExceeded, "the formatted text is too long")
        }
        result += Array(text.utf8)
    }

    private mutating func clause() throws(Fault) {
        if bytes.first == UInt8(ascii: "%") {
            bytes = bytes.dropFirst()
            try append("%")
            return
        }
        let precision = try precision()
        guard let verb = bytes.popFirst() else { throw Fault(.invalidArgument, "the format ends within a clause") }
        guard Self.verbs.contains(verb) else {
            throw Fault(.invalidArgument, "'%\(Unicode.Scalar(verb))' is no clause of a format")
        }
        guard let value = values.popFirst() else {
            throw Fault(.invalidArgument, "the format has more clauses than there are values")
        }
        if verb == UInt8(ascii: "s") {
            try append(value)
        } else {
            try append(try Self.text(value, verb: verb, precision: precision))
        }
    }

    private static let verbs = Array("sdfexXob".utf8)

    private mutating func precision() throws(Fault) -> Int {
        guard bytes.first == UInt8(ascii: ".") else { return 6 }
        bytes = bytes.dropFirst()
        let digits = bytes.prefix { $0.isDigit }
        bytes = bytes.dropFirst(digits.count)
        guard let precision = Int(String(decoding: digits, as: UTF8.self)), precision <= NumberText.largestPrecision
        else {
            throw Fault(
                .invalidArgument, "a precision is a number from 0 to \(NumberText.largestPrecision)")
        }
        return precision
    }

    private static func text(_ value: CELValue, verb: UInt8, precision: Int) throws(Fault) -> String {
        switch verb {
        case UInt8(ascii: "d"): try decimal(value)
        case UInt8(ascii: "f"): try number(value, "f") { NumberText.fixed($0, precision: precision) }
        case UInt8(ascii: "e"): try number(value, "e") { NumberText.scientific($0, precision: precision) }
        case UInt8(ascii: "x"): try hexadecimal(value, uppercase: false)
        case UInt8(ascii: "X"): try hexadecimal(value, uppercase: true)
        case UInt8(ascii: "o"): try digits(value, "o", radix: 8)
        default: try binary(value)
        }
    }

    private static func unfit(_ value: CELValue, _ verb: String) -> Fault {
        Fault(.invalidArgument, "'%\(verb)' does not take a \(value.typeName)")
    }

    // MARK: Clauses

    /// `%s`
    private mutating func append(_ value: CELValue) throws(Fault) {
        switch value {
        case .list(let elements):
            try append("[")
            for (position, element) in elements.enumerated() {
                if position > 0 { try append(", ") }
                try append(element)
            }
            try append("]")
        case .map(let map):
            var entries: [(key: String, value: CELValue)] = []
            for (key, value) in zip(map.keys, map.values) { entries.append((try Self.text(key), value)) }
            entries.sort { $0.key.compareBytes(with: $1.key) < 0 }
            try append("{")
            for (position, entry) in entries.enumerated() {
                try append(position > 0 ? ", " : "")
                try append(entry.key)
                try append(": ")
                try append(entry.value)
            }
            try append("}")
        default: try append(try Self.text(value))
        }
    }

    /// `%s` of what is neither a list nor a map.
    private static func text(_ value: CELValue) throws(Fault) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .uint(let value): String(value)
        case .double(let value): NumberText.plain(value)
        case .string(let text): text
        case .bytes(let bytes): lossyText(bytes)
        case .timestamp(let instant): instant.description
        case .duration(let length): NumberText.plain(length.seconds) + "s"
        case .type(let name): name
        case .list, .map, .optional: throw unfit(value, "s")
        }
    }

    private static func decimal(_ value: CELValue) throws(Fault) -> String {
        switch value {
        case .double(let number): NumberText.plain(number)
        default: try digits(value, "d", radix: 10)
        }
    }

    private static func digits(_ value: CELValue, _ verb: String, radix: Int) throws(Fault) -> String {
        switch value {
        case .int(let number): String(number, radix: radix)
        case .uint(let number): String(number, radix: radix)
        default: throw unfit(value, verb)
        }
    }

    private static func number(
        _ value: CELValue, _ verb: String, _ print: (Double) -> String
    ) throws(Fault) -> String {
        switch value {
        case .double(let number): number.isFinite ? print(number) : NumberText.plain(number)
        case .int(let number): print(Double(number))
        case .uint(let number): print(Double(number))
        default: throw unfit(value, verb)
        }
    }

    private static func hexadecimal(_ value: CELValue, uppercase: Bool) throws(Fault) -> String {
        switch value {
        case .int(let number): String(number, radix: 16, uppercase: uppercase)
        case .uint(let number): String(number, radix: 16, uppercase: uppercase)
        case .string(let text): hexadecimal(Array(text.utf8), uppercase: uppercase)
        case .bytes(let bytes): hexadecimal(bytes, uppercase: uppercase)
        default: throw unfit(value, uppercase ? "X" : "x")
        }
    }

    private static func hexadecimal(_ bytes: [UInt8], uppercase: Bool) -> String {
        let digits = Array((uppercase ? "0123456789ABCDEF" : "0123456789abcdef").utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func binary(_ value: CELValue) throws(Fault) -> String {
        if case .bool(let value) = value { return value ? "1" : "0" }
        return try digits(value, "b", radix: 2)
    }

    /// Octets as UTF-8; each run of invalid ones becomes one replacement character.
    private static func lossyText(_ bytes: [UInt8]) -> String {
        var result = String.UnicodeScalarView()
        var decoder = UTF8()
        var source = bytes.makeIterator()
        var isInvalid = false
        while true {
            switch decoder.decode(&source) {
            case .scalarValue(let scalar):
                isInvalid = false
                result.append(scalar)
            case .error:
                if !isInvalid { result.append("\u{FFFD}") }
                isInvalid = true
            case .emptyInput: return String(result)
            }
        }
    }
}
