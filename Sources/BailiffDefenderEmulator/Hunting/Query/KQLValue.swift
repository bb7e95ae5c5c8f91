import BailiffModel

/// The types of the query language.
enum KQLType: String, Sendable {
    case bool, long, real, string, datetime, timespan, dynamic

    /// The name in a result's schema.
    var schemaName: String {
        switch self {
        case .bool: "SByte"
        case .long: "Int64"
        case .real: "Double"
        case .string: "String"
        case .datetime: "DateTime"
        case .timespan: "TimeSpan"
        case .dynamic: "Object"
        }
    }
}

/// A value of the query language. Any type can be null; a null text counts as the empty one.
enum KQLValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case long(Int64)
    case real(Double)
    case string(String)
    case datetime(Timestamp)
    /// In microseconds.
    case timespan(Int64)
    case dynamic(JSONValue)

    static func optional(_ text: String?) -> KQLValue { text.map(KQLValue.string) ?? .null }

    var isNull: Bool { self == .null || self == .dynamic(.null) }

    /// The type of a literal; nil for null.
    var type: KQLType? {
        switch self {
        case .null: nil
        case .bool: .bool
        case .long: .long
        case .real: .real
        case .string: .string
        case .datetime: .datetime
        case .timespan: .timespan
        case .dynamic: .dynamic
        }
    }

    /// As a text, the way `tostring()` makes one: null becomes empty.
    var text: String {
        switch self {
        case .null, .dynamic(.null): ""
        case .bool(let flag): flag ? "true" : "false"
        case .long(let number): String(number)
        case .real(let number): number.description
        case .string(let text), .dynamic(.string(let text)): text
        case .datetime(let time): WireTime.text(time)
        case .timespan(let microseconds): KQLValue.spanText(microseconds)
        case .dynamic(let value): value.text()
        }
    }

    /// `1.02:03:04.5000000`: days, hours, minutes, seconds and a fraction where there is one.
    private static func spanText(_ microseconds: Int64) -> String {
        let magnitude = microseconds.magnitude
        func two(_ number: UInt64) -> String { number < 10 ? "0\(number)" : String(number) }
        let seconds = magnitude / 1_000_000
        var text = microseconds < 0 ? "-" : ""
        if seconds >= 86_400 { text += "\(seconds / 86_400)." }
        text += "\(two(seconds / 3_600 % 24)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
        let fraction = magnitude % 1_000_000
        guard fraction != 0 else { return text }
        let digits = String(fraction * 10)
        return text + "." + String(repeating: "0", count: 7 - digits.utf8.count) + digits
    }

    /// The number in it, dynamic ones included.
    var number: Double? {
        switch self {
        case .long(let number): Double(number)
        case .real(let number): number
        case .bool(let flag): flag ? 1 : 0
        case .dynamic(let value): value.double
        default: nil
        }
    }

    var isTrue: Bool {
        switch self {
        case .bool(let flag), .dynamic(.bool(let flag)): flag
        case .long(let number): number != 0
        default: false
        }
    }

    /// As it stands in a result.
    var json: JSONValue {
        switch self {
        case .null: .null
        case .bool(let flag): .bool(flag)
        case .long(let number): .int(number)
        case .real(let number): .double(number)
        case .string(let text): .string(text)
        case .datetime(let time): .string(WireTime.text(time))
        case .timespan: .string(text)
        case .dynamic(let value): value
        }
    }

    /// What a dynamic value stands for by itself.
    var plain: KQLValue {
        guard case .dynamic(let value) = self else { return self }
        switch value {
        case .null: return .null
        case .bool(let flag): return .bool(flag)
        case .int(let number): return .long(number)
        case .double(let number): return .real(number)
        case .string(let text): return .string(text)
        case .array, .object: return self
        }
    }

    /// Below, equal or above; nil where the two cannot be compared, and for nulls.
    func order(_ other: KQLValue) -> Int? {
        switch (plain, other.plain) {
        case (.long(let left), .long(let right)): KQLValue.order(left, right)
        case (.string(let left), .string(let right)): KQLValue.order(left, right)
        case (.datetime(let left), .datetime(let right)): KQLValue.order(left, right)
        case (.timespan(let left), .timespan(let right)): KQLValue.order(left, right)
        case (.null, _), (_, .null): nil
        case (let left, let right):
            if let left = left.number, let right = right.number { KQLValue.order(left, right) } else { nil }
        }
    }

    private static func order<T: Comparable>(_ left: T, _ right: T) -> Int { left < right ? -1 : left > right ? 1 : 0 }

    private static func order(_ left: String, _ right: String) -> Int {
        if left.utf8.elementsEqual(right.utf8) { return 0 }
        return left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
    }
}

/// What is wrong with a query.
struct KQLError: Error, Sendable {
    var message: String
    init(_ message: String) { self.message = message }
}
