import BailiffModel

/// VirusTotal: file objects and hunting notifications of API 3, and reports of API 2. It counts engines and gives no
/// verdict; the counts from which a file is suspicious and malicious stand in the vocabulary.
enum VirusTotalReader: ProductReader {
    static let product = Product.virustotal
    static let shape =
        "`attributes.last_analysis_stats`, type `analysis` with `meta.file_info`, type `hunting_notification`, or `positives` with `total`"
    static let listsAnswers = true

    static func recognises(_ content: SourceContent) -> Bool {
        guard let record = content.json else { return false }
        return isSecondVersion(record) || isAnalysis(record)
            || objects(record).contains { isFile($0) || isNotification($0) }
    }

    static func statements(in content: SourceContent) throws(RecordError) -> [Statement] {
        guard let record = content.json else { throw notRecognised() }
        if isSecondVersion(record) { return [secondVersion(record)] }
        if isAnalysis(record) { return [analysis(record)] }
        var statements: [Statement] = []
        for object in objects(record) {
            if isFile(object) { statements.append(file(object)) }
            if isNotification(object) { statements.append(notification(object)) }
        }
        guard !statements.isEmpty else { throw notRecognised() }
        return statements
    }

    private static func objects(_ record: JSONValue) -> [JSONValue] {
        let data = record["data"] ?? record
        return data.array ?? [data]
    }

    private static func isNotification(_ object: JSONValue) -> Bool {
        object.text("type")?.isWord("hunting_notification") == true
    }

    private static func isAnalysis(_ record: JSONValue) -> Bool {
        record.text("data", "type")?.isWord("analysis") == true && record.at("data", "attributes", "stats") != nil
    }

    /// The analysis of an upload: the counts stand in it, the file beside it.
    private static func analysis(_ record: JSONValue) -> Statement {
        let attributes = record.at("data", "attributes") ?? .null
        let counts = Counts(attributes["stats"])
        var statement = Statement(reading(counts, boxes: [], word: nil))
        let file = record.at("meta", "file_info")
        statement.hashes = StatedHashes(
            sha256: file?["sha256"]?.string, sha1: file?["sha1"]?.string, md5: file?["md5"]?.string)
        statement.fileName = file?.text("name")
        if statement.hashes.isEmpty { statement.subject = .other("the analysis is of no file") }
        statement.score = engines(counts.malicious, of: counts.opinions)
        statement.analysedAt = SourceTime.epochSeconds(attributes.number("date"))
        if let status = attributes.text("status"), !status.isWord("completed") {
            statement.hold("the analysis is not finished: \(String(status.unicodeScalars.prefix(40)))")
        }
        statement.qualifyEvent("analysis", record.text("data", "id"))
        return statement
    }

    /// How many engines said what.
    private struct Counts {
        var malicious: Double
        var suspicious: Double
        var harmless: Double
        var opinions: Double

        init(_ stats: JSONValue?) {
            malicious = stats?.number("malicious") ?? 0
            suspicious = stats?.number("suspicious") ?? 0
            harmless = stats?.number("harmless") ?? 0
            opinions = malicious + suspicious + harmless + (stats?.number("undetected") ?? 0)
        }
    }

    private static func isFile(_ object: JSONValue) -> Bool {
        if let type = object.text("type"), !type.isWord("file") { return false }
        return object.at("attributes", "last_analysis_stats") != nil
    }

    /// A rule that matched, not a verdict. The file's hash is only a tag among others.
    private static func notification(_ object: JSONValue) -> Statement {
        var statement = Statement.other("a rule matched, which is no verdict: the file has to be fetched")
        statement.analysedAt = SourceTime.epochSeconds(object.number("attributes", "date"))
        statement.eventID = object.text("id").map { "notification:" + $0 }
        return statement
    }

    private static func file(_ object: JSONValue) -> Statement {
        let attributes = object["attributes"] ?? .null
        let counts = Counts(attributes["last_analysis_stats"])
        let boxes = attributes["sandbox_verdicts"]?.object?.members.map(\.value) ?? []
        var statement = Statement(
            reading(counts, boxes: boxes, word: attributes.text("gti_assessment", "verdict", "value")))
        statement.hashes = StatedHashes(
            sha256: attributes["sha256"]?.string ?? object["id"]?.string, sha1: attributes["sha1"]?.string,
            md5: attributes["md5"]?.string)
        statement.fileName = attributes.text("meaningful_name") ?? attributes.texts("names").first
        statement.fileType = attributes.text("type_description")
        statement.threat = attributes.text("popular_threat_classification", "suggested_threat_label")
        statement.categoryHints = attributes.elements(
            "popular_threat_classification", "popular_threat_category"
        ).compactMap { $0.text("value") }
        statement.score = engines(counts.malicious, of: counts.opinions)
        statement.analysedAt = SourceTime.epochSeconds(
            attributes.number("last_analysis_date") ?? attributes.number("last_modification_date"))
        statement.qualifyEvent(
            "file", zip(statement.hashes.hashes.sha256?.hex, statement.analysedAt?.rfc3339).map { "\($0):\($1)" })
        return statement
    }

    private static func zip(_ left: String?, _ right: String?) -> (String, String)? {
        guard let left, let right else { return nil }
        return (left, right)
    }

    private static func engines(_ detections: Double, of opinions: Double) -> ProductScore? {
        guard opinions > 0, opinions < 1_000_000, let scale = vocabulary.scales.first else { return nil }
        return ProductScore(
            value: detections, scale: "engines of \(Int(opinions)) that gave an opinion",
            share: scale.share(of: detections, total: opinions))
    }

    /// The assessment's word, where there is one. Else engines first; the words of sandboxes speak where the engines are
    /// few.
    private static func reading(_ counts: Counts, boxes: [JSONValue], word: String?) -> WordReading {
        if let word { return vocabulary.reading(of: word) }
        let (malicious, suspicious, harmless) = (counts.malicious, counts.suspicious, counts.harmless)
        let words = boxes.map { vocabulary.reading(of: $0.text("category")).level }
        if let reading = vocabulary.reading(ofNumber: malicious), reading.level == .malicious { return reading }
        let boxLevel = words.max() ?? .unknown
        if boxLevel == .malicious { return WordReading(level: malicious >= 1 ? .malicious : .suspicious) }
        if malicious >= 1 || suspicious >= 1 || boxLevel == .suspicious { return WordReading(level: .suspicious) }
        if boxLevel == .benign || harmless >= 1 { return WordReading(level: .benign) }
        return WordReading(level: .unknown, reason: "no engine detects the file, which is no verdict")
    }

    // MARK: API 2

    private static func isSecondVersion(_ record: JSONValue) -> Bool {
        record.has("positives") && record.has("total") && (record.has("scans") || record.has("resource"))
    }

    private static func secondVersion(_ record: JSONValue) -> Statement {
        let detections = record.number("positives") ?? 0
        var counts = Counts(nil)
        counts.malicious = detections
        var statement = Statement(reading(counts, boxes: [], word: nil))
        statement.hashes = StatedHashes(
            sha256: record["sha256"]?.string, sha1: record["sha1"]?.string, md5: record["md5"]?.string)
        if statement.hashes.isEmpty { statement.takeAsURL() }
        statement.score = engines(detections, of: record.number("total") ?? 0)
        statement.analysedAt = SourceTime.seconds(SourceTime.any(record["scan_date"]))
        statement.qualifyEvent("scan", record.text("scan_id"))
        return statement
    }
}
