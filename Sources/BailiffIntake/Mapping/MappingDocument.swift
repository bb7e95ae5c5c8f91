import BailiffModel

/// Reads and checks the document of a ``FeedMapping``.
struct MappingDocument {
    static let marker = "feed-mapping/v1"
    private static let keys = ["bailiff", "name", "records", "fields", "words", "categories", "scale", "bands"]
    private static let levels = VerdictLevel.allCases

    private let object: JSONObject

    init(_ document: JSONValue) throws(FeedMappingError) {
        guard let object = document.object else { throw FeedMappingError(.wrongType, "a mapping is a set of keys") }
        for key in object.keys where !Self.keys.contains(where: { $0.utf8.elementsEqual(key.utf8) }) {
            let meant = Self.keys.first { Spelling.isSlip(key, for: $0) }
            throw FeedMappingError(
                .unknownKey, "unknown key" + (meant.map { ", did you mean `\($0)`?" } ?? ""), at: [key])
        }
        guard let marker = object["bailiff"] else {
            throw FeedMappingError(.missingKey, "`bailiff: \(Self.marker)` is missing")
        }
        guard marker.string?.utf8.elementsEqual(Self.marker.utf8) == true else {
            throw FeedMappingError(.wrongType, "`bailiff` can only be \(Self.marker)", at: ["bailiff"])
        }
        self.object = object
    }

    func name() throws(FeedMappingError) -> String {
        guard let value = object["name"] else { throw FeedMappingError(.missingKey, "`name` is missing") }
        guard let name = value.string, (1...40).contains(name.utf8.count),
            name.utf8.allSatisfy({ (0x61...0x7A).contains($0) || $0.isASCIIDigit || $0 == 0x2D }),
            name.utf8.first != 0x2D
        else {
            throw FeedMappingError(.badName, "`name` is 1 to 40 small letters, digits and hyphens", at: ["name"])
        }
        guard Product(named: name) == nil else {
            throw FeedMappingError(
                .badName, "`\(name)` is the name of a product with a reader of its own", at: ["name"])
        }
        return name
    }

    func pointer(_ key: String) throws(FeedMappingError) -> JSONPointer? {
        guard let value = object[key], !value.isNull else { return nil }
        return try pointer(value, at: [key])
    }

    private func pointer(_ value: JSONValue, at path: [String]) throws(FeedMappingError) -> JSONPointer {
        guard let text = value.string, let pointer = JSONPointer(text) else {
            throw FeedMappingError(.badPointer, "a JSON Pointer is needed, as in /file/sha256", at: path)
        }
        return pointer
    }

    private func members(_ key: String) throws(FeedMappingError) -> [JSONObject.Member] {
        guard let value = object[key], !value.isNull else { return [] }
        guard let members = value.object?.members else {
            throw FeedMappingError(.wrongType, "`\(key)` is a set of keys", at: [key])
        }
        return members
    }

    func fields() throws(FeedMappingError) -> [FeedMapping.Field: JSONPointer] {
        var fields: [FeedMapping.Field: JSONPointer] = [:]
        for member in try members("fields") {
            guard
                let field = FeedMapping.Field.allCases.first(where: { $0.rawValue.utf8.elementsEqual(member.key.utf8) })
            else {
                let meant = FeedMapping.Field.allCases.first { Spelling.isSlip(member.key, for: $0.rawValue) }
                throw FeedMappingError(
                    .unknownKey, "unknown field" + (meant.map { ", did you mean `\($0.rawValue)`?" } ?? ""),
                    at: ["fields", member.key])
            }
            fields[field] = try pointer(member.value, at: ["fields", member.key])
        }
        return fields
    }

    func words() throws(FeedMappingError) -> [(word: String, level: VerdictLevel)] {
        var out: [(word: String, level: VerdictLevel)] = []
        for member in try members("words") {
            guard let level = Self.levels.first(where: { $0.rawValue.utf8.elementsEqual(member.key.utf8) }) else {
                throw FeedMappingError(
                    .unknownKey, "the levels are malicious, suspicious, benign and unknown", at: ["words", member.key])
            }
            for word in try texts(member.value, at: ["words", member.key]) {
                if let other = out.first(where: { $0.word.utf8.equalsIgnoringASCIICase(word) }), other.level != level {
                    throw FeedMappingError(.badWord, "`\(word)` stands for two levels", at: ["words", member.key])
                }
                out.append((word, level))
            }
        }
        return out
    }

    func categories() throws(FeedMappingError) -> [(word: String, category: VerdictCategory)] {
        var out: [(word: String, category: VerdictCategory)] = []
        for member in try members("categories") {
            guard
                let category = VerdictCategory.allCases.first(where: { $0.rawValue.utf8.elementsEqual(member.key.utf8) }
                )
            else {
                let known = VerdictCategory.allCases.map(\.rawValue).joined(separator: ", ")
                throw FeedMappingError(.unknownKey, "the categories are \(known)", at: ["categories", member.key])
            }
            for word in try texts(member.value, at: ["categories", member.key]) { out.append((word, category)) }
        }
        return out
    }

    private func texts(_ value: JSONValue, at path: [String]) throws(FeedMappingError) -> [String] {
        let texts = value.array?.map(\.string) ?? [value.string]
        var out: [String] = []
        for case let text in texts {
            guard let text, !Absent.isAbsent(text), text.utf8.count <= 200 else {
                throw FeedMappingError(.badWord, "a list of words is needed", at: path)
            }
            out.append(text.trimmedASCIISpace)
        }
        return out
    }

    func scale() throws(FeedMappingError) -> (harmless: Double, worst: Double)? {
        let members = try members("scale")
        if members.isEmpty { return nil }
        var ends: [String: Double] = [:]
        for member in members {
            guard ["harmless", "worst"].contains(where: { $0.utf8.elementsEqual(member.key.utf8) }) else {
                throw FeedMappingError(.unknownKey, "a scale has `harmless` and `worst`", at: ["scale", member.key])
            }
            guard let number = member.value.double else {
                throw FeedMappingError(.wrongType, "a number is needed", at: ["scale", member.key])
            }
            ends[member.key] = number
        }
        guard let harmless = ends["harmless"], let worst = ends["worst"], harmless != worst, (worst - harmless).isFinite
        else {
            throw FeedMappingError(
                .badScale, "a scale has `harmless` and `worst`, two different numbers", at: ["scale"])
        }
        return (harmless, worst)
    }

    func bands(scale: (harmless: Double, worst: Double)?) throws(FeedMappingError) -> [(
        bound: Double, level: VerdictLevel
    )] {
        var out: [(bound: Double, level: VerdictLevel)] = []
        for member in try members("bands") {
            guard let level = Self.levels.first(where: { $0.rawValue.utf8.elementsEqual(member.key.utf8) }) else {
                throw FeedMappingError(
                    .unknownKey, "the levels are malicious, suspicious, benign and unknown", at: ["bands", member.key])
            }
            guard let bound = member.value.double else {
                throw FeedMappingError(.wrongType, "a number is needed", at: ["bands", member.key])
            }
            out.append((bound, level))
        }
        if out.isEmpty { return [] }
        guard let scale else {
            throw FeedMappingError(.badBands, "bands need the `scale` they are on", at: ["bands"])
        }
        // From the worst bound to the mildest; a harder level has the worse bound.
        let direction: Double = scale.worst > scale.harmless ? 1 : -1
        out.sort { $0.bound * direction > $1.bound * direction }
        for (harder, milder) in zip(out, out.dropFirst())
        where harder.level <= milder.level || harder.bound == milder.bound {
            throw FeedMappingError(.badBands, "a harder level needs a worse bound", at: ["bands"])
        }
        return out
    }

    func finish(
        fields: [FeedMapping.Field: JSONPointer], words: [(word: String, level: VerdictLevel)],
        bands: [(bound: Double, level: VerdictLevel)], scale: (harmless: Double, worst: Double)?
    ) throws(FeedMappingError) {
        if fields[.sha256] == nil, fields[.sha1] == nil, fields[.md5] == nil {
            throw FeedMappingError(.missingKey, "one of `sha256`, `sha1`, `md5` is needed", at: ["fields"])
        }
        if fields[.verdict] != nil {
            guard !words.isEmpty else {
                throw FeedMappingError(.missingKey, "`words` has to say what the verdict's words mean", at: ["words"])
            }
        } else {
            guard words.isEmpty else {
                throw FeedMappingError(.missingKey, "`words` needs the field `verdict`", at: ["fields"])
            }
            guard fields[.score] != nil, !bands.isEmpty else {
                throw FeedMappingError(
                    .missingKey, "`verdict` with `words`, or `score` with `scale` and `bands`", at: ["fields"])
            }
        }
        if fields[.score] != nil, scale == nil {
            throw FeedMappingError(.missingKey, "`score` needs its `scale`", at: ["scale"])
        }
        if fields[.score] == nil, scale != nil {
            throw FeedMappingError(.missingKey, "`scale` needs the field `score`", at: ["fields"])
        }
    }
}
