extension YAMLNode {
    /// The node in one line: the same for every layout, order of keys and quoting that mean the same.
    package var canonicalText: String {
        switch kind {
        case .scalar(let text, let style):
            let quoted = "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
            // Only a plain scalar may be a number, a boolean or null.
            return style == .plain ? "plain " + quoted : quoted
        case .sequence(let nodes): return "[" + nodes.map(\.canonicalText).joined(separator: ", ") + "]"
        case .mapping(let entries):
            let sorted = entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
            return "{" + sorted.map { "\($0.name): \($0.value.canonicalText)" }.joined(separator: ", ") + "}"
        }
    }
}
