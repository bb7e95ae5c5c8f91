package import BailiffDiagnostics

/// One node of a YAML document, with the way back to its place in the file.
///
/// Nothing is resolved: whether a plain scalar is a number is for the reader that knows what it wants.
package struct YAMLNode: Sendable {
    /// How a scalar was written.
    package enum Style: String, Sendable, Hashable { case plain, singleQuoted, doubleQuoted, literal, folded }

    /// One entry of a mapping. Keys are always scalars, and no two of one mapping have the same bytes.
    package struct Entry: Sendable {
        package let key: YAMLNode
        package let value: YAMLNode

        package init(key: YAMLNode, value: YAMLNode) {
            self.key = key
            self.value = value
        }

        /// The key's text.
        package var name: String { key.text ?? "" }
    }

    package enum Kind: Sendable {
        /// Folded, unescaped, chomped. A value that was left out is an empty plain scalar.
        case scalar(String, Style)
        case sequence([YAMLNode])
        /// In the order of the file.
        case mapping([Entry])
    }

    package let kind: Kind
    let file: YAMLFile
    /// UTF-8 offset in the file.
    let start: Int
    /// Of scalars: where their text comes from. Sorted; the last run is the end of the text.
    let runs: [TextRun]

    init(_ kind: Kind, at start: Int, of file: YAMLFile, runs: [TextRun] = []) {
        self.kind = kind
        self.start = start
        self.file = file
        self.runs = runs
    }

    /// Of the first character: the opening quote, bracket, `|` or the first key.
    package var location: SourceLocation { file.source.location(utf8Offset: start) }

    /// The text of a scalar; nil for collections.
    package var text: String? { if case .scalar(let text, _) = kind { text } else { nil } }

    package var style: Style? { if case .scalar(_, let style) = kind { style } else { nil } }

    /// Whether this is a plain scalar: one that may be a number, a boolean or null.
    package var isPlain: Bool { style == .plain }

    /// Whether the value was left out or is one of the core schema's words for null.
    package var isNull: Bool {
        guard case .scalar(let text, .plain) = kind else { return false }
        return text.isEmpty || text == "~" || text == "null" || text == "Null" || text == "NULL"
    }

    /// The place in the file of a UTF-8 offset in a scalar's text, its end included: exact in every style, through escapes,
    /// folding and indentation. For collections ``location``.
    package func locate(_ utf8OffsetInText: Int) -> SourceLocation {
        guard let last = runs.last else { return location }
        let wanted = min(max(utf8OffsetInText, 0), last.text)
        var low = 0
        var high = runs.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if runs[middle].text <= wanted { low = middle } else { high = middle }
        }
        return file.source.location(utf8Offset: runs[low].source + (wanted - runs[low].text))
    }

    /// The value of a key; nil where there is none or this is no mapping. Compares bytes.
    package subscript(key: String) -> YAMLNode? {
        guard case .mapping(let entries) = kind else { return nil }
        return entries.first { $0.name.utf8.elementsEqual(key.utf8) }?.value
    }

    /// Whether this is a list or mapping without elements.
    package var isEmptyCollection: Bool {
        switch kind {
        case .scalar: false
        case .sequence(let nodes): nodes.isEmpty
        case .mapping(let entries): entries.isEmpty
        }
    }

    /// For messages: "a mapping", "a list", "text", "nothing".
    package var kindName: String {
        switch kind {
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .scalar: isNull ? "nothing" : "a single value"
        }
    }
}

/// The file all nodes of a document point into.
final class YAMLFile: Sendable {
    let source: SourceText
    init(_ source: SourceText) { self.source = source }
}

/// Bytes of a scalar's text that stand in the file as they are.
struct TextRun: Sendable {
    /// Offset in the scalar's text.
    let text: Int
    /// Offset in the file.
    let source: Int
}
