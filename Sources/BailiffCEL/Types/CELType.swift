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

    /// The types that are identifiers of the language, by that identifier. `dyn` is not one of them.
    static let named: [String: CELType] = [
        "null_type": .null, "bool": .bool, "int": .int, "uint": .uint, "double": .double, "string": .string,
        "bytes": .bytes, "google.protobuf.Timestamp": .timestamp, "google.protobuf.Duration": .duration,
        "list": .list(.dyn), "map": .map(.dyn, .dyn), "type": .type(.dyn),
    ]
}
