import BailiffModel

/// MISP events: file objects, hash attributes, and the verdict in tags.
///
/// An event of a sandbox holds the sample and what it dropped, and no member says which is which: with a sandbox report
/// only the one malicious file that the run did not write itself is taken, else nothing. In other events every hash that
/// is meant for detection (`to_ids`) is an indicator.
enum MispReader: ProductReader {
    static let product = Product.misp
    static let shape = "`Event`, `response` of events or attributes, or `info` with `Attribute` or `Object`"

    static func recognises(_ content: SourceContent) -> Bool { content.json.map { !events($0).isEmpty } ?? false }

    static func statements(in content: SourceContent) throws(RecordError) -> [Statement] {
        guard let record = content.json else { throw notRecognised() }
        let events = events(record)
        guard !events.isEmpty else { throw notRecognised() }
        var statements: [Statement] = []
        for event in events { statements += try self.statements(of: event) }
        if statements.isEmpty { throw RecordError(.noFile, "the event names no file") }
        return statements
    }

    private static func events(_ record: JSONValue) -> [JSONValue] {
        // A search for attributes answers with a list of them outside of any event.
        if let response = record["response"], response["Attribute"]?.array != nil { return [response] }
        let listed = record["response"]?.array ?? record["Events"]?.array ?? [record]
        return listed.map { $0["Event"] ?? $0 }.filter { event in
            event.has("info") && (event["Attribute"]?.array != nil || event["Object"]?.array != nil)
        }
    }

    /// What the comments of an event say the run did with a file: `Operations: access, write, create`.
    private enum Handling {
        case none, accessed, written
    }

    /// One file as an event describes it.
    private struct Candidate {
        var hashes = StatedHashes()
        var name: String?
        var type: String?
        var word: String?
        var isForDetection = false
        var handling = Handling.none
        var time: Timestamp?
        var id: String?
    }

    private static func statements(of event: JSONValue) throws(RecordError) -> [Statement] {
        let objects = standing(event, "Object")
        let report = objects.first { $0.text("name")?.isWord("sandbox-report") == true }
        let files = objects.filter { $0.text("name")?.isWord("file") == true }.map(candidate(ofObject:))
        let loose = standing(event, "Attribute").compactMap(candidate(ofAttribute:))
        let all = (files + loose).filter { !$0.hashes.isEmpty }
        guard let report else { return all.map { statement($0, in: event, report: nil) } }
        return [statement(try sample(of: all), in: event, report: report)]
    }

    /// What somebody deleted stays in the event with a mark.
    private static func standing(_ value: JSONValue, _ key: String) -> [JSONValue] {
        value.elements(key).filter { $0.flag("deleted") != true }
    }

    private static func sample(of candidates: [Candidate]) throws(RecordError) -> Candidate {
        if candidates.count == 1 { return candidates[0] }
        if candidates.isEmpty { throw RecordError(.noFile, "the event names no file") }
        let bad = candidates.filter { candidate in
            candidate.isForDetection
                && (candidate.word == nil || vocabulary.reading(of: candidate.word).level >= .suspicious)
        }
        // From what is surely no sample to what is probably none.
        for samples in [bad, bad.filter { $0.handling != .written }, bad.filter { $0.handling == .none }]
        where samples.count == 1 {
            return samples[0]
        }
        throw RecordError(
            .severalFiles, "the sandbox event holds several files, and nothing says which was the sample")
    }

    private static func candidate(ofObject object: JSONValue) -> Candidate {
        var candidate = Candidate()
        for attribute in standing(object, "Attribute") {
            let value = attribute["value"]?.string
            switch attribute.text("type")?.asciiLowercased {
            case "md5": take(.md5, value, attribute, &candidate)
            case "sha1": take(.sha1, value, attribute, &candidate)
            case "sha256": take(.sha256, value, attribute, &candidate)
            case "filename":
                candidate.name = candidate.name ?? attribute.text("value")
                note(attribute.text("comment"), &candidate)
            case "mime-type": candidate.type = attribute.text("value")
            case "malware-sample": split(value, .md5, attribute, &candidate)
            default: break
            }
        }
        candidate.id = object.text("uuid")
        return candidate
    }

    /// Attributes outside of objects: a hash, or a name and a hash with a bar between them.
    private static func candidate(ofAttribute attribute: JSONValue) -> Candidate? {
        var candidate = Candidate()
        let value = attribute["value"]?.string
        switch attribute.text("type")?.asciiLowercased {
        case "md5": take(.md5, value, attribute, &candidate)
        case "sha1": take(.sha1, value, attribute, &candidate)
        case "sha256": take(.sha256, value, attribute, &candidate)
        case "filename|md5", "malware-sample": split(value, .md5, attribute, &candidate)
        case "filename|sha1": split(value, .sha1, attribute, &candidate)
        case "filename|sha256": split(value, .sha256, attribute, &candidate)
        default: return nil
        }
        candidate.id = attribute.text("uuid")
        return candidate
    }

    private static func note(_ comment: String?, _ candidate: inout Candidate) {
        guard let comment, comment.utf8.prefix(11).equalsIgnoringASCIICase("operations:") else { return }
        let isWritten =
            comment.containsIgnoringASCIICase("create") || comment.containsIgnoringASCIICase("write")
        if isWritten {
            candidate.handling = .written
        } else if candidate.handling == .none {
            candidate.handling = .accessed
        }
    }

    private static func take(
        _ algorithm: FileHash.Algorithm, _ value: String?, _ attribute: JSONValue, _ candidate: inout Candidate
    ) {
        candidate.hashes.take(algorithm, value)
        if attribute.flag("to_ids") == true { candidate.isForDetection = true }
        for tag in tags(attribute) { candidate.word = candidate.word ?? verdict(in: tag) }
        candidate.time = candidate.time ?? SourceTime.any(attribute["timestamp"])
    }

    private static func split(
        _ value: String?, _ algorithm: FileHash.Algorithm, _ attribute: JSONValue, _ candidate: inout Candidate
    ) {
        guard let value, let bar = value.utf8.lastIndex(of: 0x7C) else { return }
        candidate.name = candidate.name ?? FieldText.clean(String(value[..<bar]))
        take(algorithm, String(value[value.utf8.index(after: bar)...]), attribute, &candidate)
    }

    private static func tags(_ value: JSONValue) -> [String] { value.elements("Tag").compactMap { $0.text("name") } }

    /// `vmray:verdict="malicious"`: the word of any taxonomy that has a predicate `verdict`.
    private static func verdict(in tag: String) -> String? { value(of: tag, predicate: "verdict") }

    /// The value of `namespace:predicate="value"`.
    private static func value(of tag: String, predicate: StaticString) -> String? {
        let bytes = tag.utf8
        guard let colon = bytes.firstIndex(of: 0x3A), let equals = bytes[colon...].firstIndex(of: 0x3D),
            bytes[bytes.index(after: colon)..<equals].equalsIgnoringASCIICase(predicate)
        else { return nil }
        let value = Array(bytes[bytes.index(after: equals)...])
        return FieldText.clean(String(decoding: value.unquoted, as: UTF8.self))
    }

    private static func statement(_ candidate: Candidate, in event: JSONValue, report: JSONValue?) -> Statement {
        let tags = tags(event)
        var statement = Statement(reading(candidate, eventTags: tags, report: report))
        statement.hashes = candidate.hashes
        statement.fileName = candidate.name
        statement.fileType = candidate.type
        let galaxy = tags.lazy.compactMap(malware(in:)).first
        statement.family = galaxy
        statement.threat = report.flatMap(classification) ?? galaxy
        statement.categoryHints = tags.compactMap {
            value(of: $0, predicate: "malware-category") ?? value(of: $0, predicate: "ransomware")
        }
        if tags.contains(where: { $0.utf8.starts(with: "misp-galaxy:ransomware".utf8) }) {
            statement.category = .ransomware
        }
        statement.analysedAt = SourceTime.seconds(candidate.time ?? SourceTime.any(event["timestamp"]))
        if let id = candidate.id ?? event.text("uuid") {
            statement.eventID = "attribute:\(id):\(statement.level.rawValue)"
        }
        return statement
    }

    /// Tags of the hash, then of the event, then the report's word, then the mark for detection.
    private static func reading(_ candidate: Candidate, eventTags: [String], report: JSONValue?) -> WordReading {
        if let word = candidate.word { return vocabulary.reading(of: word) }
        if let report {
            let word = eventTags.lazy.compactMap(verdict(in:)).first ?? attribute("score", of: report)
            return vocabulary.reading(of: word)
        }
        if candidate.isForDetection { return WordReading(level: .malicious) }
        return WordReading(level: .unknown, reason: "the attribute is not marked for detection")
    }

    private static func attribute(_ relation: StaticString, of object: JSONValue) -> String? {
        object.elements("Attribute").first { $0.text("object_relation")?.isWord(relation) == true }?.text("value")
    }

    /// `Classifications: EICAR` and `Threat Names: …` in the results of a sandbox report.
    private static func classification(_ report: JSONValue) -> String? {
        for attribute in report.elements("Attribute") where attribute.text("object_relation")?.isWord("results") == true
        {
            guard let text = attribute.text("value"), let colon = text.utf8.firstIndex(of: 0x3A) else { continue }
            let label = text.utf8[..<colon]
            guard label.equalsIgnoringASCIICase("classifications") || label.equalsIgnoringASCIICase("threat names")
            else { continue }
            let list = text.utf8[text.utf8.index(after: colon)...]
            let first = list.split(separator: 0x2C).first ?? list
            return FieldText.clean(String(decoding: first, as: UTF8.self))
        }
        return nil
    }

    /// `misp-galaxy:malpedia="Emotet"`
    private static func malware(in tag: String) -> String? {
        for galaxy: StaticString in [
            "malpedia", "ransomware", "banker", "stealer", "rat", "botnet", "tool", "mitre-malware",
        ] {
            if tag.utf8.starts(with: "misp-galaxy".utf8), let name = value(of: tag, predicate: galaxy) { return name }
        }
        return nil
    }
}
