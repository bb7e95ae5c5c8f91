import BailiffModel

/// FortiSandbox: JSON-RPC answers about files and jobs, and the lines that FortiSandbox and FortiGate log.
///
/// The number runs the other way round: 1 is the worst, 4 the mildest, 0 is clean. It is never compared by size.
enum FortiSandboxReader: ProductReader {
    static let product = Product.fortisandbox
    static let shape = "`result.data.rating`, or a log line with `fsaverdict`"
    static let listsAnswers = true

    static func recognises(_ content: SourceContent) -> Bool {
        if let record = content.json { return isAnswer(record) }
        if let event = content.cef { return isForti(event.vendor) && hasVerdict(event.fields) }
        return content.pairs.map(hasVerdict) ?? false
    }

    static func statements(in content: SourceContent) throws(RecordError) -> [Statement] {
        if let record = content.json, isAnswer(record) { return statements(ofAnswer: record) }
        if let event = content.cef, isForti(event.vendor), hasVerdict(event.fields) { return [statement(event.fields)] }
        if let pairs = content.pairs, hasVerdict(pairs) { return [statement(pairs)] }
        throw notRecognised()
    }

    private static func isForti(_ vendor: String) -> Bool { vendor.containsIgnoringASCIICase("fortinet") }

    // MARK: JSON-RPC

    private static func isAnswer(_ record: JSONValue) -> Bool {
        guard let result = record["result"], case .object = result else { return false }
        if result.text("url")?.utf8.starts(with: "/scan/result".utf8) == true { return true }
        return data(result).contains { $0.has("rating") } || (result.at("status", "code") != nil && record.has("ver"))
    }

    private static func data(_ result: JSONValue) -> [JSONValue] {
        guard let data = result["data"] else { return [] }
        return data.array ?? [data]
    }

    private static func statements(ofAnswer record: JSONValue) -> [Statement] {
        let result = record["result"] ?? .null
        let code = result.number("status", "code")
        let items = data(result).filter { $0.has("rating") || $0.has("score") || $0.has("jid") }
        if items.isEmpty || (code != nil && code != 0) {
            let why =
                switch code {
                case 3: "the sandbox has no data on the file"
                case 29: "the job is still in the queue"
                default: "the answer holds no result"
                }
            return [.other(why)]
        }
        return items.map(statement(ofData:))
    }

    private static func statement(ofData data: JSONValue) -> Statement {
        let score = data.number("score")
        let word = data.texts("rating").first ?? FortiSandboxReader.word(ofScore: score)
        var statement = Statement(vocabulary.reading(of: word))
        statement.hashes = StatedHashes(
            sha256: data["sha256"]?.string, sha1: data["sha1"]?.string, md5: data["md5"]?.string)
        statement.fileName = data.texts("file_name").first
        let scale = score == 1 ? vocabulary.scales.last : vocabulary.scales.first
        statement.score = scale?.score(score)
        statement.threat = data.texts("malware_name").first
        statement.categoryHints = data.texts("category")
        statement.analysedAt = SourceTime.epochSeconds(data.number("finish_ts") ?? data.number("start_ts"))
        if statement.fileName == nil, statement.hashes.isEmpty {
            statement.fileName = data.text("url")
            statement.subject = .other(
                data.has("url") ? "a URL was analysed, no file" : "the answer names neither a file nor a hash")
        }
        statement.qualifyEvent("job", data.texts("jid").first)
        return statement
    }

    /// The word that a number of the current scale stands for; none for the older numbers, whose order was another.
    private static func word(ofScore score: Double?) -> String? {
        switch score {
        case 0: "Clean"
        case 1: "Malicious"
        case 2: "High Risk"
        case 3: "Medium Risk"
        case 4: "Low Risk"
        default: nil
        }
    }

    // MARK: Log lines

    private static func hasVerdict(_ fields: KeyValuePairs) -> Bool {
        fields.has("fsaverdict") || fields.has("FTNTFGTfsaverdict")
            || (fields.has("jobid") && (fields.has("rating") || fields.has("risk")))
    }

    private static func statement(_ fields: KeyValuePairs) -> Statement {
        var statement = Statement(
            vocabulary.reading(
                of: fields["fsaverdict"] ?? fields["FTNTFGTfsaverdict"] ?? fields["rating"] ?? fields["risk"]))
        statement.hashes = StatedHashes(
            sha256: fields["analyticscksum"] ?? fields["FTNTFGTanalyticscksum"] ?? fields["sha256"],
            sha1: fields["sha1"], md5: fields["md5"])
        statement.hashes.take(any: fields["fileHash"])
        statement.fileName = fields["filename"] ?? fields["fname"]
        statement.fileType = fields["filetype"] ?? fields["ftype"]
        statement.threat = fields["virus"] ?? fields["mname"]
        statement.analysedAt = time(fields)
        if statement.hashes.isEmpty, statement.fileName == nil { statement.subject = .other("the line names no file") }
        return statement
    }

    /// `date=2019-05-10 time=11:45:03 tz="-0700"`
    private static func time(_ fields: KeyValuePairs) -> Timestamp? {
        guard let date = fields["date"], let time = fields["time"] else { return EventTime.of(fields) }
        return SourceTime.seconds(SourceTime.parse(date + " " + time, zone: fields["tz"]))
    }
}
