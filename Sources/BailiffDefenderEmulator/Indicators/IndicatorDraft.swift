import BailiffModel

/// An indicator as posted, checked.
struct IndicatorDraft: Sendable {
    var value: String
    var type: String
    var action: String
    var application: String?
    var title: String
    var description: String
    var recommendedActions: String?
    var severity: String?
    var expires: Timestamp?
    var generatesAlert: Bool
    var groups: [String]
    var educateURL: String?

    private static let names: Set<String> = [
        "indicatorValue", "indicatorType", "action", "application", "title", "description", "recommendedActions",
        "severity", "expirationTime", "rbacGroupNames", "generateAlert", "educateUrl", "lookBackPeriod",
        "historicalDetection", "mitreTechniques", "category",
    ]
    private static let actions: Set<String> = [
        "Warn", "Block", "Audit", "Alert", "AlertAndBlock", "BlockAndRemediate", "Allowed",
    ]
    private static let severities: Set<String> = ["Informational", "Low", "Medium", "High"]

    init(_ object: JSONObject) throws(APIError) {
        let body = RequestBody(object)
        try body.allow(IndicatorDraft.names)
        value = try body.required("indicatorValue")
        type = try body.required("indicatorType")
        try IndicatorDraft.check(value, type)
        action = try body.required("action")
        guard IndicatorDraft.actions.contains(action) else {
            throw .invalidInput("The action '\(action)' is not valid.")
        }
        title = try body.required("title")
        description = try body.required("description")
        application = try body.text("application")
        recommendedActions = try body.text("recommendedActions")
        educateURL = try body.text("educateUrl")
        severity = try body.text("severity")
        if let severity, !IndicatorDraft.severities.contains(severity) {
            throw .invalidInput("The severity '\(severity)' is not valid.")
        }
        expires = try IndicatorDraft.time(body)
        groups = try body.texts("rbacGroupNames") ?? []
        generatesAlert = try body.flag("generateAlert") ?? false
        if action == "Audit", !generatesAlert {
            throw .invalidInput("generateAlert must be true for the action Audit.")
        }
        if educateURL != nil, type != "Url" || (action != "Block" && action != "Warn") {
            throw .invalidInput("educateUrl is only for indicators of type Url with the action Block or Warn.")
        }
    }

    private static func time(_ body: RequestBody) throws(APIError) -> Timestamp? {
        guard let text = try body.text("expirationTime") else { return nil }
        guard let time = Timestamp(rfc3339: text, assumingUTC: true) else {
            throw .invalidInput("The expirationTime '\(text)' is not valid.")
        }
        return time
    }

    private static func check(_ value: String, _ type: String) throws(APIError) {
        switch type {
        case "FileSha1", "CertificateThumbprint": try hash(value, 40)
        case "FileSha256": try hash(value, 64)
        case "FileMd5": try hash(value, 32)
        case "IpAddress":
            guard isAddress(value) else {
                throw APIError(400, "InvalidIpAddress", "IP address \(value) is invalid.")
            }
        case "DomainName":
            guard isDomain(value) else { throw APIError(400, "InvalidDomainName", "Domain name \(value) is invalid.") }
        case "Url":
            guard value.utf8.contains(UInt8(ascii: ".")), !value.utf8.contains(0x20) else {
                throw APIError(400, "InvalidUrl", "URL \(value) is invalid.")
            }
        default: throw .invalidInput("The indicator type '\(type)' is not valid.")
        }
    }

    private static func hash(_ value: String, _ digits: Int) throws(APIError) {
        guard FileCatalog.isHash(value, digits: digits) else { throw .invalidHash(value) }
    }

    /// A single address: no network.
    private static func isAddress(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        if parts.count == 4 {
            return parts.allSatisfy { part in
                part.count <= 3 && Int(Substring(part)).map { (0...255).contains($0) } ?? false
            }
        }
        return text.utf8.count { $0 == UInt8(ascii: ":") } >= 2
            && text.utf8.allSatisfy { $0 == UInt8(ascii: ":") || Hex.value(of: $0) != nil }
    }

    private static func isDomain(_ text: String) -> Bool {
        let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return labels.count >= 2
            && labels.allSatisfy { label in
                (1...63).contains(label.count)
                    && label.allSatisfy {
                        (48...57).contains($0) || (97...122).contains($0) || (65...90).contains($0) || $0 == 45
                            || $0 == 95
                    }
            }
    }

    func update(_ indicator: inout Indicator) {
        indicator.action = action
        indicator.title = title
        indicator.description = description
        indicator.recommendedActions = recommendedActions
        indicator.severity = severity
        indicator.expires = expires
        indicator.generatesAlert = generatesAlert
        indicator.groups = groups
        indicator.educateURL = educateURL
    }

    func indicator(number: Int, source: String, by creator: String, now: Timestamp) -> Indicator {
        Indicator(
            number: number, value: value, type: type, action: action, application: application, title: title,
            description: description, recommendedActions: recommendedActions, severity: severity, expires: expires,
            generatesAlert: generatesAlert, groups: groups, educateURL: educateURL, source: source, createdBy: creator,
            created: now, updated: now, updatedBy: nil)
    }
}
