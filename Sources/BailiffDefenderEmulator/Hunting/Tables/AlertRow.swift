import BailiffModel

/// One row of `AlertInfo` or `AlertEvidence`.
struct AlertRow: Sendable {
    enum Entity: Sendable { case info, machine, file }

    let number: Int
    let entity: Entity
    let time: Timestamp

    static func rows(of number: Int, _ table: HuntingTable, in data: HuntingData) -> [AlertRow] {
        let alert = data.alerts[number]
        func row(_ entity: Entity) -> AlertRow { AlertRow(number: number, entity: entity, time: alert.created) }
        if table == .alertInfo { return [row(.info)] }
        return alert.file == nil ? [row(.machine)] : [row(.machine), row(.file)]
    }

    static let infoColumns: [KQLColumn] = [
        KQLColumn("Timestamp", .datetime), KQLColumn("AlertId"), KQLColumn("Title"), KQLColumn("Category"),
        KQLColumn("Severity"), KQLColumn("ServiceSource"), KQLColumn("DetectionSource"), KQLColumn("AttackTechniques"),
    ]

    /// SHA-1 and SHA-256 only: there is no MD5 here.
    static let evidenceColumns: [KQLColumn] = [
        KQLColumn("Timestamp", .datetime), KQLColumn("AlertId"), KQLColumn("Title"), KQLColumn("Severity"),
        KQLColumn("ServiceSource"), KQLColumn("DetectionSource"), KQLColumn("AttackTechniques"),
        KQLColumn("EntityType"), KQLColumn("EvidenceRole"), KQLColumn("EvidenceDirection"), KQLColumn("FileName"),
        KQLColumn("FolderPath"), KQLColumn("SHA1"), KQLColumn("SHA256"), KQLColumn("FileSize", .long),
        KQLColumn("ThreatFamily"), KQLColumn("AccountName"), KQLColumn("AccountDomain"), KQLColumn("DeviceId"),
        KQLColumn("DeviceName"), KQLColumn("Categories"), KQLColumn("AdditionalFields"),
    ]

    func value(_ column: Int, in data: HuntingData) -> KQLValue {
        let alert = data.alerts[number]
        return entity == .info ? info(column, alert) : evidence(column, alert, data)
    }

    private func info(_ column: Int, _ alert: Alert) -> KQLValue {
        switch column {
        case 0: .datetime(time)
        case 1: .string(alert.id)
        case 2: .string(alert.title)
        case 3: .string(alert.category)
        case 4: .string(alert.severity)
        case 5: .string("Microsoft Defender for Endpoint")
        case 6: .string(alert.detectionSource)
        default: .string(JSONValue.array(alert.techniques.map(JSONValue.string)).text())
        }
    }

    private func evidence(_ column: Int, _ alert: Alert, _ data: HuntingData) -> KQLValue {
        let file = entity == .file ? alert.file.map { data.catalog[$0] } : nil
        let path = alert.path ?? file.map { "C:\\Users\\Public\\Downloads\\\($0.name)" }
        // Rows of files may come without the machine.
        let hidesMachine = entity == .file && data.isAwkward
        switch column {
        case 0: return .datetime(time)
        case 1: return .string(alert.id)
        case 2: return .string(alert.title)
        case 3: return .string(alert.severity)
        case 4: return .string("Microsoft Defender for Endpoint")
        case 5: return .string(alert.detectionSource)
        case 6: return .string("")
        case 7: return .string(entity == .file ? "File" : "Machine")
        case 8: return .string(entity == .file ? "Related" : "Impacted")
        case 9: return .string("")
        case 10: return .optional(file.map { _ in WindowsPath.name(path ?? "") })
        case 11: return .optional(file.map { _ in WindowsPath.folder(path ?? "") })
        case 12: return .optional(file?.sha1)
        case 13: return .optional(file?.sha256)
        case 14: return file.map { .long(Int64($0.size)) } ?? .null
        case 15: return .optional(alert.threatFamily)
        case 16: return .string(alert.account ?? "")
        case 17: return .string(alert.account == nil ? "" : "harbour")
        case 18: return hidesMachine ? .null : .string(data.fleet[alert.machine].id)
        case 19: return hidesMachine ? .null : .string(data.fleet[alert.machine].name)
        case 20: return .string(JSONValue.array([.string(alert.category)]).text())
        default: return .string(additionalFields(alert, file, data))
        }
    }

    private func additionalFields(_ alert: Alert, _ file: EmulatorTenant.File?, _ data: HuntingData) -> String {
        guard let file else { return JSONValue.object(["Type": "host"]).text() }
        let status = alert.file.flatMap { data.sightings.entry(machine: alert.machine, file: $0) }
            .map { data.sightings.entries[$0].status }
        let isStopped = status == .quarantined || status == .remediated
        let fields: JSONValue = [
            "Name": .string(file.name), "Type": "file", "DetectionStatus": isStopped ? "Prevented" : "Detected",
            "RemediationStatus": isStopped ? "Remediated" : "Active", "LastVerdict": "Malicious",
        ]
        return fields.text()
    }
}
