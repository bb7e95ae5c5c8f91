import BailiffModel

/// Turns field values into bounded JSON and collects what was cut and what can be redacted.
struct FieldRendering: Sendable {
    /// One line of pure ASCII: nothing in an entry can act on a terminal or be normalised by a tool on the way.
    static let format = JSONValue.Format(escapesNonASCII: true)

    var redactables: [Redactable] = []
    var cuts: [String] = []

    /// Appends what the field adds to an entry: comma, name, colon, value.
    mutating func write(_ field: FieldValue.Field, to bytes: inout [UInt8]) {
        let value =
            FieldRendering.unchanged(field.value)
            ?? bounded(field.value, path: FieldRendering.path(of: field), depth: 1)
        FieldRendering.write(field.name, value, to: &bytes)
    }

    static func write(_ name: String, _ value: JSONValue, to bytes: inout [UInt8]) {
        bytes.append(0x2C)
        JSONValue.write(name, to: &bytes, format: format)
        bytes.append(0x3A)
        value.write(to: &bytes, format: format)
    }

    static func path(of field: FieldValue.Field) -> String { "/" + JSONPointer.escape(field.name) }

    private mutating func bounded(_ value: FieldValue, path: String, depth: Int) -> JSONValue {
        switch value {
        case .json(let json): return bounded(json, path: path, depth: depth)
        case .committed(let text, let salt):
            redactables.append(Redactable(path: path, salt: salt, value: text))
            return FieldRendering.commitment(of: text, salt: salt)
        case .list(let elements):
            if depth > EntryBuilder.Bounds.depth { return cutToDigest(FieldRendering.plain(value), path) }
            if elements.count <= EntryBuilder.Bounds.elements {
                return .array(boundedElements(elements, path: path, depth: depth))
            }
            return cutList(FieldRendering.plain(value), count: elements.count, path) { rendering in
                let head = Array(elements.prefix(EntryBuilder.Bounds.elementsHead))
                return rendering.boundedElements(head, path: path + "/cut/first", depth: depth + 2)
            }
        case .object(let fields):
            if depth > EntryBuilder.Bounds.depth || fields.count > EntryBuilder.Bounds.elements {
                return cutToDigest(FieldRendering.plain(value), path)
            }
            let members = fields.sorted(by: FieldValue.Field.precede).map { field in
                let memberPath = path + "/" + JSONPointer.escape(field.name)
                return JSONObject.Member(field.name, bounded(field.value, path: memberPath, depth: depth + 1))
            }
            return .object(JSONObject(members))
        }
    }

    private mutating func boundedElements(_ elements: [FieldValue], path: String, depth: Int) -> [JSONValue] {
        elements.enumerated().map { index, element in
            FieldRendering.unchanged(element) ?? bounded(element, path: "\(path)/\(index)", depth: depth + 1)
        }
    }

    /// What stays as it is at any depth, which is nearly everything: numbers and short texts. Nil for the rest.
    static func unchanged(_ value: FieldValue) -> JSONValue? {
        guard case .json(let json) = value else { return nil }
        switch json {
        case .null, .bool, .int: return json
        case .string(let text):
            // A plain `nil` beside `json` would be JSON's null.
            guard text.utf8.count <= EntryBuilder.Bounds.textInBytes, !text.utf8.contains(0) else { return .none }
            return json
        case .double, .array, .object: return .none
        }
    }

    private mutating func bounded(_ json: JSONValue, path: String, depth: Int) -> JSONValue {
        switch json {
        case .null, .bool, .int: return json
        case .double(let number): return number.isFinite ? json : .null
        case .string(let text): return bounded(text, path: path)
        case .array(let elements): return bounded(.list(elements.map(FieldValue.json)), path: path, depth: depth)
        case .object(let object):
            let fields = object.members.map { FieldValue.Field($0.key, .json($0.value)) }
            return bounded(.object(fields), path: path, depth: depth)
        }
    }

    private mutating func bounded(_ text: String, path: String) -> JSONValue {
        let length = text.utf8.count
        if length <= EntryBuilder.Bounds.textInBytes { return FieldRendering.exact(text) }
        cuts.append(path)
        let head = FieldRendering.head(of: text, limitInBytes: EntryBuilder.Bounds.textHeadInBytes)
        return FieldRendering.cut([
            ("bytes", .int(Int64(length))), ("first", FieldRendering.exact(head)),
            ("sha256", .string(Digest.of(text).hex)),
        ])
    }

    private mutating func cutToDigest(_ plain: JSONValue, _ path: String) -> JSONValue {
        cuts.append(path)
        return FieldRendering.digest(of: plain)
    }

    private mutating func cutList(
        _ plain: JSONValue, count: Int, _ path: String, head: (inout FieldRendering) -> [JSONValue]
    ) -> JSONValue {
        cuts.append(path)
        let whole = Digest.of(plain.utf8(FieldRendering.format))
        return FieldRendering.cut([
            ("count", .int(Int64(count))), ("first", .array(head(&self))), ("sha256", .string(whole.hex)),
        ])
    }

    // MARK: Forms

    /// The value as the entry would hold it if there were no bounds; what digests of cut lists and fields are made of.
    static func plain(_ value: FieldValue) -> JSONValue {
        switch value {
        case .json(let json): return plain(json)
        case .committed(let text, let salt): return commitment(of: text, salt: salt)
        case .list(let elements): return .array(elements.map(plain))
        case .object(let fields):
            let sorted = fields.sorted(by: FieldValue.Field.precede)
            return .object(JSONObject(sorted.map { JSONObject.Member($0.name, plain($0.value)) }))
        }
    }

    private static func plain(_ json: JSONValue) -> JSONValue {
        switch json {
        case .null, .bool, .int: return json
        case .double(let number): return number.isFinite ? json : .null
        case .string(let text): return exact(text)
        case .array(let elements): return .array(elements.map { plain($0) })
        case .object(let object):
            return plain(.object(object.members.map { FieldValue.Field($0.key, .json($0.value)) }))
        }
    }

    static func digest(of plain: JSONValue) -> JSONValue {
        let bytes = plain.utf8(format)
        return cut([("bytes", .int(Int64(bytes.count))), ("sha256", .string(Digest.of(bytes).hex))])
    }

    static func cut(_ members: [(String, JSONValue)]) -> JSONValue {
        ["cut": .object(JSONObject(members.map { JSONObject.Member($0.0, $0.1) }))]
    }

    /// A text with U+0000 goes in as `{"base64":"…"}`: strict JSON readers refuse that character even escaped.
    private static func exact(_ text: String) -> JSONValue {
        text.utf8.contains(0) ? ["base64": .string(Base64.encode(Array(text.utf8)))] : .string(text)
    }

    private static func commitment(of text: String, salt: [UInt8]) -> JSONValue {
        // A short salt would let anybody guess the value from the log. Salts are drawn beside the call, never taken from
        // outside, so another length is a fault of the program.
        precondition(salt.count == Redactable.saltLengthInBytes, "a commitment needs a salt of 32 bytes")
        return ["commitment": .string(Base64.encode(Redactable.commitment(salt: salt, value: text).bytes))]
    }

    /// The longest beginning of at most so many UTF-8 bytes that ends at a scalar.
    static func head(of text: String, limitInBytes: Int) -> String {
        var scalars = String.UnicodeScalarView()
        var length = 0
        for scalar in text.unicodeScalars {
            length += UTF8.width(scalar)
            if length > limitInBytes { break }
            scalars.append(scalar)
        }
        return String(scalars)
    }
}
