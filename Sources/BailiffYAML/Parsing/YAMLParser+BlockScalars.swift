import BailiffDiagnostics

extension YAMLParser {
    private enum Chomping { case strip, clip, keep }

    /// Literal (`|`) or folded (`>`) text. Ends at the start of the first line that is indented less.
    mutating func blockScalar(parentIndent: Int) throws(YAMLStop) -> YAMLNode {
        let start = cursor.position
        let isLiteral = cursor.isAt("|")
        cursor.position += 1
        let header = try blockHeader()
        var builder = ScalarBuilder()
        var breaks: [Int] = []
        let indent: Int
        if let increment = header.increment {
            indent = max(parentIndent, 0) + increment
            takeEmptyLines(indent: indent, into: &breaks)
        } else {
            indent = try detectIndent(moreThan: max(parentIndent, 0), into: &breaks)
        }
        var leadingBreak: Int?
        var followsIndented = false
        var end = cursor.position
        while !cursor.isAtEnd, cursor.column == indent {
            let isIndented = cursor.isSpaceOrTab()
            if let place = leadingBreak {
                if !isLiteral, !followsIndented, !isIndented {
                    if breaks.isEmpty { builder.append(0x20, from: place) }
                } else {
                    builder.append(0x0A, from: place)
                }
            }
            for place in breaks { builder.append(0x0A, from: place) }
            breaks = []
            followsIndented = isIndented
            let line = cursor.position
            cursor.skipLine()
            builder.copy(line..<cursor.position, of: cursor.bytes)
            end = cursor.position
            leadingBreak = cursor.isAtEnd ? nil : cursor.position
            if cursor.isAtEnd { break }
            cursor.takeBreak()
            takeEmptyLines(indent: indent, into: &breaks)
        }
        if header.chomping != .strip, let place = leadingBreak { builder.append(0x0A, from: place) }
        if header.chomping == .keep { for place in breaks { builder.append(0x0A, from: place) } }
        return builder.node(isLiteral ? .literal : .folded, start: start, end: end, in: cursor.file)
    }

    private mutating func blockHeader() throws(YAMLStop) -> (chomping: Chomping, increment: Int?) {
        var chomping: Chomping?
        var increment: Int?
        while let byte = cursor.byte(), !cursor.isBlankOrEnd() {
            switch byte {
            case UInt8(ascii: "-") where chomping == nil: chomping = .strip
            case UInt8(ascii: "+") where chomping == nil: chomping = .keep
            case 49...57 where increment == nil: increment = Int(byte - 48)
            default:
                throw cursor.failure(
                    "YAML015", "unexpected text behind '|' or '>'", at: cursor.position,
                    hint: "the text starts on the next line; quote it if it stands on this one")
            }
            cursor.position += 1
        }
        let before = cursor.position
        cursor.skipSpacesAndTabs()
        if cursor.isAt("#"), cursor.position > before { cursor.skipLine() }
        guard cursor.isBreakOrEnd() else {
            throw cursor.failure(
                "YAML015", "unexpected text behind '|' or '>'", at: cursor.position,
                hint: "the text starts on the next line")
        }
        cursor.takeBreak()
        return (chomping ?? .clip, increment)
    }

    /// Moves over lines that hold nothing but up to `indent` spaces, and over the indentation of the next one.
    private mutating func takeEmptyLines(indent: Int, into breaks: inout [Int]) {
        while true {
            while cursor.column < indent, cursor.isAt(" ") { cursor.position += 1 }
            guard !cursor.isAtEnd, cursor.isBreakOrEnd() else { return }
            breaks.append(cursor.position)
            cursor.takeBreak()
        }
    }

    /// The indentation of the first line that is not empty; at least one more than the parent's.
    private mutating func detectIndent(moreThan parent: Int, into breaks: inout [Int]) throws(YAMLStop) -> Int {
        var longest = 0
        while true {
            while cursor.isAt(" ") { cursor.position += 1 }
            if cursor.isAt("\t"), cursor.column <= longest || cursor.column <= parent {
                throw cursor.failure(
                    "YAML016", "a tab in the indentation", at: cursor.position, hint: "indent with spaces")
            }
            longest = max(longest, cursor.column)
            guard !cursor.isAtEnd, cursor.isBreakOrEnd() else { break }
            breaks.append(cursor.position)
            cursor.takeBreak()
        }
        let minimum = parent + 1
        if cursor.isAtEnd || cursor.column < minimum { return max(longest, minimum) }
        if longest > cursor.column {
            throw cursor.failure(
                "YAML015", "an empty line above is indented more than the first line of the text", at: cursor.position)
        }
        return cursor.column
    }
}
