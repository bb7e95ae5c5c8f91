import BailiffModel

/// CEF of a vendor that has no reader of its own: a hash, and a word in a field whose label says that it is a verdict.
enum CefReader: ProductReader {
    static let product = Product.cef
    static let shape = "CEF of any other vendor with a file hash"

    private static let specific: [any ProductReader.Type] = [
        TrellixReader.self, TrendMicroReader.self, WildFireReader.self, CheckPointReader.self, FortiSandboxReader.self,
        ZscalerReader.self,
    ]

    static func recognises(_ content: SourceContent) -> Bool {
        guard let event = content.cef else { return false }
        return !hashes(event).isEmpty && !specific.contains { $0.recognises(content) }
    }

    static func statements(in content: SourceContent) throws(RecordError) -> [Statement] {
        guard let event = content.cef else { throw notRecognised() }
        let fields = event.fields
        let word =
            fields["verdict"]
            ?? event.labelled(
                "verdict", "fileverdict", "malwareverdict", "sandboxverdict", "disposition", "filedisposition",
                "threatverdict",
                "analysisresult", "rating")
        var statement = Statement(vocabulary.reading(of: word))
        statement.hashes = hashes(event)
        statement.fileName = fields["fname"] ?? fields["filePath"].flatMap(FieldText.lastPathComponent)
        statement.fileType = fields["fileType"]
        if statement.hashes.isEmpty, statement.fileName == nil { statement.subject = .other("the event names no file") }
        statement.threat = event.labelled(
            "threat", "threatname", "malware", "malwarename", "virus", "virusname", "sname")
        statement.categoryHints = [event.labelled("category", "threatcategory", "malwarecategory")].compactMap { $0 }
        statement.analysedAt = EventTime.of(fields)
        statement.eventID = fields["externalId"].map { "event:\(event.vendor):\(event.product):\($0)" }
        return [statement]
    }

    private static func hashes(_ event: CEFEvent) -> StatedHashes {
        var hashes = StatedHashes(
            sha256: event.fields["sha256"] ?? event.labelled("sha256", "sha256sum", "filesha256"),
            sha1: event.fields["sha1"] ?? event.labelled("sha1", "sha1sum", "filesha1"),
            md5: event.fields["md5"] ?? event.labelled("md5", "md5sum", "filemd5"))
        hashes.take(any: event.fields["fileHash"])
        return hashes
    }
}

/// LEEF of a vendor that has no reader of its own.
enum LeefReader: ProductReader {
    static let product = Product.leef
    static let shape = "LEEF of any other vendor with a file hash"

    static func recognises(_ content: SourceContent) -> Bool {
        guard let event = content.leef else { return false }
        return !hashes(event.fields).isEmpty && !WildFireReader.recognises(content)
    }

    static func statements(in content: SourceContent) throws(RecordError) -> [Statement] {
        guard let event = content.leef else { throw notRecognised() }
        let fields = event.fields
        var statement = Statement(
            vocabulary.reading(
                of: fields["verdict"] ?? fields["fileVerdict"] ?? fields["disposition"] ?? fields["rating"]))
        statement.hashes = hashes(fields)
        statement.fileName =
            fields["fileName"] ?? fields["fname"] ?? fields["filePath"].flatMap(FieldText.lastPathComponent)
        statement.fileType = fields["fileType"]
        if statement.hashes.isEmpty, statement.fileName == nil { statement.subject = .other("the event names no file") }
        statement.threat = fields["threatName"] ?? fields["malwareName"] ?? fields["virusName"] ?? fields["threat"]
        statement.categoryHints = [fields["malwareCategory"] ?? fields["threatCategory"]].compactMap { $0 }
        statement.analysedAt = EventTime.of(fields)
        statement.eventID = fields["externalId"].map { "event:\(event.vendor):\(event.product):\($0)" }
        return [statement]
    }

    private static func hashes(_ fields: KeyValuePairs) -> StatedHashes {
        var hashes = StatedHashes(
            sha256: fields["sha256"] ?? fields["fileSha256"], sha1: fields["sha1"] ?? fields["fileSha1"],
            md5: fields["md5"] ?? fields["fileMd5"])
        hashes.take(any: fields["fileHash"])
        return hashes
    }
}
