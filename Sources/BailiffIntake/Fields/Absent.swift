/// Words by which products say that they have nothing to say.
enum Absent {
    private static let words: [StaticString] = [
        "none", "na", "n/a", "null", "nil", "-", "--", "---", "not available", "notapplicable", "not applicable",
    ]

    /// Whether `text` is empty, white space, or such a word; ASCII case and surrounding white space don't count.
    static func isAbsent(_ text: String) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first else { return true }
        if bytes.count > 20 { return bytes.allSatisfy(\.isASCIISpace) }
        // Nearly every text that says something is told apart by its first byte.
        switch first | 0x20 {
        case 0x6E, 0x2D, 0x20, 0x29, 0x2A, 0x2B, 0x2C: break
        default: return false
        }
        let trimmed = bytes.trimmedASCIISpace
        if trimmed.isEmpty { return true }
        return words.contains { trimmed.equalsIgnoringASCIICase($0) }
    }
}

extension UInt8 {
    var isASCIISpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
    var isASCIIDigit: Bool { (0x30...0x39).contains(self) }
    var isASCIILetter: Bool { (0x61...0x7A).contains(self | 0x20) }
    var asciiLowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}

extension Collection<UInt8> {
    /// Whether the bytes are those of `word`, ASCII letters in either case. `word` is lower case.
    func equalsIgnoringASCIICase(_ word: StaticString) -> Bool {
        word.withUTF8Buffer { word in
            guard count == word.count else { return false }
            let isEqual = withContiguousStorageIfAvailable { (bytes: UnsafeBufferPointer<UInt8>) -> Bool in
                for index in word.indices where bytes[index].asciiLowercased != word[index] { return false }
                return true
            }
            return isEqual ?? zip(self, word).allSatisfy { $0.asciiLowercased == $1 }
        }
    }

    func equalsIgnoringASCIICase(_ word: String) -> Bool {
        count == word.utf8.count && zip(self, word.utf8).allSatisfy { $0.asciiLowercased == $1.asciiLowercased }
    }
}

extension BidirectionalCollection<UInt8> {
    var trimmedASCIISpace: SubSequence {
        guard let start = firstIndex(where: { !$0.isASCIISpace }),
            let last = lastIndex(where: { !$0.isASCIISpace })
        else { return self[endIndex...] }
        return self[start...last]
    }
}

extension String {
    /// Equal but for the case of ASCII letters; other letters count as they are.
    func isWord(_ word: StaticString) -> Bool { utf8.equalsIgnoringASCIICase(word) }

    /// Equal but for case, spaces, hyphens and underscores. `word` is lower-case letters and digits. Nearly every other text
    /// is told by its first byte: this is asked of every member of every record.
    func isLoosely(_ word: StaticString) -> Bool {
        guard utf8.count >= word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { word in
            var text = self
            return text.withUTF8 { bytes in
                var matched = 0
                for byte in bytes where byte != 0x20 && byte != 0x5F && byte != 0x2D {
                    guard matched < word.count, byte.asciiLowercased == word[matched] else { return false }
                    matched += 1
                }
                return matched == word.count
            }
        }
    }

    var asciiLowercased: String { String(decoding: utf8.map(\.asciiLowercased), as: UTF8.self) }

    var trimmedASCIISpace: String {
        guard let first = utf8.first, let last = utf8.last, first.isASCIISpace || last.isASCIISpace else { return self }
        return String(decoding: utf8.trimmedASCIISpace, as: UTF8.self)
    }

    /// Whether ASCII `part` (lower case) occurs, ASCII letters in either case.
    func containsIgnoringASCIICase(_ part: StaticString) -> Bool {
        part.withUTF8Buffer { part in
            guard let first = part.first else { return true }
            var text = self
            return text.withUTF8 { bytes in
                guard bytes.count >= part.count else { return false }
                for start in 0...(bytes.count - part.count) where bytes[start].asciiLowercased == first {
                    var index = 1
                    while index < part.count, bytes[start + index].asciiLowercased == part[index] { index += 1 }
                    if index == part.count { return true }
                }
                return false
            }
        }
    }
}
