import BailiffModel

/// One order to a machine, from the request to its end.
///
/// Its state follows from times set when it was placed (and moved when the machine goes away or comes back), so that
/// nothing needs to run in between.
struct MachineAction: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case isolate = "Isolate"
        case unisolate = "Unisolate"
        case restrictCodeExecution = "RestrictCodeExecution"
        case unrestrictCodeExecution = "UnrestrictCodeExecution"
        case runAntiVirusScan = "RunAntiVirusScan"
        case collectInvestigationPackage = "CollectInvestigationPackage"
        case stopAndQuarantineFile = "StopAndQuarantineFile"
        case liveResponse = "LiveResponse"
        case offboard = "Offboard"
    }

    enum Status: String, Sendable {
        case pending = "Pending"
        case inProgress = "InProgress"
        case succeeded = "Succeeded"
        case failed = "Failed"
        case timeOut = "TimeOut"
        case cancelled = "Cancelled"

        var isFinal: Bool { self != .pending && self != .inProgress }
    }

    struct Cancellation: Sendable {
        var requestor: String
        var comment: String
        var time: Timestamp
    }

    /// Recorded with actions that timed out, and with cancelled ones.
    static let timeOutResult = -2_145_844_840
    static let cancelledResult = -2_147_467_260
    /// E_FAIL and E_ACCESSDENIED, as agents report them.
    static let failedResult = -2_147_467_259
    static let deniedResult = -2_147_024_891

    let id: String
    let kind: Kind
    let machine: Int
    let machineID: String
    let computerName: String
    let requestor: String
    let comment: String
    let created: Timestamp
    var scope: String?
    var sha1: String?
    var commands: [LiveResponseCommand] = []
    /// When it shows up in lists.
    var listedFrom: Timestamp
    /// When the machine takes it up; nil while it cannot.
    var starts: Timestamp?
    var ends: Timestamp
    /// How it ends, with its result code.
    var outcome: (status: Status, result: Int)
    /// Never taken up, whatever the machine does.
    var isStuck: Bool
    var cancellation: Cancellation?
    /// Whether what it does to the machine has been done.
    var isSettled = false

    func status(at now: Timestamp) -> Status {
        if cancellation != nil { return .cancelled }
        if now >= ends { return outcome.status }
        if let starts, now >= starts { return .inProgress }
        return .pending
    }

    func result(at now: Timestamp) -> Int {
        switch status(at: now) {
        case .pending, .inProgress: 0
        case .cancelled: MachineAction.cancelledResult
        case .succeeded, .failed, .timeOut: outcome.result
        }
    }

    func lastUpdate(at now: Timestamp) -> Timestamp {
        switch status(at: now) {
        case .pending: created
        case .inProgress: starts ?? created
        case .cancelled: cancellation?.time ?? created
        case .succeeded, .failed, .timeOut: ends
        }
    }
}

/// One command of a live response session.
struct LiveResponseCommand: Sendable {
    enum Kind: String, Sendable, CaseIterable { case putFile = "PutFile", runScript = "RunScript", getFile = "GetFile" }

    var kind: Kind
    var parameters: [(key: String, value: String)]
}
