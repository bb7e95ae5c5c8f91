/// A JSON value. Objects keep the order of their members; keys are compared by bytes.
package enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    /// An integer literal within 64 signed bits.
    case int(Int64)
    /// Any other number: finite.
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

/// The members of a JSON object in their order.
package struct JSONObject: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    package struct Member: Sendable, Hashable {
        package var key: String
        package var value: JSONValue

        package init(_ key: String, _ value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    package var members: [Member]

    package init(_ members: [Member] = []) { self.members = members }

    /// A repeated key is kept twice; readers refuse such objects before they get here.
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        members = elements.map { Member($0.0, $0.1) }
    }

    /// The first member of this name, by bytes.
    package subscript(key: String) -> JSONValue? {
        get { members.first { JSONObject.isSame($0.key, key) }?.value }
        set {
            let index = members.firstIndex { JSONObject.isSame($0.key, key) }
            if let newValue {
                if let index { members[index].value = newValue } else { members.append(Member(key, newValue)) }
            } else if let index {
                members.remove(at: index)
            }
        }
    }

    /// Whether two keys are the same bytes. Texts of the same bytes are always `==`, which is fast; the others are not all
    /// different (`é` has two spellings), so what is equal is compared again.
    private static func isSame(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count && left == right && left.utf8.elementsEqual(right.utf8)
    }

    package var keys: [String] { members.map(\.key) }
    package var isEmpty: Bool { members.isEmpty }
    package var count: Int { members.count }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByFloatLiteral, ExpressibleByNilLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .int(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(floatLiteral value: Double) { self = .double(value) }
    package init(nilLiteral: ()) { self = .null }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(elements.map { JSONObject.Member($0.0, $0.1) }))
    }
}

extension JSONValue {
    /// The member of this name; nil where there is none or this is no object.
    package subscript(key: String) -> JSONValue? {
        if case .object(let object) = self { object[key] } else { nil }
    }

    package var string: String? { if case .string(let text) = self { text } else { nil } }
    package var array: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
    package var object: JSONObject? { if case .object(let object) = self { object } else { nil } }
    package var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }
    package var int: Int64? { if case .int(let number) = self { number } else { nil } }
    package var isNull: Bool { if case .null = self { true } else { false } }

    /// Nil for null. Written out, `isNull ? nil : self` is JSON's null wherever the other side is a `JSONValue`.
    package var unlessNull: JSONValue? { isNull ? JSONValue?.none : self }

    /// Any number as a double; integers beyond 2^53 lose digits.
    package var double: Double? {
        switch self {
        case .int(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }

    /// Null for nil.
    package static func optional(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
    package static func optional(_ number: Int?) -> JSONValue { number.map { .int(Int64($0)) } ?? .null }
    package static func optional(_ time: Timestamp?) -> JSONValue { time.map { .string($0.rfc3339) } ?? .null }
}
