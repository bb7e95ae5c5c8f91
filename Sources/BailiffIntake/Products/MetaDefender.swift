import BailiffModel

/// OPSWAT MetaDefender Core: the result of an analysis, as its callback and its API send it. That policy blocks a file
/// (`process_info.result`) says nothing of malware; the index of the engines' result does.
enum MetaDefenderReader: ProductReader {
    static let product = Product.metadefender
    static let shape = "`scan_results` with `scan_all_result_i`, beside `file_info` or `data_id`"
    static let listsAnswers = true

    /// Found by data loss prevention, not by an engine.
    private static let sensitiveData = 20.0

    static func recognises(_ content: SourceContent) -> Bool {
        guard let record = content.json, let results = record["scan_results"] else { return false }
        return (results.has("scan_all_result_i") || results.has("scan_all_result_a"))
            && (record.has("file_info") || record.has("data_id"))
    }

    static func statements(in content: SourceContent) throws(RecordError) -> [Statement] {
        guard recognises(content), let record = content.json, let results = record["scan_results"] else {
            throw notRecognised()
        }
        let index = results.number("scan_all_result_i")
        let engines = results["scan_details"]?.object?.members.map(\.value) ?? []
        var statement = Statement(reading(results, index: index, engines: engines))
        let file = record["file_info"] ?? .null
        statement.hashes = StatedHashes(
            sha256: file["sha256"]?.string, sha1: file["sha1"]?.string, md5: file["md5"]?.string)
        statement.fileName = file.text("display_name")
        statement.fileType = file.text("file_type_description") ?? file.text("file_type")
        statement.score = vocabulary.score(index)
        statement.threat = engines.lazy.compactMap { $0.text("threat_found") }.first
        statement.analysedAt = SourceTime.any(results["start_time"]) ?? SourceTime.any(file["upload_timestamp"])
        let progress = results.number("progress_percentage") ?? record.number("process_info", "progress_percentage")
        if let progress, progress < 100 { statement.hold("the analysis is not finished") }
        statement.qualifyEvent("data", record.text("data_id"))
        return [statement]
    }

    private static func reading(_ results: JSONValue, index: Double?, engines: [JSONValue]) -> WordReading {
        if index == sensitiveData {
            let isClean = !engines.isEmpty && engines.allSatisfy { $0.number("scan_result_i") == 0 }
            return isClean
                ? WordReading(level: .benign)
                : WordReading(level: .unknown, reason: "blocked for its content, not as malware")
        }
        let number = index.flatMap { Int(exactly: $0) }.map(String.init)
        return vocabulary.reading(of: number ?? results.text("scan_all_result_a"))
    }
}
