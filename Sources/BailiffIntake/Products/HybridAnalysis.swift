import BailiffModel

/// Hybrid Analysis and CrowdStrike Falcon Sandbox: searches, look-ups by hash, summaries, and the cloud's resources.
enum HybridAnalysisReader: ProductReader {
    static let product = Product.hybridAnalysis
    static let shape =
        "`threat_score` or `vx_family` with `environment_id`, `job_id` or `av_detect`, in `result`, `reports` or `resources` too, an overview with `multiscan_result`, a quick scan with `scanners`"
    static let listsAnswers = true

    static func recognises(_ content: SourceContent) -> Bool {
        guard let record = content.json else { return false }
        if record.has("search_terms"), record["result"]?.array != nil { return true }
        if isOverview(record) || isQuickScan(record) { return true }
        return items(record).contains { isItem($0.value) }
    }

    static func statements(in content: SourceContent) throws(RecordError) -> [Statement] {
        guard let record = content.json else { throw notRecognised() }
        if isOverview(record) { return [statement(record, sha256: nil, scale: nil)] }
        if isQuickScan(record) { return [statement(ofQuickScan: record)] }
        let items = items(record).filter { isItem($0.value) }
        if items.isEmpty {
            guard record.has("search_terms") else { throw notRecognised() }
            return [.other("the search found nothing")]
        }
        // A search shows its scale in all rows as soon as one of them has a number.
        let isSearch = record["result"]?.array != nil
        let isScored = items.contains { $0.value.number("threat_score") != nil }
        return items.map {
            statement($0.value, sha256: $0.sha256, scale: isSearch && isScored ? vocabulary.scales.last : nil)
        }
    }

    /// The answers in a record, with a hash that stands outside of them.
    private static func items(_ record: JSONValue) -> [(value: JSONValue, sha256: String?)] {
        if let rows = record["result"]?.array { return rows.map { ($0, nil) } }
        if let resources = record["resources"]?.array {
            return resources.flatMap { resource in
                (resource["sandbox"]?.array ?? [resource]).map { (run($0, of: resource), resource["sha256"]?.string) }
            }
        }
        if let reports = record["reports"]?.array {
            // Look-ups by hash list the hashes of all that was found: only a single one is certainly of the reports.
            let hashes = record.texts("sha256s")
            return reports.map { ($0, hashes.count == 1 ? hashes[0] : nil) }
        }
        return [(record, nil)]
    }

    /// The cloud keeps the state of all runs, and their verdict where a run has none, in the resource around them.
    private static func run(_ run: JSONValue, of resource: JSONValue) -> JSONValue {
        guard case .object(var members) = run, resource["sandbox"] != nil else { return run }
        for key in ["state", "verdict", "created_timestamp", "id"] where members[key] == nil {
            members[key] = resource[key]
        }
        if members["state"] == nil { members["state"] = "success" }
        if members["verdict"] == nil { members["verdict"] = .null }
        return .object(members)
    }

    private static func isItem(_ value: JSONValue) -> Bool {
        let hasOwn = value.has("threat_score") || value.has("vx_family") || value.has("threat_level")
        let hasRun =
            value.has("environment_id") || value.has("environment_description") || value.has("job_id")
            || value.has("av_detect")
        return hasOwn && hasRun || (value.has("state") && value.has("verdict") && value.has("environment_id"))
    }

    // MARK: Overviews and quick scans

    /// What is known of a file over all its runs, whose ids or rows stand beside it.
    private static func isOverview(_ record: JSONValue) -> Bool {
        record.has("sha256") && record.has("verdict")
            && (record.has("multiscan_result") || record.has("last_multi_scan"))
    }

    /// A look at the file without a run: the scanners' words alone.
    private static func isQuickScan(_ record: JSONValue) -> Bool {
        record.has("sha256") && record.has("finished") && (record.has("scanners") || record.has("scanners_v2"))
    }

    private static func statement(ofQuickScan scan: JSONValue) -> Statement {
        let listed = scan.elements("scanners")
        let scanners = listed.isEmpty ? scan["scanners_v2"]?.object?.members.map(\.value) ?? [] : listed
        let words = scanners.compactMap { $0.text("status") }.map(vocabulary.reading(of:))
        let worst = words.max { $0.level < $1.level }
        let isWhitelisted = scan.elements("whitelist").contains { $0.flag("value") == true }
        var statement = Statement(
            isWhitelisted ? vocabulary.reading(of: "whitelisted") : worst ?? vocabulary.reading(of: nil))
        statement.hashes = StatedHashes(sha256: scan["sha256"]?.string)
        if scan.text("submission_type")?.containsIgnoringASCIICase("url") == true {
            statement.takeAsURL()
        }
        if scan.flag("finished") != true { statement.hold("the scan is not finished") }
        statement.qualifyEvent("scan", scan.text("id"))
        return statement
    }

    /// A submitted URL becomes a shortcut, named `http` and the address without its punctuation: it and its hash exist
    /// nowhere else. Shortcuts that people handed in have other names.
    private static func isShortcut(_ item: JSONValue) -> Bool {
        guard item.texts("type_short").contains(where: { $0.isWord("url") }), let name = item.text("submit_name") else {
            return false
        }
        return name.utf8.starts(with: "http".utf8) && name.utf8.suffix(4).elementsEqual(".url".utf8)
    }

    private static func statement(_ item: JSONValue, sha256: String?, scale: ScoreScale?) -> Statement {
        var statement = Statement(vocabulary.reading(of: item.text("verdict")))
        statement.hashes = StatedHashes(
            sha256: item["sha256"]?.string ?? sha256, sha1: item["sha1"]?.string, md5: item["md5"]?.string)
        let score = item.number("threat_score")
        statement.score = (scale ?? vocabulary.scales.first)?.score(score)
        statement.scale = scale?.text
        statement.threat = item.text("vx_family")
        statement.categoryHints = item.texts("classification_tags") + item.texts("tags")
        statement.fileName =
            item.text("submit_name") ?? item.text("last_file_name")
            ?? item.elements("submissions").first?.text("filename")
        statement.fileType = item.text("type") ?? item.text("file_type") ?? item.texts("type_short").first
        statement.analysedAt = SourceTime.seconds(
            SourceTime.any(item["analysis_start_time"]) ?? SourceTime.any(item["last_multi_scan"])
                ?? SourceTime.any(item["created_timestamp"]))
        if item.flag("url_analysis") == true || isShortcut(item) { statement.takeAsURL() }
        if let state = item.text("state"), !state.isWord("success") {
            statement.hold("the analysis is not finished: \(String(state.unicodeScalars.prefix(40)))")
        }
        statement.qualifyEvent("job", item.text("job_id") ?? item.text("id"))
        return statement
    }
}
