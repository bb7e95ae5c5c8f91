/// The units an evaluation is charged: what cel-go charges, which Kubernetes' limits are made for.
///
/// A constant costs nothing, a name and each selection or index one, a list literal ten, a map literal thirty, a call one
/// unless it looks through strings or lists.
enum CostModel {
    static let name: UInt64 = 1
    static let selection: UInt64 = 1
    static let presence: UInt64 = 1
    static let call: UInt64 = 1
    static let list: UInt64 = 10
    static let map: UInt64 = 30

    /// cel-go asks one unit for some operations however large their operands are. For every so many octets they cost a unit
    /// more, so that the limit bounds the time as well.
    static let octetsPerUnit = 1_024
    /// A macro whose body costs nothing costs a unit for every so many elements.
    static let freeElementsPerUnit = 8

    /// Going once through this many code points or octets.
    @inline(__always)
    static func traversal(_ size: Int) -> UInt64 { (UInt64(clamping: size) + 9) / 10 }

    /// Searching one text in another.
    static func search(_ size: Int, for wanted: Int) -> UInt64 {
        let (product, overflow) = traversal(size).multipliedReportingOverflow(by: traversal(wanted))
        return overflow ? .max >> 1 : product
    }

    /// Matching a pattern: by its length, or by what its repetitions come to if that is far more.
    static func match(_ size: Int, patternLength: Int, instructions: Int) -> UInt64 {
        let text = traversal(size + 1)
        let pattern = max((UInt64(clamping: patternLength) + 3) / 4, UInt64(clamping: instructions) / 16)
        let (product, overflow) = text.multipliedReportingOverflow(by: pattern)
        return overflow ? .max >> 1 : product
    }

    /// Comparing two values goes through the smaller one.
    @inline(__always)
    static func comparison(_ left: CELValue, _ right: CELValue) -> UInt64 {
        switch (left, right) {
        case (.int, _), (.bool, _), (.double, _), (.uint, _): isEmpty(right) ? 0 : 1
        case (_, .int), (_, .bool), (_, .double), (_, .uint): isEmpty(left) ? 0 : 1
        case (.string(let left), .string(let right)):
            // Up to ten octets the number of code points makes no difference.
            left.utf8.count <= 10 || right.utf8.count <= 10
                ? (left.isEmpty || right.isEmpty ? 0 : 1) : traversal(min(left.scalarCount, right.scalarCount))
        default: traversal(min(size(left), size(right)))
        }
    }

    private static func isEmpty(_ value: CELValue) -> Bool {
        switch value {
        case .string(let text): text.isEmpty
        case .bytes(let bytes): bytes.isEmpty
        case .list(let elements): elements.isEmpty
        case .map(let map): map.count == 0
        default: false
        }
    }

    /// Code points, octets, elements or entries; 1 for everything else.
    static func size(_ value: CELValue) -> Int {
        switch value {
        case .string(let text): text.scalarCount
        case .bytes(let bytes): bytes.count
        case .list(let elements): elements.count
        case .map(let map): map.count
        default: 1
        }
    }
}
