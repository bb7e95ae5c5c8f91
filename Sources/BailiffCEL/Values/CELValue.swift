/// A value of the language.
///
/// `==` here is strict, for tests and stored facts: int 1 is not uint 1, strings are equal when their bytes are, NaN
/// equals NaN, maps are equal in any order. The language's own `==` is ``isEqual(to:)``.
package enum CELValue: Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    case list([CELValue])
    case map(CELMap)
    case timestamp(CELTimestamp)
    case duration(CELDuration)
    /// A type, by its name: `int`, `list`, `google.protobuf.Timestamp`.
    case type(String)
    case optional(CELOptional)

    /// A map with string keys. Of equal keys, the last one counts.
    package static func map(stringKeyed pairs: [(String, CELValue)]) -> CELValue {
        .map(CELMap(stringKeyed: pairs))
    }

    /// A map with any keys.
    package static func map(_ pairs: [(key: CELValue, value: CELValue)]) throws(CELMap.Problem) -> CELValue {
        .map(try CELMap(pairs))
    }

    package static func strings(_ elements: some Sequence<String>) -> CELValue { .list(elements.map { .string($0) }) }

    /// The nearest instant from year 1 to year 9999.
    package static func timestamp(microsecondsSince1970 microseconds: Int64) -> CELValue {
        .timestamp(CELTimestamp(microsecondsSince1970: microseconds))
    }

    /// The nearest length within about 292 years.
    package static func duration(microseconds: Int64) -> CELValue { .duration(CELDuration(microseconds: microseconds)) }
}

/// A value that may be absent, as `optional.of(1)` and `optional.none()` make it.
package final class CELOptional: Sendable {
    package let value: CELValue?
    package init(_ value: CELValue?) { self.value = value }
}

extension CELValue {
    /// The name of the value's type, as `type(x)` yields it.
    package var typeName: String {
        switch self {
        case .null: "null_type"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .list: "list"
        case .map: "map"
        case .timestamp: CELType.timestamp.runtimeName
        case .duration: CELType.duration.runtimeName
        case .type: "type"
        case .optional: CELType.optionalName
        }
    }
}

extension CELValue: Equatable {
    package static func == (left: CELValue, right: CELValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.int(let left), .int(let right)): left == right
        case (.uint(let left), .uint(let right)): left == right
        case (.double(let left), .double(let right)): left == right || (left.isNaN && right.isNaN)
        case (.string(let left), .string(let right)): left.hasSameBytes(as: right)
        case (.bytes(let left), .bytes(let right)): left == right
        case (.list(let left), .list(let right)): left == right
        case (.map(let left), .map(let right)): left.isIdentical(to: right)
        case (.timestamp(let left), .timestamp(let right)): left == right
        case (.duration(let left), .duration(let right)): left == right
        case (.type(let left), .type(let right)): left.hasSameBytes(as: right)
        case (.optional(let left), .optional(let right)): left.value == right.value
        default: false
        }
    }
}

extension CELMap {
    fileprivate func isIdentical(to other: CELMap) -> Bool {
        guard count == other.count else { return false }
        for (key, value) in zip(keys, values) {
            // Numerically equal keys of another type are found, but are not the same key.
            guard let position = other.position(of: key), other.keys[position] == key, other.values[position] == value
            else { return false }
        }
        return true
    }
}
