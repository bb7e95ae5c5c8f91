import BailiffModel

/// CAPEv2: the callback, which carries a task id and nothing else, and `report.json`.
enum CapeReader: ProductReader {
    static let product = Product.cape
    static let shape = "`malscore` or `malstatus`, an `info.version` of CAPE, a task with `sample`, or a lone `task_id`"
    static let listsAnswers = true

    static func recognises(_ content: SourceContent) -> Bool {
        guard let record = content.json else { return false }
        return isCallback(record) || isReport(unwrapped(record)) || !tasks(record).isEmpty
    }

    /// Answers of the API stand below `data`, beside `error`.
    private static func unwrapped(_ record: JSONValue) -> JSONValue {
        guard record.has("error"), let data = record["data"], case .object = data else { return record }
        return data
    }

    /// Tasks as the API views and lists them: the file with its hashes, but no verdict.
    private static func tasks(_ record: JSONValue) -> [JSONValue] {
        guard record.has("error"), let data = record["data"] else { return [] }
        return (data.array ?? [data]).filter { $0.has("sample") && $0.has("status") && $0.has("id") }
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
        let report = unwrapped(record)
        if isReport(report) { return [self.report(report)] }
        let tasks = tasks(record)
        guard !tasks.isEmpty else { throw notRecognised() }
        return tasks.map { CuckooReport.task($0, product: product) }
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

/// What the answers of Cuckoo and its descendants have in common. Dropped files, payloads and captures have hashes of
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

    /// A report without everything that is not read. Nil for anything but a report, and where a text that is read holds
    /// U+0000.
    static func excerpt(_ record: JSONValue) -> JSONValue? {
        guard let info = record["info"]?.object, record.has("behavior") || record.has("target") else { return nil }
        var members: [(String, JSONValue)] = [
            ("info", kept(info, ["id", "category", "version", "started", "ended", "score", "machine"]))
        ]
        if let target = record["target"]?.object {
            var kept = [JSONObject.Member("category", target["category"] ?? .null)]
            if let file = target["file"]?.object {
                kept.append(
                    JSONObject.Member("file", self.kept(file, ["name", "sha256", "sha1", "md5", "type"])))
            }
            members.append(("target", .object(JSONObject(kept))))
        }
        for key in ["malscore", "malstatus", "malfamily"] {
            if let value = record[key] { members.append((key, value)) }
        }
        if record.has("CAPE") { members.append(("CAPE", [:])) }
        if let detections = record["detections"] {
            let families = detections.array.map { list in
                JSONValue.array(list.map { item in item.object.map { kept($0, ["family"]) } ?? item })
            }
            members.append(("detections", families ?? detections))
        }
        let excerpt = JSONValue.object(JSONObject(members.map { JSONObject.Member($0.0, $0.1) }))
        if holdsNUL(excerpt) { return nil }
        return excerpt
    }

    private static func kept(_ object: JSONObject, _ keys: [String]) -> JSONValue {
        .object(JSONObject(object.members.filter { member in keys.contains(member.key) }))
    }

    private static func holdsNUL(_ value: JSONValue) -> Bool {
        switch value {
        case .string(let text): text.utf8.contains(0)
        case .array(let elements): elements.contains(where: holdsNUL)
        case .object(let object): object.members.contains { $0.key.utf8.contains(0) || holdsNUL($0.value) }
        default: false
        }
    }

    /// Why there is no file.
    static func absence(_ record: JSONValue) -> String {
        if record.text("target", "category")?.isWord("url") == true { return "a URL was analysed, no file" }
        return "the report names no file under test"
    }

    /// A task without its report: what was analysed, and where the verdict has to be fetched.
    static func task(_ task: JSONValue, product: Product) -> Statement {
        var statement = Statement(level: .unknown, reason: "a task carries no verdict: the report has to be fetched")
        let id = task.text("id")
        if let sample = task["sample"], case .object = sample {
            statement.hashes = StatedHashes(
                sha256: sample["sha256"]?.string, sha1: sample["sha1"]?.string, md5: sample["md5"]?.string)
            statement.fileType = sample.text("file_type")
        }
        statement.fileName = task.text("target").flatMap(FieldText.lastPathComponent)
        if task.text("category")?.isWord("url") == true { statement.takeAsURL() }
        let isReported = task.text("status")?.isWord("reported") == true
        if isReported { statement.report = id.flatMap { ReportReference(product: product, kind: .task, id: $0) } }
        if !isReported, let status = task.text("status") {
            statement.hold("the analysis is not finished: \(String(status.unicodeScalars.prefix(40)))")
        }
        statement.analysedAt = SourceTime.seconds(SourceTime.any(task["completed_on"]))
        statement.qualifyEvent("task", id)
        return statement
    }

    static func end(_ record: JSONValue) -> Timestamp? {
        SourceTime.seconds(SourceTime.any(record.at("info", "ended")) ?? SourceTime.any(record.at("info", "started")))
    }
}
