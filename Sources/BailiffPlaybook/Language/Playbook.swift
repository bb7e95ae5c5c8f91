package import BailiffDiagnostics
package import BailiffModel
package import BailiffYAML

/// One `playbook/v1` file: read, checked, its conditions compiled.
package struct Playbook: Sendable {
    /// Name, version and the digest of the file's bytes.
    package let reference: PlaybookReference
    package let version: Int
    package let owner: String
    package let summary: String?
    package let valid: Validity
    /// One playbook owns containment of a case: the matching one with the highest number.
    package let precedence: Int
    package let trigger: Trigger
    package let targets: Targets
    /// `guards.use`: names of policies, in the order of the file, each with its place.
    package let use: [YAMLLocated<String>]
    package let localGuards: [Guard]
    package let budget: PlaybookBudget
    /// Empty: all at once.
    package let rings: [Ring]
    package let steps: [PlaybookStep]
    package let after: After
    package let tests: [PlaybookTest]
    package let source: SourceText

    /// Names of the policies in use.
    package var policies: [String] { use.map(\.value) }

    package static let defaultPrecedence = 10
    package static let defaultWindow = Duration.seconds(24 * 3_600)
    package static let defaultLookback = Duration.seconds(7 * 86_400)

    package var name: String { reference.name }
    package var digest: Digest { reference.digest }

    package func step(_ id: String) -> PlaybookStep? { steps.first { $0.id == id } }

    package struct Validity: Hashable, Sendable {
        package var from: Timestamp?
        package var until: Timestamp?

        package func covers(_ time: Timestamp) -> Bool {
            if let from, time < from { return false }
            if let until, time >= until { return false }
            return true
        }
    }

    package struct Trigger: Sendable, Equatable {
        package typealias OnChange = DedupeRule

        package struct Corroboration: Hashable, Sendable {
            package var feeds: Int
            package var within: Duration
        }

        package var when: Condition
        package var corroborate: Corroboration?
        package var window: Duration
        package var onChange: OnChange
    }

    package struct Targets: Sendable, Equatable {
        package enum Order: String, Hashable, Sendable, CaseIterable {
            /// High first.
            case value
            /// Latest first.
            case sighting
        }

        package var lookback: Duration
        package var select: Condition
        /// The parts of `select` joined by `&&`, for saying which one is false.
        var conjuncts: [Condition]
        package var order: [Order]
        /// How long late arrivals join the same run. Nil: not at all.
        package var watch: Duration?
    }

    package struct Ring: Sendable, Equatable {
        /// Nil: the rest.
        package var size: Int?
        package var wait: Duration?
        package var proceedWhen: Condition?
        /// Asked before the ring starts.
        package var approve: String?
        package var location: SourceLocation
        var approveLocation: SourceLocation?
    }

    package struct After: Hashable, Sendable {
        package struct Reversal: Hashable, Sendable {
            package var undo: [String]
            package var approve: String?
            var undoLocations: [SourceLocation]
            var approveLocation: SourceLocation?
        }

        package struct Notification: Hashable, Sendable {
            package var to: String
            package var events: [NotifyEvent]
        }

        package var reversed: Reversal?
        package var notify: [Notification]
    }
}

/// What people can be told about.
package enum NotifyEvent: String, Hashable, Sendable, Codable, CaseIterable {
    case held
    case approvalNeeded = "approval_needed"
    case notSelected = "not_selected"
    case failed, done
    case ringDone = "ring_done"
    case breakerOpen = "breaker_open"
}
