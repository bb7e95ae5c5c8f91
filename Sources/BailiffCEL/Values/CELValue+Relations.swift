/// The language's own equality and order.
extension CELValue {
    /// `==` of the language: numbers compare across types, other values of different types are unequal, NaN is unequal to
    /// everything.
    package func isEqual(to other: CELValue) -> Bool {
        switch (self, other) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.string(let left), .string(let right)): left.hasSameBytes(as: right)
        case (.bytes(let left), .bytes(let right)): left == right
        case (.list(let left), .list(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.isEqual(to: $1) }
        case (.map(let left), .map(let right)): left.isEqual(to: right)
        case (.timestamp(let left), .timestamp(let right)): left == right
        case (.duration(let left), .duration(let right)): left == right
        case (.type(let left), .type(let right)): left.hasSameBytes(as: right)
        case (.optional(let left), .optional(let right)):
            switch (left.value, right.value) {
            case (nil, nil): true
            case (let left?, let right?): left.isEqual(to: right)
            default: false
            }
        default: NumericOrder.of(self, other) == .equal
        }
    }

    /// The order of two values; nil where the language has none.
    func order(to other: CELValue) -> NumericOrder? {
        switch (self, other) {
        case (.bool(let left), .bool(let right)): .of(left ? 1 : 0, right ? 1 : 0)
        case (.string(let left), .string(let right)): .of(left.compareBytes(with: right), 0)
        case (.bytes(let left), .bytes(let right)):
            .of(
                left.withUnsafeBufferPointer { left in right.withUnsafeBufferPointer { left.compareBytes(with: $0) } },
                0)
        case (.timestamp(let left), .timestamp(let right)): .of(left, right)
        case (.duration(let left), .duration(let right)): .of(left, right)
        default: NumericOrder.of(self, other)
        }
    }
}

extension CELMap {
    fileprivate func isEqual(to other: CELMap) -> Bool {
        guard count == other.count else { return false }
        return zip(keys, values).allSatisfy { key, value in other[key].map { $0.isEqual(to: value) } ?? false }
    }
}

/// How two values of an ordered type lie; NaN is beside everything.
enum NumericOrder: Sendable {
    case less, equal, greater, unordered

    static func of<Value: Comparable>(_ left: Value, _ right: Value) -> NumericOrder {
        if left < right { return .less }
        if left == right { return .equal }
        return left > right ? .greater : .unordered
    }

    /// The order of two numbers of any types; nil if one is no number.
    static func of(_ left: CELValue, _ right: CELValue) -> NumericOrder? {
        switch (left, right) {
        case (.int(let left), .int(let right)): of(left, right)
        case (.uint(let left), .uint(let right)): of(left, right)
        case (.double(let left), .double(let right)): of(left, right)
        case (.int(let left), .uint(let right)): left < 0 ? .less : of(UInt64(left), right)
        case (.uint(let left), .int(let right)): right < 0 ? .greater : of(left, UInt64(right))
        case (.int(let left), .double(let right)): of(left, right, range: -0x1p63...0x1p63)
        case (.double(let left), .int(let right)): of(right, left, range: -0x1p63...0x1p63).reversed
        case (.uint(let left), .double(let right)): of(left, right, range: 0...0x1p64)
        case (.double(let left), .uint(let right)): of(right, left, range: 0...0x1p64).reversed
        default: nil
        }
    }

    /// Beyond the range of the integer type the double decides alone; within it the integer is compared as the nearest
    /// double. That loses digits on purpose: 2^63-1 equals 9223372036854775808.0.
    private static func of(_ integer: some BinaryInteger, _ double: Double, range: ClosedRange<Double>) -> NumericOrder
    {
        if double.isNaN { return .unordered }
        if double < range.lowerBound { return .greater }
        if double > range.upperBound { return .less }
        return of(Double(integer), double)
    }

    private var reversed: NumericOrder {
        switch self {
        case .less: .greater
        case .greater: .less
        case .equal, .unordered: self
        }
    }
}
