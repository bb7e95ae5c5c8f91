import BailiffModel

/// CAPEv2: the callback, which carries a task id and nothing else, and `report.json`.
enum CapeReader: ProductReader {
    static let product = Product.cape
    static let shape = "`malscore` or `malstatus`, an `info.version` of CAPE, or a lone `task_id`"

    static func recognises(_ content: SourceContent) -> Bool {
        guard let record = content.json else { return false }
        return isCallback(record) || isReport(record)
    }

    private static func isCallback(_ record: JSONValue) -> Bool {
        guard case .object(let object) = record, object.count == 1 else { return false }
        return record.text("task_id") != nil
    }

    private static func isReport(_ record: JSONValue) -> Bool {
        if record.has("malscore") || record.has("malstatus") { return record.has("info") || record.has("target") }
        let version = record.text("info", "version")?.utf8.suffix(5)
        return version?.equalsIgnoringASCIICase("-cape") == true || (record.has("CAPE") && record.has("info"))
    }

    static func statements(in content: SourceContent) throws(RecordError) -> [Statement] {
        guard let record = content.json else { throw notRecognised() }
        if isCallback(record) { return [callback(record.text("task_id") ?? "")] }
        guard isReport(record) else { throw notRecognised() }
        return [report(record)]
    }

    private static func callback(_ task: String) -> Statement {
        var statement = Statement.other("the callback carries only the task id: the report has to be fetched")
        statement.eventID = "callback:" + task
        statement.report = ReportReference(product: product, kind: .task, id: task)
        return statement
    }

    private static func report(_ record: JSONValue) -> Statement {
        let families = families(record)
        var statement = Statement(reading(record, isNamed: !families.isEmpty))
        if let file = CuckooReport.file(record) {
            statement.hashes = file.hashes
            statement.fileName = file.name
            statement.fileType = file.type
        } else {
            statement.subject = .other(CuckooReport.absence(record))
        }
        statement.score = vocabulary.score(record.number("malscore"))
        statement.threat = families.first
        statement.family = families.first
        statement.categoryHints = Array(families.dropFirst())
        statement.analysedAt = CuckooReport.end(record)
        statement.qualifyEvent("task", record.text("info", "id"))
        return statement
    }

    /// The word where there is one; else the number. A named family is more than its number says, but no verdict.
    private static func reading(_ record: JSONValue, isNamed: Bool) -> WordReading {
        if let word = record.text("malstatus") { return vocabulary.reading(of: word) }
        guard let reading = vocabulary.reading(ofNumber: record.number("malscore")) else {
            return isNamed ? WordReading(level: .malicious) : vocabulary.reading(of: nil)
        }
        return isNamed && reading.level < .suspicious ? WordReading(level: .suspicious) : reading
    }

    /// `detections` is a text in 2.2 and a list of objects in 2.4; `malfamily` is older.
    private static func families(_ record: JSONValue) -> [String] {
        let listed = record.elements("detections").compactMap { $0.text("family") ?? $0.fieldText }
        if !listed.isEmpty { return listed }
        return [record.text("detections") ?? record.text("malfamily")].compactMap { $0 }
    }
}

/// What the reports of Cuckoo and its descendants have in common. Dropped files, payloads and captures have hashes of
/// their own; `target.file` alone is the file under test.
enum CuckooReport {
    static func file(_ record: JSONValue) -> (hashes: StatedHashes, name: String?, type: String?)? {
        if let category = record.text("target", "category") ?? record.text("info", "category"),
            category.isWord("url") || category.isWord("pcap")
        {
            return nil
        }
        guard let file = record.at("target", "file"), case .object = file else { return nil }
        let hashes = StatedHashes(
            sha256: file["sha256"]?.string, sha1: file["sha1"]?.string, md5: file["md5"]?.string)
        let name = file.text("name") ?? file.texts("name").first
        if hashes.isEmpty, name == nil { return nil }
        return (hashes, name, file.text("type"))
    }

    /// Why there is no file.
    static func absence(_ record: JSONValue) -> String {
        if record.text("target", "category")?.isWord("url") == true { return "a URL was analysed, no file" }
        return "the report names no file under test"
    }

    static func end(_ record: JSONValue) -> Timestamp? {
        SourceTime.seconds(SourceTime.any(record.at("info", "ended")) ?? SourceTime.any(record.at("info", "started")))
    }
}
