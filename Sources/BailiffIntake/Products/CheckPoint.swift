import BailiffModel

/// Check Point Threat Emulation: query answers, and the lines and events of its gateways.
enum CheckPointReader: ProductReader {
    static let product = Product.checkpoint
    static let shape = "`response` with `te` and `status.label`, or a log of the product Threat Emulation"
    static let listsAnswers = true

    static func recognises(_ content: SourceContent) -> Bool {
        if let record = content.json { return !answers(record).isEmpty || !logs(record).isEmpty }
        if let event = content.cef {
            return event.vendor.containsIgnoringASCIICase("check point") && isEmulation(event.product)
        }
        return content.pairs.map { $0["product"].map(isEmulation) ?? false } ?? false
    }

    static func statements(in content: SourceContent) throws(RecordError) -> [Statement] {
        if let record = content.json {
            let answers = answers(record)
            if !answers.isEmpty { return answers.map(statement(ofAnswer:)) }
            let logs = logs(record)
            if !logs.isEmpty { return logs.map { log in statement { key in log.loose(key)?.fieldText } } }
        }
        if recognises(content) {
            if let event = content.cef { return [statement(ofEvent: event)] }
            if let pairs = content.pairs { return [statement { pairs["\($0)"] }] }
        }
        throw notRecognised()
    }

    private static func isEmulation(_ product: String) -> Bool { product.containsIgnoringASCIICase("threat emulation") }

    // MARK: Query answers

    private static func answers(_ record: JSONValue) -> [JSONValue] {
        let response = record["response"] ?? record
        return (response.array ?? [response]).filter {
            $0.at("status", "label") != nil && ($0.has("te") || $0.has("features"))
        }
    }

    /// The verdict holds only where the emulation was found; the answer's hash is the one that was asked for.
    private static func statement(ofAnswer answer: JSONValue) -> Statement {
        let emulation = answer["te"]
        var statement = Statement(reading(emulation))
        statement.hashes = StatedHashes(
            sha256: answer["sha256"]?.string, sha1: answer["sha1"]?.string, md5: answer["md5"]?.string)
        statement.fileName = answer.text("file_name")
        statement.fileType = answer.text("file_type")
        statement.threat = answer.text("av", "malware_info", "signature_name")
        if let label = emulation?.text("status", "label") ?? answer.text("status", "label"), !isFound(label) {
            statement.hold("the emulation is not there: \(String(label.unicodeScalars.prefix(40)))")
        }
        return statement
    }

    private static func isFound(_ label: String) -> Bool { label.isWord("found") || label.isWord("partially_found") }

    private static func reading(_ emulation: JSONValue?) -> WordReading {
        if let word = emulation?.text("combined_verdict") { return vocabulary.reading(of: word) }
        let images = (emulation?.elements("images") ?? []).compactMap { $0.text("report", "verdict") }
        return images.map(vocabulary.reading(of:)).max { $0.level < $1.level } ?? vocabulary.reading(of: nil)
    }

    // MARK: Logs

    /// A log by itself, or those of the product among the logs that the management server lists.
    private static func logs(_ record: JSONValue) -> [JSONValue] {
        (record["logs"]?.array ?? [record]).filter { $0.text("product").map(isEmulation) ?? false }
    }

    private static func statement(_ field: (StaticString) -> String?) -> Statement {
        var statement = Statement(vocabulary.reading(of: field("verdict") ?? field("teverdict") ?? field("te_verdict")))
        statement.hashes = StatedHashes(
            sha256: field("file_sha256") ?? field("filesha256"), sha1: field("file_sha1") ?? field("filesha1"),
            md5: field("file_md5") ?? field("filemd5"))
        statement.fileName = field("file_name") ?? field("filename")
        statement.fileType = field("file_type") ?? field("filetype")
        statement.threat = field("protection_name") ?? field("protectionname") ?? field("malware_family")
        statement.analysedAt = field("time").flatMap { SourceTime.seconds(SourceTime.any(.string($0))) }
        if statement.hashes.isEmpty, statement.fileName == nil {
            statement.subject = .other("a log about the product itself, not about a file")
        }
        statement.eventID = (field("loguid")).map { "log:" + $0 }
        return statement
    }

    private static func statement(ofEvent event: CEFEvent) -> Statement {
        var statement = statement { event.fields["\($0)"] }
        if statement.level == .unknown, let word = event.labelled("verdict", "teverdict") {
            let reading = vocabulary.reading(of: word)
            statement.level = reading.level
            statement.reason = reading.reason
        }
        statement.hashes.take(any: event.fields["fileHash"])
        statement.fileName = statement.fileName ?? event.fields["fname"]
        statement.threat = statement.threat ?? event.labelled("protectionname", "threatname")
        if !statement.hashes.isEmpty || statement.fileName != nil { statement.subject = .file }
        statement.analysedAt = statement.analysedAt ?? EventTime.of(event.fields)
        return statement
    }
}
