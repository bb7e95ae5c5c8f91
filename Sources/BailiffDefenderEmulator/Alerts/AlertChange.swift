import BailiffModel

/// An update of alerts. The page's table writes its names with a capital, its sample without: both are taken.
struct AlertChange: Sendable {
    private var status: String?
    private var assignedTo: String?
    private var classification: String?
    private var determination: String?
    private var comment: String?

    private static let names = ["status", "assignedTo", "classification", "determination", "comment"]
    private static let statuses: Set<String> = ["New", "InProgress", "Resolved"]
    private static let classifications: Set<String> = [
        "Unknown", "TruePositive", "FalsePositive", "InformationalExpectedActivity",
    ]

    init(_ body: RequestBody, isBatch: Bool) throws(APIError) {
        var allowed: Set<String> = isBatch ? ["alertIds"] : []
        for name in AlertChange.names { allowed.formUnion([name, AlertChange.capital(name)]) }
        try body.allow(allowed)
        status = try AlertChange.text(body, "status")
        assignedTo = try AlertChange.text(body, "assignedTo")
        classification = try AlertChange.text(body, "classification")
        determination = try AlertChange.text(body, "determination")
        comment = try AlertChange.text(body, "comment")
        if let status, !AlertChange.statuses.contains(status) {
            throw .invalidInput("The status '\(status)' is not valid.")
        }
        if let classification, !AlertChange.classifications.contains(classification) {
            throw .invalidInput("The classification '\(classification)' is not valid.")
        }
    }

    private static func capital(_ name: String) -> String { name.prefix(1).uppercased() + name.dropFirst() }

    private static func text(_ body: RequestBody, _ name: String) throws(APIError) -> String? {
        if let text = try body.text(name) { return text }
        return try body.text(capital(name))
    }

    func apply(to alert: inout Alert, by author: String, at now: Timestamp) {
        if let status {
            alert.status = status
            alert.resolved = status == "Resolved" ? now : nil
        }
        if let assignedTo { alert.assignedTo = assignedTo }
        if let classification { alert.classification = classification }
        if let determination { alert.determination = determination }
        if let comment { alert.comments.append(Alert.Comment(text: comment, author: author, time: now)) }
        alert.updated = now
    }
}
