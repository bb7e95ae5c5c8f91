package import BailiffAudit
package import BailiffCore
package import BailiffModel

/// One webhook delivery, parsed and authenticated, ready to be stored in one transaction.
package struct PreparedDelivery: Sendable {
    package enum RecordContent: Sendable {
        /// `wantsAssessment`: a trigger may care, so the case gets a job.
        case verdict(Verdict, wantsAssessment: Bool)
        case rejected(code: String, message: String, bytes: [UInt8])
    }

    package var feed: String
    package var trust: Int
    package var at: Timestamp
    /// The sender's id of the delivery (`webhook-id`), equal over its retries; nil where there is none.
    package var eventID: String?
    package var bodyDigest: Digest
    package var body: [UInt8]
    package var records: [RecordContent]
    /// The whole body was unreadable or conflicts with an earlier one; kept as rejected.
    package var bodyRejection: RejectedRecord?
    /// Reports that records only announce, by the record's ordinal. A record that repeats an earlier one orders nothing.
    package var reports: [Int: ReportOrder] = [:]
    /// Makes the entry once the ids are known. Called inside the transaction: pure and quick.
    package var makeEntry: @Sendable (DeliveryReceipt) -> BuiltEntry

    package init(
        feed: String, trust: Int, at: Timestamp, eventID: String?, bodyDigest: Digest, body: [UInt8],
        records: [RecordContent], bodyRejection: RejectedRecord? = nil,
        makeEntry: @escaping @Sendable (DeliveryReceipt) -> BuiltEntry
    ) {
        self.feed = feed
        self.trust = trust
        self.at = at
        self.eventID = eventID
        self.bodyDigest = bodyDigest
        self.body = body
        self.records = records
        self.bodyRejection = bodyRejection
        self.makeEntry = makeEntry
    }
}

package struct RejectedRecord: Sendable, Hashable {
    /// From 0, in the order of the body.
    package var ordinal: Int
    package var code: String
    package var message: String

    package init(ordinal: Int, code: String, message: String) {
        self.ordinal = ordinal
        self.code = code
        self.message = message
    }

    /// With ``DeliveryReceipt/Standing/conflict``.
    package static let conflict = RejectedRecord(
        ordinal: 0, code: "body.event_conflict", message: "the same event id came before with another body")
}

/// What became of a delivery.
package struct DeliveryReceipt: Sendable, Hashable {
    package enum Standing: String, Sendable, Hashable {
        /// Stored now.
        case stored
        /// The same event id with the same body came before: nothing was stored, the receipt is that of the first time, its
        /// cases as they stand now.
        case replayed
        /// The same event id came before with another body: nothing but the entry and the rejected body was stored.
        case conflict
    }

    package struct Accepted: Sendable, Hashable {
        package var ordinal: Int
        package var verdict: VerdictID
        /// Nil without an actionable hash.
        package var caseID: CaseID?
        /// The case's public name: its strongest hash; nil without a case.
        package var caseHash: FileHash?
        /// A repeat of an event, or of what the same feed said already: stored once, acts once. ``verdict`` is the
        /// first one's.
        package var duplicate: Bool

        package init(ordinal: Int, verdict: VerdictID, caseID: CaseID?, caseHash: FileHash?, duplicate: Bool) {
            self.ordinal = ordinal
            self.verdict = verdict
            self.caseID = caseID
            self.caseHash = caseHash
            self.duplicate = duplicate
        }
    }

    package struct Merge: Sendable, Hashable {
        package var from: CaseID
        package var into: CaseID

        package init(from: CaseID, into: CaseID) {
            self.from = from
            self.into = into
        }
    }

    package var standing: Standing
    package var delivery: Int64
    package var accepted: [Accepted]
    package var rejected: [RejectedRecord]
    /// Cases that turned out to be one file by this delivery; recorded in its entry.
    package var merges: [Merge]

    package init(
        standing: Standing, delivery: Int64, accepted: [Accepted], rejected: [RejectedRecord], merges: [Merge] = []
    ) {
        self.standing = standing
        self.delivery = delivery
        self.accepted = accepted
        self.rejected = rejected
        self.merges = merges
    }
}

/// What makes a verdict the same statement for the duplicate check inside a case.
package enum VerdictStatement {
    /// Feed, level, category, score and the product's time; equal means nothing new was said. A new hash is looked for
    /// apart. The first eight bytes of a SHA-256.
    package static func key(_ verdict: Verdict, feed: String) -> Int64 {
        var text = "\(feed.utf8.count):\(feed)|\(verdict.level.rawValue)|\(verdict.category.rawValue)|"
        text += "\(verdict.score.value)|\(verdict.score.scored)|"
        text += verdict.analysedAt.map { String($0.microseconds) } ?? "-"
        let digest = Digest.of(text)
        return digest.bytes.prefix(8).reduce(Int64(0)) { $0 << 8 | Int64($1) }
    }
}
