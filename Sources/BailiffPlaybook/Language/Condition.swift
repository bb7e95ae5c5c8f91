package import BailiffCEL
package import BailiffDiagnostics

/// A compiled CEL expression of a playbook or policy.
package struct Condition: Sendable {
    /// As it stands in the file, unfolded.
    package let text: String
    package let scope: FactScope
    package let location: SourceLocation
    package let program: CELProgram

    package func mentions(_ fact: Fact) -> Bool { program.referencedVariables.contains(fact.rawValue) }
}

extension Condition: Equatable {
    /// Conditions with the same text under the same key mean the same.
    package static func == (left: Condition, right: Condition) -> Bool {
        left.scope == right.scope && left.text.utf8.elementsEqual(right.text.utf8)
    }
}
