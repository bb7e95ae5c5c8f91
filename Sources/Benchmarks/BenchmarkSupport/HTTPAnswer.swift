/// A whole answer: its status and where its body stands. Nil while some of it is missing.
///
/// Read byte by byte: the program that measures shares its cores with what it measures.
package struct HTTPAnswer {
    package let status: Int
    package let body: Range<Int>

    private static let lengthName = Array("content-length:".utf8)

    package init?(_ bytes: [UInt8]) {
        guard let end = HTTPAnswer.endOfHead(bytes), end > 12 else { return nil }
        var length = 0
        var line = 0
        for index in 0..<end where bytes[index] == 10 {
            if HTTPAnswer.isLength(bytes, line) {
                length = HTTPAnswer.number(bytes[(line + HTTPAnswer.lengthName.count)..<index])
            }
            line = index + 1
        }
        guard bytes.count >= end + length else { return nil }
        status = HTTPAnswer.number(bytes[9..<12])
        body = end..<(end + length)
    }

    private static func isLength(_ bytes: [UInt8], _ line: Int) -> Bool {
        guard bytes.count > line + lengthName.count else { return false }
        for (offset, expected) in lengthName.enumerated() where bytes[line + offset] | 0x20 != expected | 0x20 {
            return false
        }
        return true
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int {
        digits.reduce(0) { (48...57).contains($1) ? $0 &* 10 &+ Int($1 &- 48) : $0 }
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        for index in 3..<bytes.count
        where bytes[index] == 10 && bytes[index - 1] == 13 && bytes[index - 2] == 10 && bytes[index - 3] == 13 {
            return index + 1
        }
        return nil
    }
}
