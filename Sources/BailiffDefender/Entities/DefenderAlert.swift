package import BailiffModel

/// One alert of the service, as far as sightings need it.
package struct DefenderAlert: Sendable, Hashable {
    /// One thing the alert rests on.
    package struct Evidence: Sendable, Hashable {
        package var entityType: String?
        package var hashes: FileHashes
        package var fileName: String?
        package var folder: String?
        package var detectionStatus: String?
        package var createdAt: Timestamp?
    }

    package var id: String
    package var incidentID: Int64?
    package var investigationID: Int64?
    package var severity: String?
    package var status: String?
    package var category: String?
    package var title: String?
    package var detectionSource: String?
    package var machineID: MachineID?
    package var createdAt: Timestamp?
    package var firstEventAt: Timestamp?
    package var lastEventAt: Timestamp?
    package var evidence: [Evidence]

    /// Nil without an id.
    init?(_ body: JSONValue) {
        guard let id = body["id"]?.textual, !id.isEmpty else { return nil }
        self.id = id
        incidentID = body["incidentId"]?.wholeNumber
        investigationID = body["investigationId"]?.wholeNumber
        severity = body["severity"]?.filled
        status = body["status"]?.filled
        // The service writes the word "null" here at times.
        category = body["category"]?.filled.flatMap { $0 == "null" ? nil : $0 }
        title = body["title"]?.filled
        detectionSource = body["detectionSource"]?.filled
        machineID = body["machineId"]?.filled.flatMap(MachineID.init)
        createdAt = body["alertCreationTime"]?.time
        firstEventAt = body["firstEventTime"]?.time
        lastEventAt = body["lastEventTime"]?.time
        evidence = (body["evidence"]?.array ?? []).map { entry in
            Evidence(
                entityType: entry["entityType"]?.filled,
                hashes: FileHashes(sha256: entry.hash("sha256", .sha256), sha1: entry.hash("sha1", .sha1)),
                fileName: entry["fileName"]?.filled, folder: entry["filePath"]?.filled,
                detectionStatus: entry["detectionStatus"]?.filled, createdAt: entry["evidenceCreationTime"]?.time)
        }
    }
}
