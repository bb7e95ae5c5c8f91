import BailiffModel

/// A property of an entity, or a literal in a filter.
enum ODataValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case string(String)
    case time(Timestamp)
    case strings([String])

    static func optional(_ text: String?) -> ODataValue { text.map(ODataValue.string) ?? .null }
    static func optional(_ time: Timestamp?) -> ODataValue { time.map(ODataValue.time) ?? .null }

    static func == (left: ODataValue, right: ODataValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.string(let left), .string(let right)): left.utf8.elementsEqual(right.utf8)
        default: left.order(right) == 0
        }
    }

    /// Below, equal or above; nil where the two cannot be compared.
    func order(_ other: ODataValue) -> Int? {
        switch (self, other) {
        case (.int(let left), .int(let right)): ODataValue.order(left, right)
        case (.double(let left), .double(let right)): ODataValue.order(left, right)
        case (.int(let left), .double(let right)): ODataValue.order(Double(left), right)
        case (.double(let left), .int(let right)): ODataValue.order(left, Double(right))
        case (.time(let left), .time(let right)): ODataValue.order(left, right)
        case (.string(let left), .string(let right)): ODataValue.orderBytes(left, right)
        default: nil
        }
    }

    private static func order<T: Comparable>(_ left: T, _ right: T) -> Int { left < right ? -1 : left > right ? 1 : 0 }

    private static func orderBytes(_ left: String, _ right: String) -> Int {
        if left.utf8.elementsEqual(right.utf8) { return 0 }
        return left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
    }
}

/// A property a collection can be filtered and ordered by.
struct ODataProperty: Sendable {
    enum Kind: Sendable { case string, int, double, bool, time, strings }

    var name: String
    var kind: Kind

    init(_ name: String, _ kind: Kind = .string) {
        self.name = name
        self.kind = kind
    }
}
