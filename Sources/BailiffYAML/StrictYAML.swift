package import BailiffDiagnostics

/// Reads YAML 1.2, and only the part of it that says one thing.
///
/// Refused with a located diagnostic: anchors, aliases, merge keys, tags, directives, duplicate keys, keys that are no
/// single-line scalar, several documents, byte order marks, tabs as indentation, control and direction-changing
/// characters, and whatever exceeds the limits. The document is read twice, by Bailiff's own parser, which knows the
/// origin of every character, and by libyaml; where the two disagree it is refused as ambiguous.
package enum StrictYAML {
    /// Parses one document.
    ///
    /// Linear in the size of the text; limits are checked on the way, so that nothing large is ever built.
    package static func parse(
        _ source: SourceText, limits: YAMLLimits = .playbook
    ) -> Result<YAMLNode, DiagnosticsError> {
        let size = source.text.utf8.count
        if size > limits.bytes {
            let message = "the file has \(size) bytes, more than \(limits.bytes)"
            return .failure(
                DiagnosticsError([Diagnostic(code: "YAML001", message, at: source.location(utf8Offset: 0))]))
        }
        let characters = ForbiddenCharacters.find(in: source)
        if !characters.isEmpty { return .failure(DiagnosticsError(characters)) }
        var parser = YAMLParser(source, limits: limits)
        let node: YAMLNode
        do {
            node = try parser.document()
        } catch {
            return .failure(DiagnosticsError(parser.cursor.diagnostics + [error.diagnostic]))
        }
        if !parser.cursor.diagnostics.isEmpty { return .failure(DiagnosticsError(parser.cursor.diagnostics)) }
        if let disagreement = SecondReading.disagreement(with: node, of: source) {
            return .failure(DiagnosticsError([disagreement]))
        }
        return .success(node)
    }

    /// The text of a file; fails with `YAML018` where the bytes are not UTF-8.
    package static func source(file: String, bytes: [UInt8]) -> Result<SourceText, DiagnosticsError> {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let repaired = String(decoding: bytes, as: UTF8.self)
            let valid = zip(repaired.utf8, bytes).prefix { $0 == $1 }.count
            let place = SourceText(file: file, text: repaired).location(utf8Offset: valid)
            return .failure(DiagnosticsError([Diagnostic(code: "YAML018", "the file is not UTF-8", at: place)]))
        }
        return .success(SourceText(file: file, text: text))
    }
}
