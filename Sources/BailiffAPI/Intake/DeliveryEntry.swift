import BailiffAudit
import BailiffModel
import BailiffStore

/// The log's entry about one delivery: what came, as what it was stored, what was not usable.
///
/// Verdict ids stand as ranges, so that a batch of any size is listed whole; what people wrote (file names, threats) stays
/// out of it, the body's digest stands for it.
struct DeliveryEntry: Sendable {
    let feed: String
    let at: Timestamp
    let bodyDigest: Digest
    let length: Int
    let eventID: String?
    /// What was asked of the product's server, where the delivery is its answer.
    var question: String?

    /// Pure and quick: called inside the transaction.
    @Sendable func built(_ receipt: DeliveryReceipt) -> BuiltEntry {
        var builder = EntryBuilder(kind: kind(of: receipt), at: at, actor: "feed:\(feed)")
        builder.set("body", .digest(bodyDigest))
        builder.set("bytes", .integer(Int64(length)))
        builder.set("delivery", .integer(receipt.delivery))
        if let eventID { builder.set("event", .text(eventID)) }
        if let question { builder.set("asked", .text(question)) }
        let accepted = receipt.accepted
        if !accepted.isEmpty {
            builder.set("verdicts", .list(DeliveryEntry.ranges(accepted.map(\.verdict.value)).map(FieldValue.text)))
            let files = DeliveryEntry.distinct(accepted.compactMap { $0.caseHash?.hex })
            builder.set("files", .list(files.map(FieldValue.text)))
            let duplicates = accepted.count(where: \.duplicate)
            if duplicates > 0 { builder.set("duplicates", .integer(Int64(duplicates))) }
        }
        if !receipt.rejected.isEmpty {
            builder.set("rejected", .integer(Int64(receipt.rejected.count)))
            let codes = DeliveryEntry.distinct(receipt.rejected.map(\.code))
            builder.set("rejected_for", .list(codes.map(FieldValue.text)))
        }
        if !receipt.merges.isEmpty {
            builder.set(
                "merged",
                .list(
                    receipt.merges.map { merge in
                        .object([.init("case", .integer(merge.from.value)), .init("into", .integer(merge.into.value))])
                    }))
        }
        return builder.build()
    }

    private func kind(of receipt: DeliveryReceipt) -> String {
        switch receipt.standing {
        case .stored: receipt.accepted.isEmpty ? "delivery.rejected" : "delivery.received"
        case .replayed: "delivery.replayed"
        case .conflict: "delivery.conflict"
        }
    }

    /// `["17", "20-119"]`
    static func ranges(_ numbers: [Int64]) -> [String] {
        if numbers.count == 1, let only = numbers.first { return [String(only)] }
        var out: [String] = []
        var sorted = numbers.sorted()[...]
        while let first = sorted.popFirst() {
            var last = first
            while let next = sorted.first, next <= last + 1 {
                last = next
                sorted.removeFirst()
            }
            out.append(first == last ? String(first) : "\(first)-\(last)")
        }
        return out
    }

    private static func distinct(_ texts: [String]) -> [String] {
        guard texts.count > 1 else { return texts }
        var seen: Set<String> = []
        return texts.filter { seen.insert($0).inserted }
    }
}
