import BailiffModel

/// A `$filter`, its property names resolved to places in the collection's list.
indirect enum ODataFilter: Sendable {
    enum Comparison: String, Sendable { case eq, ne, gt, ge, lt, le }
    enum Function: String, Sendable { case startswith, endswith, contains }

    case and(ODataFilter, ODataFilter)
    case or(ODataFilter, ODataFilter)
    case not(ODataFilter)
    case compare(property: Int, Comparison, ODataValue)
    case isIn(property: Int, [ODataValue])
    case text(property: Int, Function, String)
    /// `tags/any(t: t eq 'x')`: a comparison of any of the texts.
    case any(property: Int, Comparison, String)
    case anyText(property: Int, Function, String)
    /// A property that is true by itself.
    case isTrue(property: Int)

    func matches(_ value: (Int) -> ODataValue) -> Bool {
        switch self {
        case .and(let left, let right): left.matches(value) && right.matches(value)
        case .or(let left, let right): left.matches(value) || right.matches(value)
        case .not(let inner): !inner.matches(value)
        case .compare(let property, let comparison, let literal):
            ODataFilter.holds(value(property), comparison, literal)
        case .isIn(let property, let literals): literals.contains(value(property))
        case .text(let property, let function, let text):
            if case .string(let value) = value(property) { function.holds(value, text) } else { false }
        case .any(let property, let comparison, let text):
            ODataFilter.texts(value(property)).contains { ODataFilter.holds(.string($0), comparison, .string(text)) }
        case .anyText(let property, let function, let text):
            ODataFilter.texts(value(property)).contains { function.holds($0, text) }
        case .isTrue(let property): value(property) == .bool(true)
        }
    }

    /// The texts a property must be equal to one of, where the filter demands that: they lead to an index.
    func required(_ property: Int) -> [String]? {
        switch self {
        case .and(let left, let right): left.required(property) ?? right.required(property)
        case .compare(property, .eq, .string(let text)): [text]
        case .isIn(property, let literals):
            literals.reduce(into: [String]?([])) { texts, literal in
                if case .string(let text) = literal { texts?.append(text) } else { texts = nil }
            }
        default: nil
        }
    }

    private static func texts(_ value: ODataValue) -> [String] {
        switch value {
        case .strings(let texts): texts
        case .string(let text): [text]
        default: []
        }
    }

    private static func holds(_ value: ODataValue, _ comparison: Comparison, _ literal: ODataValue) -> Bool {
        switch comparison {
        case .eq: return value == literal
        case .ne: return value != literal
        case .gt, .ge, .lt, .le:
            guard let order = value.order(literal) else { return false }
            switch comparison {
            case .gt: return order > 0
            case .ge: return order >= 0
            case .lt: return order < 0
            default: return order <= 0
            }
        }
    }
}

extension ODataFilter.Function {
    func holds(_ value: String, _ text: String) -> Bool {
        switch self {
        case .startswith: value.utf8.starts(with: text.utf8)
        case .endswith: value.utf8.reversed().starts(with: text.utf8.reversed())
        case .contains: ByteSearch.contains(Array(value.utf8), Array(text.utf8))
        }
    }
}

enum ByteSearch {
    /// An empty needle is in everything.
    static func contains(_ haystack: [UInt8], _ needle: [UInt8]) -> Bool {
        guard let first = needle.first else { return true }
        guard haystack.count >= needle.count else { return false }
        for start in 0...(haystack.count - needle.count) where haystack[start] == first {
            if haystack[start..<start + needle.count].elementsEqual(needle) { return true }
        }
        return false
    }
}
