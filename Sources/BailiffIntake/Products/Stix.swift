import BailiffModel

/// STIX 2.0 and 2.1: malware analyses with the file they are about, and indicators for files.
///
/// An indicator has no verdict of its own: that somebody made it is the statement. A bundle also holds objects that are
/// about no file; they are passed over.
enum StixReader: ProductReader {
    static let product = Product.stix
    static let shape = "STIX `type` bundle, malware-analysis or indicator with a STIX `id`"

    static func recognises(_ content: SourceContent) -> Bool {
        guard let record = content.json, let type = record["type"]?.string, let id = record["id"]?.string else {
            return false
        }
        return id.utf8.starts(with: (type + "--").utf8)
            && (type.isWord("bundle") || type.isWord("malware-analysis") || type.isWord("indicator"))
    }

    static func statements(in content: SourceContent) throws(RecordError) -> [Statement] {
        guard let record = content.json, recognises(content) else { throw notRecognised() }
        let objects = record["type"]?.string?.isWord("bundle") == true ? record.elements("objects") : [record]
        let bundle = Bundle(objects)
        var statements: [Statement] = []
        for object in objects {
            if object["type"]?.string?.isWord("malware-analysis") == true {
                statements.append(analysis(object, bundle))
            } else if object["type"]?.string?.isWord("indicator") == true {
                statements += indicator(object, bundle)
            }
        }
        if statements.isEmpty { throw RecordError(.noFile, "no malware analysis and no indicator for a file hash") }
        return statements
    }

    /// Objects by id, and which malware an indicator indicates.
    private struct Bundle {
        private var byID: [[UInt8]: JSONValue] = [:]
        private var malwareOf: [[UInt8]: [UInt8]] = [:]

        init(_ objects: [JSONValue]) {
            for object in objects {
                guard let id = object["id"]?.string else { continue }
                byID[Array(id.utf8)] = object
                guard object["relationship_type"]?.string?.isWord("indicates") == true,
                    let source = object["source_ref"]?.string, let target = object["target_ref"]?.string
                else { continue }
                malwareOf[Array(source.utf8)] = Array(target.utf8)
            }
        }

        subscript(id: String?) -> JSONValue? { id.flatMap { byID[Array($0.utf8)] } }

        func malware(of indicator: String?) -> JSONValue? {
            guard let indicator, let target = malwareOf[Array(indicator.utf8)], let object = byID[target],
                object["type"]?.string?.isWord("malware") == true
            else { return nil }
            return object
        }
    }

    private static func analysis(_ object: JSONValue, _ bundle: Bundle) -> Statement {
        var statement = Statement(vocabulary.reading(of: object.text("result")))
        if let sample = bundle[object["sample_ref"]?.string], sample["type"]?.string?.isWord("file") == true {
            statement.hashes = hashes(sample["hashes"])
            statement.fileName = sample.text("name")
            statement.fileType = sample.text("mime_type")
        } else {
            statement.subject = .other("the sample that the analysis refers to is no file of this bundle")
        }
        statement.threat = object.text("result_name")
        statement.analysedAt = SourceTime.seconds(
            SourceTime.any(object["analysis_ended"]) ?? SourceTime.any(object["analysis_started"])
                ?? SourceTime.any(object["modified"]))
        if object.flag("revoked") == true { statement.hold("the analysis was revoked") }
        statement.eventID = event(object)
        return statement
    }

    private static func hashes(_ value: JSONValue?) -> StatedHashes {
        StatedHashes(
            sha256: value?.loose("sha256")?.string, sha1: value?.loose("sha1")?.string, md5: value?.loose("md5")?.string
        )
    }

    /// An object's version is one event: its id stays over revisions.
    private static func event(_ object: JSONValue) -> String? {
        guard let id = object.text("id") else { return nil }
        return "object:\(id):\(object.text("modified") ?? object.text("created") ?? "")"
    }

    private static func indicator(_ object: JSONValue, _ bundle: Bundle) -> [Statement] {
        if let type = object.text("pattern_type"), !type.isWord("stix") { return [] }
        guard let pattern = object["pattern"]?.string, let files = StixPattern.files(in: pattern) else { return [] }
        let reading = reading(object)
        return files.enumerated().map { index, file in
            var statement = Statement(reading)
            for (name, value) in file.hashes {
                if name.isWord("sha256") { statement.hashes.take(.sha256, value) }
                if name.isWord("sha1") { statement.hashes.take(.sha1, value) }
                if name.isWord("md5") { statement.hashes.take(.md5, value) }
            }
            statement.fileName = file.name.flatMap(FieldText.clean)
            if let malware = bundle.malware(of: object["id"]?.string) {
                statement.threat = malware.text("name")
                statement.categoryHints = malware.texts("malware_types") + malware.texts("labels")
            }
            statement.analysedAt = SourceTime.any(object["created"]) ?? SourceTime.any(object["valid_from"])
            statement.showsMilliseconds = true
            if object.flag("revoked") == true { statement.hold("the indicator was revoked") }
            if let end = object.text("valid_until") { statement.remarks.append("the indicator was valid until \(end)") }
            statement.eventID = event(object).map { files.count > 1 ? "\($0):\(index)" : $0 }
            return statement
        }
    }

    /// The types of 2.1 and the labels of 2.0 are open vocabularies; one that is listed speaks, others leave the
    /// convention: an indicator stands for something malicious.
    private static func reading(_ object: JSONValue) -> WordReading {
        for word in object.texts("indicator_types") + object.texts("labels") {
            let reading = vocabulary.reading(of: word)
            if reading.reason?.utf8.starts(with: "unrecognised".utf8) == true { continue }
            return reading
        }
        return WordReading(level: .malicious)
    }
}
