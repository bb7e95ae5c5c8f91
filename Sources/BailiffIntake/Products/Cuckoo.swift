import BailiffModel

/// Cuckoo: the notification, a form with the report's `info` block, and `report.json`.
enum CuckooReader: ProductReader {
    static let product = Product.cuckoo
    static let shape =
        "`info` with `score` or `machine` and nothing of CAPE, `task` or `tasks` with `sample`, or a form with `task_id` and `data`"

    static func recognises(_ content: SourceContent) -> Bool {
        if let form = content.form { return form.first("task_id") != nil && form.first("data") != nil }
        guard let record = content.json, !CapeReader.recognises(content) else { return false }
        return isReport(record) || !tasks(record).isEmpty
    }

    private static func tasks(_ record: JSONValue) -> [JSONValue] {
        (record["tasks"]?.array ?? [record["task"]].compactMap { $0 }).filter {
            $0.has("status") && $0.has("id") && ($0.has("sample") || $0.has("sample_id")) && $0.has("target")
        }
    }

    private static func isReport(_ record: JSONValue) -> Bool {
        guard let info = record["info"], case .object = info else { return false }
        return info.has("score") || info.has("machine") || (info.has("started") && info.has("ended"))
    }

    static func statements(in content: SourceContent) throws(RecordError) -> [Statement] {
        if let form = content.form { return [try notification(form)] }
        guard let record = content.json else { throw notRecognised() }
        if isReport(record) { return [report(record)] }
        let tasks = tasks(record)
        guard !tasks.isEmpty else { throw notRecognised() }
        return tasks.map { CuckooReport.task($0, product: product) }
    }

    private static func notification(_ form: FormFields) throws(RecordError) -> Statement {
        guard let task = form.first("task_id"), let data = form.first("data") else { throw notRecognised() }
        let info: JSONValue
        do throws(JSONError) {
            info = try StrictJSON.parse(data, limits: .record)
        } catch {
            throw RecordError(error)
        }
        var statement = report(["info": info])
        statement.subject = .other("the notification carries only the task id: the report has to be fetched")
        statement.eventID = "notification:" + task
        statement.report = ReportReference(product: product, kind: .task, id: task)
        return statement
    }

    private static func report(_ record: JSONValue) -> Statement {
        let score = record.number("info", "score")
        var statement = Statement(vocabulary.reading(ofNumber: score) ?? vocabulary.reading(of: nil))
        if let file = CuckooReport.file(record) {
            statement.hashes = file.hashes
            statement.fileName = file.name
            statement.fileType = file.type
        } else {
            statement.subject = .other(CuckooReport.absence(record))
        }
        statement.score = vocabulary.score(score)
        statement.analysedAt = CuckooReport.end(record)
        statement.qualifyEvent("task", record.text("info", "id"))
        return statement
    }
}
