import BailiffModel

extension MachineAction {
    static let properties: [ODataProperty] = [
        ODataProperty("id"), ODataProperty("status"), ODataProperty("machineId"), ODataProperty("type"),
        ODataProperty("requestor"), ODataProperty("creationDateTimeUtc", .time),
    ]
    /// Places in ``properties`` that have an index.
    static let idProperty = 0
    static let machineProperty = 2

    func value(_ property: Int, at now: Timestamp) -> ODataValue {
        switch property {
        case 0: .string(id)
        case 1: .string(status(at: now).rawValue)
        case 2: .string(machineID)
        case 3: .string(kind.rawValue)
        case 4: .string(requestor)
        case 5: .time(created)
        default: .null
        }
    }

    /// - Parameter shown: The state to show; the answer to the order itself always says Pending.
    func write(to writer: inout WireWriter, at now: Timestamp, shown: Status? = nil, context: String? = nil) {
        let status = shown ?? status(at: now)
        writer.entity(id) { writer in
            if let context { writer.field("@odata.context", context) }
            writer.field("id", id)
            writer.field("type", kind.rawValue)
            writer.field("title", nil as String?)
            writer.field("requestor", requestor)
            writer.field("requestorComment", comment)
            writer.field("status", status.rawValue)
            writer.field("machineId", machineID)
            writer.spotty("computerDnsName", computerName)
            writer.field("creationDateTimeUtc", created)
            writer.field("lastUpdateDateTimeUtc", shown == nil ? lastUpdate(at: now) : created)
            writer.field("cancellationRequestor", cancellation?.requestor)
            writer.field("cancellationComment", cancellation?.comment)
            writer.field("cancellationDateTimeUtc", cancellation?.time)
            writer.field("errorHResult", shown == nil ? result(at: now) : 0)
            writer.spotty("scope", scope)
            writer.field("externalId", nil as String?)
            writer.field("requestSource", "PublicApi")
            writeFile(to: &writer)
            writer.field("commands") { writeCommands(to: &$0, at: now, status: status) }
            writer.field("troubleshootInfo", nil as String?)
        }
    }

    private func writeFile(to writer: inout WireWriter) {
        guard let sha1 else { return writer.field("relatedFileInfo", nil as String?) }
        writer.field("relatedFileInfo") { writer in
            writer.object { writer in
                writer.field("fileIdentifier", sha1)
                writer.field("fileIdentifierType", "Sha1")
            }
        }
    }

    private func writeCommands(to writer: inout WireWriter, at now: Timestamp, status: Status) {
        writer.array { writer in
            for (index, command) in commands.enumerated() {
                writer.object { writer in
                    writer.field("index", index)
                    writer.field("startTime", status == .pending ? nil : starts)
                    writer.field("endTime", status.isFinal ? lastUpdate(at: now) : nil)
                    writer.field(
                        "commandStatus", status == .succeeded ? "Completed" : status.isFinal ? "Failed" : "Created")
                    writer.field("errors", [String]())
                    writer.field("command") { command.write(to: &$0) }
                }
            }
        }
    }
}

extension LiveResponseCommand {
    func write(to writer: inout WireWriter) {
        writer.object { writer in
            writer.field("type", kind.rawValue)
            writer.field("params") { writer in
                writer.array { writer in
                    for parameter in parameters {
                        writer.object { writer in
                            writer.field("key", parameter.key)
                            writer.field("value", parameter.value)
                        }
                    }
                }
            }
        }
    }
}
