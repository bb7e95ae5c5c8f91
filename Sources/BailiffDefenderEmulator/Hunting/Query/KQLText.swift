/// The text operators of the query language.
enum KQLText {
    static func lowered(_ text: String) -> String {
        text.utf8.allSatisfy { $0 < 0x80 } ? Route.lowercased(text) : text.lowercased()
    }

    static func raised(_ text: String) -> String { text.uppercased() }

    static func equal(_ left: String, _ right: String, ignoringCase: Bool) -> Bool {
        left.utf8.elementsEqual(right.utf8)
            || ignoringCase && lowered(left).utf8.elementsEqual(lowered(right).utf8)
    }

    static func contains(_ text: String, _ part: String) -> Bool {
        ByteSearch.contains(Array(text.utf8), Array(part.utf8))
    }

    /// Whether the text has the term: bounded on both sides by something that is no letter and no digit.
    static func has(_ text: String, _ term: String, prefix: Bool = false, suffix: Bool = false) -> Bool {
        let (text, term) = (Array(text.utf8), Array(term.utf8))
        guard !term.isEmpty, text.count >= term.count else { return term.isEmpty }
        for start in 0...(text.count - term.count) where text[start] == term[0] {
            guard text[start..<start + term.count].elementsEqual(term) else { continue }
            let end = start + term.count
            let isFree = start == 0 || !isWord(text[start - 1])
            let isClosed = end == text.count || !isWord(text[end])
            if (isFree || suffix) && (isClosed || prefix) { return true }
        }
        return false
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte >= 0x80
    }
}
