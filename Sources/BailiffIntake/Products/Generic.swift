import BailiffModel

/// Bailiff's own JSON, documented on the page "The generic format". The only format whose every member is checked: who
/// writes it can mend it.
enum GenericReader: ProductReader {
    static let product = Product.generic
    static let shape =
        "`verdict` with one of `sha256`, `sha1`, `md5`, and `bailiff: \"verdict/v1\"` or no foreign members"
    static let readsReports = false

    static let marker = "verdict/v1"
    static let members = [
        "bailiff", "id", "verdict", "score", "category", "sha256", "sha1", "md5", "family", "threat", "file_name",
        "file_type", "analysed_at", "note",
    ]
    static let greatestIDLength = 256

    static func recognises(_ content: SourceContent) -> Bool {
        guard case .object(let object)? = content.json else { return false }
        if object["bailiff"] != nil { return true }
        return object["verdict"] != nil && object.members.allSatisfy { isMember($0.key) }
    }

    static func statements(in content: SourceContent) throws(RecordError) -> [Statement] {
        guard case .object(let object)? = content.json else {
            throw RecordError(.wrongType, "a record is a JSON object")
        }
        try checkMembers(object)
        if let marker = object["bailiff"], marker.string?.utf8.elementsEqual(GenericReader.marker.utf8) != true {
            throw RecordError(.wrongType, "`bailiff` can only be \"\(GenericReader.marker)\"", pointer: "/bailiff")
        }
        guard let word = try text("verdict", in: object) else {
            throw RecordError(.missingMember, "`verdict` is missing: malicious, suspicious, benign or unknown")
        }
        guard let entry = vocabulary.words.first(where: { isExactly(word, $0.text) }) else {
            throw RecordError(
                .badVerdict, "`verdict` is one of malicious, suspicious, benign, unknown", pointer: "/verdict")
        }
        var statement = Statement(
            WordReading(level: entry.level, category: try category(in: object), reason: entry.reason))
        statement.score = try score(in: object)
        statement.hashes.hashes = FileHashes(
            sha256: try hash(.sha256, in: object, &statement.hashes),
            sha1: try hash(.sha1, in: object, &statement.hashes),
            md5: try hash(.md5, in: object, &statement.hashes))
        statement.family = try text("family", in: object)
        statement.threat = try text("threat", in: object)
        statement.fileName = try text("file_name", in: object)
        statement.fileType = try text("file_type", in: object)
        let note = try text("note", in: object)
        if entry.level == .unknown {
            statement.reason = note ?? entry.reason
        } else {
            statement.remarks = [note].compactMap(\.self)
        }
        statement.analysedAt = try time(in: object)
        statement.eventID = try id(in: object).map { "id:" + $0 }
        return [statement]
    }

    private static func isExactly(_ text: String, _ word: StaticString) -> Bool {
        word.withUTF8Buffer { text.utf8.elementsEqual($0) }
    }

    /// Of as many bytes as a text in ASCII and equal to it is the text itself: what else is equal takes more.
    private static func isMember(_ key: String) -> Bool {
        members.contains { $0.utf8.count == key.utf8.count && $0 == key }
    }

    /// Members we do not know are the sender's own and are ignored, but not those that were surely meant to be ours: a
    /// misspelt hash must not vanish.
    private static func checkMembers(_ object: JSONObject) throws(RecordError) {
        for member in object.members where !isMember(member.key) {
            guard let meant = members.first(where: { Spelling.isSlip(member.key, for: $0) }) else { continue }
            throw RecordError(
                .misspeltMember, "unknown member, did you mean `\(meant)`?", pointer: Pointer.escaped([member.key]))
        }
    }

    private static func member(_ key: String, in object: JSONObject) -> JSONValue? {
        guard let value = object[key], !value.isNull else { return nil }
        return value
    }

    private static func text(_ key: String, in object: JSONObject) throws(RecordError) -> String? {
        guard let value = member(key, in: object) else { return nil }
        guard let text = value.string else { throw RecordError(.wrongType, "`\(key)` is a text", pointer: "/" + key) }
        let trimmed = text.trimmedASCIISpace
        guard trimmed.utf8.count <= FieldText.greatestLength || trimmed.unicodeScalars.count <= FieldText.greatestLength
        else {
            throw RecordError(
                .tooLong, "`\(key)` has more than \(FieldText.greatestLength) characters", pointer: "/" + key)
        }
        return trimmed.isEmpty ? nil : trimmed
    }

    private static func category(in object: JSONObject) throws(RecordError) -> VerdictCategory? {
        guard let word = try text("category", in: object) else { return nil }
        guard let category = VerdictCategory.allCases.first(where: { $0.rawValue.utf8.elementsEqual(word.utf8) }) else {
            let known = VerdictCategory.allCases.map(\.rawValue).joined(separator: ", ")
            throw RecordError(.badCategory, "`category` is one of \(known)", pointer: "/category")
        }
        return category
    }

    private static func score(in object: JSONObject) throws(RecordError) -> ProductScore? {
        guard let value = member("score", in: object) else { return nil }
        guard let number = value.double else {
            throw RecordError(.wrongType, "`score` is a number", pointer: "/score")
        }
        guard (0...100).contains(number) else {
            throw RecordError(.badScore, "`score` is a number from 0 to 100", pointer: "/score")
        }
        return vocabulary.score(number)
    }

    private static func hash(
        _ algorithm: FileHash.Algorithm, in object: JSONObject, _ stated: inout StatedHashes
    ) throws(RecordError) -> FileHash? {
        let key = algorithm.rawValue
        guard let text = try text(key, in: object) else { return nil }
        if let hash = FileHash(algorithm, text) { return hash }
        var check = StatedHashes()
        check.take(algorithm, text)
        // One repeated digit is what senders write where they have no hash.
        if !check.placeholders.isEmpty
            || text.utf8.allSatisfy({ $0 == 0x30 }) && text.utf8.count == algorithm.digitCount
        {
            stated.placeholders.merge(check.placeholders) { first, _ in first }
            return nil
        }
        throw RecordError(
            .badHash, "`\(key)` is \(algorithm.digitCount) hexadecimal digits", pointer: "/" + key)
    }

    private static func time(in object: JSONObject) throws(RecordError) -> Timestamp? {
        guard let text = try text("analysed_at", in: object) else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            throw RecordError(
                .badTime, "`analysed_at` is a time with its zone, as in 2026-11-20T23:40:51Z", pointer: "/analysed_at")
        }
        return time
    }

    private static func id(in object: JSONObject) throws(RecordError) -> String? {
        guard let value = member("id", in: object) else { return nil }
        let id: String
        switch value {
        case .string(let text): id = text
        case .int(let number): id = String(number)
        default: throw RecordError(.wrongType, "`id` is a text or an integer", pointer: "/id")
        }
        guard !id.isEmpty, id.utf8.count <= greatestIDLength else {
            throw RecordError(.badID, "`id` has 1 to \(greatestIDLength) bytes", pointer: "/id")
        }
        return id
    }
}

/// Tells slips of the pen from names of one's own.
enum Spelling {
    /// Whether `written` is `meant` but for case and punctuation, or, for names of five letters and more, for one letter
    /// added, lost, changed or swapped with its neighbour.
    static func isSlip(_ written: String, for meant: String) -> Bool {
        guard written.utf8.count <= 64 else { return false }
        let left = folded(written)
        let right = folded(meant)
        if left == right { return true }
        return right.count >= 5 && isOneEdit(left, right)
    }

    private static func folded(_ text: String) -> [UInt8] {
        text.utf8.filter { ![0x20, 0x2D, 0x2E, 0x5F].contains($0) }.map(\.asciiLowercased)
    }

    private static func isOneEdit(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        let start = zip(left, right).prefix { $0 == $1 }.count
        let restLeft = Array(left[start...])
        let restRight = Array(right[start...])
        switch restLeft.count - restRight.count {
        case 1: return restLeft.dropFirst().elementsEqual(restRight)
        case -1: return restRight.dropFirst().elementsEqual(restLeft)
        case 0:
            if restLeft.dropFirst().elementsEqual(restRight.dropFirst()) { return true }
            return restLeft.count >= 2 && restLeft[0] == restRight[1] && restLeft[1] == restRight[0]
                && restLeft[2...].elementsEqual(restRight[2...])
        default: return false
        }
    }
}

/// JSON Pointers, RFC 6901.
enum Pointer {
    static func escaped(_ path: [String]) -> String {
        path.map { part in
            var out: [UInt8] = [0x2F]
            for byte in part.utf8 {
                switch byte {
                case 0x7E: out += [0x7E, 0x30]
                case 0x2F: out += [0x7E, 0x31]
                default: out.append(byte)
                }
            }
            return String(decoding: out, as: UTF8.self)
        }.joined()
    }
}
