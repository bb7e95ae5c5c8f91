package import BailiffDiagnostics
import BailiffYAML

/// One step: what is done to each selected machine (or once, for the tenant).
package struct PlaybookStep: Sendable {
    package struct StepApproval: Sendable, Equatable {
        package enum Grouping: String, Hashable, Sendable, CaseIterable {
            case machineGroup = "machine.group"
        }

        package var policy: String
        /// Nil: always.
        package var when: Condition?
        /// Ask one question for each value.
        package var groupBy: Grouping?
        package var location: SourceLocation
    }

    package struct Offline: Hashable, Sendable {
        package typealias Then = PlannedOffline.Then

        package var wait: Duration
        package var then: Then
        /// The role that is asked.
        package var to: String?
        var toLocation: SourceLocation?
    }

    package struct Lease: Hashable, Sendable {
        package typealias Then = PlannedLease.Then

        /// From done.
        package var length: Duration
        package var then: Then
        /// With `escalate`: the role that is told.
        package var to: String?
        /// With `renew`: the policy that is asked.
        package var approve: String?
        var toLocation: SourceLocation?
        var approveLocation: SourceLocation?
    }

    package var id: String
    package var action: ActionKind
    package var when: Condition?
    /// As written, before the implicit wait for the step before is added; nil where the key is absent.
    package var declaredNeeds: [String: PlannedStep.Need]?
    /// What the step waits for, the implicit wait included.
    package var needs: [String: PlannedStep.Need]
    package var parameters: ActionParameters
    /// Why no person is asked.
    package var auto: String?
    package var approve: [StepApproval]
    package var deadline: Duration?
    package var onFail: PlannedStep.OnFail
    package var offline: Offline?
    package var lease: Lease?
    package var undo: ActionKind?
    /// Whether the author accepted that there is no way back.
    package var irreversibleAccepted: Bool
    package var location: SourceLocation
    /// The value of `needs`.
    let needsNode: YAMLNode?
}
