package import BailiffModel

/// One automated investigation.
package struct Investigation: Sendable, Hashable {
    package enum State: Sendable, Hashable {
        case running, queued, pendingApproval, pendingResource, partiallyInvestigated
        case successfullyRemediated, benign, partiallyRemediated, preexistingAlert
        case failed, innerFailure, terminated, terminatedByUser, terminatedBySystem
        case unsupportedOS, unsupportedAlertType, suppressedAlert, unknown
        case other(String)
    }

    package var id: String
    package var state: State
    package var statusDetails: String?
    package var startedAt: Timestamp?
    package var endedAt: Timestamp?
    package var machineID: MachineID?
    package var triggeringAlertID: String?
    package var cancelledBy: String?

    /// Nil without an id.
    init?(_ body: JSONValue) {
        guard let id = body["id"]?.textual, !id.isEmpty else { return nil }
        self.id = id
        state = State(body["state"]?.string ?? "Unknown")
        statusDetails = body["statusDetails"]?.filled
        startedAt = body["startTime"]?.time
        endedAt = body["endTime"]?.time
        machineID = body["machineId"]?.filled.flatMap(MachineID.init)
        triggeringAlertID = body["triggeringAlertId"]?.textual
        cancelledBy = body["cancelledBy"]?.filled
    }
}

extension Investigation.State {
    private static let words: [(String, Investigation.State)] = [
        ("Running", .running), ("Queued", .queued), ("PendingApproval", .pendingApproval),
        ("PendingResource", .pendingResource), ("PartiallyInvestigated", .partiallyInvestigated),
        ("SuccessfullyRemediated", .successfullyRemediated), ("Benign", .benign),
        ("PartiallyRemediated", .partiallyRemediated), ("PreexistingAlert", .preexistingAlert), ("Failed", .failed),
        ("InnerFailure", .innerFailure), ("Terminated", .terminated), ("TerminatedByUser", .terminatedByUser),
        ("TerminatedBySystem", .terminatedBySystem), ("UnsupportedOs", .unsupportedOS),
        ("UnsupportedAlertType", .unsupportedAlertType), ("SuppressedAlert", .suppressedAlert), ("Unknown", .unknown),
    ]

    init(_ word: String) {
        self = Self.words.first { ASCII.equal($0.0, word) }?.1 ?? .other(word)
    }

    package var word: String {
        if case .other(let word) = self { return word }
        return Self.words.first { $0.1 == self }?.0 ?? ""
    }

    /// Whether the service is done with it; a person may still have to decide (`pendingApproval` is not final).
    package var isFinal: Bool {
        switch self {
        case .running, .queued, .pendingApproval, .pendingResource, .unknown, .other: false
        default: true
        }
    }
}
