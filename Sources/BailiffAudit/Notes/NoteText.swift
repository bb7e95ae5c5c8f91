/// The rules that hold for every byte of a note, and for the names in it.
enum NoteText {
    static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// Whether these bytes are UTF-8 without control characters below U+0020 other than LF, and without a byte order mark.
    static func isClean(_ bytes: some Collection<UInt8>) -> Bool {
        !bytes.contains { $0 < 0x20 && $0 != 0x0A } && !bytes.starts(with: byteOrderMark)
            && String(validating: bytes, as: UTF8.self) != nil
    }

    /// Not empty, no Unicode white space, no plus sign, no control character.
    static func isKeyName(_ name: String) -> Bool {
        !name.unicodeScalars.isEmpty
            && name.unicodeScalars.allSatisfy { $0 != "+" && $0.value >= 0x20 && !$0.properties.isWhitespace }
    }

    /// The lines of a text in which every line ends in LF, without their LF. Nil when the last one lacks it.
    static func lines(of text: some Collection<UInt8>) -> [ArraySlice<UInt8>]? {
        guard text.isEmpty || Array(text.suffix(1)) == [0x0A] else { return nil }
        return Array(text).split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
    }
}
