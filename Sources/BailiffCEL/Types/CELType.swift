/// A type as the checker sees it: gradual, with ``dyn`` fitting everything.
package indirect enum CELType: Hashable, Sendable {
    case null, bool, int, uint, double, string, bytes, timestamp, duration, dyn
    case list(CELType)
    case map(CELType, CELType)
    /// The type of a type: `int` as an identifier is of type `type(int)`.
    case type(CELType)
    /// An opaque type with its parameters, such as `optional_type(int)`.
    case abstract(String, [CELType])
    /// A type parameter of a function's overload, or one the checker has not resolved yet.
    case parameter(String)

    package static func optional(_ wrapped: CELType) -> CELType { .abstract(optionalName, [wrapped]) }

    static let optionalName = "optional_type"
}

extension CELType: CustomStringConvertible {
    /// As it is written in messages: `map(string, list(int))`.
    package var description: String {
        switch self {
        case .null: "null_type"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .timestamp: "timestamp"
        case .duration: "duration"
        case .dyn: "dyn"
        case .list(let element): "list(\(element))"
        case .map(let key, let value): "map(\(key), \(value))"
        case .type(let type): "type(\(type))"
        case .abstract(let name, let parameters):
            parameters.isEmpty ? name : "\(name)(\(parameters.map(\.description).joined(separator: ", ")))"
        case .parameter(let name): name
        }
    }

    /// The name of the outer type at run time: what `type(x)` yields and identifiers such as `int` denote.
    var runtimeName: String {
        switch self {
        case .timestamp: "google.protobuf.Timestamp"
        case .duration: "google.protobuf.Duration"
        case .list: "list"
        case .map: "map"
        case .type: "type"
        case .abstract(let name, _): name
        default: description
        }
    }

    /// The types that are identifiers of the language, with a line for the reference page. `dyn` is not one of them.
    static let nameable: [(name: String, type: CELType, summary: String)] = [
        ("bool", .bool, "`true` or `false`."),
        ("int", .int, "A signed number of 64 bits: `1`, `-0x1F`."),
        ("uint", .uint, "An unsigned number of 64 bits: `1u`."),
        ("double", .double, "A number of IEEE 754 with 64 bits: `1.0`, `1e3`."),
        ("string", .string, "A sequence of Unicode code points, never normalised: `\"a\"`, `r'\\d'`."),
        ("bytes", .bytes, "A sequence of octets: `b'\\xff'`."),
        ("null_type", .null, "`null` alone."),
        ("list", .list(.dyn), "Values in order, of any types: `[1, 'a']`."),
        ("map", .map(.dyn, .dyn), "Values by key; a key is an int, uint, bool or string: `{'a': 1}`."),
        ("type", .type(.dyn), "The type of types: `type(int) == type`."),
        ("google.protobuf.Timestamp", .timestamp, "An instant of the years 1 to 9999, to the nanosecond."),
        ("google.protobuf.Duration", .duration, "A length of time within about 292 years, to the nanosecond."),
    ]

    /// ``nameable`` by name.
    static let named: [String: CELType] = {
        var types: [String: CELType] = [:]
        for entry in nameable { types[entry.name] = entry.type }
        return types
    }()
}
