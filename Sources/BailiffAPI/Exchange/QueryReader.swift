import BailiffDiagnostics
import BailiffModel
import BailiffStore

/// The query of an address, read strictly: each name once, every name known.
struct QueryReader {
    private let items: [(name: String, value: String)]
    private var asked: [String] = []

    /// - Throws: `Problem` for broken escapes and repeated names.
    init(_ query: String?) throws(Problem) {
        var items: [(name: String, value: String)] = []
        guard let query else {
            self.items = items
            return
        }
        for part in query.utf8.split(separator: UInt8(ascii: "&")) {
            let sides = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = sides.first.flatMap({ PercentDecoding.text($0, plusIsSpace: true) }),
                let value = sides.count > 1 ? PercentDecoding.text(sides[1], plusIsSpace: true) : ""
            else { throw Problem(.queryMalformed, "the query holds a broken escape or text that is not UTF-8") }
            guard !items.contains(where: { $0.name.utf8.elementsEqual(name.utf8) }) else {
                throw Problem(.queryMalformed, "the parameter '\(name.escapedForDisplay(limit: 40))' stands twice")
            }
            items.append((name, value))
        }
        self.items = items
    }

    /// Asking makes a parameter known.
    mutating func text(_ name: String) -> String? {
        asked.append(name)
        return items.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }

    mutating func integer(_ name: String, in range: ClosedRange<Int64>) throws(Problem) -> Int64? {
        guard let text = text(name) else { return nil }
        let isPlain = !text.isEmpty && text.utf8.count <= 19 && text.utf8.allSatisfy { (48...57).contains($0) }
        guard isPlain, let value = Int64(text), range.contains(value) else {
            throw Problem(
                .queryMalformed, "'\(name)' is a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    mutating func flag(_ name: String) throws(Problem) -> Bool? {
        switch text(name) {
        case nil: return nil
        case "true": return true
        case "false": return false
        default: throw Problem(.queryMalformed, "'\(name)' is true or false")
        }
    }

    /// One of the words of a closed set.
    mutating func word<Word: RawRepresentable & CaseIterable>(
        _ name: String, _ words: Word.Type
    ) throws(Problem) -> Word? where Word.RawValue == String {
        guard let text = text(name) else { return nil }
        guard let word = Word(rawValue: text) else {
            let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(.queryMalformed, "'\(name)' is one of \(known)")
        }
        return word
    }

    /// `limit` and `cursor` of a list.
    mutating func page() throws(Problem) -> PageRequest {
        let limit = try integer("limit", in: 1...1_000) ?? 100
        guard let cursor = text("cursor") else { return PageRequest(limit: Int(limit)) }
        guard let position = Cursor.position(cursor) else {
            throw Problem(.queryMalformed, "'cursor' is none that this server gave out")
        }
        return PageRequest(before: position, limit: Int(limit))
    }

    /// - Throws: `Problem` for a parameter nobody asked for.
    func finish() throws(Problem) {
        for item in items where !asked.contains(where: { $0.utf8.elementsEqual(item.name.utf8) }) {
            let shown = item.name.escapedForDisplay(limit: 40)
            let guess = closestMatch(to: item.name, among: asked).map { "; did you mean '\($0)'?" } ?? ""
            throw Problem(.queryMalformed, "unknown parameter '\(shown)'\(guess)")
        }
    }
}

/// Percent-decoding that refuses what is broken.
enum PercentDecoding {
    /// Nil for a broken escape, for bytes that are no UTF-8 and for U+0000.
    static func text(_ bytes: some Sequence<UInt8>, plusIsSpace: Bool = false) -> String? {
        var out: [UInt8] = []
        var pending: [UInt8] = []
        var isEscaped = false
        for byte in bytes {
            if isEscaped {
                guard let digit = Hex.value(of: byte) else { return nil }
                pending.append(digit)
                if pending.count == 2 {
                    out.append(pending[0] << 4 | pending[1])
                    pending.removeAll(keepingCapacity: true)
                    isEscaped = false
                }
            } else if byte == UInt8(ascii: "%") {
                isEscaped = true
            } else {
                out.append(plusIsSpace && byte == UInt8(ascii: "+") ? 0x20 : byte)
            }
        }
        guard !isEscaped, !out.contains(0) else { return nil }
        return String(validating: out, as: UTF8.self)
    }
}
