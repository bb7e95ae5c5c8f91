import BailiffModel

/// Cisco Secure Malware Analytics (Threat Grid): submissions as the API answers and as they are commonly flattened.
enum ThreatGridReader: ProductReader {
    static let product = Product.threatgrid
    static let shape =
        "`data.items[].item` with `analysis.threat_score`, `sample` with `max-severity`, or `Score`, `Indicators`, `SHA256`"
    static let listsAnswers = true

    static func recognises(_ content: SourceContent) -> Bool {
        guard let record = content.json else { return false }
        return isFlat(record) || summary(in: record) != nil || !items(record).isEmpty
    }

    static func statements(in content: SourceContent) throws(RecordError) -> [Statement] {
        guard let record = content.json else { throw notRecognised() }
        if isFlat(record) { return [flat(record)] }
        if let summary = summary(in: record) { return [statement(ofSummary: summary)] }
        let items = items(record)
        guard !items.isEmpty else { throw notRecognised() }
        return items.map { statement($0) }
    }

    private static func isFlat(_ record: JSONValue) -> Bool {
        record.has("Score") && (record.has("Indicators") || record.has("Submitted"))
            && (record.has("SHA256") || record.has("MD5"))
    }

    private static func flat(_ record: JSONValue) -> Statement {
        let score = record.number("Score")
        var statement = Statement(vocabulary.reading(ofNumber: score) ?? vocabulary.reading(of: nil))
        statement.hashes = StatedHashes(
            sha256: record["SHA256"]?.string, sha1: record["SHA1"]?.string, md5: record["MD5"]?.string)
        statement.fileName = record.text("Name")
        statement.score = vocabulary.score(score)
        statement.analysedAt = SourceTime.seconds(SourceTime.any(record["Submitted"]))
        return statement
    }

    /// The answer about a sample's threat alone: a score, and no hash.
    private static func summary(in record: JSONValue) -> JSONValue? {
        let data = record["data"] ?? record
        guard data.has("sample"), data.has("score"), data.has("max-severity") else { return nil }
        return data
    }

    private static func statement(ofSummary summary: JSONValue) -> Statement {
        var statement = Statement.other("the answer names a sample by its id alone")
        statement.score = vocabulary.score(summary.number("score"))
        statement.eventID = summary.text("sample").map { "threat:" + $0 }
        return statement
    }

    private static func items(_ record: JSONValue) -> [JSONValue] {
        let listed = record.elements("data", "items").map { $0["item"] ?? $0 }
        let candidates = listed.isEmpty ? [record["item"] ?? record["data"] ?? record] : listed
        return candidates.filter {
            $0.at("analysis", "threat_score") != nil
                || ($0.has("sha256") && $0.has("submitted_at") && ($0.has("state") || $0.has("status")))
        }
    }

    private static func statement(_ item: JSONValue) -> Statement {
        let score = item.number("analysis", "threat_score")
        var statement = Statement(vocabulary.reading(ofNumber: score) ?? vocabulary.reading(of: nil))
        statement.hashes = StatedHashes(
            sha256: item["sha256"]?.string, sha1: item["sha1"]?.string, md5: item["md5"]?.string)
        statement.fileName = item.text("filename")
        if statement.hashes.isEmpty, statement.fileName.map(FieldText.isURL) ?? true {
            statement.takeAsURL()
        }
        statement.score = vocabulary.score(score)
        statement.categoryHints = item.texts("tags")
        statement.analysedAt = SourceTime.seconds(SourceTime.any(item["submitted_at"]))
        if let state = item.text("state") ?? item.text("status"), !isFinished(state) {
            statement.hold("the analysis is not finished: \(String(state.unicodeScalars.prefix(40)))")
        }
        statement.qualifyEvent("sample", item.text("sample") ?? item.text("id"))
        return statement
    }

    private static func isFinished(_ state: String) -> Bool {
        state.isWord("succ") || state.isWord("succeeded") || state.isWord("success") || state.isWord("done")
            || state.isWord("job_done") || state.isWord("completed")
    }
}
