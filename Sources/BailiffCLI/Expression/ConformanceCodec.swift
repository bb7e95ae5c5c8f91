import BailiffCEL
import BailiffModel

/// Values and types of the expression language as JSON that keeps their types: `{"type":"int","value":1}`.
enum ConformanceCodec {
    /// What is wrong with a value, type or declaration.
    struct Problem: Error {
        var message: String

        init(_ message: String) { self.message = message }
    }

    // MARK: Values

    static func value(_ json: JSONValue) throws(Problem) -> CELValue {
        guard let type = json["type"]?.string, let content = json["value"] else {
            throw Problem("a value needs 'type' and 'value'")
        }
        return try value(of: type, content)
    }

    private static func value(of type: String, _ content: JSONValue) throws(Problem) -> CELValue {
        switch (type, content) {
        case ("null", .null): return .null
        case ("bool", .bool(let value)): return .bool(value)
        case ("int", .int(let value)): return .int(value)
        case ("uint", .int(let value)): if let value = UInt64(exactly: value) { return .uint(value) }
        case ("double", .double(let value)): return .double(value)
        case ("double", .int(let value)): return .double(Double(value))
        case ("list", .array(let elements)):
            var values: [CELValue] = []
            for element in elements { values.append(try value(element)) }
            return .list(values)
        case ("map", .array(let pairs)): return try map(pairs)
        case (_, .string(let text)): if let value = scalar(of: type, text) { return value }
        default: break
        }
        throw Problem("'\(content.text(.compact))' is no \(type)")
    }

    /// A value written as a JSON string.
    private static func scalar(of type: String, _ text: String) -> CELValue? {
        switch type {
        case "int": Int64(text).map { .int($0) }
        case "uint": UInt64(text).map { .uint($0) }
        case "double":
            switch text {
            case "NaN": .double(.nan)
            case "Infinity": .double(.infinity)
            case "-Infinity": .double(-.infinity)
            default: nil
            }
        case "string": .string(text)
        case "bytes": Base64.decode(text).map { .bytes($0) }
        case "type": .type(text)
        case "timestamp": CELTimestamp(text).map { .timestamp($0) }
        case "duration": CELDuration(text).map { .duration($0) }
        default: nil
        }
    }

    private static func map(_ json: [JSONValue]) throws(Problem) -> CELValue {
        var pairs: [(key: CELValue, value: CELValue)] = []
        for pair in json {
            guard let parts = pair.array, parts.count == 2 else { throw Problem("a map is an array of pairs") }
            pairs.append((try value(parts[0]), try value(parts[1])))
        }
        do {
            return try .map(pairs)
        } catch {
            switch error {
            case .unsupportedKey(let type): throw Problem("a \(type) cannot be the key of a map")
            case .duplicateKey: throw Problem("a map has the same key twice")
            }
        }
    }

    /// How many values one answer may hold. Values share their parts, so a short expression can make one that no line holds.
    static let largestAnswer = 1_000_000

    static func json(_ value: CELValue) throws(Problem) -> JSONValue {
        var left = largestAnswer
        return try json(value, &left)
    }

    private static func json(_ values: [CELValue], _ left: inout Int) throws(Problem) -> [JSONValue] {
        var result: [JSONValue] = []
        for value in values { result.append(try json(value, &left)) }
        return result
    }

    private static func json(_ value: CELValue, _ left: inout Int) throws(Problem) -> JSONValue {
        func typed(_ type: String, _ content: JSONValue) -> JSONValue { ["type": .string(type), "value": content] }
        left -= 1
        guard left >= 0 else { throw Problem("the value has more than \(largestAnswer) parts") }
        switch value {
        case .null: return typed("null", .null)
        case .bool(let value): return typed("bool", .bool(value))
        case .int(let value): return typed("int", integer(value))
        case .uint(let value): return typed("uint", Int64(exactly: value).map(integer) ?? .string(String(value)))
        case .double(let value):
            guard value.isFinite else {
                return typed("double", .string(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity"))
            }
            return typed("double", .double(value))
        case .string(let text): return typed("string", .string(text))
        case .bytes(let bytes): return typed("bytes", .string(Base64.encode(bytes)))
        case .list(let elements): return typed("list", .array(try json(elements, &left)))
        case .map(let map):
            let pairs = zip(try json(map.keys, &left), try json(map.values, &left))
            return typed("map", .array(pairs.map { .array([$0, $1]) }))
        case .timestamp(let instant): return typed("timestamp", .string(instant.description))
        case .duration(let length): return typed("duration", .string(length.description))
        case .type(let name): return typed("type", .string(name))
        case .optional(let optional):
            guard let held = optional.value else { return typed("optional", .null) }
            return typed("optional", try json(held, &left))
        }
    }

    /// Up to 2^53 - 1 a number, beyond it a string: every JSON reader gets the digits right.
    private static func integer(_ value: Int64) -> JSONValue {
        value.magnitude < 1 << 53 ? .int(value) : .string(String(value))
    }

    // MARK: Types

    static func type(_ json: JSONValue) throws(Problem) -> CELType {
        guard let kind = json["kind"]?.string else { throw Problem("a type needs 'kind'") }
        switch kind {
        case "null": return .null
        case "bool": return .bool
        case "int": return .int
        case "uint": return .uint
        case "double": return .double
        case "string": return .string
        case "bytes": return .bytes
        case "timestamp": return .timestamp
        case "duration": return .duration
        case "dyn": return .dyn
        case "list": return .list(try type(json["elem"] ?? .null))
        case "map": return .map(try type(json["key"] ?? .null), try type(json["value"] ?? .null))
        case "type": return .type(try type(json["of"] ?? .null))
        case "abstract":
            var parameters: [CELType] = []
            for parameter in json["params"]?.array ?? [] { parameters.append(try type(parameter)) }
            guard let name = json["name"]?.string else { throw Problem("an abstract type needs 'name'") }
            return .abstract(name, parameters)
        case "type_param":
            guard let name = json["name"]?.string else { throw Problem("a type parameter needs 'name'") }
            return .parameter(name)
        default: throw Problem("'\(kind)' is no kind of type")
        }
    }

    static func json(_ type: CELType) -> JSONValue {
        switch type {
        case .null: ["kind": "null"]
        case .bool, .int, .uint, .double, .string, .bytes, .timestamp, .duration, .dyn:
            ["kind": .string(type.description)]
        case .list(let element): ["kind": "list", "elem": json(element)]
        case .map(let key, let value): ["kind": "map", "key": json(key), "value": json(value)]
        case .type(let inner): ["kind": "type", "of": json(inner)]
        case .abstract(let name, let parameters):
            ["kind": "abstract", "name": .string(name), "params": .array(parameters.map(json))]
        case .parameter(let name): ["kind": "type_param", "name": .string(name)]
        }
    }

    // MARK: Declarations

    static func declare(_ json: JSONValue, in declarations: inout CELDeclarations) throws(Problem) {
        guard let name = json["name"]?.string else { throw Problem("a declaration needs 'name'") }
        switch json["decl"]?.string {
        case "variable": declarations.variable(name, try type(json["type"] ?? .null))
        case "function":
            var overloads: [CELDeclarations.Overload] = []
            for overload in json["overloads"]?.array ?? [] { overloads.append(try self.overload(overload)) }
            declarations.function(name, overloads: overloads)
        default: throw Problem("'decl' of '\(name)' must be 'variable' or 'function'")
        }
    }

    private static func overload(_ json: JSONValue) throws(Problem) -> CELDeclarations.Overload {
        var parameters: [CELType] = []
        for parameter in json["params"]?.array ?? [] { parameters.append(try type(parameter)) }
        return CELDeclarations.Overload(
            id: json["id"]?.string ?? "", parameters: parameters, result: try type(json["result"] ?? .null),
            isMember: json["member"]?.bool ?? false)
    }
}
