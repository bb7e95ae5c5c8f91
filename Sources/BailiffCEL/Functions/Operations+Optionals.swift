extension Operations {
    static func optional(_ function: Builtin, _ x: CELValue) throws(Fault) -> CELValue {
        switch (function, x) {
        case (.optionalOf, _): return .optional(CELOptional(x))
        case (.optionalOfNonZeroValue, _): return .optional(CELOptional(isZero(x) ? nil : x))
        case (.hasValue, .optional(let optional)): return .bool(optional.value != nil)
        case (.value, .optional(let optional)):
            guard let value = optional.value else { throw Fault(.invalidArgument, "the optional holds no value") }
            return value
        case (.first, .list(let elements)): return .optional(CELOptional(elements.first))
        case (.last, .list(let elements)): return .optional(CELOptional(elements.last))
        default: throw .noOverload(function.spelling, x)
        }
    }

    /// What the optionals of a list hold, without the empty ones.
    static func unwrap(_ x: CELValue, _ frame: inout Frame) throws(Fault) -> CELValue {
        try frame.charge(CostModel.call)
        guard case .list(let elements) = x else { throw .noOverload("unwrap", x) }
        try frame.charge(UInt64(elements.count))
        try frame.allocate(elements: elements.count)
        var values: [CELValue] = []
        for element in elements {
            if let held = try held(by: element, at: nil) { values.append(held) }
        }
        return .list(values)
    }

    /// What an optional holds; nil if it is empty.
    static func held(by x: CELValue, at offset: Int?) throws(Fault) -> CELValue? {
        guard case .optional(let optional) = x else {
            throw Fault(.noOverload, "an optional is wanted here, not \(x.typeName)", at: offset)
        }
        return optional.value
    }

    // MARK: Selection

    static func noField(_ field: String, in x: CELValue) -> Fault {
        Fault(.noOverload, "a value of type \(x.typeName) has no field '\(field.shortened)'")
    }

    /// `x.?field`. A chain of selections that begins in an optional goes on as one.
    ///
    /// - Parameter isChained: A plain selection; only an optional takes it.
    static func selectIfPresent(
        _ field: String, from x: CELValue, isChained: Bool = false
    ) throws(Fault) -> CELValue {
        switch x {
        case .optional(let optional):
            guard let held = optional.value else { return x }
            guard case .map(let map) = held else { throw noField(field, in: held) }
            return .optional(CELOptional(map[field: field]))
        case .map(let map) where !isChained: return .optional(CELOptional(map[field: field]))
        default: throw noField(field, in: x)
        }
    }

    /// `x[?key]`
    static func indexIfPresent(_ x: CELValue, _ key: CELValue) throws(Fault) -> CELValue {
        switch x {
        case .optional(let optional):
            guard let held = optional.value else { return x }
            if case .optional = held { throw .noOverload("[]", held, key) }
            return try indexIfPresent(held, key)
        case .list(let elements):
            if case .double(let number) = key, number != number.rounded() { return .optional(CELOptional(nil)) }
            guard let position = position(key) else { throw .noOverload("[]", x, key) }
            return .optional(CELOptional(elements.indices.contains(position) ? elements[position] : nil))
        case .map(let map): return .optional(CELOptional(map[key]))
        default: throw .noOverload("[]", x, key)
        }
    }

    // MARK: Zero

    private static func isZero(_ x: CELValue) -> Bool {
        switch x {
        case .null: true
        case .bool(let value): !value
        case .int(let value): value == 0
        case .uint(let value): value == 0
        case .double(let value): value == 0
        case .string(let text): text.isEmpty
        case .bytes(let bytes): bytes.isEmpty
        case .list(let elements): elements.isEmpty
        case .map(let map): map.count == 0
        case .timestamp(let instant):
            instant.seconds == CELTimestamp.validSeconds.lowerBound && instant.nanoseconds == 0
        case .duration(let length): length.nanoseconds == 0
        case .type: false
        case .optional(let optional): optional.value == nil
        }
    }
}
