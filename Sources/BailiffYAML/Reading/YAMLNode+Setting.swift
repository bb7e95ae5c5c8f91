extension YAMLNode {
    /// This mapping with the value of `key` replaced, or with one more entry behind the others. Keys compare by bytes.
    /// The node keeps its place; `key` and `value` keep theirs, also where they come from another text. Nil where this is
    /// no mapping or `key` no scalar.
    package func setting(_ key: YAMLNode, to value: YAMLNode) -> YAMLNode? {
        guard case .mapping(var entries) = kind, let name = key.text else { return nil }
        let entry = Entry(key: key, value: value)
        if let index = entries.firstIndex(where: { $0.name.utf8.elementsEqual(name.utf8) }) {
            entries[index] = entry
        } else {
            entries.append(entry)
        }
        return YAMLNode(.mapping(entries), at: start, of: file, runs: runs)
    }
}
