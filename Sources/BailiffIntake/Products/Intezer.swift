import BailiffModel

/// Intezer: analyses as the API answers.
enum IntezerReader: ProductReader {
    static let product = Product.intezer
    static let shape = "`analysis_id` with `verdict` or `sub_verdict`, in `result` or `data.report` too"
    static let listsAnswers = true

    static func recognises(_ content: SourceContent) -> Bool {
        guard let record = content.json else { return false }
        return !analyses(record).isEmpty || isPending(record)
    }

    static func statements(in content: SourceContent) throws(RecordError) -> [Statement] {
        guard let record = content.json else { throw notRecognised() }
        let analyses = analyses(record)
        if analyses.isEmpty, isPending(record) { return [.other("the analysis is not finished")] }
        guard !analyses.isEmpty else { throw notRecognised() }
        return analyses.map { statement($0, status: record.text("status")) }
    }

    private static func isPending(_ record: JSONValue) -> Bool {
        record.text("result_url")?.containsIgnoringASCIICase("/analyses/") == true && record.has("status")
    }

    private static func analyses(_ record: JSONValue) -> [JSONValue] {
        for candidate in [record["result"], record.at("data", "report"), record["report"], record] {
            guard let candidate else { continue }
            let found = (candidate.array ?? [candidate]).filter {
                $0.has("analysis_id") && ($0.has("verdict") || $0.has("sub_verdict"))
            }
            if !found.isEmpty { return found }
        }
        return []
    }

    private static func statement(_ analysis: JSONValue, status: String?) -> Statement {
        var statement = Statement(vocabulary.reading(of: analysis.text("verdict")))
        statement.hashes = StatedHashes(
            sha256: analysis["sha256"]?.string, sha1: analysis["sha1"]?.string, md5: analysis["md5"]?.string)
        statement.fileName = analysis.text("file_name")
        if statement.hashes.isEmpty { statement.subject = .other("the analysis is of no file") }
        statement.family = analysis.text("family_name")
        statement.threat = analysis.text("family_name")
        statement.categoryHints = analysis.texts("tags")
        statement.analysedAt = SourceTime.seconds(SourceTime.any(analysis["analysis_time"]))
        if let status, !status.isWord("succeeded"), !status.isWord("success"), !status.isWord("done") {
            statement.hold("the analysis is not finished: \(String(status.unicodeScalars.prefix(40)))")
        }
        statement.qualifyEvent("analysis", analysis.text("analysis_id"))
        return statement
    }
}
