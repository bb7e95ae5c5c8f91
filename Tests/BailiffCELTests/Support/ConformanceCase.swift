import BailiffCEL
import BailiffModel

/// One test of a conformance file, read independently of what the command line reads, so that one wrong word cannot cancel
/// out on both sides.
struct ConformanceCase {
    struct Unreadable: Error { var what: String }

    let id: String
    let text: String
    let isChecked: Bool
    let isCheckOnly: Bool
    let expectation: JSONValue
    let declarations: CELDeclarations
    let bindings: CELSlots

    init(_ json: JSONValue) throws {
        id = json["id"]?.string ?? ""
        text = json["expr"]?.string ?? ""
        isChecked = json["disable_check"]?.bool != true
        isCheckOnly = json["check_only"]?.bool == true
        expectation = json["expect"] ?? .null
        var declarations = CELDeclarations()
        declarations.libraries.insert(.optionals)
        declarations.refusesCertainErrors = false
        declarations.container = json["container"]?.string ?? ""
        // Without the checker, a name means something only if a value is bound to it.
        for entry in isChecked ? json["type_env"]?.array ?? [] : [] { try Self.declare(entry, in: &declarations) }
        var values: [String: CELValue] = [:]
        for member in json["bindings"]?.object?.members ?? [] {
            values[member.key] = try Self.value(member.value)
            if declarations.slot(of: member.key) == nil { declarations.variable(member.key, .dyn) }
        }
        self.declarations = declarations
        bindings = CELSlots(values, for: declarations)
    }

    // MARK: Running

    /// What is wrong with the answer; nil if nothing is.
    func problem() throws -> String? {
        let source = CELSource(text: text, file: "expr")
        let compiled =
            isChecked
            ? CELProgram.compile(source, declarations: declarations, costLimit: .max)
            : CELProgram.compileUnchecked(source, declarations: declarations)
        guard case .success(let program) = compiled else { return "does not compile: \(compiled)" }
        if let wanted = try expectation["deduced_type"].map(Self.type), program.resultType != wanted {
            return "expected the type \(wanted), got \(program.resultType)"
        }
        if isCheckOnly { return expectation["kind"]?.string == "type_only" ? nil : "nothing to check" }
        let result = program.measure(bindings, costLimit: 10_000_000).result
        switch (expectation["kind"]?.string, result) {
        case ("error", .failure): return nil
        case ("value", .success(let value)):
            let wanted = try Self.value(expectation["value"] ?? .null)
            return value == wanted ? nil : "expected \(wanted), got \(value)"
        default: return "expected \(expectation.text(.compact)), got \(result)"
        }
    }

    // MARK: Reading

    private static func value(_ json: JSONValue) throws -> CELValue {
        guard let type = json["type"]?.string, let content = json["value"] else {
            throw Unreadable(what: json.text(.compact))
        }
        if let simple = try simple(type, content) { return simple }
        switch (type, content) {
        case ("list", .array(let elements)): return .list(try elements.map(value))
        case ("map", .array(let pairs)):
            return try .map(pairs.compactMap(\.array).map { (key: try value($0[0]), value: try value($0[1])) })
        default: throw Unreadable(what: json.text(.compact))
        }
    }

    private static func simple(_ type: String, _ content: JSONValue) throws -> CELValue? {
        switch (type, content) {
        case ("null", .null): return .null
        case ("bool", .bool(let value)): return .bool(value)
        case ("int", .int(let value)): return .int(value)
        case ("int", .string(let digits)): return Int64(digits).map { .int($0) }
        case ("uint", .int(let value)): return .uint(UInt64(value))
        case ("uint", .string(let digits)): return UInt64(digits).map { .uint($0) }
        case ("double", .double(let value)): return .double(value)
        case ("double", .int(let value)): return .double(Double(value))
        case ("double", .string(let word)):
            return ["NaN": .nan, "Infinity": .infinity, "-Infinity": -.infinity][word].map { .double($0) }
        case ("string", .string(let text)): return .string(text)
        case ("bytes", .string(let text)): return Base64.decode(text).map { .bytes($0) }
        case ("type", .string(let name)): return .type(name)
        case ("timestamp", .string(let text)): return CELTimestamp(text).map { .timestamp($0) }
        case ("duration", .string(let text)): return CELDuration(text).map { .duration($0) }
        default: return nil
        }
    }

    private static func type(_ json: JSONValue) throws -> CELType {
        let words: [String: CELType] = [
            "null": .null, "bool": .bool, "int": .int, "uint": .uint, "double": .double, "string": .string,
            "bytes": .bytes, "timestamp": .timestamp, "duration": .duration, "dyn": .dyn,
        ]
        let kind = json["kind"]?.string ?? ""
        if let simple = words[kind] { return simple }
        switch kind {
        case "list": return .list(try type(json["elem"] ?? .null))
        case "map": return .map(try type(json["key"] ?? .null), try type(json["value"] ?? .null))
        case "type": return .type(try type(json["of"] ?? .null))
        case "type_param": return .parameter(json["name"]?.string ?? "")
        case "abstract": return .abstract(json["name"]?.string ?? "", try types(json["params"]))
        default: throw Unreadable(what: json.text(.compact))
        }
    }

    private static func types(_ json: JSONValue?) throws -> [CELType] { try (json?.array ?? []).map(type) }

    private static func declare(_ json: JSONValue, in declarations: inout CELDeclarations) throws {
        let name = json["name"]?.string ?? ""
        guard json["decl"]?.string == "function" else {
            declarations.variable(name, try type(json["type"] ?? .null))
            return
        }
        let overloads = try (json["overloads"]?.array ?? []).map { overload in
            CELDeclarations.Overload(
                id: overload["id"]?.string ?? "", parameters: try types(overload["params"]),
                result: try type(overload["result"] ?? .null), isMember: overload["member"]?.bool ?? false)
        }
        declarations.function(name, overloads: overloads)
    }
}
