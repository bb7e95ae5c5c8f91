import BailiffModel

/// Trellix ATD (McAfee Advanced Threat Defense, Intelligent Sandbox): the report of one file, as syslog JSON or plain.
enum TrellixATDReader: ProductReader {
    static let product = Product.trellixATD
    static let shape = "`Summary` with `Subject` and `Verdict`"

    static func recognises(_ content: SourceContent) -> Bool {
        content.json?.at("Summary", "Subject")?.object != nil
    }

    static func statements(in content: SourceContent) throws(RecordError) -> [Statement] {
        guard let summary = content.json?["Summary"], let subject = summary["Subject"], subject.object != nil else {
            throw notRecognised()
        }
        let severity = summary.number("Verdict", "Severity")
        var statement = Statement(vocabulary.reading(ofNumber: severity) ?? vocabulary.reading(of: nil))
        if severity.map({ $0 < -1 }) == true || (statement.level == .benign && didNotRun(summary)) {
            statement.hold("the sample could not be run")
        }
        statement.hashes = StatedHashes(
            sha256: subject.loose("sha256")?.string, sha1: subject.loose("sha1")?.string,
            md5: subject.loose("md5")?.string)
        statement.fileName = subject.text("Name")
        statement.fileType = subject.text("Type")
        statement.score = vocabulary.score(severity)
        statement.threat = threat(summary)
        statement.analysedAt = SourceTime.seconds(SourceTime.any(subject["Timestamp"]))
        // What stands beside the type of a URL is the hash of its text.
        let isURL = statement.fileName.map(FieldText.isURL) == true
        if isURL, statement.hashes.isEmpty || statement.fileType?.containsIgnoringASCIICase("url") == true {
            statement.takeAsURL()
        }
        statement.qualifyEvent("task", summary.text("TaskId") ?? summary.text("JobId"))
        return [statement]
    }

    /// A sample that did not run gets the severity of a clean one; only the description says so.
    private static func didNotRun(_ summary: JSONValue) -> Bool {
        guard let text = summary.text("Verdict", "Description") else { return false }
        return text.containsIgnoringASCIICase("could not run") || text.containsIgnoringASCIICase("did not run")
            || text.containsIgnoringASCIICase("not be run") || text.containsIgnoringASCIICase("not executed")
    }

    /// The first engine that names the file's malware. Reputation engines for URLs put a category of sites there.
    private static func threat(_ summary: JSONValue) -> String? {
        for selector in summary.elements("Selectors") {
            if selector.text("Engine")?.containsIgnoringASCIICase("url") == true { continue }
            if let name = selector.text("MalwareName") { return name }
        }
        return nil
    }
}
