import BailiffModel

/// Triage and the Recorded Future Sandbox: summaries, overviews and reports of single tasks.
enum TriageReader: ProductReader {
    static let product = Product.triage
    static let shape = "`sample` with `tasks`, or with `analysis` and `targets` or `task`"
    static let listsAnswers = true

    static func recognises(_ content: SourceContent) -> Bool {
        guard let record = content.json else { return false }
        return isSummary(record) || isOverview(record)
    }

    private static func isSummary(_ record: JSONValue) -> Bool {
        record["sample"]?.string != nil && record["tasks"]?.object != nil
            && (record.has("status") || record.has("score"))
    }

    private static func isOverview(_ record: JSONValue) -> Bool {
        guard record["sample"]?.object != nil else { return false }
        return record["analysis"]?.object != nil
            && (record.has("targets") || record.has("task") || record["tasks"]?.array != nil)
    }

    static func statements(in content: SourceContent) throws(RecordError) -> [Statement] {
        guard let record = content.json else { throw notRecognised() }
        if isSummary(record) { return [summary(record)] }
        guard isOverview(record) else { throw notRecognised() }
        return [overview(record)]
    }

    private static func summary(_ record: JSONValue) -> Statement {
        let tags = record["tasks"]?.object?.members.flatMap { $0.value.texts("tags") } ?? []
        var statement = statement(
            of: record, score: record.number("score"), families: TriageReader.families(tags), tags: tags)
        if let status = record.text("status"), !status.isWord("reported") {
            statement.hold("the analysis is not finished: \(String(status.unicodeScalars.prefix(40)))")
        }
        statement.qualifyEvent("sample", record.text("sample"))
        return statement
    }

    private static func overview(_ record: JSONValue) -> Statement {
        let tags = record.texts("analysis", "tags")
        let sample = record["sample"] ?? .null
        let extracted = record.elements("extracted").compactMap { $0.text("config", "family") }
        let families = record.texts("analysis", "family") + TriageReader.families(tags) + extracted
        var statement = statement(
            of: sample, score: record.number("analysis", "score") ?? sample.number("score"), families: families,
            tags: tags)
        if statement.analysedAt == nil {
            statement.analysedAt = SourceTime.seconds(SourceTime.any(record.at("analysis", "reported")))
        }
        statement.qualifyEvent("sample", sample.text("id"))
        return statement
    }

    /// `target` is a file name, a URL, or the hash where nobody gave a name.
    private static func statement(of sample: JSONValue, score: Double?, families: [String], tags: [String]) -> Statement
    {
        var statement = Statement(vocabulary.reading(ofNumber: score) ?? vocabulary.reading(of: nil))
        statement.hashes = StatedHashes(
            sha256: sample["sha256"]?.string, sha1: sample["sha1"]?.string, md5: sample["md5"]?.string)
        let target = sample.text("target") ?? sample.text("filename")
        if let target, FileHash(target) == nil { statement.fileName = target }
        let isURL = target.map(FieldText.isURL) ?? false
        if sample.text("kind")?.isWord("url") == true || (isURL && statement.hashes.isEmpty) {
            statement.takeAsURL()
        }
        statement.score = vocabulary.score(score)
        statement.family = families.first
        statement.threat = families.first
        statement.categoryHints = tags
        statement.analysedAt = SourceTime.seconds(
            SourceTime.any(sample["completed"]) ?? SourceTime.any(sample["created"]))
        return statement
    }

    /// `family:nemty`
    private static func families(_ tags: [String]) -> [String] {
        tags.compactMap { tag in
            tag.utf8.starts(with: "family:".utf8) ? FieldText.clean(String(tag.dropFirst(7))) : nil
        }
    }
}
