import BailiffModel

// How every reader gets at the members of a record: absent words are nil, texts are trimmed and bounded.
extension JSONValue {
    /// What stands at a path of members; nil where a step is missing or null.
    func at(_ path: String...) -> JSONValue? { at(path[...]) }

    private func at(_ path: ArraySlice<String>) -> JSONValue? {
        var value = self
        for key in path {
            guard let next = value[key] else { return nil }
            value = next
        }
        return value.unlessNull
    }

    /// The text at a path: not empty, not an absent word, trimmed, at most ``FieldText/greatestLength`` scalars.
    /// Numbers count as text where a product writes ids now this way, now that.
    func text(_ path: String...) -> String? { at(path[...])?.fieldText }

    /// A number, or a text that is one.
    func number(_ path: String...) -> Double? { at(path[...])?.fieldNumber }

    func flag(_ path: String...) -> Bool? { at(path[...])?.fieldFlag }

    func elements(_ path: String...) -> [JSONValue] { at(path[...])?.array ?? [] }

    /// Texts of an array, or the one text that stands in its place.
    func texts(_ path: String...) -> [String] {
        guard let value = at(path[...]) else { return [] }
        if let elements = value.array { return elements.compactMap(\.fieldText) }
        return value.fieldText.map { [$0] } ?? []
    }

    func has(_ key: String) -> Bool { self[key] != nil }

    var fieldText: String? {
        switch self {
        case .string(let text): FieldText.clean(text)
        case .int(let number): String(number)
        default: nil
        }
    }

    var fieldNumber: Double? {
        switch self {
        case .int(let number): Double(number)
        case .double(let number): number
        case .string(let text): FieldText.number(text)
        default: nil
        }
    }

    var fieldFlag: Bool? {
        switch self {
        case .bool(let flag): return flag
        case .int(let number): return number != 0
        case .string(let text):
            if text.isWord("true") || text.isWord("yes") || text.isWord("1") { return true }
            if text.isWord("false") || text.isWord("no") || text.isWord("0") { return false }
            return nil
        default: return nil
        }
    }

    /// Like a nested path, but also where the keys are dotted, wholly or in part: `file.hash.md5`.
    func dotted(_ path: String) -> JSONValue? {
        if let value = self[path] { return value.unlessNull }
        guard case .object(let object) = self else { return nil }
        for member in object.members where path.utf8.count > member.key.utf8.count + 1 {
            let rest = path.utf8.dropFirst(member.key.utf8.count)
            guard path.utf8.starts(with: member.key.utf8), rest.first == 0x2E else { continue }
            if let value = member.value.dotted(String(decoding: rest.dropFirst(), as: UTF8.self)) { return value }
        }
        return nil
    }

    /// The member whose key is `key` but for case, spaces, hyphens and underscores. `key` is lower-case letters and
    /// digits.
    func loose(_ key: StaticString) -> JSONValue? {
        guard case .object(let object) = self else { return nil }
        guard let value = object.members.first(where: { $0.key.isLoosely(key) })?.value, !value.isNull else {
            return nil
        }
        return value
    }
}

/// Texts from outside, made fit to be kept.
enum FieldText {
    /// In Unicode scalars. Conditions are costed for texts of this length; what is longer is cut.
    static let greatestLength = 1_024

    /// Nil for absent words; else trimmed and cut.
    static func clean(_ text: String) -> String? {
        if Absent.isAbsent(text) { return nil }
        let trimmed = text.trimmedASCIISpace
        guard trimmed.utf8.count > greatestLength else { return trimmed }
        return String(String.UnicodeScalarView(trimmed.unicodeScalars.prefix(greatestLength)))
    }

    /// A decimal number and nothing else: no hexadecimal, no `inf`, at most 32 characters.
    static func number(_ text: String) -> Double? {
        let bytes = text.utf8.trimmedASCIISpace
        guard let first = bytes.first, bytes.count <= 32, first.isASCIIDigit || first == 0x2D || first == 0x2B,
            bytes.allSatisfy({ $0.isASCIIDigit || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0) }),
            let number = Double(String(decoding: bytes, as: UTF8.self)), number.isFinite
        else { return nil }
        return number
    }

    /// The last part of a Windows or POSIX path.
    static func lastPathComponent(_ text: String) -> String? {
        let parts = text.utf8.split(whereSeparator: { $0 == 0x2F || $0 == 0x5C })
        return parts.last.flatMap { clean(String(decoding: $0, as: UTF8.self)) }
    }

    /// Whether a name is a URL: then no file was under test.
    static func isURL(_ text: String) -> Bool {
        text.utf8.prefix(8).elementsEqual("https://".utf8) || text.utf8.prefix(7).elementsEqual("http://".utf8)
            || text.utf8.prefix(6).elementsEqual("ftp://".utf8) || text.utf8.prefix(7).elementsEqual("hxxp://".utf8)
    }
}
