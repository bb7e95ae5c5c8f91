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
        var text: [UInt8] = []
        text.reserveCapacity(27)
        let parts: [(value: Int, width: Int, separator: UInt8)] = [
            (civil.year, 4, 0x2D), (civil.month, 2, 0x2D), (civil.day, 2, 0x54), (civil.hour, 2, 0x3A),
            (civil.minute, 2, 0x3A),
            (civil.second, 2, 0x2E), (civil.microsecond, 6, 0x5A),
        ]
        for part in parts {
            var divisor = 1
            for _ in 1..<part.width { divisor *= 10 }
            while divisor > 0 {
                text.append(0x30 + UInt8(part.value / divisor % 10))
                divisor /= 10
            }
            text.append(part.separator)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
