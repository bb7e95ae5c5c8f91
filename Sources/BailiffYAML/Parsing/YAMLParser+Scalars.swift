import BailiffDiagnostics

extension YAMLParser {
    // MARK: Plain

    /// Moves behind the plain text on this line.
    mutating func skipPlainOnLine(inFlow: Bool) {
        var end = cursor.position
        let start = cursor.position
        while let byte = cursor.byte(), !cursor.isBreakOrEnd() {
            if byte == UInt8(ascii: ":") {
                if cursor.isBlankOrEnd(1) || (inFlow && isFlowIndicator(cursor.byte(1))) { break }
            } else if byte == UInt8(ascii: "#") {
                if cursor.position > start, cursor.isSpaceOrTab(-1) { break }
            } else if inFlow, isFlowIndicator(byte) {
                break
            }
            cursor.position += 1
            if byte != 0x20, byte != 0x09 { end = cursor.position }
        }
        cursor.position = end
    }

    mutating func plainOnLine(inFlow: Bool) -> YAMLNode {
        let start = cursor.position
        skipPlainOnLine(inFlow: inFlow)
        var builder = ScalarBuilder()
        builder.copy(start..<cursor.position, of: cursor.bytes)
        return builder.node(.plain, start: start, end: cursor.position, in: cursor.file)
    }

    /// Plain text over as many lines as it has.
    mutating func plain(parentIndent: Int, inFlow: Bool) throws(YAMLStop) -> YAMLNode {
        let start = cursor.position
        var builder = ScalarBuilder()
        skipPlainOnLine(inFlow: inFlow)
        guard cursor.position > start else {
            throw cursor.failure("YAML015", "a value is expected here", at: start)
        }
        builder.copy(start..<cursor.position, of: cursor.bytes)
        while let next = plainContinuation(parentIndent: parentIndent, inFlow: inFlow) {
            let end = cursor.position
            let breaks = next.breaks
            cursor = next.cursor
            if cursor.bytes[cursor.lineStart..<cursor.position].contains(0x09) {
                throw cursor.failure(
                    "YAML016", "a tab in the indentation", at: cursor.lineStart, hint: "indent with spaces")
            }
            if breaks == 1 {
                builder.append(0x20, from: end)
            } else {
                for _ in 1..<breaks { builder.append(0x0A, from: end) }
            }
            let lineStart = cursor.position
            skipPlainOnLine(inFlow: inFlow)
            builder.copy(lineStart..<cursor.position, of: cursor.bytes)
            if !inFlow, keyFollows() {
                if let colon = firstColon(in: builder) {
                    throw cursor.failure("YAML015", "a space is missing behind ':'", at: start + colon)
                }
                throw cursor.failure(
                    "YAML015", "a key inside text that started on another line", at: lineStart,
                    hint: "check the indentation of this line, or quote the text")
            }
        }
        return builder.node(.plain, start: start, end: cursor.position, in: cursor.file)
    }

    /// The colon of a first line that looks like `key:value`.
    private func firstColon(in builder: ScalarBuilder) -> Int? {
        let word = builder.bytes.prefix { byte in
            (97...122).contains(byte) || (65...90).contains(byte) || byte == UInt8(ascii: "_")
                || byte == UInt8(ascii: "-")
        }
        guard !word.isEmpty, builder.bytes.dropFirst(word.count).first == UInt8(ascii: ":") else { return nil }
        return word.count
    }

    private func keyFollows() -> Bool {
        var probe = cursor
        probe.skipSpacesAndTabs()
        return probe.isAt(":") && probe.isBlankOrEnd(1)
    }

    /// The start of the next line of a plain scalar, if it goes on.
    private func plainContinuation(parentIndent: Int, inFlow: Bool) -> (cursor: YAMLCursor, breaks: Int)? {
        var probe = cursor
        probe.skipSpacesAndTabs()
        guard !probe.isAtEnd, probe.isBreakOrEnd() else { return nil }
        var breaks = 0
        while !probe.isAtEnd, probe.isBreakOrEnd() {
            probe.takeBreak()
            breaks += 1
            probe.skipSpacesAndTabs()
        }
        if probe.isAtEnd || probe.isAt("#") || probe.isAtDocumentMarker { return nil }
        if inFlow {
            if isFlowIndicator(probe.byte()) { return nil }
            if probe.isAt(":"), probe.isBlankOrEnd(1) || isFlowIndicator(probe.byte(1)) { return nil }
        } else if probe.column <= parentIndent {
            return nil
        }
        return (probe, breaks)
    }

    // MARK: Quoted

    /// Text in single or double quotes, over as many lines as it has.
    mutating func quoted(parentIndent: Int) throws(YAMLStop) -> YAMLNode {
        let start = cursor.position
        let quote = cursor.byte() ?? UInt8(ascii: "\"")
        let isDouble = quote == UInt8(ascii: "\"")
        var builder = ScalarBuilder()
        cursor.position += 1
        while true {
            guard let byte = cursor.byte() else {
                throw cursor.failure("YAML015", "the quote opened here is never closed", at: start)
            }
            if byte == quote {
                if !isDouble, cursor.byte(1) == quote {
                    builder.append(quote, from: cursor.position)
                    cursor.position += 2
                    continue
                }
                break
            }
            if isDouble, byte == UInt8(ascii: "\\") {
                try escape(into: &builder, parentIndent: parentIndent, start: start)
            } else if byte == 0x20 || byte == 0x09 || cursor.isBreakOrEnd() {
                try quotedBlanks(into: &builder, parentIndent: parentIndent, start: start)
            } else {
                builder.append(byte, from: cursor.position)
                cursor.position += 1
            }
        }
        let end = cursor.position
        cursor.position += 1
        return builder.node(isDouble ? .doubleQuoted : .singleQuoted, start: start, end: end, in: cursor.file)
    }

    /// Blanks inside quotes: kept within a line, folded around a line break.
    private mutating func quotedBlanks(
        into builder: inout ScalarBuilder, parentIndent: Int, start: Int
    ) throws(YAMLStop) {
        let from = cursor.position
        cursor.skipSpacesAndTabs()
        guard cursor.isBreakOrEnd(), !cursor.isAtEnd else {
            builder.copy(from..<cursor.position, of: cursor.bytes)
            return
        }
        let breaks = try quotedBreaks(parentIndent: parentIndent, start: start)
        if breaks == 1 {
            builder.append(0x20, from: from)
        } else {
            for _ in 1..<max(2, breaks) { builder.append(0x0A, from: from) }
        }
    }

    /// Moves over line breaks and the indentation behind them.
    /// - Returns: How many breaks there were.
    private mutating func quotedBreaks(parentIndent: Int, start: Int) throws(YAMLStop) -> Int {
        var breaks = 0
        while !cursor.isAtEnd, cursor.isBreakOrEnd() {
            cursor.takeBreak()
            breaks += 1
            if cursor.isAtDocumentMarker {
                throw cursor.failure(
                    "YAML015", "the quote opened here is not closed before the document ends", at: start)
            }
            cursor.skipSpacesAndTabs()
        }
        if !cursor.isAtEnd, cursor.column <= parentIndent {
            throw cursor.failure(
                "YAML015", "quoted text must be indented more than its key", at: cursor.position,
                hint: "was the quote closed?")
        }
        return breaks
    }

    private mutating func escape(
        into builder: inout ScalarBuilder, parentIndent: Int, start: Int
    ) throws(YAMLStop) {
        let at = cursor.position
        guard let letter = cursor.byte(1) else {
            throw cursor.failure("YAML015", "the quote opened here is never closed", at: start)
        }
        if letter == 0x0A || letter == 0x0D {
            cursor.position += 1
            let breaks = try quotedBreaks(parentIndent: parentIndent, start: start)
            for _ in 1..<max(1, breaks) { builder.append(0x0A, from: at) }
            return
        }
        if let scalar = YAMLEscapes.single[letter] {
            builder.append(scalar, escapedAt: at)
            cursor.position += 2
            return
        }
        guard let digits = YAMLEscapes.digits[letter] else {
            throw cursor.failure(
                "YAML015", "unknown escape sequence in double quotes", at: at,
                hint: "write \\\\ for a backslash, or use single quotes")
        }
        var value: UInt32 = 0
        for index in 0..<digits {
            guard let digit = YAMLEscapes.hexadecimal(cursor.byte(2 + index)) else {
                throw cursor.failure("YAML015", "an escape sequence needs \(digits) hexadecimal digits", at: at)
            }
            value = value << 4 | digit
        }
        guard let scalar = Unicode.Scalar(value), value != 0 else {
            throw cursor.failure("YAML015", "an escape sequence that is no character", at: at)
        }
        builder.append(scalar, escapedAt: at)
        cursor.position += 2 + digits
    }

    /// - Returns: Whether the closing quote is on this line.
    mutating func skipQuotedOnLine() -> Bool {
        let quote = cursor.byte()
        cursor.position += 1
        while let byte = cursor.byte(), !cursor.isBreakOrEnd() {
            cursor.position += 1
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                if !cursor.isBreakOrEnd() { cursor.position += 1 }
            } else if byte == quote {
                if quote == UInt8(ascii: "'"), cursor.byte() == quote {
                    cursor.position += 1
                } else {
                    return true
                }
            }
        }
        return false
    }

    /// - Returns: Whether the bracket at the position is closed on this line.
    mutating func skipBracketsOnLine() -> Bool {
        var open = 0
        while let byte = cursor.byte(), !cursor.isBreakOrEnd() {
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: "{"): open += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): open -= 1
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                guard skipQuotedOnLine() else { return false }
                continue
            default: break
            }
            cursor.position += 1
            if open == 0 { return true }
        }
        return false
    }
}

/// Escape sequences of double-quoted text. `\0` is left out: no value of Bailiff's may hold U+0000.
enum YAMLEscapes {
    static let single: [UInt8: Unicode.Scalar] = [
        UInt8(ascii: "a"): "\u{7}", UInt8(ascii: "b"): "\u{8}", UInt8(ascii: "t"): "\t", 0x09: "\t",
        UInt8(ascii: "n"): "\n", UInt8(ascii: "v"): "\u{B}", UInt8(ascii: "f"): "\u{C}", UInt8(ascii: "r"): "\r",
        UInt8(ascii: "e"): "\u{1B}", 0x20: " ", UInt8(ascii: "\""): "\"", UInt8(ascii: "/"): "/",
        UInt8(ascii: "\\"): "\\", UInt8(ascii: "N"): "\u{85}", UInt8(ascii: "_"): "\u{A0}",
        UInt8(ascii: "L"): "\u{2028}", UInt8(ascii: "P"): "\u{2029}",
    ]

    static let digits: [UInt8: Int] = [UInt8(ascii: "x"): 2, UInt8(ascii: "u"): 4, UInt8(ascii: "U"): 8]

    static func hexadecimal(_ byte: UInt8?) -> UInt32? {
        guard let byte else { return nil }
        switch byte {
        case 48...57: return UInt32(byte - 48)
        case 65...70: return UInt32(byte - 55)
        case 97...102: return UInt32(byte - 87)
        default: return nil
        }
    }
}
