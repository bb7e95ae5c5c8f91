package import BailiffModel

/// What a body says, record by record, in the order of the body.
package struct NormalisedBody: Sendable {
    package enum Kind: Sendable, Hashable {
        case verdicts
        /// The sender only tries whether somebody answers: nothing to keep, answer with success.
        case connectivityTest
    }

    /// The named or recognised product; ``Product/auto`` where the records are of several.
    package var product: Product
    package var records: [NormalisedRecord]
    package var kind: Kind

    package init(product: Product, records: [NormalisedRecord], kind: Kind = .verdicts) {
        self.product = product
        self.records = records
        self.kind = kind
    }
}

/// One statement of a body about one file under test, or why there is none.
package struct NormalisedRecord: Sendable {
    package enum Outcome: Sendable {
        case verdict(Verdict)
        case rejected(RecordError)
    }

    /// Where in the body the record stands. Several records share a range where one document speaks of several files.
    package var bytes: Range<Int>
    package var outcome: Outcome
    /// The report that has to be fetched before anything is known, where the record only announces it.
    package var report: ReportReference?
    package var presentation: Presentation

    package init(
        bytes: Range<Int>, outcome: Outcome, report: ReportReference? = nil,
        presentation: Presentation = Presentation()
    ) {
        self.bytes = bytes
        self.outcome = outcome
        self.report = report
        self.presentation = presentation
    }

    package var verdict: Verdict? { if case .verdict(let verdict) = outcome { verdict } else { nil } }
    package var error: RecordError? { if case .rejected(let error) = outcome { error } else { nil } }

    /// What `feed normalize` shows beyond the verdict.
    package struct Presentation: Sendable, Hashable {
        /// Hashes of one repeated digit (but zero) as the source writes them, lower case. They are well-formed and shown,
        /// but no verdict carries them: they are placeholders.
        package var placeholders: [FileHash.Algorithm: String] = [:]
        /// Whether the source states its time in milliseconds throughout.
        package var showsMilliseconds = false

        package init() {}
    }
}

/// A report that a callback announces by its id alone.
package struct ReportReference: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable {
        /// The id of a task of the sandbox.
        case task
        /// A hash by which the product knows a file.
        case file
    }

    package var product: Product
    package var kind: Kind
    /// Digits, or letters, digits and hyphens: safe inside a URL path.
    package var id: String

    /// Nil for an id with other characters, or of more than 128.
    package init?(product: Product, kind: Kind, id: String) {
        let isSafe = id.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == 0x2D
        }
        guard isSafe, (1...128).contains(id.utf8.count) else { return nil }
        self.product = product
        self.kind = kind
        self.id = id
    }
}

extension NormalisedRecord {
    /// A digest over what the record states, whatever else its bytes say: equal for two answers about one analysis that
    /// differ in counters or in the time of asking. Nil for a rejected record.
    ///
    /// The same event id with another digest is another statement under a used id.
    package var statementDigest: Digest? {
        guard let verdict else { return nil }
        let members: [JSONValue] = [
            .string(verdict.product), .optional(verdict.eventID), .string(verdict.level.rawValue),
            .string(verdict.category.rawValue), .int(Int64(verdict.score.value)),
            .optional(verdict.hashes.sha256?.hex), .optional(verdict.hashes.sha1?.hex),
            .optional(verdict.hashes.md5?.hex), .optional(verdict.family), .optional(verdict.threat),
            .optional(verdict.fileName), .optional(verdict.fileType), .optional(verdict.analysedAt),
        ]
        return Digest.of(JSONValue.array(members).utf8())
    }
}
