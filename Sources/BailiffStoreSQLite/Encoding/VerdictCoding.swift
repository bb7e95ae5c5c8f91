import BailiffModel
import BailiffStore

/// A verdict as JSON, as `Codable` would write it: every verdict at intake goes through here, and writing it by hand takes a
/// fraction of the time.
enum VerdictCoding {
    static func encode(_ verdict: Verdict) -> [UInt8] {
        var members: [JSONObject.Member] = []
        members.reserveCapacity(16)
        func add(_ key: String, _ value: JSONValue?) {
            if let value { members.append(JSONObject.Member(key, value)) }
        }
        add("analysedAt", verdict.analysedAt.map { .int($0.microseconds) })
        add("category", .string(verdict.category.rawValue))
        add("eventID", verdict.eventID.map { .string($0) })
        add("family", verdict.family.map { .string($0) })
        add("fileName", verdict.fileName.map { .string($0) })
        add("fileType", verdict.fileType.map { .string($0) })
        add("hashes", hashes(verdict.hashes))
        add("level", .string(verdict.level.rawValue))
        add("note", verdict.note.map { .string($0) })
        add("product", .string(verdict.product))
        add("productScale", verdict.productScale.map { .string($0) })
        add("productScore", verdict.productScore.map { .double($0) })
        add("score", ["scored": .bool(verdict.score.scored), "value": .int(Int64(verdict.score.value))])
        add("threat", verdict.threat.map { .string($0) })
        return JSONValue.object(JSONObject(members)).utf8()
    }

    private static func hashes(_ hashes: FileHashes) -> JSONValue {
        var members: [JSONObject.Member] = []
        if let md5 = hashes.md5 { members.append(JSONObject.Member("md5", .string(md5.hex))) }
        if let sha1 = hashes.sha1 { members.append(JSONObject.Member("sha1", .string(sha1.hex))) }
        if let sha256 = hashes.sha256 { members.append(JSONObject.Member("sha256", .string(sha256.hex))) }
        return .object(JSONObject(members))
    }

    static func decode(_ bytes: [UInt8]) throws -> Verdict {
        do {
            return try CanonicalCoding.decode(Verdict.self, from: bytes)
        } catch {
            throw StoreError(.corrupt, "a stored verdict does not decode", underlying: error)
        }
    }
}
