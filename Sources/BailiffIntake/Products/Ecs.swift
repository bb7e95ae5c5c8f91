import BailiffModel

/// The Elastic Common Schema: indicators for files, and alerts about files. Keys may be dotted. `related.hash` holds
/// hashes of everything in the event, and others that only look like them: it is never read.
enum EcsReader: ProductReader {
    static let product = Product.ecs
    static let shape = "`@timestamp` or `ecs.version`, with `file.hash` or `threat.indicator.file.hash`"

    static func recognises(_ content: SourceContent) -> Bool {
        guard let record = content.json else { return false }
        guard record.dotted("ecs.version") != nil || record.has("@timestamp") else { return false }
        return record.dotted("threat.indicator.file") != nil || record.dotted("threat.indicator.type") != nil
            || record.dotted("file.hash") != nil || hash(record, "file", .sha256) != nil
            || hash(record, "file", .md5) != nil
            || hash(record, "file", .sha1) != nil || hash(record, "threat.indicator.file", .sha256) != nil
    }

    static func statements(in content: SourceContent) throws(RecordError) -> [Statement] {
        guard let record = content.json, recognises(content) else { throw notRecognised() }
        let indicator = hashes(record, "threat.indicator.file")
        if !indicator.isEmpty {
            return [statement(record, prefix: "threat.indicator.file", indicator, isIndicator: true)]
        }
        let file = hashes(record, "file")
        if file.isEmpty, record.dotted("file.name") == nil { return [.other("the event names no file")] }
        return [statement(record, prefix: "file", file, isIndicator: false)]
    }

    private static func hash(_ record: JSONValue, _ prefix: String, _ algorithm: FileHash.Algorithm) -> String? {
        guard let value = record.dotted("\(prefix).hash.\(algorithm.rawValue)") else { return nil }
        // The schema lets every field be a list; one of several hashes would be a guess.
        if let list = value.array { return list.count == 1 ? list[0].string : nil }
        return value.string
    }

    private static func hashes(_ record: JSONValue, _ prefix: String) -> StatedHashes {
        StatedHashes(
            sha256: hash(record, prefix, .sha256), sha1: hash(record, prefix, .sha1), md5: hash(record, prefix, .md5))
    }

    private static func statement(
        _ record: JSONValue, prefix: String, _ hashes: StatedHashes, isIndicator: Bool
    ) -> Statement {
        func text(_ path: String) -> String? { record.dotted(path)?.fieldText }
        var statement = Statement(isIndicator ? WordReading(level: .malicious) : reading(record))
        statement.hashes = hashes
        statement.fileName = text(prefix + ".name") ?? text(prefix + ".path").flatMap(FieldText.lastPathComponent)
        statement.fileType = text(prefix + ".mime_type") ?? text(prefix + ".type") ?? text(prefix + ".extension")
        statement.score = vocabulary.score(record.dotted("event.risk_score")?.fieldNumber)
        statement.threat =
            text("threat.software.name") ?? texts(record, "threat.software.alias").first ?? text(
                "threat.indicator.name")
            ?? (isIndicator ? nil : text("rule.name"))
        statement.categoryHints = texts(record, "threat.software.type")
        let times =
            isIndicator
            ? ["threat.indicator.first_seen", "threat.indicator.modified_at", "event.created", "@timestamp"]
            : ["event.created", "@timestamp"]
        statement.analysedAt = SourceTime.seconds(
            times.lazy.compactMap { SourceTime.any(record.dotted($0)) }.first)
        statement.eventID = text("event.id").map { "event:" + $0 }
        return statement
    }

    private static func texts(_ record: JSONValue, _ path: String) -> [String] {
        guard let value = record.dotted(path) else { return [] }
        return value.array?.compactMap(\.fieldText) ?? [value.fieldText].compactMap { $0 }
    }

    /// The schema has no word for a verdict. An alert in the category malware is one; other events are none.
    private static func reading(_ record: JSONValue) -> WordReading {
        for path in ["event.verdict", "file.verdict", "threat.verdict"] {
            if let word = record.dotted(path)?.fieldText { return vocabulary.reading(of: word) }
        }
        let isAlert = record.dotted("event.kind")?.fieldText?.isWord("alert") == true
        if isAlert, texts(record, "event.category").contains(where: { $0.isWord("malware") }) {
            return WordReading(level: .malicious)
        }
        return WordReading(
            level: .unknown, reason: "the schema has no word for a verdict, and this is no malware alert")
    }
}
