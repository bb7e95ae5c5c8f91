import BailiffCore
import BailiffModel
import BailiffStore

/// What a repeated delivery is answered with: `{"a":[[ordinal,verdict,case,duplicate],…],"r":[[ordinal,code,message],…],
/// "m":[[from,into],…]}`.
enum ReceiptCoding {
    /// Written by hand: every delivery's receipt is made on the one writer's thread.
    static func encode(_ receipt: DeliveryReceipt) -> [UInt8] {
        var out = Array(#"{"a":["#.utf8)
        out.reserveCapacity(16 + 32 * receipt.accepted.count)
        for (index, item) in receipt.accepted.enumerated() {
            out += (index == 0 ? "[" : ",[").utf8
            out += String(item.ordinal).utf8
            out.append(UInt8(ascii: ","))
            out += String(item.verdict.value).utf8
            out.append(UInt8(ascii: ","))
            out += (item.caseID.map { String($0.value) } ?? "null").utf8
            out += (item.duplicate ? ",true]" : ",false]").utf8
        }
        out.append(UInt8(ascii: "]"))
        if !receipt.rejected.isEmpty {
            let rejected = receipt.rejected.map {
                [.int(Int64($0.ordinal)), .string($0.code), .string($0.message)] as JSONValue
            }
            out += #","r":"#.utf8
            out += JSONValue.array(rejected).utf8()
        }
        if !receipt.merges.isEmpty {
            let merges = receipt.merges.map { [.int($0.from.value), .int($0.into.value)] as JSONValue }
            out += #","m":"#.utf8
            out += JSONValue.array(merges).utf8()
        }
        out.append(UInt8(ascii: "}"))
        return out
    }

    /// What senders wrote may hold U+0000.
    private static let limits = JSONLimits(depth: 8, values: 50_000_000, tolerated: [.nulCharacter])

    static func decode(_ bytes: [UInt8], delivery: Int64) throws -> DeliveryReceipt {
        guard let value = try? StrictJSON.parse(bytes, limits: limits),
            let accepted = (value["a"]?.array ?? []).allMapped(accepted),
            let rejected = (value["r"]?.array ?? []).allMapped(rejected),
            let merges = (value["m"]?.array ?? []).allMapped(merge)
        else { throw StoreError(.corrupt, "a stored receipt does not decode") }
        return DeliveryReceipt(
            standing: .replayed, delivery: delivery, accepted: accepted, rejected: rejected, merges: merges)
    }

    private static func accepted(_ value: JSONValue) -> DeliveryReceipt.Accepted? {
        guard let parts = value.array, parts.count == 4, let ordinal = parts[0].int, let verdict = parts[1].int,
            let duplicate = parts[3].bool
        else { return nil }
        return DeliveryReceipt.Accepted(
            ordinal: Int(clamping: ordinal), verdict: VerdictID(verdict), caseID: parts[2].int.map { CaseID($0) },
            caseHash: nil, duplicate: duplicate)
    }

    private static func rejected(_ value: JSONValue) -> RejectedRecord? {
        guard let parts = value.array, parts.count == 3, let ordinal = parts[0].int, let code = parts[1].string,
            let message = parts[2].string
        else { return nil }
        return RejectedRecord(ordinal: Int(clamping: ordinal), code: code, message: message)
    }

    private static func merge(_ value: JSONValue) -> DeliveryReceipt.Merge? {
        guard let parts = value.array, parts.count == 2, let from = parts[0].int, let into = parts[1].int else {
            return nil
        }
        return DeliveryReceipt.Merge(from: CaseID(from), into: CaseID(into))
    }
}

extension [JSONValue] {
    /// Nil where one element gives nil.
    fileprivate func allMapped<Part>(_ transform: (JSONValue) -> Part?) -> [Part]? {
        var out: [Part] = []
        for value in self {
            guard let part = transform(value) else { return nil }
            out.append(part)
        }
        return out
    }
}
