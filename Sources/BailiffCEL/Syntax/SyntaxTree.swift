/// The parsed expression: nodes in one array, children before their parents.
struct SyntaxTree: Sendable {
    private(set) var nodes: ContiguousArray<SyntaxNode> = []
    var root = NodeID(raw: 0)

    subscript(_ id: NodeID) -> SyntaxNode { nodes[Int(id.raw)] }

    mutating func append(_ node: SyntaxNode) -> NodeID {
        nodes.append(node)
        return NodeID(raw: Int32(truncatingIfNeeded: nodes.count - 1))
    }
}

/// The index of a node in its tree.
struct NodeID: Hashable, Sendable {
    let raw: Int32
}

struct SyntaxNode: Sendable {
    enum Kind: Sendable {
        case literal(CELValue)
        /// `isAbsolute`: written with a leading dot, resolved in the root only.
        case identifier(String, isAbsolute: Bool)
        case select(NodeID, field: String, isQuoted: Bool)
        case has(NodeID, field: String, isQuoted: Bool)
        case call(String, isAbsolute: Bool, [NodeID])
        case memberCall(NodeID, String, [NodeID])
        /// A chain of `&&` or of `||`, at least two operands.
        case logical(isAnd: Bool, [NodeID])
        /// A left-associative chain of operators of one level: `a + b - c`.
        case chain(NodeID, [ChainLink])
        /// One operator, repeated.
        case unary(Symbol, count: Int, NodeID)
        case index(NodeID, NodeID)
        /// `a ? b : c ? d : e`; each case has its own place.
        case conditional([ConditionalCase], otherwise: NodeID)
        case list([NodeID])
        case map([(key: NodeID, value: NodeID)])
        case message
        case comprehension(Comprehension)
        case bind(String, NodeID, body: NodeID)
        /// `a.?b`
        case optionalSelect(NodeID, field: String)
        /// `a[?b]`
        case optionalIndex(NodeID, NodeID)
        /// `?a` as an element of a list or the value of an entry: left out where the optional is empty.
        case optionalEntry(NodeID)
        case optionalMap(OptionalMap)
    }

    /// `optMap` (`isFlat`: `optFlatMap`, whose body yields the optional itself).
    struct OptionalMap: Sendable {
        var operand: NodeID
        var variable: String
        var body: NodeID
        var isFlat: Bool
    }

    struct ChainLink: Sendable {
        var symbol: Symbol
        var offset: Int
        var operand: NodeID
    }

    struct ConditionalCase: Sendable {
        var condition: NodeID
        var value: NodeID
        var offset: Int
    }

    /// A macro over a range. Its accumulator has no name, so nothing but the macro itself can touch it.
    struct Comprehension: Sendable {
        enum Macro: String, Sendable {
            case all, exists
            case existsOne = "exists_one"
            case map, filter, transformList, transformMap
        }

        var macro: Macro
        var range: NodeID
        /// The element (or key); with two variables the index or key, then the value.
        var variables: [String]
        /// The condition of `map`, `transformList` and `transformMap`, if given.
        var filter: NodeID?
        /// The predicate or the transformation.
        var body: NodeID
    }

    var kind: Kind
    /// The place to point at, a UTF-8 offset.
    var offset: Int
    /// Levels below and including this node.
    var height: Int
}
