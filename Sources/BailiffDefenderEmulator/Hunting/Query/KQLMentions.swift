/// Which columns a query can possibly need: all names in it, unless whole rows reach the answer.
struct KQLMentions {
    private var names: Set<String> = []
    private var needsAll = false

    static func names(in query: KQLSyntax.Query) -> Set<String>? {
        guard isClosed(query.body) else { return nil }
        var mentions = KQLMentions()
        for binding in query.bindings {
            switch binding.value {
            case .scalar(let expression): mentions.visit(expression)
            case .table(let pipeline): mentions.visit(pipeline)
            }
        }
        mentions.visit(query.body)
        return mentions.needsAll ? nil : mentions.names
    }

    /// Whether the columns of the answer are named.
    private static func isClosed(_ pipeline: KQLSyntax.Pipeline) -> Bool {
        pipeline.operators.contains { operation in
            switch operation {
            case .project, .projectKeep, .summarize, .count: true
            case .distinct(_, let isStar): !isStar
            default: false
            }
        }
    }

    private mutating func visit(_ pipeline: KQLSyntax.Pipeline) {
        switch pipeline.source {
        case .nested(let inner): visit(inner)
        case .table: break
        case .union(let tables, _, _): for table in tables { visit(table) }
        case .print(let list): visit(list)
        }
        for operation in pipeline.operators { visit(operation) }
    }

    private mutating func visit(_ operation: KQLSyntax.Operator) {
        switch operation {
        case .filter(let expression): visit(expression)
        case .project(let list), .projectRename(let list), .extend(let list), .expand(let list): visit(list)
        case .projectAway(let list), .projectKeep(let list), .projectReorder(let list):
            // Patterns may mean anything.
            if list.contains(where: { $0.hasSuffix("*") }) { needsAll = true }
            names.formUnion(list)
        case .summarize(let aggregates, let keys):
            visit(aggregates)
            visit(keys)
        case .distinct(let list, let isStar):
            if isStar { needsAll = true }
            visit(list)
        case .count, .take: break
        case .sort(let keys): for key in keys { visit(key.expression) }
        case .top(_, let key): visit(key.expression)
        case .join(_, let right, let columns):
            for column in columns { names.formUnion([column.left, column.right]) }
            visit(right)
        case .union(let tables, _, _): for table in tables { visit(table) }
        }
    }

    private mutating func visit(_ list: [KQLSyntax.Named]) { for named in list { visit(named.expression) } }

    private mutating func visit(_ expression: KQLSyntax.Expression) {
        switch expression {
        case .literal: break
        case .star: needsAll = true
        case .name(let name):
            names.insert(name)
            // A join names the second of two columns with a number behind.
            let digits = name.utf8.reversed().prefix { (48...57).contains($0) }.count
            names.insert(String(Substring(name.utf8.dropLast(digits))))
        case .call("count", let arguments):
            for argument in arguments { if case .star = argument { continue } else { visit(argument) } }
        case .call(_, let arguments): for argument in arguments { visit(argument) }
        case .binary(_, let left, let right), .index(let left, let right):
            visit(left)
            visit(right)
        case .minus(let inner), .member(let inner, _): visit(inner)
        case .list(let inner, _, let items):
            visit(inner)
            for item in items { visit(item) }
        case .sublist(let inner, _, let pipeline):
            visit(inner)
            visit(pipeline)
        case .between(let inner, let low, let high, _):
            visit(inner)
            visit(low)
            visit(high)
        }
    }
}
