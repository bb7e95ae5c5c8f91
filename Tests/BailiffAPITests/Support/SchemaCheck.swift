import BailiffModel

/// As much of JSON Schema as the API's description uses.
struct SchemaCheck {
    let document: JSONValue

    func schema(_ name: String) -> JSONValue? { document["components"]?["schemas"]?[name] }

    /// Where the value is not as described; empty when it is.
    func problems(_ value: JSONValue, _ schema: JSONValue, at path: String = "") -> [String] {
        if let reference = schema["$ref"]?.string {
            let name = String(reference.dropFirst("#/components/schemas/".count))
            guard let target = self.schema(name) else { return ["\(path): no schema \(name)"] }
            return problems(value, target, at: path)
        }
        if let choices = schema["anyOf"]?.array {
            let all = choices.map { problems(value, $0, at: path) }
            return all.contains(where: \.isEmpty) ? [] : all.first ?? []
        }
        var found: [String] = []
        if let type = schema["type"] {
            let types = type.array?.compactMap(\.string) ?? [type.string ?? ""]
            if !types.contains(where: { isOf($0, value) }) {
                return ["\(path): \(value.text().prefix(60)) is no \(types)"]
            }
        }
        if let words = schema["enum"]?.array, !words.contains(value) { found.append("\(path): not in enum") }
        if case .object(let object) = value { found += members(object, schema, path) }
        if case .array(let elements) = value, let items = schema["items"] {
            for (index, element) in elements.enumerated() { found += problems(element, items, at: "\(path)/\(index)") }
        }
        return found
    }

    private func members(_ object: JSONObject, _ schema: JSONValue, _ path: String) -> [String] {
        var found: [String] = []
        let properties = schema["properties"]
        for name in schema["required"]?.array?.compactMap(\.string) ?? [] where object[name] == nil {
            found.append("\(path)/\(name): missing")
        }
        for member in object.members {
            let place = "\(path)/\(member.key)"
            if let property = properties?[member.key] {
                found += problems(member.value, property, at: place)
            } else if schema["additionalProperties"]?.bool == false {
                found.append("\(place): not described")
            } else if let other = schema["additionalProperties"], other.object != nil {
                found += problems(member.value, other, at: place)
            }
        }
        return found
    }

    private func isOf(_ type: String, _ value: JSONValue) -> Bool {
        switch (type, value) {
        case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .array), ("object", .object),
            ("integer", .int), ("number", .int), ("number", .double):
            true
        default: false
        }
    }
}
