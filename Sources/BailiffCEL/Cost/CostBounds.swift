/// The least and the most of a cost or a size; saturating.
struct CostBounds: Sendable, Equatable, ExpressibleByIntegerLiteral {
    var min: UInt64
    var max: UInt64

    init(_ min: UInt64, _ max: UInt64) {
        self.min = min
        self.max = max
    }

    init(_ exact: UInt64) { self.init(exact, exact) }

    init(integerLiteral value: UInt64) { self.init(value) }

    static let any = CostBounds(0, .max)

    static func + (left: CostBounds, right: CostBounds) -> CostBounds {
        CostBounds(left.min.saturatingSum(right.min), left.max.saturatingSum(right.max))
    }

    static func + (left: CostBounds, right: UInt64) -> CostBounds { left + CostBounds(right) }

    static func * (left: CostBounds, right: CostBounds) -> CostBounds {
        CostBounds(left.min.saturatingProduct(right.min), left.max.saturatingProduct(right.max))
    }

    func union(_ other: CostBounds) -> CostBounds { CostBounds(Swift.min(min, other.min), Swift.max(max, other.max)) }

    /// Of the smaller of two sizes.
    func smaller(_ other: CostBounds) -> CostBounds { CostBounds(Swift.min(min, other.min), Swift.min(max, other.max)) }

    /// What going once through a text of this size costs.
    var traversal: CostBounds {
        CostBounds(min.saturatingSum(9) / 10, max == .max ? .max : max.saturatingSum(9) / 10)
    }
}

extension UInt64 {
    func saturatingSum(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }

    func saturatingProduct(_ other: UInt64) -> UInt64 {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }
}

/// What is known about the size of a value.
indirect enum ValueShape: Sendable {
    /// A number, bool, time and so on; also an empty collection's elements.
    case scalar
    /// Code points of a string or octets of bytes.
    case text(CostBounds)
    /// A list or a map.
    case collection(CostBounds, key: ValueShape, ValueShape)
    /// A value of a type the checker does not know.
    case unknown

    init(_ value: CELValue) {
        switch value {
        case .string(let text): self = .text(CostBounds(UInt64(text.scalarCount)))
        case .bytes(let bytes): self = .text(CostBounds(UInt64(bytes.count)))
        default: self = .scalar
        }
    }

    static func union(of shapes: [ValueShape]) -> ValueShape {
        guard let first = shapes.first else { return .scalar }
        return shapes.dropFirst().reduce(first) { $0.union($1) }
    }

    private func union(_ other: ValueShape) -> ValueShape {
        switch (self, other) {
        case (.scalar, .scalar): .scalar
        case (.text(let left), .text(let right)): .text(left.union(right))
        case (.collection(let left, let leftKey, let leftValue), .collection(let right, let rightKey, let rightValue)):
            .collection(left.union(right), key: leftKey.union(rightKey), leftValue.union(rightValue))
        default: .unknown
        }
    }

    /// The size the cost model goes by.
    var size: CostBounds {
        switch self {
        case .scalar: 1
        case .text(let size), .collection(let size, _, _): size
        case .unknown: .any
        }
    }

    /// The most that comparing its parts adds to comparing it.
    var partsComparison: UInt64 {
        switch self {
        case .scalar, .text: 0
        case .collection(let count, let key, let value):
            count.max.saturatingProduct(key.octetUnits.saturatingSum(value.partComparison))
        case .unknown: .max
        }
    }

    /// The most that comparing it as a part of another value costs.
    var partComparison: UInt64 {
        switch self {
        case .scalar, .text: octetUnits
        case .collection(let count, _, _): max(1, count.traversal.max).saturatingSum(partsComparison)
        case .unknown: .max
        }
    }

    /// The most it costs to go through a text where the price does not depend on its length.
    var octetUnits: UInt64 {
        switch self {
        case .text(let size): size.max.saturatingProduct(4) / UInt64(CostModel.octetsPerUnit)
        case .unknown: UInt64(Frame.allocationLimit / CostModel.octetsPerUnit)
        default: 0
        }
    }

    /// The shape of its elements or values.
    var anyElement: ValueShape {
        switch self {
        case .collection(_, _, let value): value
        case .unknown: .unknown
        default: .scalar
        }
    }

    /// The most octets its text can have in a format.
    var printedLength: UInt64 {
        switch self {
        // A double without an exponent has at most 345 characters.
        case .scalar: 345
        case .text(let size): size.max.saturatingProduct(4)
        case .collection(let count, let key, let value):
            key.printedLength.saturatingSum(value.printedLength).saturatingSum(4).saturatingProduct(count.max)
                .saturatingSum(2)
        case .unknown: .max
        }
    }

    /// The shape of an element, as far as the collection's is known, else that of its type.
    func element(_ estimator: CostEstimator, _ type: CELType) -> ValueShape {
        if case .collection(_, _, let element) = self { return element }
        return estimator.shape(of: type)
    }

    /// Number and shapes of the entries of a collection.
    func entries(
        _ estimator: CostEstimator, _ type: CELType
    ) -> (count: CostBounds, key: ValueShape, value: ValueShape) {
        if case .collection(let count, let key, let value) = self { return (count, key, value) }
        return (.any, .unknown, .unknown)
    }
}
