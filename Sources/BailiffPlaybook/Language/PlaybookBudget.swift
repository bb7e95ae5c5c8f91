package import BailiffDiagnostics
package import BailiffYAML

/// The `budget` of a playbook: its own limits and the class it draws on.
package struct PlaybookBudget: Hashable, Sendable {
    package enum Over: String, Hashable, Sendable, CaseIterable {
        /// The excess waits for `approve`.
        case hold
        /// Nothing at all is sent.
        case stop
    }

    package var budgetClass: String
    /// Distinct machines in one plan.
    package var perRun: Int
    package var perHour: Int?
    package var shareOfGroup: YAMLShare?
    package var shareOfFleet: YAMLShare?
    /// The least a share comes to.
    package var floor: Int
    package var over: Over
    /// Lifts the playbook's own limits; asked in mode `hold` and while the breaker is open, too.
    package var approve: String
    package var classLocation: SourceLocation
    package var approveLocation: SourceLocation

    package static let defaultFloor = 5
}
