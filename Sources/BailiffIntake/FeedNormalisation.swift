package import BailiffModel

/// The output of `bailiff feed normalize`: what the reader makes of a body, for people who set up a feed.
package enum FeedNormalisation {
    /// One object for each file under test in the order of the body, with the members `verdict`, `score`,
    /// `score_scale`, `sha256`, `sha1`, `md5`, `file_name`, `threat`, `analysed_at`, `score_100`, `category` and others;
    /// null where the source says nothing. Rejected records are left out: see ``rejections(in:)``.
    package static func normalisedJSON(body: IntakeBody, product: Product) throws(BodyError) -> JSONValue {
        json(of: try Intake.normalise(body, product: product))
    }

    /// The same with a mapping.
    package static func normalisedJSON(body: IntakeBody, mapping: FeedMapping) throws(BodyError) -> JSONValue {
        json(of: try Intake.normalise(body, mapping: mapping))
    }

    package static func json(of body: NormalisedBody) -> JSONValue {
        .array(body.records.compactMap { record in record.verdict.map { json(of: $0, record.presentation) } })
    }

    /// What was rejected: where it stands in the body, and why.
    package static func rejections(in body: NormalisedBody) -> [(bytes: Range<Int>, error: RecordError)] {
        body.records.compactMap { record in record.error.map { (record.bytes, $0) } }
    }

    private static func json(
        of verdict: Verdict, _ presentation: NormalisedRecord.Presentation
    ) -> JSONValue {
        func hash(_ hash: FileHash?, _ algorithm: FileHash.Algorithm) -> JSONValue {
            .optional(hash?.hex ?? presentation.placeholders[algorithm])
        }
        return [
            "verdict": .string(verdict.level.rawValue),
            "score": number(verdict.productScore),
            "score_scale": .optional(verdict.productScale),
            "score_100": .int(Int64(verdict.score.value)),
            "scored": .bool(verdict.score.scored),
            "category": .string(verdict.category.rawValue),
            "sha256": hash(verdict.hashes.sha256, .sha256),
            "sha1": hash(verdict.hashes.sha1, .sha1),
            "md5": hash(verdict.hashes.md5, .md5),
            "file_name": .optional(verdict.fileName),
            "file_type": .optional(verdict.fileType),
            "family": .optional(verdict.family),
            "threat": .optional(verdict.threat),
            "analysed_at": time(verdict.analysedAt, milliseconds: presentation.showsMilliseconds),
            "product": .string(verdict.product),
            "event_id": .optional(verdict.eventID),
            "note": .optional(verdict.note),
        ]
    }

    /// Whole numbers without a fraction.
    private static func number(_ value: Double?) -> JSONValue {
        guard let value, value.isFinite else { return .null }
        if let whole = Int64(exactly: value) { return .int(whole) }
        return .double(value)
    }

    private static func time(_ time: Timestamp?, milliseconds: Bool) -> JSONValue {
        guard let time, milliseconds else { return .optional(time) }
        let fraction = time.utc.microsecond / 1_000
        let digits = String(1_000 + fraction).dropFirst()
        return .string(Timestamp(seconds: time.seconds).rfc3339.dropLast() + "." + digits + "Z")
    }
}
