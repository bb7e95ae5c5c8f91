package import BailiffDiagnostics

/// A condition that keeps actions from machines.
package struct Guard: Sendable, Equatable {
    /// What the absence of a fact means where it decides.
    package enum Missing: String, Hashable, Sendable, CaseIterable { case deny, hold, ignore }

    package var id: String
    /// Nil: every disruptive action.
    package var actions: [ActionKind]?
    package var enforce: GuardFinding.Enforcement
    package var when: Condition
    package var missing: Missing?
    /// With `hold` or `missing: hold`: the policy that lifts it.
    package var approve: String?
    package var because: String
    package var location: SourceLocation
    package var approveLocation: SourceLocation?

    package func applies(to action: ActionKind) -> Bool {
        actions.map { $0.contains(action) } ?? action.isDisruptive
    }
}
