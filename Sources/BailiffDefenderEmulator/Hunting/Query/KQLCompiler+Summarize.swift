import BailiffModel

extension KQLCompiler {
    func summary(
        _ aggregates: [KQLSyntax.Named], _ keys: [KQLSyntax.Named], _ schema: [KQLColumn]
    ) throws(KQLError) -> (step: KQLStep, schema: [KQLColumn]) {
        var (expressions, columns): ([KQLExpression], [KQLColumn]) = ([], [])
        for (index, key) in keys.enumerated() {
            let (expression, type) = try expression(key.expression, schema)
            let name = key.name ?? KQLCompiler.name(of: key.expression) ?? "Column\(index + 1)"
            expressions.append(expression)
            columns.append(KQLColumn(KQLCompiler.unique(name, columns), type))
        }
        let keyNames = Set(columns.map(\.name))
        var resolved: [KQLAggregate] = []
        for named in aggregates {
            var aggregate = try self.aggregate(named, schema, keyNames: keyNames)
            for index in aggregate.columns.indices {
                aggregate.columns[index].name = KQLCompiler.unique(aggregate.columns[index].name, columns)
                columns.append(aggregate.columns[index])
            }
            resolved.append(aggregate)
        }
        return (.summarize(keys: expressions, resolved), columns)
    }

    private static let setLimit = 1_048_576

    private func aggregate(
        _ named: KQLSyntax.Named, _ schema: [KQLColumn], keyNames: Set<String>
    ) throws(KQLError) -> KQLAggregate {
        guard case .call(let name, var arguments) = named.expression, let kind = KQLAggregate.Kind(rawValue: name)
        else {
            throw KQLError("'summarize' needs aggregations; this expression is none or is not supported.")
        }
        var aggregate = KQLAggregate(
            kind: kind, arguments: [], condition: nil, limit: KQLCompiler.setLimit, columns: [])
        if kind == .count {
            guard arguments.isEmpty || KQLCompiler.isStar(arguments) else { throw wrongArguments(name) }
            aggregate.columns = [KQLColumn(named.name ?? "count_", .long)]
            return aggregate
        }
        if [.makeSet, .makeList].contains(kind), arguments.count == 2, let limit = arguments.popLast() {
            aggregate.limit = try rowLimit(limit)
        }
        if [.makeSetIf, .makeListIf].contains(kind), arguments.count == 3, let limit = arguments.popLast() {
            aggregate.limit = try rowLimit(limit)
        }
        if [.dcount].contains(kind), arguments.count == 2 { arguments.removeLast() }
        if kind.isConditional {
            guard arguments.count == (kind == .countif ? 1 : 2), let condition = arguments.popLast() else {
                throw wrongArguments(name)
            }
            aggregate.condition = try expression(condition, schema).expression
        }
        return try filled(aggregate, named, arguments, schema, keyNames: keyNames)
    }

    private func filled(
        _ draft: KQLAggregate, _ named: KQLSyntax.Named, _ arguments: [KQLSyntax.Expression], _ schema: [KQLColumn],
        keyNames: Set<String>
    ) throws(KQLError) -> KQLAggregate {
        var aggregate = draft
        switch aggregate.kind {
        case .argMax, .argMin, .takeAny, .any:
            let all = try expanded(arguments, schema, keyNames: keyNames)
            guard !all.isEmpty else { throw wrongArguments(aggregate.kind.rawValue) }
            for (index, argument) in all.enumerated() {
                let (expression, type) = try expression(argument, schema)
                let own = KQLCompiler.name(of: argument) ?? "Column\(index + 1)"
                aggregate.arguments.append(expression)
                aggregate.columns.append(
                    KQLColumn(KQLCompiler.unique(index == 0 ? named.name ?? own : own, aggregate.columns), type))
            }
        default:
            guard arguments.count == (aggregate.kind == .countif ? 0 : 1) else {
                throw wrongArguments(aggregate.kind.rawValue)
            }
            var type = KQLType.long
            if let argument = arguments.first {
                let (expression, argumentType) = try expression(argument, schema)
                aggregate.arguments = [expression]
                type = KQLCompiler.type(of: aggregate.kind, argumentType)
            }
            let own = arguments.first.flatMap(KQLCompiler.name) ?? ""
            aggregate.columns = [KQLColumn(named.name ?? KQLCompiler.prefix(aggregate.kind) + "_" + own, type)]
        }
        return aggregate
    }

    /// A star stands for all columns but the keys and those named already.
    private func expanded(
        _ arguments: [KQLSyntax.Expression], _ schema: [KQLColumn], keyNames: Set<String>
    ) throws(KQLError) -> [KQLSyntax.Expression] {
        var all: [KQLSyntax.Expression] = []
        for argument in arguments {
            guard case .star = argument else {
                all.append(argument)
                continue
            }
            let known = keyNames.union(all.compactMap(KQLCompiler.name))
            all += schema.filter { !known.contains($0.name) }.map { .name($0.name) }
        }
        return all
    }

    private static func isStar(_ arguments: [KQLSyntax.Expression]) -> Bool {
        if arguments.count == 1, case .star = arguments[0] { true } else { false }
    }

    private func rowLimit(_ syntax: KQLSyntax.Expression) throws(KQLError) -> Int {
        guard case .literal(.long(let number)) = try expression(syntax, []).expression,
            let limit = Int(exactly: number),
            limit >= 0
        else { throw KQLError("The limit of a set must be a number.") }
        return min(limit, KQLCompiler.setLimit)
    }

    private func wrongArguments(_ name: String) -> KQLError { KQLError("\(name)(): wrong arguments.") }

    private static func type(of kind: KQLAggregate.Kind, _ argument: KQLType) -> KQLType {
        switch kind {
        case .count, .countif, .dcount, .dcountif: .long
        case .avg, .avgif: argument == .timespan || argument == .datetime ? argument : .real
        case .makeSet, .makeSetIf, .makeList, .makeListIf: .dynamic
        default: argument
        }
    }

    private static func prefix(_ kind: KQLAggregate.Kind) -> String {
        switch kind {
        case .makeSet, .makeSetIf: "set"
        case .makeList, .makeListIf: "list"
        default: kind.rawValue
        }
    }
}
