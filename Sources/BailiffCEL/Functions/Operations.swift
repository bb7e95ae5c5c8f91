/// What functions and operators do with values that have been evaluated.
///
/// Overloads are chosen by the values alone, so checked and unchecked expressions cannot differ.
enum Operations {
    static func unary(_ function: Builtin, _ x: CELValue, _ frame: inout Frame) throws(Fault) -> CELValue {
        switch function {
        case .negate:
            try frame.charge(CostModel.call)
            return try negate(x)
        case .size:
            try frame.charge(CostModel.call)
            if case .string(let text) = x { try frame.charge(octets: text.utf8.count) }
            return try size(x)
        case .type:
            try frame.charge(CostModel.call)
            return .type(x.typeName)
        case .dyn:
            try frame.charge(CostModel.call)
            return x
        case .toBool, .toBytes, .toDouble, .toDuration, .toInt, .toString, .toTimestamp, .toUInt:
            return try convert(function, x, &frame)
        case .getDate, .getDayOfMonth, .getDayOfWeek, .getDayOfYear, .getFullYear, .getHours, .getMilliseconds,
            .getMinutes, .getMonth, .getSeconds:
            try frame.charge(CostModel.call)
            return try field(function, of: x)
        case .join: return try join(x, separator: "", &frame)
        case .lowerAscii, .upperAscii, .reverse, .trim, .quote: return try rewrite(function, x, &frame)
        case .optionalOf, .optionalOfNonZeroValue, .hasValue, .value, .first, .last:
            try frame.charge(CostModel.call)
            return try optional(function, x)
        case .optionalUnwrap, .unwrapOpt: return try unwrap(x, &frame)
        default: throw .noOverload(function.spelling, x)
        }
    }

    static func binary(
        _ function: Builtin, _ x: CELValue, _ y: CELValue, _ frame: inout Frame
    ) throws(Fault) -> CELValue {
        switch function {
        case .add: return try add(x, y, &frame)
        case .subtract, .multiply, .divide, .remainder:
            try frame.charge(CostModel.call)
            return try arithmetic(function, x, y)
        case .equal:
            try frame.charge(CostModel.comparison(x, y))
            return .bool(try isEqual(x, y, &frame))
        case .notEqual:
            try frame.charge(CostModel.comparison(x, y))
            return .bool(try !isEqual(x, y, &frame))
        case .less, .lessOrEqual, .greater, .greaterOrEqual: return .bool(try order(function, x, y, &frame))
        case .isIn: return .bool(try isIn(x, y, &frame))
        case .index:
            try frame.charge(CostModel.selection)
            return try index(x, y, &frame)
        case .contains, .startsWith, .endsWith, .matches: return .bool(try search(function, x, y, &frame))
        case .getDate, .getDayOfMonth, .getDayOfWeek, .getDayOfYear, .getFullYear, .getHours, .getMilliseconds,
            .getMinutes, .getMonth, .getSeconds:
            try frame.charge(CostModel.call)
            return try field(function, of: x, zone: y, frame.zones)
        case .charAt, .indexOf, .lastIndexOf, .split, .substring, .format:
            return try text(function, [x, y], &frame)
        case .join:
            guard case .string(let separator) = y else { throw .noOverload(function.spelling, x, y) }
            return try join(x, separator: separator, &frame)
        default: throw .noOverload(function.spelling, x, y)
        }
    }

    /// Calls of no, three or more arguments.
    static func call(_ function: Builtin, _ arguments: [CELValue], _ frame: inout Frame) throws(Fault) -> CELValue {
        switch (function, arguments.count) {
        case (.optionalNone, 0):
            try frame.charge(CostModel.call)
            return .optional(CELOptional(nil))
        case (.indexOf, 3), (.lastIndexOf, 3), (.split, 3), (.substring, 3), (.replace, 3), (.replace, 4):
            return try text(function, arguments, &frame)
        default:
            throw Fault(.noOverload, "no overload of '\(function.spelling)' takes \(arguments.count) arguments")
        }
    }

    // MARK: Access

    private static func size(_ x: CELValue) throws(Fault) -> CELValue {
        switch x {
        case .string(let text): .int(Int64(text.scalarCount))
        case .bytes(let bytes): .int(Int64(bytes.count))
        case .list(let elements): .int(Int64(elements.count))
        case .map(let map): .int(Int64(map.count))
        default: throw .noOverload("size", x)
        }
    }

    static func index(_ x: CELValue, _ key: CELValue, _ frame: inout Frame) throws(Fault) -> CELValue {
        switch x {
        case .list(let elements):
            guard let position = position(key) else {
                if case .double = key { throw Fault(.indexOutOfRange, "a list has no element at a fraction") }
                throw .noOverload("[]", x, key)
            }
            guard elements.indices.contains(position) else {
                throw Fault(.indexOutOfRange, "index \(position) is outside the list of \(elements.count) elements")
            }
            return elements[position]
        case .map(let map):
            if let value = try map.value(of: key, &frame) { return value }
            guard CELMapKey(finding: key) != nil || key.isDouble else {
                throw Fault(.noSuchKey, "a \(key.typeName) is never a key")
            }
            throw Fault(.noSuchKey, "no such key: \(key.shownInErrors)")
        case .optional: return try indexIfPresent(x, key)
        default: throw .noOverload("[]", x, key)
        }
    }

    /// A position in a list; out of any range where the number is.
    static func position(_ key: CELValue) -> Int? {
        switch key {
        case .int(let value): Int(value)
        case .uint(let value): Int(clamping: value)
        case .double(let value): value == value.rounded() ? Int(exactly: value) ?? -1 : nil
        default: nil
        }
    }

    static func select(_ field: String, from x: CELValue) throws(Fault) -> CELValue {
        guard case .map(let map) = x else { return try selectIfPresent(field, from: x, isChained: true) }
        guard let value = map[field: field] else { throw Fault(.noSuchKey, "no such key: '\(field.shortened)'") }
        return value
    }

    static func isIn(_ x: CELValue, _ container: CELValue, _ frame: inout Frame) throws(Fault) -> Bool {
        switch container {
        case .list(let elements):
            try frame.charge(UInt64(elements.count))
            for element in elements {
                if try isPartEqual(x, element, &frame) { return true }
            }
            return false
        case .map(let map):
            try frame.charge(CostModel.call)
            return try map.value(of: x, &frame) != nil
        default: throw .noOverload("in", x, container)
        }
    }

    static func order(
        _ function: Builtin, _ x: CELValue, _ y: CELValue, _ frame: inout Frame
    ) throws(Fault) -> Bool {
        try frame.charge(CostModel.comparison(x, y))
        guard let order = x.order(to: y) else { throw .noOverload(function.spelling, x, y) }
        return order.satisfies(function)
    }
}

extension NumericOrder {
    func satisfies(_ function: Builtin) -> Bool {
        switch function {
        case .less: self == .less
        case .lessOrEqual: self == .less || self == .equal
        case .greater: self == .greater
        case .greaterOrEqual: self == .greater || self == .equal
        default: false
        }
    }
}

extension CELValue {
    fileprivate var isDouble: Bool {
        if case .double = self { return true }
        return false
    }

    /// A key in an error message.
    fileprivate var shownInErrors: String {
        switch self {
        case .bool(let value): "\(value)"
        case .int(let value): "\(value)"
        case .uint(let value): "\(value)u"
        case .double(let value): NumberText.shortest(value)
        case .string(let text): "'\(text.shortened)'"
        default: typeName
        }
    }
}
