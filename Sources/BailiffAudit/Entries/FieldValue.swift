package import BailiffModel

/// What a field of an entry may hold.
package enum FieldValue: Sendable, Hashable {
    case json(JSONValue)
    /// A value that may have to be erased one day (a user, machine or file name, a path, a reason).
    ///
    /// The entry gets `{"commitment":"…"}`, the base64 of SHA-256(salt ‖ UTF-8 of the value); salt and value come back as
    /// a ``Redactable`` and are stored elsewhere. `salt` is 32 fresh random bytes, one salt for one value.
    case committed(String, salt: [UInt8])
    case list([FieldValue])
    case object([Field])

    package struct Field: Sendable, Hashable {
        package var name: String
        package var value: FieldValue

        package init(_ name: String, _ value: FieldValue) {
            self.name = name
            self.value = value
        }
    }

    package static let null = FieldValue.json(.null)
    package static func text(_ text: String) -> FieldValue { .json(.string(text)) }
    package static func integer(_ number: Int64) -> FieldValue { .json(.int(number)) }
    package static func flag(_ flag: Bool) -> FieldValue { .json(.bool(flag)) }
    package static func time(_ time: Timestamp) -> FieldValue { .json(.string(time.rfc3339WithMicroseconds)) }
    /// 64 hexadecimal digits.
    package static func digest(_ digest: Digest) -> FieldValue { .json(.string(digest.hex)) }
}

extension FieldValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    package init(stringLiteral value: String) { self = .text(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .flag(value) }
}

extension Timestamp {
    /// RFC 3339 in UTC with exactly six fraction digits, so that texts sort as times do.
    package var rfc3339WithMicroseconds: String {
        let civil = utc
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        let date = "\(padded(civil.year, 4))-\(padded(civil.month, 2))-\(padded(civil.day, 2))"
        let time = "\(padded(civil.hour, 2)):\(padded(civil.minute, 2)):\(padded(civil.second, 2))"
        return "\(date)T\(time).\(padded(civil.microsecond, 6))Z"
    }
}
