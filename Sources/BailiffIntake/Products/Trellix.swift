import BailiffModel

/// Trellix (FireEye) NX, AX, EX and CM: alerts as JSON, as XML, and as CEF. An alert about a malware object is by nature
/// malicious; alerts about callbacks, domains and infections are about no file.
enum TrellixReader: ProductReader {
    static let product = Product.trellix
    static let shape = "`alert` with `explanation.malwareDetected`, XML `alerts`, or CEF of FireEye or Trellix"

    static func recognises(_ content: SourceContent) -> Bool {
        switch content {
        case .json(let record): return isNotification(record)
        case .xml(let root): return root.name.isWord("alerts") || root.name.isWord("alert")
        case .line(let line):
            guard let event = line.cef else { return false }
            return event.vendor.isWord("fireeye") || event.vendor.isWord("trellix")
        case .form: return false
        }
    }

    static func statements(in content: SourceContent) throws(RecordError) -> [Statement] {
        guard recognises(content) else { throw notRecognised() }
        switch content {
        case .json(let record): return statements(ofNotification: record)
        case .xml(let root): return statements(ofXML: root)
        case .line(let line): return line.cef.map { [statement(ofEvent: $0)] } ?? []
        case .form: throw notRecognised()
        }
    }

    // MARK: JSON

    private static func alerts(_ record: JSONValue) -> [JSONValue] {
        guard let alert = record["alert"] else {
            return detected(record) != nil ? [record] : []
        }
        return alert.array ?? [alert]
    }

    /// `malwareDetected` in the API, `malware-detected` in notifications; what is in it is an object or a list.
    private static func detected(_ alert: JSONValue) -> JSONValue? {
        alert["explanation"]?.loose("malwaredetected")
    }

    private static func isNotification(_ record: JSONValue) -> Bool {
        if record.has("alertsCount") { return true }
        return alerts(record).contains { $0.has("explanation") || ($0.has("name") && $0.has("occurred")) }
    }

    private static func statements(ofNotification record: JSONValue) -> [Statement] {
        let found = alerts(record).flatMap(statements(ofAlert:))
        return found.isEmpty ? [.other("the analysis raised no alert, which is no verdict")] : found
    }

    private static func statements(ofAlert alert: JSONValue) -> [Statement] {
        let name = alert.text("name")
        let id = alert.text("uuid") ?? alert.text("id")
        let time = SourceTime.seconds(SourceTime.any(alert["occurred"]))
        let detected = detected(alert)?["malware"]
        let items = (detected?.array ?? [detected].compactMap { $0 }).filter { !$0.isNull }
        guard isObject(name), !items.isEmpty else {
            var statement = Statement.other("an alert about no file: \(name ?? "without a name")")
            statement.threat = items.lazy.compactMap { $0.text("name") }.first
            statement.eventID = id.map { "alert:" + $0 }
            statement.analysedAt = time
            return [statement]
        }
        return items.enumerated().map { index, item in
            var statement = Statement(reading(item.text("malicious")))
            statement.hashes = StatedHashes(
                sha256: item["sha256"]?.string, sha1: item["sha1"]?.string,
                md5: item["md5Sum"]?.string ?? item["md5sum"]?.string)
            statement.threat = item.text("name")
            statement.fileName = item.text("original").flatMap(FieldText.lastPathComponent)
            statement.fileType = item.text("type")
            statement.analysedAt = time
            statement.eventID = id.map { items.count > 1 ? "alert:\($0):\(index)" : "alert:" + $0 }
            return statement
        }
    }

    /// The presence of an alert is the verdict, unless the alert itself says otherwise.
    private static func reading(_ word: String?) -> WordReading {
        word.map(vocabulary.reading(of:)) ?? WordReading(level: .malicious)
    }

    private static func isObject(_ name: String?) -> Bool {
        guard let name else { return true }
        let folded = name.utf8.map { $0 == 0x2D ? 0x5F : $0.asciiLowercased }
        return folded.elementsEqual("malware_object".utf8) || folded.elementsEqual("riskware_object".utf8)
    }

    // MARK: XML

    private static func statements(ofXML root: XMLElement) -> [Statement] {
        let alerts = root.name.isWord("alert") ? [root] : root.children("alert")
        var out: [Statement] = []
        for alert in alerts {
            let id = alert.attribute("uuid") ?? alert.attribute("id")
            let time = (alert.text("occurred") ?? alert.attribute("occurred")).flatMap { SourceTime.parse($0) }
            let items = alert.child("explanation")?.child("malware-detected")?.children("malware") ?? []
            if !isObject(alert.attribute("name")) || items.isEmpty {
                out.append(.other("an alert about no file: \(alert.attribute("name") ?? "without a name")"))
                continue
            }
            for (index, item) in items.enumerated() {
                var statement = Statement(reading(item.attribute("malicious") ?? item.text("malicious")))
                statement.hashes = StatedHashes(
                    sha256: item.text("sha256"), sha1: item.text("sha1"), md5: item.text("md5sum"))
                statement.threat = item.attribute("name")
                statement.fileName = item.text("original").flatMap(FieldText.lastPathComponent)
                statement.fileType = item.text("type")
                statement.analysedAt = SourceTime.seconds(time)
                statement.eventID = id.map { items.count > 1 ? "alert:\($0):\(index)" : "alert:" + $0 }
                out.append(statement)
            }
        }
        return out.isEmpty ? [.other("the analysis raised no alert, which is no verdict")] : out
    }

    // MARK: CEF

    private static func statement(ofEvent event: CEFEvent) -> Statement {
        let fields = event.fields
        var statement = Statement(level: .malicious)
        if event.classID.isWord("mo") || event.classID.isWord("ro") || isObject(event.name) {
            statement.hashes.take(any: fields["fileHash"])
            statement.hashes.take(.sha256, event.labelled("sha256sum", "sha256"))
            statement.hashes.take(.sha1, event.labelled("sha1sum", "sha1"))
            statement.hashes.take(.md5, event.labelled("md5sum", "md5"))
            statement.fileName = fields["fname"] ?? fields["filePath"].flatMap(FieldText.lastPathComponent)
            statement.fileType = fields["fileType"]
        } else {
            statement.subject = .other("an alert about no file: \(String(event.name.unicodeScalars.prefix(80)))")
        }
        statement.threat = event.labelled("sname", "malwarename")
        statement.categoryHints = [event.name]
        statement.analysedAt = EventTime.of(fields)
        statement.eventID = fields["externalId"].map { "alert:" + $0 }
        return statement
    }
}
