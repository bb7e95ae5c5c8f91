import BailiffModel

extension DeviceEvent {
    /// The columns of the four event tables; some stand only in some.
    enum Column: Sendable, CaseIterable {
        case timestamp, deviceId, deviceName, actionType, fileName, folderPath, sha1, sha256, md5, fileSize
        case processId, processCommandLine, processCreationTime, accountDomain, accountName, accountSid
        case requestAccountName, requestAccountDomain, previousFileName, fileOriginURL
        case initiatingSHA1, initiatingSHA256, initiatingMD5, initiatingFileName, initiatingFolderPath
        case initiatingCommandLine, initiatingId, initiatingAccountName, initiatingAccountDomain
        case reportId, additionalFields

        var name: String {
            switch self {
            case .timestamp: "Timestamp"
            case .deviceId: "DeviceId"
            case .deviceName: "DeviceName"
            case .actionType: "ActionType"
            case .fileName: "FileName"
            case .folderPath: "FolderPath"
            case .sha1: "SHA1"
            case .sha256: "SHA256"
            case .md5: "MD5"
            case .fileSize: "FileSize"
            case .processId: "ProcessId"
            case .processCommandLine: "ProcessCommandLine"
            case .processCreationTime: "ProcessCreationTime"
            case .accountDomain: "AccountDomain"
            case .accountName: "AccountName"
            case .accountSid: "AccountSid"
            case .requestAccountName: "RequestAccountName"
            case .requestAccountDomain: "RequestAccountDomain"
            case .previousFileName: "PreviousFileName"
            case .fileOriginURL: "FileOriginUrl"
            case .initiatingSHA1: "InitiatingProcessSHA1"
            case .initiatingSHA256: "InitiatingProcessSHA256"
            case .initiatingMD5: "InitiatingProcessMD5"
            case .initiatingFileName: "InitiatingProcessFileName"
            case .initiatingFolderPath: "InitiatingProcessFolderPath"
            case .initiatingCommandLine: "InitiatingProcessCommandLine"
            case .initiatingId: "InitiatingProcessId"
            case .initiatingAccountName: "InitiatingProcessAccountName"
            case .initiatingAccountDomain: "InitiatingProcessAccountDomain"
            case .reportId: "ReportId"
            case .additionalFields: "AdditionalFields"
            }
        }

        var type: KQLType {
            switch self {
            case .timestamp, .processCreationTime: .datetime
            case .fileSize, .processId, .initiatingId, .reportId: .long
            default: .string
            }
        }

        func isMissing(in table: HuntingTable) -> Bool {
            switch self {
            case .processId, .processCommandLine, .processCreationTime:
                table == .deviceFileEvents || table == .deviceImageLoadEvents
            case .accountDomain, .accountName, .accountSid:
                table == .deviceFileEvents || table == .deviceImageLoadEvents
            case .requestAccountName, .requestAccountDomain, .previousFileName, .fileOriginURL:
                table != .deviceFileEvents
            case .additionalFields: table == .deviceImageLoadEvents
            default: false
            }
        }
    }

    func value(_ column: Column, in data: HuntingData) -> KQLValue {
        let entry = data.sightings.entries[number]
        switch column {
        case .timestamp: return .datetime(time)
        case .deviceId: return .string(data.fleet[Int(entry.machine)].id)
        case .deviceName: return .string(data.fleet[Int(entry.machine)].name)
        case .actionType: return .string(kind.actionType)
        case .reportId: return .long(reportID)
        case .sha1, .sha256, .md5, .fileName, .folderPath, .fileSize: return file(column, entry, data)
        case .processId: return .long(processID)
        case .processCommandLine: return .string("\"\(path(entry, data))\"")
        case .processCreationTime: return .datetime(time)
        case .accountDomain, .requestAccountDomain, .initiatingAccountDomain: return .string("harbour")
        case .accountName, .requestAccountName, .initiatingAccountName: return .string(entry.account ?? "system")
        case .accountSid: return .string("S-1-5-21-\(1_000 + number % 9_000)")
        case .previousFileName, .fileOriginURL: return .string("")
        case .additionalFields: return .string(additionalFields(entry, data))
        default: return initiator(column)
        }
    }

    private func path(_ entry: SightingBook.Entry, _ data: HuntingData) -> String {
        entry.path ?? "C:\\Users\\Public\\Downloads\\\(data.catalog[Int(entry.file)].name)"
    }

    /// Deleted files carry no hashes; of others those the tenant says.
    private func file(_ column: Column, _ entry: SightingBook.Entry, _ data: HuntingData) -> KQLValue {
        let file = data.catalog[Int(entry.file)]
        let hashes = kind == .deleted ? [] : file.huntingHashes
        switch column {
        case .sha1: return hashes.contains(.sha1) ? .string(file.sha1) : .null
        case .sha256: return hashes.contains(.sha256) && !data.isAwkward ? .optional(file.sha256) : .null
        case .md5: return hashes.contains(.md5) ? .optional(file.md5) : .null
        case .fileName: return .string(WindowsPath.name(path(entry, data)))
        case .folderPath: return .string(path(entry, data))
        default: return .long(Int64(file.size))
        }
    }

    private var processID: Int64 { Int64(1_000 + number * 7 % 60_000) }

    private func initiator(_ column: Column) -> KQLValue {
        switch column {
        case .initiatingFileName: .string("explorer.exe")
        case .initiatingFolderPath: .string("c:\\windows\\explorer.exe")
        case .initiatingCommandLine: .string("Explorer.EXE")
        case .initiatingId: .long(processID - 4)
        case .initiatingSHA1: .string("4ed9a52d3e9e1e4a2a6f0b3a9dcb57f6a1c09e42")
        case .initiatingSHA256: .string("1f6d3cf21f0b7f5b0a6f7e8e4f5c0b9d2a7c8e31455aa6b0a9c1d0e7f2b3a4c5")
        case .initiatingMD5: .string("7a2cf8e10b9d4c3e5f6a7b8c9d0e1f23")
        default: .null
        }
    }

    /// JSON text in a text column, as recorded rows have it.
    private func additionalFields(_ entry: SightingBook.Entry, _ data: HuntingData) -> String {
        guard kind == .detected else { return kind == .created ? #"{"FileType":"PortableExecutable"}"# : "" }
        let file = data.catalog[Int(entry.file)]
        let isGone = entry.status == .quarantined || entry.status == .remediated
        let threat =
            entry.quarantined == nil
            ? file.determinationValue ?? "Trojan:Win32/Wacatac.B!ml" : "EUS:Win32/CustomEnterpriseBlock!cl"
        let fields: JSONValue = [
            "ThreatName": .string(threat), "WasExecutingWhileDetected": .bool(entry.execution != .none),
            "Action": .int(entry.status == .remediated ? 3 : isGone ? 2 : 6), "WasRemediated": .bool(isGone),
            "ReportSource": "Windows Defender",
        ]
        return fields.text()
    }
}
