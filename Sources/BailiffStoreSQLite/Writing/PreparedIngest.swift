import BailiffModel
import BailiffStore

/// A delivery with its rows encoded and its keys computed: that work is done by the caller, not by the one writer.
struct PreparedIngest: Sendable {
    let delivery: PreparedDelivery
    let event: [UInt8]?
    let records: [PreparedRecord]
    /// What it counts for in the bounded queue.
    let size: Int

    init(_ delivery: PreparedDelivery) {
        self.delivery = delivery
        event = delivery.eventID.map(EventKey.bytes)
        records = delivery.records.map { record in
            switch record {
            case .verdict(let verdict, let wantsAssessment):
                .verdict(PreparedVerdict(verdict, feed: delivery.feed, wantsAssessment: wantsAssessment))
            case .rejected(let code, let message, let bytes): .rejected(code: code, message: message, bytes: bytes)
            }
        }
        size = delivery.body.count + 512 * (records.count + 1)
    }
}

enum PreparedRecord: Sendable {
    case verdict(PreparedVerdict)
    case rejected(code: String, message: String, bytes: [UInt8])
}

struct PreparedVerdict: Sendable {
    let verdict: Verdict
    let wantsAssessment: Bool
    let document: [UInt8]
    /// Of actionable verdicts only, strongest first.
    let hashes: [[UInt8]]
    let statement: Int64
    let event: [UInt8]?

    init(_ verdict: Verdict, feed: String, wantsAssessment: Bool) {
        self.verdict = verdict
        self.wantsAssessment = wantsAssessment
        document = VerdictCoding.encode(verdict)
        hashes = verdict.isActionable ? verdict.hashes.all.map(HashKey.bytes) : []
        statement = VerdictStatement.key(verdict, feed: feed)
        event = verdict.eventID.map(EventKey.bytes)
    }
}
