/// `==` with a price for what lies deep inside.
///
/// Values share their parts: sixty lists, each holding the one before twice, have more parts than could ever be compared, and
/// cost next to nothing to make. So every list, map and long text within another value is charged.
extension Operations {
    /// As ``CELValue/isEqual(to:)``. The price of the outer values themselves is the caller's.
    static func isEqual(_ x: CELValue, _ y: CELValue, _ frame: inout Frame) throws(Fault) -> Bool {
        switch (x, y) {
        case (.list(let left), .list(let right)):
            guard left.count == right.count else { return false }
            for index in left.indices {
                guard try isPartEqual(left[index], right[index], &frame) else { return false }
            }
            return true
        case (.map(let left), .map(let right)):
            guard left.count == right.count else { return false }
            for index in left.keys.indices {
                guard let other = try right.value(of: left.keys[index], &frame),
                    try isPartEqual(left.values[index], other, &frame)
                else { return false }
            }
            return true
        case (.optional(let left), .optional(let right)):
            guard let left = left.value, let right = right.value else { return left.value == nil && right.value == nil }
            return try isPartEqual(left, right, &frame)
        default: return x.isEqual(to: y)
        }
    }

    /// Whether two parts of other values are equal.
    static func isPartEqual(_ x: CELValue, _ y: CELValue, _ frame: inout Frame) throws(Fault) -> Bool {
        switch (x, y) {
        case (.string(let left), .string(let right)):
            guard left.utf8.count == right.utf8.count else { return false }
            try frame.charge(octets: left.utf8.count)
            return left.hasSameBytes(as: right)
        case (.bytes(let left), .bytes(let right)):
            guard left.count == right.count else { return false }
            try frame.charge(octets: left.count)
            return left == right
        case (.list, .list), (.map, .map), (.optional, .optional):
            try frame.charge(max(CostModel.call, CostModel.comparison(x, y)))
            return try isEqual(x, y, &frame)
        default: return x.isEqual(to: y)
        }
    }
}

extension CELMap {
    /// The value of a key, with a price for finding a long one.
    func value(of key: CELValue, _ frame: inout Frame) throws(Fault) -> CELValue? {
        if case .string(let text) = key { try frame.charge(octets: text.utf8.count) }
        return self[key]
    }
}
