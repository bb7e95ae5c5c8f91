import BailiffModel
import BailiffStore

/// A verdict as JSON, as `Codable` would write it: every verdict at intake goes through here, and writing it by hand takes a
/// fraction of the time.
enum VerdictCoding {
    static func encode(_ verdict: Verdict) -> [UInt8] {
        var members = MemberWriter(capacity: 768)
        members.add("analysedAt", verdict.analysedAt?.microseconds)
        members.add("category", verdict.category.rawValue)
        members.add("eventID", verdict.eventID)
        members.add("family", verdict.family)
        members.add("fileName", verdict.fileName)
        members.add("fileType", verdict.fileType)
        members.add("hashes", hashes(verdict.hashes))
        members.add("level", verdict.level.rawValue)
        members.add("note", verdict.note)
        members.add("product", verdict.product)
        members.add("productScale", verdict.productScale)
        members.add("productScore", verdict.productScore)
        var score = MemberWriter(capacity: 48)
        score.add("scored", verdict.score.scored)
        score.add("value", Int64(verdict.score.value))
        members.add("score", score.object())
        members.add("threat", verdict.threat)
        return members.object()
    }

    private static func hashes(_ hashes: FileHashes) -> [UInt8] {
        var members = MemberWriter(capacity: 192)
        members.add("md5", hashes.md5?.hex)
        members.add("sha1", hashes.sha1?.hex)
        members.add("sha256", hashes.sha256?.hex)
        return members.object()
    }

    static func decode(_ bytes: [UInt8]) throws -> Verdict {
        do {
            return try CanonicalCoding.decode(Verdict.self, from: bytes)
        } catch {
            throw StoreError(.corrupt, "a stored verdict does not decode", underlying: error)
        }
    }
}

/// Writes the members of one JSON object as they come; nil is left out.
private struct MemberWriter {
    private var bytes: [UInt8] = []

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    mutating func add(_ key: StaticString, _ text: String?) {
        guard let text else { return }
        begin(key)
        JSONValue.write(text, to: &bytes)
    }

    mutating func add(_ key: StaticString, _ number: Int64?) {
        guard let number else { return }
        begin(key)
        bytes += String(number).utf8
    }

    mutating func add(_ key: StaticString, _ number: Double?) {
        guard let number else { return }
        begin(key)
        JSONValue.double(number).write(to: &bytes, format: .compact)
    }

    mutating func add(_ key: StaticString, _ flag: Bool) {
        begin(key)
        bytes += (flag ? "true" : "false").utf8
    }

    mutating func add(_ key: StaticString, _ object: [UInt8]) {
        begin(key)
        bytes += object
    }

    private mutating func begin(_ key: StaticString) {
        bytes.append(bytes.isEmpty ? UInt8(ascii: "{") : UInt8(ascii: ","))
        bytes.append(UInt8(ascii: "\""))
        key.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    /// Ends the object.
    consuming func object() -> [UInt8] {
        if bytes.isEmpty { bytes.append(UInt8(ascii: "{")) }
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }
}
