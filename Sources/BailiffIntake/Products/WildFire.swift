import BailiffModel

/// Palo Alto Networks WildFire: report and verdict XML, PAN-OS log lines (values, CEF, LEEF), and the log as JSON.
enum WildFireReader: ProductReader {
    static let product = Product.wildfire
    static let shape = "XML `wildfire`, or a PAN-OS THREAT log of subtype wildfire"
    static let listsAnswers = true

    static func recognises(_ content: SourceContent) -> Bool {
        switch content {
        case .xml(let root): return root.name.isWord("wildfire")
        case .json(let record): return isLog(record)
        case .line(let line):
            if let values = line.csv { return isLog(values) }
            if let event = line.cef { return isLog(event) }
            return line.leef.map(isLog) ?? false
        case .form: return false
        }
    }

    static func statements(in content: SourceContent) throws(RecordError) -> [Statement] {
        guard recognises(content) else { throw notRecognised() }
        switch content {
        case .xml(let root): return try statements(ofXML: root)
        case .json(let record): return [statement(ofLog: record)]
        case .line(let line):
            if let values = line.csv { return [statement(ofValues: values)] }
            if let event = line.cef { return [statement(ofEvent: event)] }
            if let event = line.leef { return [statement(ofEvent: event)] }
            throw notRecognised()
        case .form: throw notRecognised()
        }
    }

    // MARK: XML

    /// `file_info` decides; single reports below `task_info` are one platform's opinion.
    private static func statements(ofXML root: XMLElement) throws(RecordError) -> [Statement] {
        let files = root.children("file_info")
        if !files.isEmpty {
            return files.map { file in
                var statement = Statement(vocabulary.reading(of: file.text("verdict") ?? file.text("malware")))
                statement.hashes = hashes(file)
                statement.fileType = file.text("filetype")
                statement.fileName = file.text("filename")
                return statement
            }
        }
        let verdicts = root.children("get-verdict-info")
        if verdicts.isEmpty, let upload = root.child("upload-file-info") {
            var statement = Statement(level: .unknown, reason: "the file was only just handed in")
            statement.hashes = hashes(upload)
            statement.fileName = upload.text("filename")
            statement.fileType = upload.text("filetype")
            return [statement]
        }
        guard !verdicts.isEmpty else { throw notRecognised() }
        return verdicts.map { info in
            var statement = Statement(vocabulary.reading(of: info.text("verdict")))
            statement.hashes = hashes(info)
            return statement
        }
    }

    private static func hashes(_ element: XMLElement) -> StatedHashes {
        StatedHashes(sha256: element.text("sha256"), sha1: element.text("sha1"), md5: element.text("md5"))
    }

    // MARK: PAN-OS values

    /// Columns of a THREAT log, counted from 0. The syslog header sticks to the first.
    private enum Column {
        static let received = 1, type = 3, subtype = 4, fileName = 31, verdict = 33, digest = 43
    }

    private static func isLog(_ values: [String]) -> Bool {
        values.count > Column.verdict && values[Column.type].isWord("threat")
            && values[Column.subtype].isWord("wildfire")
    }

    private static func statement(ofValues values: [String]) -> Statement {
        func value(_ column: Int) -> String? { values.indices.contains(column) ? FieldText.clean(values[column]) : nil }
        var statement = Statement(vocabulary.reading(of: value(Column.verdict)))
        statement.hashes.take(any: value(Column.digest))
        statement.fileName = value(Column.fileName)
        statement.analysedAt = value(Column.received).flatMap { SourceTime.parse($0) }
        return statement
    }

    // MARK: CEF, LEEF and JSON

    private static func isLog(_ event: CEFEvent) -> Bool {
        event.vendor.containsIgnoringASCIICase("palo alto")
            && (event.classID.isWord("wildfire") || event.name.containsIgnoringASCIICase("wildfire")
                || event.fields["PanOSThreatCategory"]?.isWord("wildfire") == true
                || event.fields["cat"]?.isWord("wildfire") == true)
    }

    private static func isLog(_ event: LEEFEvent) -> Bool {
        event.vendor.containsIgnoringASCIICase("palo alto")
            && (event.fields["Subtype"]?.isWord("wildfire") == true
                || event.eventID.containsIgnoringASCIICase("wildfire"))
    }

    private static func isLog(_ record: JSONValue) -> Bool {
        let type = record.loose("logtype")?.fieldText ?? record.loose("type")?.fieldText
        return type?.isWord("threat") == true && record.loose("subtype")?.fieldText?.isWord("wildfire") == true
    }

    /// The first of several values that is a word of the product: exports put the verdict into different columns.
    private static func reading(_ candidates: [String?]) -> WordReading {
        let words = candidates.compactMap { $0 }
        let readings = words.map(vocabulary.reading(of:))
        return readings.first { $0.reason?.utf8.starts(with: "unrecognised".utf8) != true }
            ?? readings.first ?? vocabulary.reading(of: nil)
    }

    private static func statement(ofEvent event: CEFEvent) -> Statement {
        var statement = Statement(
            reading([
                event.labelled("verdict", "wildfireverdict"), event.fields["PanOSVerdict"],
                event.labelled("urlcategory", "category", "threatcategory"), event.fields["cat"],
            ]))
        statement.hashes.take(any: event.fields["fileHash"])
        statement.fileName = (event.fields["fname"] ?? event.fields["request"]).flatMap(FieldText.lastPathComponent)
        statement.fileType = event.fields["fileType"]
        statement.analysedAt = EventTime.of(event.fields)
        return statement
    }

    private static func statement(ofEvent event: LEEFEvent) -> Statement {
        let fields = event.fields
        var statement = Statement(
            reading([fields["Verdict"], fields["URLCategory"], fields["Category"], fields["ThreatCategory"]]))
        statement.hashes.take(any: fields["FileDigest"] ?? fields["FileHash"])
        statement.fileName = (fields["Miscellaneous"] ?? fields["FileName"]).flatMap { text in
            FieldText.clean(String(decoding: Array(text.utf8).unquoted, as: UTF8.self))
        }
        statement.fileType = fields["FileType"]
        statement.analysedAt = EventTime.of(fields)
        return statement
    }

    private static func statement(ofLog record: JSONValue) -> Statement {
        func text(_ key: StaticString) -> String? { record.loose(key)?.fieldText }
        var statement = Statement(
            reading([
                text("verdict"), text("fileverdict"), text("wildfireverdict"), text("category"), text("urlcategory"),
                text("threatcategory"),
            ]))
        statement.hashes.take(any: text("filehash") ?? text("filedigest") ?? text("filesha256") ?? text("sha256"))
        statement.fileName = text("filename") ?? text("misc").flatMap(FieldText.lastPathComponent)
        statement.fileType = text("filetype")
        statement.analysedAt = SourceTime.seconds(
            SourceTime.any(record.loose("timereceived") ?? record.loose("receivetime") ?? record.loose("timegenerated"))
        )
        return statement
    }
}

/// The time of an event in CEF or LEEF.
enum EventTime {
    static func of(_ fields: KeyValuePairs) -> Timestamp? {
        for key in ["rt", "end", "start", "devTime", "deviceReceiptTime", "ReceiveTime", "time"] {
            guard let text = fields[key] else { continue }
            if let time = SourceTime.any(.string(text)) { return SourceTime.seconds(time) }
        }
        return nil
    }
}
