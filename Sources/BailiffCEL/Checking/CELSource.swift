package import BailiffDiagnostics

/// The text of one expression and the way from a place in it to a place in the file a person wrote.
package struct CELSource: Sendable {
    package let text: String
    /// Gives the location of a UTF-8 offset within ``text``, its end included.
    package let locate: @Sendable (_ utf8Offset: Int) -> SourceLocation

    /// An expression that is a file of its own.
    package init(text: String, file: String) {
        let source = SourceText(file: file, text: text)
        self.init(text: text) { source.location(utf8Offset: $0) }
    }

    /// An expression embedded in another file, such as a block scalar of a YAML file.
    package init(text: String, locate: @escaping @Sendable (_ utf8Offset: Int) -> SourceLocation) {
        self.text = text
        self.locate = locate
    }
}
