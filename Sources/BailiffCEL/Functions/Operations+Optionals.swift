extension Operations {
    static func optional(_ function: Builtin, _ x: CELValue) throws(Fault) -> CELValue {
        switch (function, x) {
        case (.optionalOf, _): return .optional(CELOptional(x))
        case (.optionalOfNonZeroValue, _): return .optional(CELOptional(isZero(x) ? nil : x))
        case (.hasValue, .optional(let optional)): return .bool(optional.value != nil)
        case (.value, .optional(let optional)):
            guard let value = optional.value else { throw Fault(.invalidArgument, "the optional holds no value") }
            return value
        default: throw .noOverload(function.spelling, x)
        }
    }

    static func optional(_ function: Builtin, _ x: CELValue, _ y: CELValue) throws(Fault) -> CELValue {
        guard case .optional(let optional) = x else { throw .noOverload(function.spelling, x, y) }
        if function == .orValue { return optional.value ?? y }
        guard case .optional = y else { throw .noOverload(function.spelling, x, y) }
        return optional.value == nil ? y : x
    }

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
