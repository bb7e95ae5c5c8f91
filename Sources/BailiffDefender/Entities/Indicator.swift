package import BailiffModel

/// What is done about a file, an address or a name wherever it turns up in the tenant.
package struct Indicator: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case sha1 = "FileSha1", sha256 = "FileSha256", md5 = "FileMd5", certificate = "CertificateThumbprint"
        case ipAddress = "IpAddress", domain = "DomainName", url = "Url"

        package init(_ algorithm: FileHash.Algorithm) {
            switch algorithm {
            case .md5: self = .md5
            case .sha1: self = .sha1
            case .sha256: self = .sha256
            }
        }
    }

    package enum Action: String, Sendable, Hashable, CaseIterable {
        case warn = "Warn", block = "Block", audit = "Audit", alert = "Alert", blockAndRemediate = "BlockAndRemediate"
        case allowed = "Allowed"
    }

    package enum Severity: String, Sendable, Hashable, CaseIterable {
        case informational = "Informational", low = "Low", medium = "Medium", high = "High"
    }

    package var value: String
    package var kind: Kind
    package var action: Action
    package var title: String
    /// Put your own id here: the service keeps it.
    package var description: String
    package var severity: Severity?
    package var recommendedActions: String?
    package var application: String?
    package var expires: Timestamp?
    package var generatesAlert: Bool

    /// For one file hash.
    package init(
        _ hash: FileHash, action: Action, title: String, description: String, severity: Severity? = nil,
        recommendedActions: String? = nil, application: String? = nil, expires: Timestamp? = nil,
        generatesAlert: Bool = true
    ) {
        value = hash.hex
        kind = Kind(hash.algorithm)
        self.action = action
        self.title = title
        self.description = description
        self.severity = severity
        self.recommendedActions = recommendedActions
        self.application = application
        self.expires = expires
        // The service refuses an audit without one.
        self.generatesAlert = generatesAlert || action == .audit
    }

    var body: JSONObject {
        var body: JSONObject = [
            "indicatorValue": .string(value), "indicatorType": .string(kind.rawValue),
            "action": .string(action.rawValue), "title": .string(title), "description": .string(description),
            "generateAlert": .bool(generatesAlert),
        ]
        body["severity"] = severity.map { .string($0.rawValue) }
        body["recommendedActions"] = recommendedActions.map { .string($0) }
        body["application"] = application.map { .string($0) }
        body["expirationTime"] = expires.map { .string($0.rfc3339) }
        return body
    }
}

/// An indicator as the service keeps it, ours or another's.
package struct StoredIndicator: Sendable, Hashable {
    package var id: String
    package var value: String
    /// The service's words, which may be ones we don't know.
    package var kind: String
    package var action: String
    package var title: String?
    package var description: String?
    package var application: String?
    package var source: String?
    package var severity: String?
    package var createdBy: String?
    package var createdAt: Timestamp?
    package var expires: Timestamp?

    /// The hash, where it is one of a file.
    package var hash: FileHash? { FileHash(value) }

    /// Nil without an id or a value.
    init?(_ body: JSONValue) {
        guard let id = body["id"]?.textual, !id.isEmpty, let value = body["indicatorValue"]?.filled else { return nil }
        self.id = id
        self.value = value
        kind = body["indicatorType"]?.string ?? ""
        action = body["action"]?.string ?? ""
        title = body["title"]?.filled
        description = body["description"]?.filled
        application = body["application"]?.filled
        source = body["source"]?.filled
        severity = body["severity"]?.filled
        createdBy = body["createdBy"]?.filled
        createdAt = body["creationTimeDateTimeUtc"]?.time
        expires = body["expirationTime"]?.time
    }
}

/// What became of an import of any size.
package struct IndicatorImport: Sendable {
    /// What the service says of each, failures included.
    package var results: [IndicatorImportResult] = []
    /// Surely not taken.
    package var unsent: [Indicator] = []
    /// May have been taken: of a call without an answer, or left out of an answer. Look before repeating.
    package var unsettled: [Indicator] = []
    /// Why the rest was not sent.
    package var error: DefenderError?

    mutating func add(_ answer: [IndicatorImportResult], of batch: [Indicator]) {
        results += answer
        let named = Set(answer.map { ASCII.lowerCased($0.value) })
        unsettled += batch.filter { !named.contains(ASCII.lowerCased($0.value)) }
    }
}

/// What became of one indicator of an import: the call as a whole succeeds even where all of them fail.
package struct IndicatorImportResult: Sendable, Hashable {
    package var id: String?
    package var value: String
    /// Nil where the service does not clearly say: look before relying on it.
    package var succeeded: Bool?
    package var failureReason: String?

    init?(_ body: JSONValue) {
        guard let value = body["indicator"]?.filled else { return nil }
        self.value = value
        id = body["id"]?.textual
        succeeded = body["isFailed"]?.flag.map { !$0 }
        failureReason = body["failureReason"]?.filled
    }
}
