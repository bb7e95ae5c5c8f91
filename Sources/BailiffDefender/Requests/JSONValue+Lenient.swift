import BailiffModel

/// Reading what the service sends: every property may be null or absent, numbers and booleans come as strings at times,
/// times have none to seven fraction digits. Nothing here guesses: what can't be read is absent.
extension JSONValue {
    /// A string, or a number as its text.
    var textual: String? {
        switch self {
        case .string(let text): text
        case .int(let number): String(number)
        default: nil
        }
    }

    /// A string with something in it.
    var filled: String? { string.flatMap { $0.isEmpty ? nil : $0 } }

    var wholeNumber: Int64? {
        switch self {
        case .int(let number): number
        case .double(let number): Int64(exactly: number)
        case .string(let text): Int64(text)
        default: nil
        }
    }

    var flag: Bool? {
        switch self {
        case .bool(let flag): flag
        case .string(let text):
            switch text.lowercased() {
            case "true": true
            case "false": false
            default: nil
            }
        default: nil
        }
    }

    /// The year 1 is how the service writes "never".
    var time: Timestamp? {
        guard let text = string, let time = Timestamp(rfc3339: text, assumingUTC: true) else { return nil }
        return time.utc.year <= 1 ? nil : time
    }

    /// The strings of an array; also of one that comes as JSON text.
    var strings: [String] {
        switch self {
        case .array(let elements): elements.compactMap(\.textual)
        case .string(let text) where text.utf8.first == 0x5B:
            (try? StrictJSON.parse(text, limits: .service))?.array?.compactMap(\.textual) ?? []
        default: []
        }
    }

    /// The member of this name whatever its case: hunting answers differ in it.
    func field(_ name: String) -> JSONValue? {
        guard let object else { return nil }
        return object.members.first { ASCII.equal($0.key, name) }?.value
    }

    func hash(_ name: String, _ algorithm: FileHash.Algorithm) -> FileHash? {
        field(name)?.string.flatMap { FileHash(algorithm, $0) }
    }
}

/// Comparing the service's words: ASCII letters in either case, all else byte by byte.
enum ASCII {
    static func lowerCased(_ text: String) -> String {
        String(decoding: text.utf8.map { (65...90).contains($0) ? $0 + 32 : $0 }, as: UTF8.self)
    }

    static func equal(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count
            && zip(left.utf8, right.utf8).allSatisfy { lowerCased($0) == lowerCased($1) }
    }

    private static func lowerCased(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte + 32 : byte }
}
