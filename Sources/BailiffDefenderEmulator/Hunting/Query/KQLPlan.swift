import BailiffModel

/// A query with all names looked up, ready to run.
struct KQLPlan: Sendable {
    indirect enum Node: Sendable {
        /// The numbers are places in the table's columns.
        case table(HuntingTable, [Int])
        /// For every branch, where each column of the union comes from, and the text of the `withsource` column.
        case union([(plan: KQLPlan, columns: [Int?], source: String)], hasSource: Bool)
        case rows([[KQLValue]])
        case steps(KQLPlan, [KQLStep])
    }

    var node: Node
    var schema: [KQLColumn]
}

/// One resolved operator. All the kinds of `project` and `extend` are one.
indirect enum KQLStep: Sendable {
    case filter(KQLExpression)
    case project([KQLExpression])
    case summarize(keys: [KQLExpression], [KQLAggregate])
    case take(Int)
    case sort([(key: KQLExpression, isDescending: Bool)])
    /// The numbers are places in the schemas of the two sides; `width` is that of the right one.
    case join(KQLSyntax.Join, KQLPlan, left: [Int], right: [Int], width: Int)
    /// Columns whose arrays become rows.
    case expand([Int])
}
