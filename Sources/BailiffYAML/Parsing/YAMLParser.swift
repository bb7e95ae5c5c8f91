import BailiffDiagnostics

/// Recursive descent over block structure. Every node knows where it starts; what makes a document say two things is
/// reported and skipped, what makes it unreadable stops the parser.
struct YAMLParser {
    var cursor: YAMLCursor
    let limits: YAMLLimits
    private var nodes = 0
    private var depth = 0

    init(_ source: SourceText, limits: YAMLLimits) {
        cursor = YAMLCursor(source)
        self.limits = limits
    }

    // MARK: Document

    /// The document's node; what was reported besides stands in `cursor.diagnostics`.
    mutating func document() throws(YAMLStop) -> YAMLNode {
        try skipToContent()
        if cursor.isAt("%"), cursor.column == 0 {
            throw cursor.failure(
                "YAML005", "directives are not allowed", at: cursor.position,
                hint: "remove the line; Bailiff reads YAML 1.2")
        }
        if cursor.isAtDocumentMarker {
            if cursor.isAt(".") { throw cursor.failure("YAML020", "the document is empty", at: cursor.position) }
            cursor.position += 3
            cursor.skipSpacesAndTabs()
            if !cursor.isBreakOrEnd(), !cursor.isAt("#") {
                throw cursor.failure(
                    "YAML015", "the document starts on the line behind '---'", at: cursor.position)
            }
            try skipToContent()
        }
        if cursor.isAtEnd || cursor.isAtDocumentMarker {
            throw cursor.failure("YAML020", "the document is empty", at: cursor.position)
        }
        let root = try blockNode(parentIndent: -1, atLineStart: true)
        try skipToContent()
        try endOfDocument()
        return root
    }

    private mutating func endOfDocument() throws(YAMLStop) {
        if cursor.isAtDocumentMarker, cursor.isAt(".") {
            cursor.position += 3
            try skipToContent()
            if cursor.isAtEnd { return }
        }
        if cursor.isAtEnd { return }
        if cursor.isAtDocumentMarker || (cursor.isAt("%") && cursor.column == 0) {
            throw cursor.failure(
                "YAML006", "a second document in one file", at: cursor.position, hint: "use one file for each")
        }
        throw cursor.failure(
            "YAML015", "unexpected text behind the end of the document", at: cursor.position,
            hint: "check the indentation of this line")
    }

    // MARK: Counting

    mutating func count(at offset: Int) throws(YAMLStop) {
        nodes += 1
        if nodes > limits.nodes {
            throw cursor.failure("YAML003", "more than \(limits.nodes) values in one document", at: offset)
        }
    }

    mutating func enter(at offset: Int) throws(YAMLStop) {
        try count(at: offset)
        depth += 1
        if depth > limits.depth {
            throw cursor.failure("YAML002", "nested more than \(limits.depth) levels deep", at: offset)
        }
    }

    mutating func leave() { depth -= 1 }

    // MARK: Blank space

    /// Moves over blank lines and comments to the next token. A tab before it on a new line is refused.
    /// - Returns: Whether a line break was crossed (or the token is the first of the file).
    @discardableResult
    mutating func skipToContent() throws(YAMLStop) -> Bool {
        var crossed = cursor.position == cursor.lineStart
        while true {
            let start = cursor.position
            cursor.skipSpacesAndTabs()
            if cursor.isAt("#"),
                cursor.position == cursor.lineStart || cursor.position > start || isBlank(before: start)
            {
                cursor.skipLine()
            }
            if cursor.isAtEnd { return crossed }
            guard cursor.isBreakOrEnd() else {
                if crossed { try refuseTab(in: cursor.lineStart..<cursor.position) }
                return crossed
            }
            cursor.takeBreak()
            crossed = true
        }
    }

    private func isBlank(before offset: Int) -> Bool {
        guard offset > 0, offset <= cursor.bytes.count else { return true }
        let byte = cursor.bytes[offset - 1]
        return byte == 0x20 || byte == 0x09
    }

    private func refuseTab(in range: Range<Int>) throws(YAMLStop) {
        guard let tab = cursor.bytes[range].firstIndex(of: 0x09) else { return }
        throw cursor.failure("YAML016", "a tab in the indentation", at: tab, hint: "indent with spaces")
    }

    // MARK: Nodes

    /// The node at the position.
    ///
    /// - Parameters:
    ///   - parentIndent: Column of the collection the node belongs to, -1 for the document.
    ///   - atLineStart: Whether block collections may start here: on a line of their own, or behind `- `.
    mutating func blockNode(parentIndent: Int, atLineStart: Bool) throws(YAMLStop) -> YAMLNode {
        try skipProperties()
        if cursor.isBreakOrEnd() || cursor.isAt("#") { return try nodeOnNextLine(parentIndent: parentIndent) }
        let start = cursor.position
        if atLineStart {
            if cursor.isAt("-"), cursor.isBlankOrEnd(1) { return try blockSequence(indent: cursor.column) }
            if try isAtKey() { return try blockMapping(indent: cursor.column) }
        }
        try refuseIndicator()
        let node: YAMLNode
        switch cursor.byte() {
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            node = try flowNode(parentIndent: parentIndent)
            try endOfLine(after: "a list or mapping in brackets")
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            node = try quoted(parentIndent: parentIndent)
            try endOfLine(after: "quoted text")
        case UInt8(ascii: "|"), UInt8(ascii: ">"):
            node = try blockScalar(parentIndent: parentIndent)
        default:
            node = try plain(parentIndent: parentIndent, inFlow: false)
            try endOfLine(after: "text")
        }
        if case .scalar = node.kind { try count(at: start) }
        return node
    }

    /// What follows on the next lines where the rest of this one is empty.
    private mutating func nodeOnNextLine(parentIndent: Int) throws(YAMLStop) -> YAMLNode {
        let here = cursor.position
        try skipToContent()
        if !cursor.isAtEnd, !cursor.isAtDocumentMarker, cursor.column > parentIndent {
            return try blockNode(parentIndent: parentIndent, atLineStart: true)
        }
        return try nothing(at: here)
    }

    /// The value that was left out.
    mutating func nothing(at offset: Int) throws(YAMLStop) -> YAMLNode {
        try count(at: offset)
        return ScalarBuilder().node(.plain, start: offset, end: offset, in: cursor.file)
    }

    private mutating func endOfLine(after what: String) throws(YAMLStop) {
        let start = cursor.position
        cursor.skipSpacesAndTabs()
        if cursor.isBreakOrEnd() { return }
        if cursor.isAt("#"), cursor.position > start { return }
        if cursor.isAt(":") {
            throw cursor.failure(
                "YAML015", "a second ':' on this line", at: cursor.position,
                hint: "quote the text, or put the inner key on a line of its own")
        }
        throw cursor.failure("YAML015", "unexpected text behind \(what)", at: cursor.position)
    }

    /// Reports anchors and tags, which are refused, and moves behind them; an alias counts as a value left out.
    mutating func skipProperties() throws(YAMLStop) {
        while let byte = cursor.byte() {
            let start = cursor.position
            switch byte {
            case UInt8(ascii: "&"):
                cursor.report(
                    "YAML007", "anchors are not allowed", at: start, hint: "write the value out where it is used")
            case UInt8(ascii: "*"):
                cursor.report(
                    "YAML008", "aliases are not allowed", at: start, hint: "write the value out, or quote the text")
            case UInt8(ascii: "!"):
                cursor.report(
                    "YAML009", "tags are not allowed", at: start, hint: "quote the text if it starts with '!'")
            default: return
            }
            // Bounds the recursion through lines that hold nothing else.
            if let last = cursor.diagnostics.last, cursor.diagnostics.count >= DiagnosticReport.limit {
                cursor.diagnostics.removeLast()
                throw YAMLStop(diagnostic: last)
            }
            while !cursor.isBlankOrEnd(), !isFlowIndicator(cursor.byte()) { cursor.position += 1 }
            if cursor.position == start { cursor.position += 1 }
            cursor.skipSpacesAndTabs()
        }
    }

    /// Stops at a character that no plain scalar can start with.
    mutating func refuseIndicator() throws(YAMLStop) {
        guard let byte = cursor.byte() else { return }
        let at = cursor.position
        switch byte {
        case UInt8(ascii: "@"), UInt8(ascii: "`"), UInt8(ascii: "%"):
            let shown = String(Character(Unicode.Scalar(byte)))
            throw cursor.failure("YAML015", "text can't start with '\(shown)'", at: at, hint: "quote the text")
        case UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ","):
            let shown = String(Character(Unicode.Scalar(byte)))
            throw cursor.failure("YAML015", "unexpected '\(shown)'", at: at)
        case UInt8(ascii: "#"):
            throw cursor.failure(
                "YAML015", "a comment needs a space before it", at: at, hint: "quote text that starts with '#'")
        case UInt8(ascii: "-") where cursor.isBlankOrEnd(1):
            throw cursor.failure("YAML015", "a list can't start here", at: at, hint: "put it on a line of its own")
        case UInt8(ascii: "?") where cursor.isBlankOrEnd(1):
            throw cursor.failure("YAML017", "explicit keys are not allowed", at: at, hint: "write 'key: value'")
        case UInt8(ascii: ":") where cursor.isBlankOrEnd(1):
            throw cursor.failure("YAML017", "a key is missing before ':'", at: at)
        default: return
        }
    }

    func isFlowIndicator(_ byte: UInt8?) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"): true
        default: false
        }
    }
}
