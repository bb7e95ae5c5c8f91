import BailiffModel

/// A hunting call: the query, and the stretch of time it may look at.
struct HuntingRequest: Sendable {
    var query: String
    var from: Timestamp
    var until: Timestamp

    /// Graph takes `Timespan` beside `Query`; names are compared with regard to case, Graph's without.
    init(_ request: IncomingRequest, surface: APISurface, now: Timestamp) throws(APIError) {
        let object = try request.jsonObject()
        var (query, span): (String?, String?)
        for member in object.members {
            let name = surface == .graph ? Route.lowercased(member.key) : member.key
            switch (name, member.value) {
            case ("Query", .string(let text)) where surface != .graph: query = text
            case ("query", .string(let text)) where surface == .graph: query = text
            case ("timespan", .string(let text)) where surface == .graph: span = text
            case ("timespan", .null) where surface == .graph: break
            default: throw .wrongBody
            }
        }
        guard let query, !query.isEmpty else { throw .missing("Query") }
        self.query = query
        until = now
        from = now - HuntingData.reach
        if let span {
            guard let range = ISOSpan.range(span, now: now) else {
                throw .query("The Timespan '\(span)' is not valid.")
            }
            (from, until) = (max(from, range.from), min(until, range.until))
        }
    }
}

/// ISO 8601 durations and intervals.
enum ISOSpan {
    /// `P7D`, `PT12H`, `start/end`, `start/P7D`, `P7D/end`.
    static func range(_ text: String, now: Timestamp) -> (from: Timestamp, until: Timestamp)? {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        switch parts.count {
        case 1: return duration(parts[0]).map { (now - $0, now) }
        case 2:
            switch (WireTime.parse(parts[0]), WireTime.parse(parts[1])) {
            case (let from?, let until?): return from <= until ? (from, until) : nil
            case (let from?, nil): return duration(parts[1]).map { (from, from + $0) }
            case (nil, let until?): return duration(parts[0]).map { (until - $0, until) }
            case (nil, nil): return nil
            }
        default: return nil
        }
    }

    private static let dateUnits: [UInt8: Int64] = [
        UInt8(ascii: "Y"): 365 * 86_400, UInt8(ascii: "M"): 30 * 86_400, UInt8(ascii: "W"): 7 * 86_400,
        UInt8(ascii: "D"): 86_400,
    ]
    private static let timeUnits: [UInt8: Int64] = [
        UInt8(ascii: "H"): 3_600, UInt8(ascii: "M"): 60, UInt8(ascii: "S"): 1,
    ]

    /// Whole numbers only.
    static func duration(_ text: String) -> Duration? {
        var bytes = text.utf8[...]
        guard bytes.popFirst() == UInt8(ascii: "P"), !bytes.isEmpty else { return nil }
        var seconds: Int64 = 0
        var isTime = false
        while let first = bytes.first {
            if first == UInt8(ascii: "T"), !isTime {
                isTime = true
                bytes.removeFirst()
                continue
            }
            let digits = bytes.prefix { (48...57).contains($0) }
            bytes = bytes.dropFirst(digits.count)
            guard digits.count <= 6, let number = Int64(Substring(digits)), let unit = bytes.popFirst(),
                let size = (isTime ? timeUnits : dateUnits)[unit]
            else { return nil }
            seconds += number * size
        }
        return .seconds(seconds)
    }
}
