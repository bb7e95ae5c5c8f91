import BailiffModel

extension FeedMapping {
    /// The statements of one JSON record.
    func statements(in content: SourceContent) throws(RecordError) -> [Statement] {
        guard let document = content.json else {
            throw RecordError(.notRecognised, "a mapped product sends JSON")
        }
        guard let records else { return [try statement(document)] }
        guard let elements = records.value(in: document)?.array else {
            throw RecordError(.notRecognised, "no array of records", pointer: records.description)
        }
        var statements: [Statement] = []
        for element in elements { statements.append(try statement(element)) }
        return statements
    }

    private func statement(_ record: JSONValue) throws(RecordError) -> Statement {
        guard case .object = record else { throw RecordError(.wrongType, "a record is a JSON object") }
        func value(_ field: Field) -> JSONValue? { fields[field]?.value(in: record) }
        let number = value(.score)?.fieldNumber
        var statement = Statement(reading(word: value(.verdict)?.fieldText, number: number))
        if let number, let scale {
            let share = (number - scale.harmless) / (scale.worst - scale.harmless)
            statement.score = ProductScore(value: number, scale: scaleText, share: min(max(share, 0), 1))
        }
        statement.hashes = StatedHashes(
            sha256: value(.sha256)?.string, sha1: value(.sha1)?.string, md5: value(.md5)?.string)
        statement.fileName = value(.fileName)?.fieldText
        statement.fileType = value(.fileType)?.fieldText
        statement.family = value(.family)?.fieldText
        statement.threat = value(.threat)?.fieldText
        statement.analysedAt = SourceTime.any(value(.analysedAt))
        let categories =
            value(.category).map { $0.array?.compactMap(\.fieldText) ?? [$0.fieldText].compactMap { $0 } } ?? []
        statement.category = category(of: categories)
        statement.categoryHints = categories
        statement.qualifyEvent("id", value(.id)?.fieldText)
        return statement
    }

    private var scaleText: String {
        guard let scale else { return "" }
        func text(_ number: Double) -> String { Int64(exactly: number).map(String.init) ?? String(number) }
        return "\(text(scale.harmless)) to \(text(scale.worst))"
    }

    /// The word, where there is one; an unlisted word is no verdict, whatever the number says.
    private func reading(word: String?, number: Double?) -> WordReading {
        if fields[.verdict] != nil, let word {
            guard let level = words.first(where: { word.utf8.equalsIgnoringASCIICase($0.word) })?.level else {
                return WordReading(
                    level: .unknown, reason: "unrecognised verdict “\(String(word.unicodeScalars.prefix(80)))”")
            }
            return WordReading(level: level, reason: level == .unknown ? "the sandbox has no opinion" : nil)
        }
        guard let number, let scale, !bands.isEmpty else {
            return WordReading(level: .unknown, reason: "the source gives no verdict")
        }
        let isRising = scale.worst > scale.harmless
        let level = bands.first { isRising ? number >= $0.bound : number <= $0.bound }?.level
        return WordReading(level: level ?? .unknown, reason: "the number says nothing of the file")
    }

    private func category(of words: [String]) -> VerdictCategory? {
        for entry in categories where words.contains(where: { $0.utf8.equalsIgnoringASCIICase(entry.word) }) {
            return entry.category
        }
        return nil
    }
}
