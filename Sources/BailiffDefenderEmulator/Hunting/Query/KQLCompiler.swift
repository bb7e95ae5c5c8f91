import BailiffModel

/// Looks up the names of a query and settles its types.
struct KQLCompiler {
    let data: HuntingData
    /// Columns worth reading; nil where the answer shows whole rows.
    let mentioned: Set<String>?
    var scalars: [String: (expression: KQLExpression, type: KQLType)] = [:]
    var tables: [String: KQLPlan] = [:]

    static func compile(_ query: KQLSyntax.Query, data: HuntingData) throws(KQLError) -> KQLPlan {
        var compiler = KQLCompiler(data: data, mentioned: KQLMentions.names(in: query))
        for (name, value) in query.bindings {
            switch value {
            case .scalar(let expression): compiler.scalars[name] = try compiler.expression(expression, [])
            case .table(let pipeline): compiler.tables[name] = try compiler.pipeline(pipeline)
            }
        }
        return try compiler.pipeline(query.body)
    }

    private init(data: HuntingData, mentioned: Set<String>?) {
        self.data = data
        self.mentioned = mentioned
    }

    func pipeline(_ syntax: KQLSyntax.Pipeline) throws(KQLError) -> KQLPlan {
        var plan = try source(syntax.source)
        for operation in syntax.operators { plan = try apply(operation, to: plan) }
        return plan
    }

    private func source(_ source: KQLSyntax.Source) throws(KQLError) -> KQLPlan {
        switch source {
        case .nested(let inner): return try pipeline(inner)
        case .table(let name): return try table(name)
        case .union(let tables, let withSource, let isInner):
            var branches: [(KQLPlan, String)] = []
            for (index, table) in tables.enumerated() { branches.append(try branch(table, index)) }
            return try union(branches, withSource: withSource, isInner: isInner)
        case .print(let values):
            var (schema, row): ([KQLColumn], [KQLValue]) = ([], [])
            for (index, named) in values.enumerated() {
                let (expression, type) = try expression(named.expression, [])
                schema.append(KQLColumn(named.name ?? "print_\(index)", type))
                row.append(expression.value([]))
            }
            return KQLPlan(node: .rows([row]), schema: schema)
        }
    }

    private func table(_ name: String) throws(KQLError) -> KQLPlan {
        if let bound = tables[name] { return bound }
        guard let table = HuntingTable(rawValue: name) else {
            throw KQLError("Failed to resolve table or column expression named '\(name)'")
        }
        let columns = table.columns.indices.filter { mentioned?.contains(table.columns[$0].name) ?? true }
        return KQLPlan(node: .table(table, columns), schema: columns.map { table.columns[$0] })
    }

    private func branch(_ syntax: KQLSyntax.Pipeline, _ index: Int) throws(KQLError) -> (KQLPlan, String) {
        var name = "union_arg\(index)"
        if case .table(let table) = syntax.source { name = table }
        return (try pipeline(syntax), name)
    }

    private func union(
        _ branches: [(plan: KQLPlan, name: String)], withSource: String?, isInner: Bool
    ) throws(KQLError) -> KQLPlan {
        var schema: [KQLColumn] = []
        for branch in branches {
            for column in branch.plan.schema where !schema.contains(where: { $0.name == column.name }) {
                schema.append(column)
            }
        }
        if isInner {
            schema = schema.filter { column in branches.allSatisfy { $0.plan.schema.contains(column) } }
        }
        if let withSource { schema.insert(KQLColumn(withSource), at: 0) }
        let wanted = withSource == nil ? schema[...] : schema.dropFirst()
        return KQLPlan(
            node: .union(
                branches.map { branch in
                    let columns = wanted.map { column in
                        branch.plan.schema.firstIndex { $0.name == column.name && $0.type == column.type }
                    }
                    return (branch.plan, columns, branch.name)
                }, hasSource: withSource != nil), schema: schema)
    }

    // MARK: Operators

    private func apply(_ operation: KQLSyntax.Operator, to plan: KQLPlan) throws(KQLError) -> KQLPlan {
        let schema = plan.schema
        switch operation {
        case .filter(let condition):
            return plan.with(.filter(try expression(condition, schema).expression))
        case .project(let list): return plan.with(try projection(list, schema))
        case .extend(let list): return plan.with(try extended(list, schema))
        case .projectAway(let names):
            try check(names, schema)
            return plan.keeping(schema.indices.filter { !KQLCompiler.matches(schema[$0].name, names) })
        case .projectKeep(let names):
            try check(names, schema)
            return plan.keeping(schema.indices.filter { KQLCompiler.matches(schema[$0].name, names) })
        case .projectReorder(let names):
            try check(names, schema)
            let first = names.flatMap { name in schema.indices.filter { KQLCompiler.matches(schema[$0].name, [name]) } }
            return plan.keeping(first + schema.indices.filter { !first.contains($0) })
        case .projectRename(let list): return try renamed(list, plan)
        case .summarize(let aggregates, let keys): return plan.with(try summary(aggregates, keys, schema))
        case .distinct(let list, let isStar):
            let all = schema.map { KQLSyntax.Named(name: nil, expression: .name($0.name)) }
            return plan.with(try summary([], isStar ? all : list, schema))
        case .count:
            let aggregate = KQLAggregate(
                kind: .count, arguments: [], condition: nil, limit: 0, columns: [KQLColumn("Count", .long)])
            return plan.with((.summarize(keys: [], [aggregate]), [KQLColumn("Count", .long)]))
        case .take(let count): return plan.with(.take(count))
        case .sort(let keys): return plan.with(try sorting(keys, schema))
        case .top(let count, let key): return plan.with(try sorting([key], schema)).with(.take(count))
        case .join(let kind, let right, let columns): return try join(plan, kind, right, columns)
        case .union(let others, let withSource, let isInner):
            var branches: [(KQLPlan, String)] = [(plan, "union_arg0")]
            for (index, other) in others.enumerated() { branches.append(try branch(other, index + 1)) }
            return try union(branches, withSource: withSource, isInner: isInner)
        case .expand(let list): return try expansion(list, plan)
        }
    }

    private typealias Shaped = (step: KQLStep, schema: [KQLColumn])

    private func projection(_ list: [KQLSyntax.Named], _ schema: [KQLColumn]) throws(KQLError) -> Shaped {
        var (expressions, columns): ([KQLExpression], [KQLColumn]) = ([], [])
        for (index, named) in list.enumerated() {
            let (expression, type) = try expression(named.expression, schema)
            expressions.append(expression)
            let name = named.name ?? KQLCompiler.name(of: named.expression) ?? "Column\(index + 1)"
            columns.append(KQLColumn(KQLCompiler.unique(name, columns), type))
        }
        return (.project(expressions), columns)
    }

    private func extended(_ list: [KQLSyntax.Named], _ schema: [KQLColumn]) throws(KQLError) -> Shaped {
        var columns = schema
        var expressions = schema.indices.map { KQLExpression.column($0) }
        for (index, named) in list.enumerated() {
            let (expression, type) = try expression(named.expression, schema)
            let name = named.name ?? KQLCompiler.name(of: named.expression) ?? "Column\(index + 1)"
            if let place = columns.firstIndex(where: { $0.name == name }) {
                expressions[place] = expression
                columns[place].type = type
            } else {
                expressions.append(expression)
                columns.append(KQLColumn(name, type))
            }
        }
        return (.project(expressions), columns)
    }

    private func renamed(_ list: [KQLSyntax.Named], _ plan: KQLPlan) throws(KQLError) -> KQLPlan {
        var renamed = plan
        for named in list {
            guard let name = named.name, case .name(let old) = named.expression else {
                throw KQLError("'project-rename' takes pairs of names.")
            }
            renamed.schema[try place(old, plan.schema)].name = name
        }
        return renamed
    }

    private func sorting(_ keys: [KQLSyntax.Key], _ schema: [KQLColumn]) throws(KQLError) -> KQLStep {
        var resolved: [(key: KQLExpression, isDescending: Bool)] = []
        for key in keys { resolved.append((try expression(key.expression, schema).expression, key.isDescending)) }
        return .sort(resolved)
    }

    private func join(
        _ plan: KQLPlan, _ kind: KQLSyntax.Join, _ syntax: KQLSyntax.Pipeline, _ names: [(left: String, right: String)]
    ) throws(KQLError) -> KQLPlan {
        let right = try pipeline(syntax)
        var (leftKeys, rightKeys): ([Int], [Int]) = ([], [])
        for pair in names {
            leftKeys.append(try place(pair.left, plan.schema))
            rightKeys.append(try place(pair.right, right.schema))
        }
        var schema = plan.schema
        if kind != .leftSemi, kind != .leftAnti {
            for column in right.schema {
                schema.append(KQLColumn(KQLCompiler.unique(column.name, schema), column.type))
            }
        }
        return plan.with(
            (.join(kind, right, left: leftKeys, right: rightKeys, width: right.schema.count), schema))
    }

    private func expansion(_ list: [KQLSyntax.Named], _ plan: KQLPlan) throws(KQLError) -> KQLPlan {
        var (shaped, places) = (plan, [Int]())
        for named in list {
            let (expression, _) = try expression(named.expression, shaped.schema)
            let name = named.name ?? KQLCompiler.name(of: named.expression) ?? "Column1"
            if case .column(let place) = expression, shaped.schema[place].name == name {
                places.append(place)
            } else {
                shaped = shaped.with(
                    try extended([KQLSyntax.Named(name: name, expression: named.expression)], shaped.schema))
                places.append(try self.place(name, shaped.schema))
            }
        }
        var schema = shaped.schema
        for place in places { schema[place].type = .dynamic }
        return shaped.with((.expand(places), schema))
    }

    // MARK: Names

    func place(_ name: String, _ schema: [KQLColumn]) throws(KQLError) -> Int {
        guard let place = schema.firstIndex(where: { $0.name == name }) else {
            throw KQLError("Failed to resolve column or scalar expression named '\(name)'")
        }
        return place
    }

    private func check(_ names: [String], _ schema: [KQLColumn]) throws(KQLError) {
        for name in names where !name.hasSuffix("*") { _ = try place(name, schema) }
    }

    private static func matches(_ column: String, _ names: [String]) -> Bool {
        names.contains { $0.hasSuffix("*") ? column.hasPrefix($0.dropLast()) : column == $0 }
    }

    /// With a number behind it where the name is taken.
    static func unique(_ name: String, _ columns: [KQLColumn]) -> String {
        guard columns.contains(where: { $0.name == name }) else { return name }
        var number = 1
        while columns.contains(where: { $0.name == name + String(number) }) { number += 1 }
        return name + String(number)
    }

    /// The name a column gets from its expression.
    static func name(of expression: KQLSyntax.Expression) -> String? {
        switch expression {
        case .name(let name): name
        case .member(let inner, let name): KQLCompiler.name(of: inner).map { $0 + "_" + name }
        case .call(let function, let arguments) where arguments.count <= 2 && keepsName.contains(function):
            arguments.first.flatMap(KQLCompiler.name)
        default: nil
        }
    }

    private static let keepsName: Set<String> = [
        "bin", "floor", "tostring", "tolower", "toupper", "tolong", "toint", "todatetime", "tobool", "parse_json",
        "todynamic", "startofday", "startofhour",
    ]
}

extension KQLPlan {
    /// Steps in a row stay in one node.
    func with(_ step: KQLStep) -> KQLPlan { with((step, schema)) }

    func with(_ shaped: (step: KQLStep, schema: [KQLColumn])) -> KQLPlan {
        if case .steps(let source, let steps) = node {
            return KQLPlan(node: .steps(source, steps + [shaped.step]), schema: shaped.schema)
        }
        return KQLPlan(node: .steps(self, [shaped.step]), schema: shaped.schema)
    }

    func keeping(_ places: [Int]) -> KQLPlan {
        with((.project(places.map { .column($0) }), places.map { schema[$0] }))
    }
}
