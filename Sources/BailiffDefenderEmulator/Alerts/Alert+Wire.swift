import BailiffModel

extension Alert {
    static let properties: [ODataProperty] = [
        ODataProperty("alertCreationTime", .time), ODataProperty("lastUpdateTime", .time),
        ODataProperty("incidentId", .int), ODataProperty("InvestigationId", .int), ODataProperty("id"),
        ODataProperty("assignedTo"), ODataProperty("detectionSource"), ODataProperty("lastEventTime", .time),
        ODataProperty("status"), ODataProperty("severity"), ODataProperty("category"),
    ]

    func value(_ property: Int) -> ODataValue {
        switch property {
        case 0: .time(created)
        case 1: .time(updated)
        case 2: .int(Int64(incidentID))
        case 3: investigationID.map { .int(Int64($0)) } ?? .null
        case 4: .string(id)
        case 5: .optional(assignedTo)
        case 6: .string(detectionSource)
        case 7: .time(lastEvent)
        case 8: .string(status)
        case 9: .string(severity)
        case 10: .string(category)
        default: .null
        }
    }

    struct Surroundings {
        var machine: EmulatorTenant.Machine
        var file: EmulatorTenant.File?
        var tenantID: String
        var showsEvidence: Bool
    }

    func write(to writer: inout WireWriter, _ around: Surroundings, context: String? = nil) {
        writer.entity(id) { writer in
            if let context { writer.field("@odata.context", context) }
            writer.field("id", id)
            writer.field("incidentId", incidentID)
            writer.field("investigationId", investigationID)
            writer.field("assignedTo", assignedTo)
            writer.enumeration("severity", severity)
            writer.field("status", status)
            writer.field("classification", classification)
            writer.field("determination", determination)
            writer.enumeration("investigationState", investigationState)
            writer.enumeration("detectionSource", detectionSource)
            writer.field("detectorId", "6b1c9d1e-94b1-4a39-8a92-1f6c1d0a6b11")
            writer.field("category", category)
            writer.field("threatFamilyName", threatFamily)
            writer.field("title", title)
            writer.field("description", description)
            writer.field("alertCreationTime", created)
            writer.field("firstEventTime", firstEvent)
            writer.field("lastEventTime", lastEvent)
            writer.field("lastUpdateTime", updated)
            writer.field("resolvedTime", resolved)
            writer.field("machineId", around.machine.id)
            writer.spotty("computerDnsName", around.machine.name)
            writer.field("rbacGroupName", around.machine.groupName)
            writer.field("aadTenantId", around.tenantID)
            writer.field("threatName", threatName)
            writer.field("mitreTechniques", techniques)
            writeUser(to: &writer)
            writer.field("comments") { writeComments(to: &$0) }
            writer.field("evidence") { writer in
                writer.array { if around.showsEvidence { writeEvidence(to: &$0, around.file) } }
            }
        }
    }

    private func writeUser(to writer: inout WireWriter) {
        guard let account else { return writer.field("relatedUser", nil as String?) }
        writer.field("relatedUser") { writer in
            writer.object { writer in
                writer.field("userName", account)
                writer.field("domainName", "HARBOUR")
            }
        }
    }

    private func writeComments(to writer: inout WireWriter) {
        writer.array { writer in
            for comment in comments {
                writer.object { writer in
                    writer.field("comment", comment.text)
                    writer.field("createdBy", comment.author)
                    writer.field("createdTime", comment.time)
                }
            }
        }
    }

    private func writeEvidence(to writer: inout WireWriter, _ file: EmulatorTenant.File?) {
        guard let file else { return }
        writer.object { writer in
            writer.field("entityType", "File")
            writer.field("evidenceCreationTime", created)
            writer.field("sha1", file.sha1)
            writer.field("sha256", file.sha256)
            writer.field("fileName", file.name)
            writer.field("filePath", path.map { WindowsPath.folder($0) })
            for name: StaticString in [
                "processId", "processCommandLine", "processCreationTime", "parentProcessId",
                "parentProcessCreationTime", "parentProcessFileName", "parentProcessFilePath", "ipAddress", "url",
                "registryKey", "registryHive", "registryValueType", "registryValue", "accountName", "domainName",
                "userSid", "aadUserId", "userPrincipalName",
            ] {
                writer.field(name, nil as String?)
            }
            writer.field("detectionStatus", "Detected")
        }
    }
}

/// Paths with either separator.
enum WindowsPath {
    /// Without the file's name and the last separator.
    static func folder(_ path: String) -> String {
        let bytes = Array(path.utf8)
        guard let last = bytes.lastIndex(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "/") }) else {
            return ""
        }
        return String(decoding: bytes[..<last], as: UTF8.self)
    }

    static func name(_ path: String) -> String {
        let bytes = Array(path.utf8)
        let last = bytes.lastIndex { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "/") }
        return String(decoding: bytes[(last.map { $0 + 1 } ?? 0)...], as: UTF8.self)
    }
}
