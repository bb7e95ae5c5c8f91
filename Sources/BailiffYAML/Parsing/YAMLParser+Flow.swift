import BailiffDiagnostics

extension YAMLParser {
    /// A list or mapping in brackets, or a scalar inside one.
    mutating func flowNode(parentIndent: Int) throws(YAMLStop) -> YAMLNode {
        let before = cursor.diagnostics.count
        try skipProperties()
        if cursor.diagnostics.count > before { try skipFlowSpace() }
        let start = cursor.position
        switch cursor.byte() {
        case UInt8(ascii: "["): return try flowSequence(parentIndent: parentIndent)
        case UInt8(ascii: "{"): return try flowMapping(parentIndent: parentIndent)
        case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"):
            // Only behind something that was reported: an alias or a lone anchor.
            return try nothing(at: start)
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            try count(at: start)
            return try quoted(parentIndent: parentIndent)
        case UInt8(ascii: "|"), UInt8(ascii: ">"):
            throw cursor.failure(
                "YAML015", "block text can't stand inside brackets", at: start, hint: "quote the text")
        default:
            try refuseIndicator()
            try count(at: start)
            return try plain(parentIndent: parentIndent, inFlow: true)
        }
    }

    private mutating func flowSequence(parentIndent: Int) throws(YAMLStop) -> YAMLNode {
        let start = cursor.position
        try enter(at: start)
        cursor.position += 1
        var items: [YAMLNode] = []
        while true {
            try skipFlowSpace()
            if try takeClosing("]", of: start, parentIndent) { break }
            let item = try flowNode(parentIndent: parentIndent)
            try skipFlowSpace()
            if cursor.isAt(":") {
                items.append(try singlePair(item, parentIndent: parentIndent))
            } else {
                items.append(item)
            }
            if try takeSeparator("]", of: start, parentIndent) { break }
        }
        leave()
        return YAMLNode(.sequence(items), at: start, of: cursor.file)
    }

    /// `[a: b]` is a list of one mapping.
    private mutating func singlePair(_ key: YAMLNode, parentIndent: Int) throws(YAMLStop) -> YAMLNode {
        try refuseComplexKey(key)
        try enter(at: cursor.position)
        var names: Set<[UInt8]> = []
        note(key, in: &names)
        let value = try flowValue(parentIndent: parentIndent)
        leave()
        return YAMLNode(.mapping([YAMLNode.Entry(key: key, value: value)]), at: key.start, of: cursor.file)
    }

    private mutating func flowMapping(parentIndent: Int) throws(YAMLStop) -> YAMLNode {
        let start = cursor.position
        try enter(at: start)
        cursor.position += 1
        var entries: [YAMLNode.Entry] = []
        var names: Set<[UInt8]> = []
        while true {
            try skipFlowSpace()
            if try takeClosing("}", of: start, parentIndent) { break }
            let key = try flowNode(parentIndent: parentIndent)
            try refuseComplexKey(key)
            note(key, in: &names)
            try skipFlowSpace()
            let value = cursor.isAt(":") ? try flowValue(parentIndent: parentIndent) : try nothing(at: cursor.position)
            entries.append(YAMLNode.Entry(key: key, value: value))
            if try takeSeparator("}", of: start, parentIndent) { break }
        }
        leave()
        return YAMLNode(.mapping(entries), at: start, of: cursor.file)
    }

    /// What stands behind the `:` at the position.
    private mutating func flowValue(parentIndent: Int) throws(YAMLStop) -> YAMLNode {
        cursor.position += 1
        let behindColon = cursor.position
        try skipFlowSpace()
        if cursor.isAt(",") || cursor.isAt("}") || cursor.isAt("]") { return try nothing(at: behindColon) }
        return try flowNode(parentIndent: parentIndent)
    }

    private func refuseComplexKey(_ key: YAMLNode) throws(YAMLStop) {
        guard let text = key.text else {
            throw YAMLStop(
                diagnostic: Diagnostic(
                    code: "YAML017", "a list or mapping as a key", at: key.location, hint: "keys are plain words"))
        }
        if text.utf8.count > 1_024 {
            throw YAMLStop(diagnostic: Diagnostic(code: "YAML017", "a key of more than 1024 bytes", at: key.location))
        }
    }

    /// - Returns: Whether the collection ended here.
    private mutating func takeClosing(
        _ closing: Unicode.Scalar, of start: Int, _ parentIndent: Int
    ) throws(YAMLStop) -> Bool {
        if cursor.isAt(closing) {
            cursor.position += 1
            return true
        }
        // What is indented no more than the key belongs to another one: the bracket was forgotten.
        if cursor.isAtEnd || cursor.isAtDocumentMarker || cursor.column <= parentIndent {
            throw cursor.failure("YAML015", "the bracket opened here is never closed", at: start)
        }
        if cursor.isAt("]") || cursor.isAt("}") || cursor.isAt(",") { try refuseIndicator() }
        return false
    }

    /// - Returns: Whether the collection ended behind this element.
    private mutating func takeSeparator(
        _ closing: Unicode.Scalar, of start: Int, _ parentIndent: Int
    ) throws(YAMLStop) -> Bool {
        try skipFlowSpace()
        if cursor.isAt(",") {
            cursor.position += 1
            return false
        }
        if try takeClosing(closing, of: start, parentIndent) { return true }
        throw cursor.failure(
            "YAML015", "',' or '\(Character(closing))' is expected here", at: cursor.position,
            hint: "quote text that holds ',', ':' followed by a space, or brackets")
    }

    mutating func skipFlowSpace() throws(YAMLStop) {
        try skipToContent()
        if cursor.isAtDocumentMarker {
            throw cursor.failure("YAML015", "a document marker inside brackets", at: cursor.position)
        }
    }
}
