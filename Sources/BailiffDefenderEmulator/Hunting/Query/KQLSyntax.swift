import BailiffModel

/// A query as written, names not yet looked up.
enum KQLSyntax {
    indirect enum Expression: Sendable {
        case literal(KQLValue)
        case name(String)
        case call(String, [Expression])
        case binary(Binary, Expression, Expression)
        case minus(Expression)
        case member(Expression, String)
        case index(Expression, Expression)
        case list(Expression, List, [Expression])
        /// `in (Table | …)`: the first column of the answer.
        case sublist(Expression, List, Pipeline)
        case between(Expression, Expression, Expression, isNegated: Bool)
        /// All columns, in `count(*)` and `arg_max(x, *)`.
        case star
    }

    enum Binary: String, Sendable {
        case or, and
        case equal = "=="
        case notEqual = "!="
        case equalAnyCase = "=~"
        case notEqualAnyCase = "!~"
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case plus = "+"
        case minus = "-"
        case times = "*"
        case divided = "/"
        case modulo = "%"
        case has, hasprefix, hassuffix, contains, startswith, endswith
        case hasCase = "has_cs"
        case containsCase = "contains_cs"
        case startswithCase = "startswith_cs"
        case endswithCase = "endswith_cs"
        case notHas = "!has"
        case notHasCase = "!has_cs"
        case notContains = "!contains"
        case notContainsCase = "!contains_cs"
        case notStartswith = "!startswith"
        case notEndswith = "!endswith"
    }

    enum List: String, Sendable {
        case isIn = "in"
        case isInAnyCase = "in~"
        case notIn = "!in"
        case notInAnyCase = "!in~"
        case hasAny = "has_any"
        case hasAll = "has_all"
    }

    struct Named: Sendable {
        /// As written in front of `=`; nil where the name follows from the expression.
        var name: String?
        var expression: Expression
    }

    struct Key: Sendable {
        var expression: Expression
        var isDescending: Bool
    }

    indirect enum Source: Sendable {
        case table(String)
        case union(tables: [Pipeline], withSource: String?, isInner: Bool)
        case print([Named])
        case nested(Pipeline)
    }

    enum Join: String, Sendable {
        case innerUnique = "innerunique"
        case inner
        case leftOuter = "leftouter"
        case leftSemi = "leftsemi"
        case leftAnti = "leftanti"
    }

    indirect enum Operator: Sendable {
        case filter(Expression)
        case project([Named])
        case projectAway([String])
        case projectKeep([String])
        case projectRename([Named])
        case projectReorder([String])
        case extend([Named])
        case summarize([Named], by: [Named])
        case distinct([Named], isStar: Bool)
        case count
        case take(Int)
        case sort([Key])
        case top(Int, Key)
        case join(Join, Pipeline, on: [(left: String, right: String)])
        case union([Pipeline], withSource: String?, isInner: Bool)
        case expand([Named])
    }

    struct Pipeline: Sendable {
        var source: Source
        var operators: [Operator]
    }

    enum Binding: Sendable {
        case scalar(Expression)
        case table(Pipeline)
    }

    struct Query: Sendable {
        var bindings: [(name: String, value: Binding)]
        var body: Pipeline
    }
}
