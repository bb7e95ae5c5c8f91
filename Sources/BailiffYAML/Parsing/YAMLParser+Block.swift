import BailiffDiagnostics

extension YAMLParser {
    /// Whether a key of a block mapping starts here: a one-line scalar with `:` and a blank behind it.
    mutating func isAtKey() throws(YAMLStop) -> Bool {
        var probe = self
        let start = cursor.position
        try probe.skipProperties()
        if probe.cursor.isAt("?"), probe.cursor.isBlankOrEnd(1) { return true }
        switch probe.cursor.byte() {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            guard probe.skipQuotedOnLine() else { return false }
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            guard probe.skipBracketsOnLine() else { return false }
        case UInt8(ascii: "|"), UInt8(ascii: ">"), UInt8(ascii: "@"), UInt8(ascii: "`"), UInt8(ascii: "%"):
            return false
        default:
            probe.skipPlainOnLine(inFlow: false)
        }
        probe.cursor.skipSpacesAndTabs()
        guard probe.cursor.isAt(":"), probe.cursor.isBlankOrEnd(1) else { return false }
        if probe.cursor.position - start > 1_024 {
            throw cursor.failure("YAML017", "a key of more than 1024 bytes", at: start)
        }
        return true
    }

    mutating func blockMapping(indent: Int) throws(YAMLStop) -> YAMLNode {
        let start = cursor.position
        try enter(at: start)
        var entries: [YAMLNode.Entry] = []
        var names: Set<[UInt8]> = []
        while true {
            let key = try blockKey()
            note(key, in: &names)
            let value = try blockValue(indent: indent)
            entries.append(YAMLNode.Entry(key: key, value: value))
            try skipToContent()
            if cursor.isAtEnd || cursor.isAtDocumentMarker || cursor.column < indent { break }
            try expectSibling(of: indent, what: "key")
            if cursor.isAt("-"), cursor.isBlankOrEnd(1) {
                throw cursor.failure(
                    "YAML015", "a list item where a key is expected", at: cursor.position,
                    hint: "check the indentation of this line")
            }
            guard try isAtKey() else {
                throw cursor.failure(
                    "YAML015", "'key: value' is expected here", at: cursor.position,
                    hint: "a key needs a colon and a space behind it")
            }
        }
        leave()
        return YAMLNode(.mapping(entries), at: start, of: cursor.file)
    }

    private mutating func blockKey() throws(YAMLStop) -> YAMLNode {
        try skipProperties()
        let start = cursor.position
        try refuseIndicator()
        let key: YAMLNode
        switch cursor.byte() {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): key = try quoted(parentIndent: cursor.column)
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            throw cursor.failure("YAML017", "a list or mapping as a key", at: start, hint: "keys are plain words")
        default: key = plainOnLine(inFlow: false)
        }
        try count(at: start)
        cursor.skipSpacesAndTabs()
        guard cursor.isAt(":") else { throw cursor.failure("YAML015", "':' is expected here", at: cursor.position) }
        cursor.position += 1
        return key
    }

    private mutating func blockValue(indent: Int) throws(YAMLStop) -> YAMLNode {
        let behindColon = cursor.position
        cursor.skipSpacesAndTabs()
        try skipProperties()
        guard cursor.isBreakOrEnd() || (cursor.isAt("#") && cursor.position > behindColon) else {
            return try blockNode(parentIndent: indent, atLineStart: false)
        }
        try skipToContent()
        if cursor.isAtEnd || cursor.isAtDocumentMarker { return try nothing(at: behindColon) }
        if cursor.column > indent { return try blockNode(parentIndent: indent, atLineStart: true) }
        // A list may stand at the indentation of its key.
        if cursor.column == indent, cursor.isAt("-"), cursor.isBlankOrEnd(1) {
            return try blockSequence(indent: indent)
        }
        return try nothing(at: behindColon)
    }

    mutating func blockSequence(indent: Int) throws(YAMLStop) -> YAMLNode {
        let start = cursor.position
        try enter(at: start)
        var items: [YAMLNode] = []
        while true {
            cursor.position += 1
            cursor.skipSpacesAndTabs()
            items.append(try blockNode(parentIndent: indent, atLineStart: true))
            try skipToContent()
            if cursor.isAtEnd || cursor.isAtDocumentMarker || cursor.column < indent { break }
            guard cursor.column == indent, cursor.isAt("-"), cursor.isBlankOrEnd(1) else {
                // A list at the indentation of its key ends with the next key.
                if cursor.column == indent, try isAtKey() { break }
                try expectSibling(of: indent, what: "list item")
                throw cursor.failure("YAML015", "'- ' is expected here", at: cursor.position)
            }
        }
        leave()
        return YAMLNode(.sequence(items), at: start, of: cursor.file)
    }

    private func expectSibling(of indent: Int, what: String) throws(YAMLStop) {
        guard cursor.column != indent else { return }
        throw cursor.failure(
            "YAML015",
            "wrong indentation: this \(what) starts in column \(cursor.column + 1), those before it in "
                + "column \(indent + 1)", at: cursor.position)
    }

    /// Reports merge keys and repeated keys.
    mutating func note(_ key: YAMLNode, in names: inout Set<[UInt8]>) {
        let name = key.text ?? ""
        if key.isPlain, name == "<<" {
            report("YAML010", "merge keys are not allowed", at: key, hint: "write the keys out")
        }
        if !names.insert(Array(name.utf8)).inserted {
            report("YAML011", "the key '\(name.escapedForDisplay(limit: 64))' is given twice", at: key)
        }
    }

    private mutating func report(_ code: String, _ message: String, at key: YAMLNode, hint: String? = nil) {
        guard cursor.diagnostics.count < DiagnosticReport.limit else { return }
        cursor.diagnostics.append(Diagnostic(code: code, message, at: key.location, hint: hint))
    }
}
