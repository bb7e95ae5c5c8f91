import BailiffModel

/// A JSON request body: names are compared with regard to case, and unknown ones are refused.
struct RequestBody {
    private let object: JSONObject

    init(_ object: JSONObject) { self.object = object }

    /// - Throws: InvalidRequestBody for a missing body, for what is no JSON object, and for another content type.
    init(_ request: IncomingRequest) throws(APIError) {
        object = try request.jsonObject()
    }

    func allow(_ names: Set<String>) throws(APIError) {
        guard object.members.allSatisfy({ names.contains($0.key) }) else { throw .wrongBody }
    }

    /// A text that is there and not empty.
    func required(_ name: String) throws(APIError) -> String {
        guard let text = try text(name), !text.isEmpty else { throw .missing(name) }
        return text
    }

    /// Nil where absent or null.
    func text(_ name: String) throws(APIError) -> String? {
        switch object[name] {
        case nil, .null: return nil
        case .string(let text): return text
        default: throw .wrongBody
        }
    }

    func flag(_ name: String) throws(APIError) -> Bool? {
        switch object[name] {
        case nil, .null: return nil
        case .bool(let flag): return flag
        case .string(let text) where text == "True" || text == "true": return true
        case .string(let text) where text == "False" || text == "false": return false
        default: throw .wrongBody
        }
    }

    func texts(_ name: String) throws(APIError) -> [String]? {
        switch object[name] {
        case nil, .null: return nil
        case .array(let elements):
            var texts: [String] = []
            for element in elements {
                guard let text = element.string else { throw .wrongBody }
                texts.append(text)
            }
            return texts
        default: throw .wrongBody
        }
    }

    func objects(_ name: String) throws(APIError) -> [JSONObject]? {
        switch object[name] {
        case nil, .null: return nil
        case .array(let elements):
            var objects: [JSONObject] = []
            for element in elements {
                guard let object = element.object else { throw .wrongBody }
                objects.append(object)
            }
            return objects
        default: throw .wrongBody
        }
    }
}
