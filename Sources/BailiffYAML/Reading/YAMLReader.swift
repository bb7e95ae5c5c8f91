package import BailiffDiagnostics

/// Turns nodes into typed values and collects everything that is wrong with them.
///
/// ```swift
/// let reader = YAMLReader()
/// let store = reader.record(node, "store") { fields in
///     let path = fields.required("path", .text)
///     let retention = fields.optional("retention", .duration)
///     return path.map { Store(path: $0, retention: retention ?? .seconds(86_400)) }
/// }
/// if reader.hasErrors { throw DiagnosticsError(reader.diagnostics) }
/// ```
///
/// A value that can't be read is reported once and comes back as nil; reading goes on, so that one pass shows all
/// mistakes. Keys nobody asked for are errors. Not thread-safe; made for one file (or a few) and thrown away.
package final class YAMLReader {
    package private(set) var diagnostics: [Diagnostic] = []

    /// The keys that were asked for, by what ``record(_:_:_:)`` was told it reads. For comparing a reference with the code.
    package private(set) var knownKeys: [String: Set<String>] = [:]

    package init() {}

    package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

    package func report(_ diagnostic: Diagnostic) { diagnostics.append(diagnostic) }

    package func report(_ several: [Diagnostic]) { diagnostics += several }

    /// Reports an error of the caller's own.
    package func error(_ code: String, _ message: String, at location: SourceLocation, hint: String? = nil) {
        report(Diagnostic(.error, code: code, message, at: location, hint: hint))
    }

    package func warning(_ code: String, _ message: String, at location: SourceLocation, hint: String? = nil) {
        report(Diagnostic(.warning, code: code, message, at: location, hint: hint))
    }

    package func note(_ code: String, _ message: String, at location: SourceLocation, hint: String? = nil) {
        report(Diagnostic(.note, code: code, message, at: location, hint: hint))
    }

    /// Reads one value; nil when it was reported as wrong.
    package func read<Value>(_ node: YAMLNode, _ shape: YAMLShape<Value>) -> Value? { shape.read(node, self) }

    /// Reads a mapping with a fixed set of keys: those that `body` asks for. Any other key is reported, with the closest
    /// one `body` asked for.
    ///
    /// - Parameter what: For messages: "guard", "store".
    package func record<Value>(_ node: YAMLNode, _ what: String, _ body: (YAMLFields) -> Value?) -> Value? {
        guard case .mapping(let entries) = node.kind else {
            typeMismatch(node, expected: "\(what) must be a mapping of keys to values")
            return nil
        }
        let fields = YAMLFields(entries: entries, location: node.location, what: what, reader: self)
        let value = body(fields)
        fields.finish()
        knownKeys[what, default: []].formUnion(fields.asked)
        return value
    }

    func typeMismatch(_ node: YAMLNode, expected: String) {
        error("YAML014", "\(expected), not \(node.kindName)", at: node.location)
    }
}
