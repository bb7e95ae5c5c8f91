import BailiffModel

/// Joe Sandbox: analyses, lists of them, submissions, and the full report.
enum JoeSandboxReader: ProductReader {
    static let product = Product.joesandbox
    static let shape = "`webid` with `detection` or `runs`, `submission_info`, or `signaturedetections`"
    static let listsAnswers = true

    static func recognises(_ content: SourceContent) -> Bool {
        guard let record = content.json else { return false }
        let data = record["data"] ?? record
        return submission(data) != nil || fullReport(record) != nil || analyses(data).contains(where: isAnalysis)
    }

    static func statements(in content: SourceContent) throws(RecordError) -> [Statement] {
        guard let record = content.json else { throw notRecognised() }
        let data = record["data"] ?? record
        if let submission = submission(data) { return statements(ofSubmission: submission) }
        if let report = fullReport(record) { return [statement(ofReport: report)] }
        let analyses = analyses(data).filter(isAnalysis)
        guard !analyses.isEmpty else { throw notRecognised() }
        return analyses.map { statement($0) }
    }

    private static func analyses(_ data: JSONValue) -> [JSONValue] {
        if let list = data.array { return list }
        if let analysis = data["analysis"], isAnalysis(analysis) { return [analysis] }
        return [data]
    }

    private static func isAnalysis(_ value: JSONValue) -> Bool {
        (value.has("webid") || value.has("analysisid"))
            && (value.has("detection") || value.has("runs") || value.has("status"))
    }

    private static func submission(_ data: JSONValue) -> JSONValue? {
        if let info = data["submission_info"] { return info }
        guard data.has("most_relevant_analysis"), data["analyses"]?.array != nil else { return nil }
        return data
    }

    /// The word of the analysis decides; without one the worst of its runs, one for each system.
    private static func statement(_ analysis: JSONValue) -> Statement {
        var statement = Statement(reading(analysis))
        statement.hashes = StatedHashes(
            sha256: analysis["sha256"]?.string, sha1: analysis["sha1"]?.string, md5: analysis["md5"]?.string)
        statement.fileName = analysis.text("filename")
        if statement.hashes.isEmpty, statement.fileName.map(FieldText.isURL) ?? true {
            statement.takeAsURL()
        }
        statement.score = vocabulary.score(analysis.number("score"))
        statement.threat = analysis.text("threatname").flatMap { $0.isWord("unknown") ? nil : $0 }
        statement.categoryHints = [analysis.text("classification")].compactMap { $0 } + analysis.texts("tags")
        statement.analysedAt = SourceTime.seconds(SourceTime.any(analysis["time"]))
        if let status = analysis.text("status"), !status.isWord("finished") {
            statement.hold("the analysis is not finished: \(String(status.unicodeScalars.prefix(40)))")
        }
        statement.qualifyEvent("analysis", analysis.text("webid") ?? analysis.text("analysisid"))
        return statement
    }

    private static func reading(_ analysis: JSONValue) -> WordReading {
        if let word = analysis.text("detection") { return vocabulary.reading(of: word) }
        let runs = analysis.elements("runs").compactMap { $0.text("detection") }.map(vocabulary.reading(of:))
        return runs.max { $0.level < $1.level } ?? vocabulary.reading(of: nil)
    }

    /// Several analyses of one file are one statement: that of the analysis the product calls most relevant.
    private static func statements(ofSubmission submission: JSONValue) -> [Statement] {
        let analyses = submission.elements("analyses")
        let relevant = submission.text("most_relevant_analysis", "webid")
        var chosen: [(key: String, analysis: JSONValue)] = []
        for analysis in analyses {
            let key = fileKey(analysis)
            guard let index = chosen.firstIndex(where: { $0.key.utf8.elementsEqual(key.utf8) }) else {
                chosen.append((key, analysis))
                continue
            }
            let current = chosen[index].analysis
            if isSame(current.text("webid"), relevant) { continue }
            if isSame(analysis.text("webid"), relevant) || reading(analysis).level > reading(current).level {
                chosen[index].analysis = analysis
            }
        }
        if chosen.isEmpty { return [.other("the submission has no analysis")] }
        return chosen.map { statement($0.analysis) }
    }

    private static func isSame(_ left: String?, _ right: String?) -> Bool {
        guard let left, let right else { return false }
        return left.utf8.elementsEqual(right.utf8)
    }

    private static func fileKey(_ analysis: JSONValue) -> String {
        for member in ["sha256", "sha1", "md5"] {
            if let text = analysis.text(member), let hash = FileHash(text) { return hash.hex }
        }
        return analysis.text("filename") ?? ""
    }

    // MARK: The full report

    private static func fullReport(_ record: JSONValue) -> JSONValue? {
        for candidate in [record["analysis"], record.at("data", "analysis"), record] {
            if let candidate, candidate.has("signaturedetections"), candidate.has("fileinfo") { return candidate }
        }
        return nil
    }

    private static func statement(ofReport report: JSONValue) -> Statement {
        let strategies = report.elements("signaturedetections", "strategy")
        let main =
            strategies.first { ($0.text("name") ?? $0.text("@name"))?.isWord("empiric") == true } ?? strategies.first
        var statement = Statement(vocabulary.reading(of: main?.text("detection")))
        let file = report["fileinfo"]
        statement.hashes = StatedHashes(
            sha256: file?["sha256"]?.string, sha1: file?["sha1"]?.string, md5: file?["md5"]?.string)
        statement.fileName = file?.text("filename")
        statement.fileType = file?.text("filetype")
        if statement.hashes.isEmpty { statement.subject = .other("the report names no file under test") }
        statement.score = vocabulary.score(main?.number("score"))
        statement.qualifyEvent("analysis", report.text("generalinfo", "id"))
        return statement
    }
}
