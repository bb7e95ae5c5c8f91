import BailiffModel

/// ANY.RUN: reports and the history of tasks. Files under `modified` have threat levels of their own.
enum AnyRunReader: ProductReader {
    static let product = Product.anyrun
    static let shape =
        "`analysis.scores.verdict` or `analysis.content.mainObject`, or `tasks` with `verdict` and `hashes`"
    static let listsAnswers = true

    static func recognises(_ content: SourceContent) -> Bool {
        guard let record = content.json else { return false }
        return analysis(record) != nil || !tasks(record).isEmpty
    }

    static func statements(in content: SourceContent) throws(RecordError) -> [Statement] {
        guard let record = content.json else { throw notRecognised() }
        if let analysis = analysis(record) {
            return [statement(analysis, status: record.text("data", "status") ?? record.text("status"))]
        }
        let tasks = tasks(record)
        guard !tasks.isEmpty else { throw notRecognised() }
        return tasks.map(statement(ofTask:))
    }

    private static func analysis(_ record: JSONValue) -> JSONValue? {
        for candidate in [record.at("data", "analysis"), record["analysis"], record] {
            guard let candidate else { continue }
            if candidate.at("scores", "verdict") != nil || candidate.at("content", "mainObject") != nil {
                return candidate
            }
        }
        return nil
    }

    private static func statement(_ analysis: JSONValue, status: String?) -> Statement {
        let verdict = analysis.at("scores", "verdict")
        let object = analysis.at("content", "mainObject")
        var statement = Statement(
            reading(word: verdict?.text("threatLevelText"), level: verdict?.number("threatLevel")))
        let hashes = object?["hashes"]
        statement.hashes = StatedHashes(
            sha256: hashes?["sha256"]?.string, sha1: hashes?["sha1"]?.string, md5: hashes?["md5"]?.string)
        statement.fileName = object?.text("filename") ?? object?.text("url")
        statement.fileType = object?.text("info", "file") ?? object?.text("info", "mime")
        if object?.text("type")?.isWord("url") == true || (statement.hashes.isEmpty && object?.text("url") != nil) {
            statement.takeAsURL()
        }
        statement.score = vocabulary.score(verdict?.number("score"))
        statement.categoryHints = tags(analysis["tags"])
        statement.analysedAt = SourceTime.seconds(
            SourceTime.epochMilliseconds(analysis.number("creation")) ?? SourceTime.any(analysis["creationText"]))
        if let status, !status.isWord("done"), !status.isWord("completed") {
            statement.hold("the analysis is not finished: \(String(status.unicodeScalars.prefix(40)))")
        }
        statement.qualifyEvent("task", analysis.text("uuid"))
        return statement
    }

    /// 0, 1 and 2 stand for the three words.
    private static func reading(word: String?, level: Double?) -> WordReading {
        if let word { return vocabulary.reading(of: word) }
        switch level {
        case 2: return vocabulary.reading(of: "Malicious activity")
        case 1: return vocabulary.reading(of: "Suspicious activity")
        case 0: return vocabulary.reading(of: "No threats detected")
        default: return vocabulary.reading(of: nil)
        }
    }

    private static func tags(_ value: JSONValue?) -> [String] {
        (value?.array ?? []).compactMap { $0.fieldText ?? $0.text("tag") ?? $0.text("name") }
    }

    private static func tasks(_ record: JSONValue) -> [JSONValue] {
        record.elements("data", "tasks").filter { $0.has("verdict") && $0.has("hashes") }
    }

    private static func statement(ofTask task: JSONValue) -> Statement {
        var statement = Statement(vocabulary.reading(of: task.text("verdict")))
        let hashes = task["hashes"]
        statement.hashes = StatedHashes(
            sha256: hashes?["sha256"]?.string, sha1: hashes?["sha1"]?.string, md5: hashes?["md5"]?.string)
        statement.fileName = task.text("name")
        if statement.hashes.isEmpty, statement.fileName.map(FieldText.isURL) == true {
            statement.takeAsURL()
        }
        statement.analysedAt = SourceTime.seconds(SourceTime.any(task["date"]))
        statement.categoryHints = tags(task["tags"])
        statement.qualifyEvent("task", task.text("uuid") ?? task.text("related"))
        return statement
    }
}
