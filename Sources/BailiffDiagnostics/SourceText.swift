/// The text of one file with an index of its lines, for locations and carets.
package struct SourceText: Sendable {
    package let file: String
    package let text: String
    private let lineStarts: [Int]  // UTF-8 offsets

    /// - Parameter file: The name to print, as the operator typed it.
    package init(file: String, text: String) {
        self.file = file
        var copy = text
        copy.makeContiguousUTF8()
        self.text = copy
        var starts = [0]
        var offset = 0
        for byte in copy.utf8 {
            offset += 1
            if byte == 0x0A { starts.append(offset) }
        }
        lineStarts = starts
    }

    package var lineCount: Int { lineStarts.count }

    /// The location of a UTF-8 offset. An offset behind the end is the end.
    package func location(utf8Offset: Int) -> SourceLocation {
        let offset = min(max(0, utf8Offset), text.utf8.count)
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        let start = text.utf8.index(text.utf8.startIndex, offsetBy: lineStarts[low])
        let end = text.utf8.index(text.utf8.startIndex, offsetBy: offset)
        var column = 1
        // A scalar is counted where it starts; continuation bytes do not add a column.
        for byte in text.utf8[start..<end] where byte & 0xC0 != 0x80 { column += 1 }
        return SourceLocation(file: file, line: low + 1, column: column)
    }

    /// One line without its line break; nil when there is none of this number (1-based).
    package func line(_ number: Int) -> String? {
        guard number >= 1, number <= lineStarts.count else { return nil }
        let utf8 = text.utf8
        let start = utf8.index(utf8.startIndex, offsetBy: lineStarts[number - 1])
        let end =
            number < lineStarts.count ? utf8.index(utf8.startIndex, offsetBy: lineStarts[number] - 1) : utf8.endIndex
        var bytes = Array(utf8[start..<end])
        if bytes.last == 0x0D { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
