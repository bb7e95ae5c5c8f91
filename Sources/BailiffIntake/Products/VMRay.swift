import BailiffModel

/// VMRay: samples, submissions and analyses as the API answers, and `summary_v2.json` of an analysis archive.
enum VMRayReader: ProductReader {
    static let product = Product.vmray
    static let shape =
        "`sample_verdict`, `submission_verdict`, `analysis_verdict` or their older `…_severity`, `job_status`, or `analysis_metadata`"
    static let listsAnswers = true

    /// The prefix of an answer's members.
    private enum Kind: String, CaseIterable {
        case submission, sample, analysis
        /// Work that has not become an analysis.
        case job
    }

    static func recognises(_ content: SourceContent) -> Bool {
        guard let record = content.json else { return false }
        if isSummary(record) { return true }
        return answers(record).contains { kind(of: $0) != nil }
    }

    static func statements(in content: SourceContent) throws(RecordError) -> [Statement] {
        guard let record = content.json else { throw notRecognised() }
        if isSummary(record) { return try summary(record) }
        var statements: [Statement] = []
        for answer in answers(record) {
            guard let kind = kind(of: answer) else { continue }
            statements.append(statement(answer, kind))
        }
        guard !statements.isEmpty else { throw notRecognised() }
        return statements
    }

    /// `data` is an object or an array; a forwarder may have taken it off.
    private static func answers(_ record: JSONValue) -> [JSONValue] {
        guard let data = record["data"] else { return [record] }
        return data.array ?? [data]
    }

    private static func kind(of answer: JSONValue) -> Kind? {
        if answer.has("submission_verdict") || answer.has("submission_severity") || answer.has("submission_finished") {
            return .submission
        }
        if answer.has("sample_verdict") || answer.has("sample_severity") || answer.has("sample_sha256hash") {
            return .sample
        }
        if answer.has("analysis_verdict") || answer.has("analysis_severity") { return .analysis }
        return answer.has("job_status") && answer.has("job_sample_sha256") ? .job : nil
    }

    private static func statement(_ answer: JSONValue, _ kind: Kind) -> Statement {
        let word = answer.text(kind.rawValue + "_verdict") ?? answer.text(kind.rawValue + "_severity")
        var statement = Statement(vocabulary.reading(of: word))
        statement.hashes = hashes(answer, kind)
        statement.fileName =
            answer.text(kind.rawValue + "_filename") ?? answer.text("submission_original_filename")
            ?? answer.text("sample_filename")
        statement.fileType = answer.text("sample_type")
        statement.score = vocabulary.score(
            answer.number(kind.rawValue + "_score") ?? answer.number(kind.rawValue + "_vti_score")
                ?? answer.number("sample_highest_vti_score"))
        statement.threat = answer.texts("sample_threat_names").first
        statement.categoryHints = answer.texts("sample_classifications")
        statement.analysedAt = SourceTime.seconds(time(answer, kind))
        if kind == .job { statement.hold("the analysis is not finished") }
        if answer.flag("submission_finished") == false { statement.hold("the submission is not finished") }
        if kind == .analysis, let code = answer.number("analysis_result_code"), code != 1, word == nil {
            statement.hold("the analysis failed")
        }
        if answer.text("sample_type")?.isWord("url") == true || isURLSample(answer, statement) {
            statement.takeAsURL()
        }
        statement.qualifyEvent(kind.rawValue, answer.text(kind.rawValue + "_id"))
        return statement
    }

    private static func isURLSample(_ answer: JSONValue, _ statement: Statement) -> Bool {
        statement.hashes.isEmpty && (answer.text("sample_url") != nil || answer.text("submission_original_url") != nil)
    }

    private static func hashes(_ answer: JSONValue, _ kind: Kind) -> StatedHashes {
        switch kind {
        case .sample:
            StatedHashes(
                sha256: answer["sample_sha256hash"]?.string, sha1: answer["sample_sha1hash"]?.string,
                md5: answer["sample_md5hash"]?.string)
        case .submission, .analysis, .job:
            StatedHashes(
                sha256: answer[kind.rawValue + "_sample_sha256"]?.string,
                sha1: answer[kind.rawValue + "_sample_sha1"]?.string,
                md5: answer[kind.rawValue + "_sample_md5"]?.string)
        }
    }

    private static func time(_ answer: JSONValue, _ kind: Kind) -> Timestamp? {
        let members =
            switch kind {
            case .sample: ["sample_last_analysis_finish_time", "sample_created"]
            case .submission: ["submission_finish_time", "submission_created"]
            case .job: ["job_statuschanged", "job_created"]
            case .analysis:
                ["analysis_finish_time", "analysis_job_finished", "analysis_created", "analysis_job_started"]
            }
        for member in members {
            if let time = SourceTime.any(answer[member]) { return time }
        }
        return nil
    }

    // MARK: Analysis archives

    private static func isSummary(_ record: JSONValue) -> Bool {
        record.has("analysis_metadata") && record.has("files")
    }

    /// The files of an archive are the sample, what it dropped, and the capture: only `is_sample` is under test.
    private static func summary(_ record: JSONValue) throws(RecordError) -> [Statement] {
        guard let metadata = record["analysis_metadata"] else { throw notRecognised() }
        let files = record["files"]?.object?.members.map(\.value) ?? record.elements("files")
        let samples = files.filter { $0.flag("is_sample") == true }
        var statements: [Statement] = []
        for sample in samples {
            var statement = Statement(vocabulary.reading(of: metadata.text("verdict") ?? metadata.text("severity")))
            let hashes = sample["hash_values"]
            statement.hashes = StatedHashes(
                sha256: hashes?["sha256"]?.string, sha1: hashes?["sha1"]?.string, md5: hashes?["md5"]?.string)
            statement.fileName = metadata.text("submission_filename")
            statement.fileType = metadata.text("sample_type") ?? sample.text("mime_type")
            statement.threat = record.texts("threat_names").first
            statement.categoryHints = record.texts("classifications")
            statement.analysedAt = SourceTime.seconds(SourceTime.any(metadata["creation_time"]))
            if let code = metadata.number("result_code"), code != 1, statement.level == .benign {
                statement.hold("the analysis failed")
            }
            statement.qualifyEvent("analysis", metadata.text("analysis_id"))
            statements.append(statement)
        }
        return statements.isEmpty ? [.other("the archive names no sample")] : statements
    }
}
