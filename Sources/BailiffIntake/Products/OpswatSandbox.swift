import BailiffModel

/// OPSWAT MetaDefender Sandbox (filescan.io): a flow with one report for each file. Archives and their digests stand
/// beside the reports; `file` alone is the file under test.
enum OpswatSandboxReader: ProductReader {
    static let product = Product.opswatSandbox
    static let shape = "`reports` with `finalVerdict`, or `items` of a search with `scan_init`"
    static let listsAnswers = true

    static func recognises(_ content: SourceContent) -> Bool {
        guard let record = content.json else { return false }
        return record.has("flowId") && record.has("reports")
            || reports(record).contains { $0.value.has("finalVerdict") } || !found(record).isEmpty
    }

    static func statements(in content: SourceContent) throws(RecordError) -> [Statement] {
        guard let record = content.json, recognises(content) else { throw notRecognised() }
        let found = found(record)
        if !found.isEmpty { return found.map(statement(ofFound:)) }
        let reports = reports(record)
        if reports.isEmpty { return [.other("the analysis is not finished")] }
        return reports.map { statement($0.value, id: $0.id) }
    }

    /// An object keyed by the reports' ids; a list or a bare report elsewhere.
    private static func reports(_ record: JSONValue) -> [(id: String?, value: JSONValue)] {
        if let object = record["reports"]?.object { return object.members.map { ($0.key, $0.value) } }
        if let list = record["reports"]?.array { return list.map { ($0.text("id"), $0) } }
        return record.has("finalVerdict") ? [(record.text("id"), record)] : []
    }

    /// The rows of a search: a word, but no number.
    private static func found(_ record: JSONValue) -> [JSONValue] {
        record.elements("items").filter { $0.has("scan_init") && $0.has("verdict") && $0.has("file") }
    }

    private static func statement(ofFound row: JSONValue) -> Statement {
        var statement = Statement(vocabulary.reading(of: row.text("verdict")))
        let file = row["file"] ?? .null
        statement.hashes = StatedHashes(
            sha256: file["sha256"]?.string, sha1: file["sha1"]?.string, md5: file["md5"]?.string)
        statement.fileName = file.text("name")
        statement.fileType = file.text("short_type") ?? file.text("mime_type")
        statement.analysedAt = SourceTime.seconds(SourceTime.any(row["date"]))
        hold(&statement, unlessFinished: row.text("state"))
        if statement.hashes.isEmpty { statement.takeAsURL() }
        statement.qualifyEvent("report", row.text("id"))
        return statement
    }

    private static func hold(_ statement: inout Statement, unlessFinished state: String?) {
        guard let state, !state.isWord("success"), !state.isWord("success_partial") else { return }
        statement.hold("the analysis is not finished: \(String(state.unicodeScalars.prefix(40)))")
    }

    private static func statement(_ report: JSONValue, id: String?) -> Statement {
        let verdict = report["finalVerdict"]
        var statement = Statement(vocabulary.reading(of: verdict?.text("verdict")))
        let file = report["file"] ?? .null
        statement.hashes = StatedHashes(sha256: file["hash"]?.string)
        // The digests are of the file that the task reference names; they count only where they agree with it.
        let digests = report.at("taskReference", "additionalInfo", "digests")
        let named = digests?.loose("sha256")?.string.flatMap { FileHash(.sha256, $0) }
        if file["hash"]?.fieldText == nil || (named != nil && statement.hashes.hashes.sha256 == named) {
            statement.hashes.take(.sha256, digests?.loose("sha256")?.string)
            statement.hashes.take(.sha1, digests?.loose("sha1")?.string)
            statement.hashes.take(.md5, digests?.loose("md5")?.string)
        }
        statement.fileName = file.text("name")
        statement.fileType = file.text("type")
        statement.score = vocabulary.score(verdict?.number("threatLevel"))
        statement.categoryHints = report.elements("allTags").compactMap { tag in
            let level = vocabulary.reading(of: tag.text("tag", "verdict", "verdict")).level
            return level == .malicious ? tag.text("tag", "name") : nil
        }
        statement.analysedAt = SourceTime.seconds(SourceTime.any(report["created_date"]))
        hold(&statement, unlessFinished: report.text("overallState"))
        if statement.hashes.isEmpty, statement.fileName.map(FieldText.isURL) ?? true {
            statement.takeAsURL()
        }
        statement.qualifyEvent("report", id)
        return statement
    }
}
