import BailiffModel

/// One row of the answer to the sightings query: a device and one combination of hashes. Rows of single events (no
/// `summarize`) are read as well.
struct SightingRow {
    var machine: MachineID
    var deviceName: String?
    var sha1: FileHash?
    var sha256: FileHash?
    var md5: FileHash?
    var first: Timestamp?
    var last: Timestamp?
    var paths: [String]
    var names: [String]
    var tables: [String]
    var actions: [String]
    var details: [JSONValue]

    /// Nil without a device: evidence of alerts may name none.
    init?(_ row: JSONValue) {
        guard let machine = row.field("DeviceId")?.filled.flatMap(MachineID.init) else { return nil }
        self.machine = machine
        deviceName = row.field("DeviceName")?.filled
        sha1 = row.hash("SHA1", .sha1)
        sha256 = row.hash("SHA256", .sha256)
        md5 = row.hash("MD5", .md5)
        let single = row.field("Timestamp")?.time
        first = row.field("FirstSeen")?.time ?? single
        last = row.field("LastSeen")?.time ?? single
        paths = SightingRow.set(row, "Paths", or: "FolderPath")
        names = SightingRow.set(row, "Names", or: "FileName")
        tables = SightingRow.set(row, "Sources", or: "T")
        actions = SightingRow.set(row, "Actions", or: "ActionType")
        details = SightingRow.set(row, "Details", or: "AdditionalFields").compactMap {
            try? StrictJSON.parse($0, limits: .service)
        }
    }

    private static func set(_ row: JSONValue, _ plural: String, or single: String) -> [String] {
        let many = row.field(plural)?.strings ?? []
        let all = many.isEmpty ? [row.field(single)?.filled].compactMap { $0 } : many
        return all.filter { !$0.isEmpty }
    }

    var wasExecuted: Bool {
        tables.contains { ASCII.equal($0, "DeviceProcessEvents") || ASCII.equal($0, "DeviceImageLoadEvents") }
    }

    /// What the antivirus or an alert says was done about the file of these rows. Where the antivirus itself says it, an
    /// alert's word does not count: it knows no quarantine.
    static func status(of rows: [SightingRow]) -> Sighting.Status {
        let isDetected = rows.contains { row in
            row.actions.contains { ASCII.equal($0, "AntivirusDetection") }
                || row.tables.contains { ASCII.equal($0, "AlertEvidence") }
        }
        let details = rows.flatMap(\.details)
        let told = details.compactMap(antivirusStatus).max() ?? details.compactMap(evidenceStatus).max()
        return max(told ?? .seen, isDetected ? .detected : .seen)
    }

    /// From the fields of an antivirus detection; nil for anything else. `Action` is the number of the cleaning action
    /// (2: quarantine) or a word.
    private static func antivirusStatus(_ detail: JSONValue) -> Sighting.Status? {
        guard let wasRemediated = detail.field("WasRemediated") else { return nil }
        let action = detail.field("Action") ?? .null
        let isQuarantine =
            action.wholeNumber == 2 || ASCII.lowerCased(action.filled ?? "").utf8.starts(with: "quarantine".utf8)
        if isQuarantine { return .quarantined }
        return wasRemediated.flag == true ? .remediated : .detected
    }

    /// From the fields of an alert's evidence; nil where they tell nothing.
    private static func evidenceStatus(_ detail: JSONValue) -> Sighting.Status? {
        let words = ["RemediationStatus", "DetectionStatus"].compactMap {
            detail.field($0)?.filled.map(ASCII.lowerCased)
        }
        if words.contains(where: { $0.utf8.starts(with: "remediated".utf8) }) { return .remediated }
        if words.contains(where: { $0.utf8.starts(with: "quarantine".utf8) }) { return .quarantined }
        return nil
    }
}
