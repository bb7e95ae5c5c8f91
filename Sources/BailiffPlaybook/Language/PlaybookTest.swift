package import BailiffDiagnostics
package import BailiffYAML

/// One entry of `tests:`.
package struct PlaybookTest: Sendable {
    package let name: String
    package let given: YAMLNode?
    package let expect: YAMLNode
    package let location: SourceLocation
}
