package import BailiffDiagnostics
package import BailiffYAML

/// One entry of `tests:`.
package struct PlaybookTest: Sendable {
    package let name: String
    package let given: YAMLNode?
    package let expect: YAMLNode
    package let location: SourceLocation

    /// The words of `expect` besides the ids of steps, which none may have.
    package static let reservedWords = [
        "triggered", "held", "not_selected", "not_possible", "approvals", "first_ring", "automatic_max", "planned_max",
        "held_min", "state", "reason",
    ]
}
