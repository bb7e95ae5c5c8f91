import BailiffIntake
import BailiffModel
import BailiffStore
import HTTPTypes

/// What the sender is told about a delivery.
enum DeliveryAnswer {
    /// To a sender that only tried whether somebody answers.
    static let nothing = Reply.json(["accepted": [], "rejected": []])

    /// The first answer and the answer to every repetition are made of the same receipt, so they are the same bytes.
    static func reply(to receipt: DeliveryReceipt, _ feed: Feed) throws(Problem) -> Reply {
        if receipt.standing == .conflict, !feed.isAlwaysAnsweredWell {
            throw Problem(.deliveryConflict, "the event id was used for another body; nothing of this one was taken")
        }
        let accepted = receipt.accepted.map { item -> JSONValue in
            [
                "case": .optional(item.caseHash?.hex), "duplicate": .bool(item.duplicate),
                "verdict": .int(item.verdict.value),
            ]
        }
        let rejected = receipt.rejected.map { json(index: $0.ordinal, code: $0.code, message: $0.message) }
        return .json(["accepted": .array(accepted), "rejected": .array(rejected)])
    }

    static func unreadable(_ error: BodyError) -> Problem {
        var members: JSONObject = ["reason": .string(error.code)]
        if let offset = error.offset { members["offset"] = .int(Int64(offset)) }
        return Problem(error.isAboutSize ? .tooLarge : .deliveryUnreadable, error.message, members: members)
    }

    /// No record is usable: nothing was stored.
    static func rejected(_ body: NormalisedBody) -> Problem {
        let rejected = body.records.enumerated().compactMap { index, record in
            record.error.map { (index: index, error: $0) }
        }
        let listed = rejected.prefix(100).map {
            json(index: $0.index, code: $0.error.code, message: $0.error.description)
        }
        let detail = rejected.first.map(\.error.description) ?? "the body holds no record"
        return Problem(
            .deliveryRejected, detail,
            members: ["reason": .optional(rejected.first?.error.code), "rejected": .array(listed)])
    }

    private static func json(index: Int, code: String, message: String) -> JSONValue {
        ["code": .string(code), "index": .int(Int64(index)), "message": .string(message)]
    }
}
