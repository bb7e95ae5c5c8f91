import BailiffModel

/// Zscaler: the sandbox verdict feed and the web feed of Cloud NSS, and the answers of the sandbox report API.
enum ZscalerReader: ProductReader {
    static let product = Product.zscaler
    static let shape =
        "`sourcetype` zscalernss-…, a web record with `malwareclass` and `bamd5`, or `Classification` with `FileProperties`"

    static func recognises(_ content: SourceContent) -> Bool {
        if let event = content.cef { return event.vendor.isWord("zscaler") }
        guard let record = content.json, case .object = record else { return false }
        if let sourcetype = record["sourcetype"]?.string { return sourcetype.utf8.starts(with: "zscalernss".utf8) }
        return isWebRecord(record["event"] ?? record) || report(in: record) != nil
    }

    static func statements(in content: SourceContent) throws(RecordError) -> [Statement] {
        if let event = content.cef, event.vendor.isWord("zscaler") { return [web(webMembers(of: event))] }
        guard let record = content.json, case .object = record else {
            throw RecordError(.wrongType, "a record is a JSON object")
        }
        if record["sourcetype"]?.string?.utf8.starts(with: "zscalernss-sandbox".utf8) == true || isVerdictRecord(record)
        {
            return [verdict(record)]
        }
        let event = record["event"] ?? record
        if record["sourcetype"]?.string?.utf8.starts(with: "zscalernss-web".utf8) == true || isWebRecord(event) {
            return [web(event)]
        }
        guard let report = report(in: record) else { throw notRecognised() }
        return [try statement(ofReport: report)]
    }

    // MARK: The sandbox verdict feed

    private static func isVerdictRecord(_ record: JSONValue) -> Bool {
        record["verdict"]?.string != nil && record["record_id"] != nil && record.at("file", "hash") != nil
    }

    /// One record of the feed `sandbox_verdict`. The MD5 inside `ba_md5_url` and those in `children_md5` are of other
    /// files.
    private static func verdict(_ record: JSONValue) -> Statement {
        let word = record["verdict"]?.string
        var statement = Statement(vocabulary.reading(of: word))
        let hash = record.at("file", "hash")
        statement.hashes = StatedHashes(
            sha256: hash?["sha256"]?.string, sha1: hash?["sha1"]?.string, md5: hash?["md5"]?.string)
        statement.threat = record.text("threat", "indicator", "name")
        statement.fileType = record.text("file", "type_category") ?? record.text("file", "extension")
        if let word { statement.categoryHints = [word] }
        let zone = record["tz"]?.string
        statement.analysedAt = firstTime(
            [record["analysis_completed_time"], record["event_time"], record["time"]], zone: zone)
        statement.eventID = record.text("record_id").map { "record:" + $0 }
        askForHashes(&statement)
        return statement
    }

    private static func firstTime(_ values: [JSONValue?], zone: String?) -> Timestamp? {
        for case .string(let text)? in values {
            if let time = SourceTime.parse(text, zone: zone) { return SourceTime.seconds(time) }
        }
        return nil
    }

    // MARK: The web feed

    private static func isWebRecord(_ event: JSONValue) -> Bool {
        if event.has("malwareclass") { return event.has("bamd5") || event.has("recordid") }
        return event.has("threatclass") && event.has("threatname") && event.has("pagerisk")
    }

    /// A row of the web feed. It speaks of the sandbox only where its malware class says so, and of a file only where
    /// its format has the hash or the name; `riskscore` and `pagerisk` are about the page, `dlpmd5` is another hash.
    private static func web(_ event: JSONValue) -> Statement {
        let threat = unescaped(event.text("threatname"))
        let category = event.text("malwarecategory") ?? event.text("threatcategory")
        let hashes = StatedHashes(
            sha256: event["sha256"]?.string, sha1: event["sha1"]?.string, md5: event["bamd5"]?.string)
        let fileName = unescaped(event.text("filename")) ?? unescaped(event.text("upload_filename"))
        var statement = Statement(webReading(event, category: category))
        if hashes.isEmpty, fileName == nil {
            statement.subject = .other("the feed's format names no file: add bamd5 and sha256 to it")
        }
        statement.hashes = hashes
        statement.threat = threat
        statement.fileName = fileName
        statement.fileType = event.text("filetype") ?? event.text("upload_filetype")
        statement.categoryHints = [category].compactMap { $0 }
        statement.analysedAt =
            firstTime([event["time"], event["datetime"]], zone: event["tz"]?.string)
            ?? SourceTime.epochSeconds(event.number("epochtime"))
        statement.eventID = (event.text("recordid") ?? event.text("event_id")).map { "web:" + $0 }
        askForHashes(&statement)
        return statement
    }

    /// A file that only its MD5 names is one that Defender does not take: the sandbox's report has the other hashes. Calls
    /// are counted there, so it is asked for what may be acted upon alone.
    private static func askForHashes(_ statement: inout Statement) {
        let hashes = statement.hashes.hashes
        guard statement.level >= .suspicious, hashes.sha256 == nil, hashes.sha1 == nil, let md5 = hashes.md5 else {
            return
        }
        if case .file = statement.subject {
            statement.report = ReportReference(product: product, kind: .file, id: md5.hex)
        }
    }

    /// The web feed written as CEF: the members stand in fields that the operator labelled.
    private static func webMembers(of event: CEFEvent) -> JSONValue {
        let fields = event.fields
        return [
            "malwareclass": .optional(event.labelled("malwareclass", "threatclass")),
            "malwarecategory": .optional(event.labelled("malwarecategory", "malwarecat", "threatcategory")),
            "threatname": .optional(event.labelled("threatname")),
            "bamd5": .optional(fields["bamd5"] ?? event.labelled("bamd5", "md5") ?? fields["fileHash"]),
            "sha256": .optional(fields["sha256"] ?? event.labelled("sha256")),
            "filename": .optional(fields["fname"]), "filetype": .optional(fields["fileType"]),
            "time": .optional(fields["rt"] ?? fields["start"]),
            "recordid": .optional(fields["externalId"] ?? event.labelled("recordid")),
        ]
    }

    private static func webReading(_ event: JSONValue, category: String?) -> WordReading {
        let malwareClass = event.text("malwareclass") ?? event.text("threatclass")
        guard let malwareClass, malwareClass.isWord("sandbox") || malwareClass.isWord("behavior analysis") else {
            return WordReading(level: .unknown, reason: "the row is not about the sandbox")
        }
        guard let category else { return WordReading(level: .unknown, reason: "the source gives no verdict") }
        let reading = vocabulary.reading(of: category)
        if reading.level == .unknown, reading.reason?.utf8.starts(with: "unrecognised".utf8) == true {
            // A row of class Sandbox names a category of malware, whatever new name it is, unless it says otherwise.
            return WordReading(level: .malicious)
        }
        return reading
    }

    /// The feed writes bytes below 0x21 and above 0x7E as %HH. What does not come out as text stays as it is.
    private static func unescaped(_ text: String?) -> String? {
        guard let text, text.utf8.contains(0x25) else { return text }
        return PercentEncoding.decode(text).flatMap(FieldText.clean) ?? text
    }

    // MARK: The report API

    /// The part of a report answer that holds `Classification`: keys are compared without case and spaces, and the
    /// wrapper `Full Details` or `Summary` may be gone.
    private static func report(in record: JSONValue) -> JSONValue? {
        if isReport(record) { return record }
        for wrapper in [record.loose("fulldetails"), record.loose("summary")] {
            guard let wrapper else { continue }
            if isReport(wrapper) || wrapper.string != nil { return wrapper }
        }
        return nil
    }

    private static func isReport(_ record: JSONValue) -> Bool { record.loose("classification")?.loose("type") != nil }

    private static func statement(ofReport report: JSONValue) throws(RecordError) -> Statement {
        if let message = report.string {
            // An MD5 the sandbox does not know is answered with a sentence in the place of the report.
            var statement = Statement(level: .unknown)
            statement.subject = .other("the sandbox has no report: \(String(message.unicodeScalars.prefix(200)))")
            return statement
        }
        guard let classification = report.loose("classification") else { throw notRecognised() }
        let file = report.loose("fileproperties")
        let type = classification.loose("type")?.fieldText
        var statement = Statement(vocabulary.reading(of: type))
        let summary = report.loose("summary")
        if let status = summary?.loose("status")?.fieldText, !status.isWord("completed"), statement.level != .unknown {
            statement.level = .unknown
            statement.reason = "the analysis is not finished: \(String(status.unicodeScalars.prefix(40)))"
        }
        statement.score = vocabulary.score(classification.loose("score")?.fieldNumber)
        statement.hashes = StatedHashes(
            sha256: file?.loose("sha256")?.string, sha1: file?.loose("sha1")?.string, md5: file?.loose("md5")?.string)
        // A detection stands in benign answers too: the type decides.
        if statement.level != .benign { statement.threat = classification.loose("detectedmalware")?.fieldText }
        statement.fileType = file?.loose("filetype")?.fieldText ?? summary?.loose("filetype")?.fieldText
        statement.categoryHints = [classification.loose("category")?.fieldText].compactMap { $0 }
        statement.analysedAt = SourceTime.epochSeconds(summary?.loose("starttime")?.fieldNumber)
        return statement
    }
}
