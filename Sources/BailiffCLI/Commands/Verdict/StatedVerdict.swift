import ArgumentParser
import BailiffIntake
import BailiffModel

/// A verdict given by flags: what somebody found out, as a record of the generic format.
struct StatedVerdict: ParsableArguments {
    @Option(help: "In place of a file: malicious, suspicious, benign or unknown.")
    var verdict: String?

    @Option(help: "The file's SHA-256.")
    var sha256: String?

    @Option(help: "The file's SHA-1.")
    var sha1: String?

    @Option(help: "The file's MD5.")
    var md5: String?

    @Option(help: "From 0 to 100.")
    var score: Double?

    @Option(help: "ransomware, wiper, worm, pua, other or unknown.")
    var category: String?

    @Option(help: "The family of malware.")
    var family: String?

    @Option(help: "What the malware is called.")
    var threat: String?

    @Option(name: .customLong("file-name"), help: "The file's name.")
    var fileName: String?

    @Option(name: .customLong("analysed-at"), help: "When it was found, as in 2026-11-20T23:40:51Z.")
    var analysedAt: String?

    @Option(help: "Why, for people.")
    var note: String?

    private var texts: [(String, String?)] {
        [
            ("verdict", verdict), ("sha256", sha256), ("sha1", sha1), ("md5", md5), ("category", category),
            ("family", family), ("threat", threat), ("file_name", fileName), ("analysed_at", analysedAt),
            ("note", note),
        ]
    }

    var isEmpty: Bool { score == nil && texts.allSatisfy { $0.1 == nil } }

    /// The record, read once as the server will read it.
    ///
    /// - Parameter id: Names the event, so that the same flags given twice count once.
    /// - Throws: `ValidationError` for what no feed would take, and where there is no file to speak of.
    func record(id: String?) throws -> [UInt8] {
        guard verdict != nil else { throw ValidationError("--verdict says what was found") }
        guard sha256 != nil || sha1 != nil || md5 != nil else {
            throw ValidationError("a verdict is about a file: one of --sha256, --sha1, --md5")
        }
        var members: [JSONObject.Member] = [JSONObject.Member("bailiff", "verdict/v1")]
        if let id { members.append(JSONObject.Member("id", .string(id))) }
        for case (let key, let text?) in texts { members.append(JSONObject.Member(key, .string(text))) }
        if let score { members.append(JSONObject.Member("score", .double(score))) }
        let bytes = JSONValue.object(JSONObject(members)).utf8()
        let read: NormalisedBody
        do throws(BodyError) {
            read = try Intake.normalise(
                IntakeBody(bytes: bytes, contentType: "application/json"), product: .generic)
        } catch {
            throw ValidationError(error.message)
        }
        if let error = read.records.first?.error { throw ValidationError(error.message) }
        return bytes
    }
}
