import BailiffModel

extension KQLCompiler {
    typealias Typed = (expression: KQLExpression, type: KQLType)

    /// What holds no column is worked out at once.
    func expression(_ syntax: KQLSyntax.Expression, _ schema: [KQLColumn]) throws(KQLError) -> Typed {
        let typed = try resolve(syntax, schema)
        if case .literal = typed.expression { return typed }
        return typed.expression.isConstant ? (.literal(typed.expression.value([])), typed.type) : typed
    }

    private func resolve(_ syntax: KQLSyntax.Expression, _ schema: [KQLColumn]) throws(KQLError) -> Typed {
        switch syntax {
        case .literal(let value): return (.literal(value), value.type ?? .string)
        case .name(let name):
            if let place = schema.firstIndex(where: { $0.name == name }) { return (.column(place), schema[place].type) }
            guard let bound = scalars[name] else {
                throw KQLError("Failed to resolve column or scalar expression named '\(name)'")
            }
            return bound
        case .star: throw KQLError("Syntax error: '*' is not allowed here.")
        case .minus(let inner):
            let (inner, type) = try expression(inner, schema)
            return (.minus(inner), type)
        case .member(let inner, let name): return (.member(try expression(inner, schema).expression, name), .dynamic)
        case .index(let inner, let key):
            return (.index(try expression(inner, schema).expression, try expression(key, schema).expression), .dynamic)
        case .between(let inner, let low, let high, let isNegated):
            return (
                .between(
                    try expression(inner, schema).expression, try expression(low, schema).expression,
                    try expression(high, schema).expression, isNegated: isNegated), .bool
            )
        case .binary(let verb, let left, let right): return try binary(verb, left, right, schema)
        case .call(let name, let arguments): return try call(name, arguments, schema)
        case .list(let inner, let list, let items): return (try self.list(inner, list, items, schema), .bool)
        case .sublist(let inner, let list, let subquery):
            return (try sublist(inner, list, subquery, schema), .bool)
        }
    }

    private func binary(
        _ verb: KQLSyntax.Binary, _ left: KQLSyntax.Expression, _ right: KQLSyntax.Expression, _ schema: [KQLColumn]
    ) throws(KQLError) -> Typed {
        let (left, leftType) = try expression(left, schema)
        let (right, rightType) = try expression(right, schema)
        let type: KQLType
        switch verb {
        case .plus, .minus, .times, .divided, .modulo:
            type = try KQLCompiler.arithmetic(verb, leftType, rightType)
        case .less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .notEqual:
            try KQLCompiler.checkComparable(leftType, rightType)
            type = .bool
        default: type = .bool
        }
        return (.binary(verb, left, right), type)
    }

    private static func arithmetic(
        _ verb: KQLSyntax.Binary, _ left: KQLType, _ right: KQLType
    ) throws(KQLError) -> KQLType {
        switch (left, right) {
        case (.datetime, .datetime) where verb == .minus: return .timespan
        case (.datetime, .timespan), (.timespan, .datetime): return .datetime
        case (.timespan, .timespan): return verb == .divided ? .real : .timespan
        case (.timespan, .long), (.long, .timespan): return .timespan
        case (.real, _), (_, .real), (.dynamic, _), (_, .dynamic): return .real
        case (.long, .long), (.long, .bool), (.bool, .long): return .long
        default: throw KQLError("The operator '\(verb.rawValue)' cannot be applied to these types.")
        }
    }

    /// The language refuses to compare a text with a number or a time.
    private static func checkComparable(_ left: KQLType, _ right: KQLType) throws(KQLError) {
        func family(_ type: KQLType) -> Int {
            switch type {
            case .string: 0
            case .datetime: 1
            case .timespan: 2
            case .bool, .long, .real: 3
            case .dynamic: -1
            }
        }
        guard family(left) == family(right) || family(left) < 0 || family(right) < 0 else {
            throw KQLError(
                "Cannot compare values of types \(left.rawValue) and \(right.rawValue). Try adding explicit casts")
        }
    }

    private func call(
        _ name: String, _ arguments: [KQLSyntax.Expression], _ schema: [KQLColumn]
    ) throws(KQLError) -> Typed {
        switch (name, arguments.count) {
        case ("now", 0): return (.literal(.datetime(data.now)), .datetime)
        case ("now", 1), ("ago", 1):
            let (span, type) = try expression(arguments[0], schema)
            guard type == .timespan else { throw KQLError("'\(name)' takes a time span.") }
            let now = KQLExpression.literal(.datetime(data.now))
            return (.binary(name == "ago" ? .minus : .plus, now, span), .datetime)
        default: break
        }
        guard let function = KQLFunction(rawValue: name) else { throw KQLError("Unknown function: '\(name)'.") }
        guard function.arity.contains(arguments.count) else {
            throw KQLError("\(name)(): function expects \(KQLCompiler.text(function.arity)) argument(s).")
        }
        if function == .case, arguments.count % 2 == 0 {
            throw KQLError("case(): a value for all other cases is missing.")
        }
        var (expressions, types): ([KQLExpression], [KQLType]) = ([], [])
        for argument in arguments {
            let (expression, type) = try expression(argument, schema)
            expressions.append(expression)
            types.append(type)
        }
        return (.call(function, expressions), function.type(types))
    }

    private static func text(_ arity: ClosedRange<Int>) -> String {
        arity.lowerBound == arity.upperBound ? "\(arity.lowerBound)" : "\(arity.lowerBound) to \(arity.upperBound)"
    }

    // MARK: Lists

    private func list(
        _ inner: KQLSyntax.Expression, _ list: KQLSyntax.List, _ items: [KQLSyntax.Expression], _ schema: [KQLColumn]
    ) throws(KQLError) -> KQLExpression {
        let (value, type) = try expression(inner, schema)
        var expressions: [KQLExpression] = []
        for item in items { expressions.append(try expression(item, schema).expression) }
        let literals = KQLCompiler.literals(expressions)
        switch list {
        case .hasAny, .hasAll:
            return .hasTerms(value, literals?.map { .literal($0) } ?? expressions, all: list == .hasAll)
        case .isIn, .isInAnyCase, .notIn, .notInAnyCase:
            let ignoringCase = list == .isInAnyCase || list == .notInAnyCase
            let isNegated = list == .notIn || list == .notInAnyCase
            guard let literals, type == .string || type == .dynamic,
                literals.allSatisfy({ $0.type == .string || $0.isNull })
            else { return .amongValues(value, expressions, ignoringCase: ignoringCase, isNegated: isNegated) }
            let texts = literals.map { ignoringCase ? KQLText.lowered($0.text) : $0.text }
            return .among(value, Set(texts), ignoringCase: ignoringCase, isNegated: isNegated)
        }
    }

    /// Arrays taken apart; nil where a value is not known yet.
    private static func literals(_ expressions: [KQLExpression]) -> [KQLValue]? {
        var values: [KQLValue] = []
        for expression in expressions {
            guard case .literal(let value) = expression else { return nil }
            if case .dynamic(.array(let elements)) = value {
                values += elements.map { KQLValue.dynamic($0).plain }
            } else {
                values.append(value.plain)
            }
        }
        return values
    }

    /// The subquery runs here and now.
    private func sublist(
        _ inner: KQLSyntax.Expression, _ list: KQLSyntax.List, _ subquery: KQLSyntax.Pipeline, _ schema: [KQLColumn]
    ) throws(KQLError) -> KQLExpression {
        let value = try expression(inner, schema).expression
        let plan = try pipeline(subquery)
        guard !plan.schema.isEmpty else { throw KQLError("The table behind 'in' has no column.") }
        let run = KQLRun(data: data)
        let rows = try run.rows(of: plan)
        let ignoringCase = list == .isInAnyCase || list == .notInAnyCase
        let texts = rows.map { ignoringCase ? KQLText.lowered($0[0].text) : $0[0].text }
        return .among(
            value, Set(texts), ignoringCase: ignoringCase, isNegated: list == .notIn || list == .notInAnyCase)
    }
}

extension KQLExpression {
    /// Whether it is the same for every row.
    var isConstant: Bool {
        switch self {
        case .literal: true
        case .column: false
        case .call(_, let arguments): arguments.allSatisfy(\.isConstant)
        case .binary(_, let left, let right), .index(let left, let right): left.isConstant && right.isConstant
        case .minus(let inner), .member(let inner, _), .among(let inner, _, _, _): inner.isConstant
        case .amongValues(let inner, let items, _, _), .hasTerms(let inner, let items, _):
            inner.isConstant && items.allSatisfy(\.isConstant)
        case .between(let inner, let low, let high, _): inner.isConstant && low.isConstant && high.isConstant
        }
    }
}
