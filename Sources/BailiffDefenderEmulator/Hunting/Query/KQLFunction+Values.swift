import BailiffModel

extension KQLFunction {
    static func elements(_ value: KQLValue) -> [JSONValue]? {
        if case .array(let elements) = json(value).json { elements } else { nil }
    }

    /// A text that is no JSON stands for itself.
    static func json(_ value: KQLValue) -> KQLValue {
        guard case .string(let text) = value else { return value }
        return .dynamic((try? StrictJSON.parse(text)) ?? .string(text))
    }

    static func substring(_ values: [KQLValue]) -> KQLValue {
        guard case .long(let start) = values[1].plain else { return .null }
        let scalars = Array(values[0].text.unicodeScalars)
        let from = Int(clamping: max(0, min(start, Int64(scalars.count))))
        var count = scalars.count - from
        if values.count > 2, case .long(let length) = values[2].plain {
            count = Int(clamping: max(0, min(length, Int64(count))))
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[from..<from + count])
        return .string(String(text))
    }

    static func split(_ text: String, _ separator: String) -> KQLValue {
        guard !separator.isEmpty else { return .dynamic([.string(text)]) }
        let (bytes, mark) = (Array(text.utf8), Array(separator.utf8))
        var parts: [JSONValue] = []
        var start = 0
        var position = 0
        while position + mark.count <= bytes.count {
            if bytes[position..<position + mark.count].elementsEqual(mark) {
                parts.append(.string(String(decoding: bytes[start..<position], as: UTF8.self)))
                position += mark.count
                start = position
            } else {
                position += 1
            }
        }
        parts.append(.string(String(decoding: bytes[start...], as: UTF8.self)))
        return .dynamic(.array(parts))
    }

    static func replace(_ text: String, _ part: String, _ other: String) -> String {
        guard case .dynamic(.array(let parts)) = split(text, part), !part.isEmpty else { return text }
        return parts.compactMap(\.string).joined(separator: other)
    }

    /// Only plain characters are trimmed, no patterns.
    static func trim(_ text: String, _ characters: String) -> KQLValue {
        let unwanted = Set(characters.unicodeScalars)
        let rest = text.unicodeScalars.drop(while: unwanted.contains).reversed().drop(while: unwanted.contains)
            .reversed()
        var view = String.UnicodeScalarView()
        view.append(contentsOf: rest)
        return .string(String(view))
    }

    static func index(of part: String, in text: String) -> KQLValue {
        let (text, part) = (Array(text.unicodeScalars), Array(part.unicodeScalars))
        guard part.count <= text.count else { return .long(-1) }
        for start in 0...(text.count - part.count) where text[start..<start + part.count].elementsEqual(part) {
            return .long(Int64(start))
        }
        return .long(-1)
    }

    static func bin(_ value: KQLValue, _ size: KQLValue) -> KQLValue {
        switch (value, size) {
        case (.datetime(let time), .timespan(let span)):
            floored(time.microseconds, span).map { .datetime(Timestamp(microseconds: $0)) } ?? .null
        case (.timespan(let value), .timespan(let span)): floored(value, span).map(KQLValue.timespan) ?? .null
        case (.long(let value), .long(let size)): floored(value, size).map(KQLValue.long) ?? .null
        case (let value, let size):
            if let value = value.number, let size = size.number, size > 0, (value / size).isFinite {
                .real((value / size).rounded(.down) * size)
            } else {
                .null
            }
        }
    }

    private static func floored(_ value: Int64, _ size: Int64) -> Int64? {
        guard size > 0 else { return nil }
        let remainder = value % size
        let (result, overflow) = value.subtractingReportingOverflow(remainder < 0 ? remainder + size : remainder)
        return overflow ? nil : result
    }

    static func datetime(_ value: KQLValue) -> KQLValue {
        switch value {
        case .datetime: value
        case .string(let text): WireTime.parse(text).map(KQLValue.datetime) ?? .null
        default: .null
        }
    }

    static func timespan(_ value: KQLValue) -> KQLValue {
        switch value {
        case .timespan: value
        case .string(let text): ShortDuration.parse(text).map { .timespan($0.wholeMicroseconds) } ?? .null
        default: .null
        }
    }

    static func long(_ value: KQLValue) -> KQLValue {
        switch value {
        case .long: value
        case .string(let text): Int64(text).map(KQLValue.long) ?? .null
        case .datetime, .timespan: .null
        default: value.number.flatMap { Int64(exactly: $0.rounded(.towardZero)) }.map(KQLValue.long) ?? .null
        }
    }

    static func real(_ value: KQLValue) -> KQLValue {
        if case .string(let text) = value {
            return Double(text).flatMap { $0.isFinite ? .real($0) : nil } ?? .null
        }
        return value.number.map(KQLValue.real) ?? .null
    }

    static func bool(_ value: KQLValue) -> KQLValue {
        switch value {
        case .bool: value
        case .long(let number): .bool(number != 0)
        case .string(let text):
            switch KQLText.lowered(text) {
            case "true", "1": .bool(true)
            case "false", "0": .bool(false)
            default: .null
            }
        default: .null
        }
    }

    static func bag(_ values: [KQLValue]) -> KQLValue {
        var object = JSONObject()
        for index in stride(from: 0, to: values.count - 1, by: 2) {
            object[values[index].text] = values[index + 1].json
        }
        return .dynamic(.object(object))
    }

    static func difference(_ unit: String, _ left: KQLValue, _ right: KQLValue) -> KQLValue {
        let sizes: [String: Int64] = [
            "second": 1_000_000, "minute": 60_000_000, "hour": 3_600_000_000, "day": 86_400_000_000,
            "millisecond": 1_000,
        ]
        guard let size = sizes[KQLText.lowered(unit)], case .datetime(let left) = left,
            case .datetime(let right) = right,
            let later = floored(left.microseconds, size), let earlier = floored(right.microseconds, size)
        else { return .null }
        let (difference, overflow) = later.subtractingReportingOverflow(earlier)
        return overflow ? .null : .long(difference / size)
    }
}
