package import BailiffModel

/// One action of the service on one machine, ours or anyone's.
package struct MachineAction: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case isolate, release, stopAndQuarantine, antivirusScan, collectPackage, restrictApps, unrestrictApps
        case liveResponse, offboard
        case other(String)
    }

    package enum Status: Sendable, Hashable {
        case pending, inProgress, succeeded, failed, timeOut, cancelled
        /// A word we don't know: neither success nor failure may be concluded from it.
        case other(String)
    }

    package enum ErrorCode: Sendable, Hashable { case none, hresult(Int64) }

    package struct RelatedFile: Sendable, Hashable {
        package var identifier: String
        /// `Sha1`, `Sha256` or `Md5`.
        package var identifierType: String?

        /// Nil for what is no hash.
        package var hash: FileHash? { FileHash(identifier) }
    }

    package var id: String
    package var type: Kind
    package var status: Status
    package var machineID: MachineID?
    package var requestor: String?
    /// The comment given with the order.
    package var comment: String?
    /// `Full`, `Selective`, `Quick`; often null although it was sent.
    package var scope: String?
    package var createdAt: Timestamp?
    package var updatedAt: Timestamp?
    package var cancelledAt: Timestamp?
    package var cancellationRequestor: String?
    package var cancellationComment: String?
    package var errorCode: ErrorCode?
    /// `PublicApi`, `Portal`.
    package var requestSource: String?
    package var relatedFile: RelatedFile?

    /// Nil without an id.
    init?(_ body: JSONValue) {
        guard let id = body["id"]?.textual, !id.isEmpty else { return nil }
        self.id = id
        type = Kind(body["type"]?.string ?? "")
        status = Status(body["status"]?.string ?? "")
        machineID = body["machineId"]?.filled.flatMap(MachineID.init)
        requestor = body["requestor"]?.filled
        comment = body["requestorComment"]?.filled
        scope = body["scope"]?.filled
        createdAt = body["creationDateTimeUtc"]?.time
        updatedAt = body["lastUpdateDateTimeUtc"]?.time ?? body["lastUpdateTimeUtc"]?.time
        cancelledAt = body["cancellationDateTimeUtc"]?.time
        cancellationRequestor = body["cancellationRequestor"]?.filled
        cancellationComment = body["cancellationComment"]?.filled
        errorCode = body["errorHResult"]?.wholeNumber.map { $0 == 0 ? .none : .hresult($0) }
        requestSource = body["requestSource"]?.filled
        relatedFile = body["relatedFileInfo"]?["fileIdentifier"]?.filled.map {
            RelatedFile(identifier: $0, identifierType: body["relatedFileInfo"]?["fileIdentifierType"]?.filled)
        }
    }
}

extension MachineAction.Kind {
    private static let words: [(String, MachineAction.Kind)] = [
        ("Isolate", .isolate), ("Unisolate", .release), ("StopAndQuarantineFile", .stopAndQuarantine),
        ("RunAntiVirusScan", .antivirusScan), ("CollectInvestigationPackage", .collectPackage),
        ("RestrictCodeExecution", .restrictApps), ("UnrestrictCodeExecution", .unrestrictApps),
        ("LiveResponse", .liveResponse), ("Offboard", .offboard),
    ]

    init(_ word: String) {
        self = Self.words.first { ASCII.equal($0.0, word) }?.1 ?? .other(word)
    }

    /// The service's word, for filters and display.
    package var word: String {
        if case .other(let word) = self { return word }
        return Self.words.first { $0.1 == self }?.0 ?? ""
    }

    /// Whether an action of this type can be what an order of `api` made. A word we don't know speaks neither way.
    func isAnswer(to api: DefenderAPI) -> Bool {
        switch self {
        case .isolate: api == .isolate
        case .release: api == .release
        case .stopAndQuarantine: api == .stopAndQuarantine
        case .antivirusScan: api == .antivirusScan
        case .collectPackage: api == .collectPackage
        case .restrictApps: api == .restrictApps
        case .unrestrictApps: api == .unrestrictApps
        case .liveResponse, .offboard: false
        case .other: true
        }
    }
}

extension MachineAction.Status {
    private static let words: [(String, MachineAction.Status)] = [
        ("Pending", .pending), ("InProgress", .inProgress), ("Succeeded", .succeeded), ("Failed", .failed),
        ("TimeOut", .timeOut), ("Cancelled", .cancelled), ("Canceled", .cancelled),
    ]

    init(_ word: String) {
        self = Self.words.first { ASCII.equal($0.0, word) }?.1 ?? .other(word)
    }

    /// The service's word, for filters and display.
    package var word: String {
        if case .other(let word) = self { return word }
        return Self.words.first { $0.1 == self }?.0 ?? ""
    }

    /// Whether nothing more will happen. False for a word we don't know.
    package var isFinal: Bool {
        switch self {
        case .succeeded, .failed, .timeOut, .cancelled: true
        case .pending, .inProgress, .other: false
        }
    }
}
