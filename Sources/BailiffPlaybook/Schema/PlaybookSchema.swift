package import BailiffModel

/// The JSON Schema of playbooks, policies and approvals, for editors. The checker knows more than a schema can say.
package enum PlaybookSchema {
    /// Draft 2020-12.
    package static var document: JSONValue {
        var definitions = JSONObject()
        for record in LanguageReference.records { definitions[key(record.what)] = schema(of: record) }
        return [
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": "urn:bailiff:schema:playbook-v1",
            "title": "Bailiff playbooks, policies and approvals",
            "type": "object",
            "required": ["bailiff"],
            "oneOf": [reference("playbook"), reference("policy"), reference("approvals")],
            "$defs": .object(definitions),
        ]
    }

    private static func schema(of record: RecordReference) -> JSONValue {
        var properties = JSONObject()
        for entry in record.keys {
            var property = schema(of: entry.shape)
            if case .object(var object) = property {
                object["description"] = .string(entry.summary)
                property = .object(object)
            }
            properties[entry.name] = property
        }
        var schema: JSONObject = [
            "type": "object", "description": .string(record.summary), "properties": .object(properties),
        ]
        let required = record.keys.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { schema["required"] = .array(required) }
        // `expect` has a key for every step of the file.
        schema["additionalProperties"] =
            record.what == "expect" ? machinesSchema : false
        if record.what == "step" { schema["allOf"] = .array(parameterRules) }
        return .object(schema)
    }

    private static var machinesSchema: JSONValue {
        ["anyOf": [["type": "array", "items": ["type": "string"]], ["type": "integer", "minimum": 0]]]
    }

    /// `with` depends on the action.
    private static var parameterRules: [JSONValue] {
        ActionKind.allCases.map { action in
            [
                "if": ["properties": ["action": ["const": .string(action.rawValue)]], "required": ["action"]],
                "then": ["properties": ["with": reference("with of \(action.rawValue)")]],
            ]
        }
    }

    private static func schema(of shape: ValueShape) -> JSONValue {
        switch shape {
        case .text: ["type": "string", "minLength": 1]
        case .identifier: ["type": "string", "pattern": "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$"]
        case .name: ["type": "string", "pattern": "^[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_.-]+)*$", "maxLength": 64]
        case .integer(let low, let high):
            high == Int.max
                ? ["type": "integer", "minimum": .int(Int64(low))]
                : ["type": "integer", "minimum": .int(Int64(low)), "maximum": .int(Int64(high))]
        case .flag: ["type": "boolean"]
        case .duration: ["type": "string", "pattern": "^[1-9][0-9]*[smhd]$"]
        case .share: ["type": "string", "pattern": "^(0|[1-9][0-9]?|100)(\\.[0-9]{1,4})?%$"]
        case .time: ["type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}"]
        case .words(let words): ["enum": .array(words.map { .string($0) })]
        // A condition may be plain `true` to YAML.
        case .condition: ["type": ["string", "boolean", "number"]]
        case .list(let element): ["type": "array", "items": schema(of: element)]
        case .entries(let element): ["type": "object", "additionalProperties": schema(of: element)]
        case .record(let what): reference(what)
        case .either(let shapes):
            shapes.allSatisfy { if case .record(let what) = $0 { what.hasPrefix("with of") } else { false } }
                ? ["type": "object"] : ["anyOf": .array(shapes.map(schema(of:)))]
        }
    }

    private static func reference(_ what: String) -> JSONValue { ["$ref": .string("#/$defs/\(key(what))")] }

    private static func key(_ what: String) -> String { what.replacing(" ", with: "_") }
}
