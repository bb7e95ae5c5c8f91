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

    /// What the antivirus or an alert did about the file.
    var status: Sighting.Status {
        var status = Sighting.Status.seen
        if actions.contains(where: { ASCII.equal($0, "AntivirusDetection") })
            || tables.contains(where: { ASCII.equal($0, "AlertEvidence") })
        {
            status = .detected
        }
        for detail in details { status = max(status, SightingRow.status(of: detail)) }
        return status
    }

    /// `WasRemediated` of a detection; words of remediation in the fields that hold one.
    private static func status(of detail: JSONValue) -> Sighting.Status {
        if detail.field("WasRemediated")?.flag == true { return .remediated }
        let words = ["DetectionStatus", "RemediationStatus", "RemediationAction", "Action", "ActionType"]
            .compactMap { detail.field($0)?.filled.map(ASCII.lowerCased) }
        if words.contains(where: { $0.utf8.starts(with: "remediated".utf8) }) { return .remediated }
        if words.contains(where: { $0.utf8.starts(with: "quarantine".utf8) }) { return .quarantined }
        return .seen
    }
}
