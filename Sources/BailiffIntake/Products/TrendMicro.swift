import BailiffModel

/// Trend Micro Virtual Analyzer: detections forwarded by Apex Central and samples finished by Deep Discovery Analyzer,
/// both as CEF. A detection without the highest risk level is suspicious at most.
enum TrendMicroReader: ProductReader {
    static let product = Product.trendmicro
    static let shape = "CEF of Trend Micro about a Virtual Analyzer detection or a sandbox analysis"

    static func recognises(_ content: SourceContent) -> Bool { content.cef.map(isSandbox) ?? false }

    private static func isSandbox(_ event: CEFEvent) -> Bool {
        guard event.vendor.isWord("trend micro") else { return false }
        return event.classID.isWord("vad") || event.fields["sproc"]?.isWord("va") == true
            || event.name.containsIgnoringASCIICase("sandbox") || event.labelled("rozrating") != nil
    }

    static func statements(in content: SourceContent) throws(RecordError) -> [Statement] {
        guard let event = content.cef, isSandbox(event) else { throw notRecognised() }
        let analyzer = event.labelled("rozrating").flatMap(FieldText.number)
        let risk = analyzer ?? event.labelled("risklevel").flatMap(FieldText.number)
        var statement = Statement(reading(risk, isRating: analyzer != nil))
        statement.hashes.take(any: event.fields["fileHash"])
        statement.hashes.take(.sha256, event.labelled("sha256", "filehashsha256"))
        statement.hashes.take(.md5, event.labelled("md5", "filehashmd5"))
        statement.fileName = event.fields["fname"]
        statement.fileType = event.fields["fileType"]
        statement.threat = event.labelled("securitythreat", "malwarename", "threatname")
        statement.score = vocabulary.score(risk.map { max($0, 0) })
        statement.categoryHints = [event.labelled("threatcategories")].compactMap { $0 }
        statement.analysedAt = EventTime.of(event.fields)
        if statement.hashes.isEmpty, statement.fileName == nil { statement.subject = .other("the event names no file") }
        return [statement]
    }

    /// A detection is there because something was found; a rating may also say that nothing was.
    private static func reading(_ risk: Double?, isRating: Bool) -> WordReading {
        guard let risk else { return WordReading(level: .suspicious) }
        if isRating, risk == 0 { return WordReading(level: .benign) }
        if isRating, risk < 0 { return WordReading(level: .unknown, reason: "the file was not rated") }
        return vocabulary.reading(ofNumber: max(risk, 0)) ?? WordReading(level: .suspicious)
    }
}
