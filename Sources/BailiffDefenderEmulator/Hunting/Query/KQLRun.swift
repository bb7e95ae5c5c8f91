import BailiffModel

/// Runs a plan over the emulator's data.
final class KQLRun {
    private let data: HuntingData
    /// Rows read from tables.
    private(set) var scanned = 0
    /// Rows that sorting, joining and grouping hold at once.
    private var held = 0

    private static let heldLimit = 5_000_000

    init(data: HuntingData) { self.data = data }

    /// - Parameter limit: Rows beyond it are left out.
    func rows(of plan: KQLPlan, limit: Int = .max) throws(KQLError) -> [[KQLValue]] {
        let collector = Collector(limit: limit)
        try run(plan, hints: [], into: collector)
        return collector.rows
    }

    func hold() throws(KQLError) {
        held += 1
        if held > KQLRun.heldLimit { throw KQLError("The query used more memory than is allowed.") }
    }

    /// - Parameter hints: Conditions that every row must fulfil further on, over the plan's schema; they lead to indexes.
    private func run(_ plan: KQLPlan, hints: [KQLExpression], into stage: KQLStage) throws(KQLError) {
        switch plan.node {
        case .rows(let rows):
            for row in rows where try !stage.push(row) { break }
            try stage.finish()
        case .table(let table, let columns):
            let restriction = HuntingRestriction(hints, schema: plan.schema, data: data, table: table)
            try data.scan(table, columns: columns, restriction: restriction) { row throws(KQLError) in
                scanned += 1
                return try stage.push(row)
            }
            try stage.finish()
        case .union(let branches, let hasSource):
            let gate = UnionGate(stage)
            for branch in branches where !gate.isFull {
                let shaper = Shaper(
                    columns: branch.columns, source: hasSource ? .string(branch.source) : nil, next: gate)
                try run(
                    branch.plan, hints: hints.compactMap { $0.moved(branch.columns, offset: hasSource ? 1 : 0) },
                    into: shaper)
            }
            try stage.finish()
        case .steps(let source, let steps): try run(source, steps, hints, into: stage)
        }
    }

    private func run(
        _ source: KQLPlan, _ steps: [KQLStep], _ hints: [KQLExpression], into stage: KQLStage
    ) throws(KQLError) {
        var filters: [KQLExpression] = []
        for step in steps {
            guard case .filter(let condition) = step else { break }
            filters.append(condition)
        }
        // Conditions from further on hold for the source only where nothing but conditions lies between.
        let passed = filters.count == steps.count ? hints : []
        var first = stage
        for step in steps.reversed() { first = try self.stage(step, next: first) }
        try run(source, hints: filters + passed, into: first)
    }

    private func stage(_ step: KQLStep, next: KQLStage) throws(KQLError) -> KQLStage {
        switch step {
        case .filter(let condition): return FilterStage(condition, next: next)
        case .project(let expressions): return ProjectStage(expressions, next: next)
        case .summarize(let keys, let aggregates):
            return SummarizeStage(keys: keys, aggregates: aggregates, run: self, next: next)
        case .take(let count): return TakeStage(count, next: next)
        case .sort(let keys): return SortStage(keys, run: self, next: next)
        case .expand(let columns): return ExpandStage(columns, next: next)
        case .join(let kind, let plan, let left, let right, let width):
            let rows = try rows(of: plan)
            return JoinStage(kind, rows: rows, left: left, right: right, width: width, run: self, next: next)
        }
    }

    private final class Collector: KQLStage {
        private let limit: Int
        var rows: [[KQLValue]] = []

        init(limit: Int) { self.limit = limit }

        override func push(_ row: [KQLValue]) throws(KQLError) -> Bool {
            guard rows.count < limit else { return false }
            rows.append(row)
            return true
        }

        override func finish() throws(KQLError) {}
    }

    /// Several branches end in one stage, which finishes once.
    private final class UnionGate: KQLStage {
        private let target: KQLStage
        private(set) var isFull = false

        init(_ target: KQLStage) { self.target = target }

        override func push(_ row: [KQLValue]) throws(KQLError) -> Bool {
            if try !target.push(row) { isFull = true }
            return !isFull
        }

        override func finish() throws(KQLError) {}
    }

    /// Puts the columns of a branch in the union's order.
    private final class Shaper: KQLStage {
        private let columns: [Int?]
        private let source: KQLValue?
        private let next: KQLStage

        init(columns: [Int?], source: KQLValue?, next: KQLStage) {
            self.columns = columns
            self.source = source
            self.next = next
        }

        override func push(_ row: [KQLValue]) throws(KQLError) -> Bool {
            var shaped: [KQLValue] = []
            shaped.reserveCapacity(columns.count + 1)
            if let source { shaped.append(source) }
            for column in columns { shaped.append(column.map { row[$0] } ?? .null) }
            return try next.push(shaped)
        }

        override func finish() throws(KQLError) { try next.finish() }
    }
}

extension KQLExpression {
    /// The same condition over a branch of a union; nil where that cannot be said.
    ///
    /// A column the branch does not have is null in all its rows: no value but the empty text is equal to it.
    func moved(_ columns: [Int?], offset: Int) -> KQLExpression? {
        switch self {
        case .literal: return self
        case .column(let place):
            guard columns.indices.contains(place - offset), let column = columns[place - offset] else { return nil }
            return .column(column)
        case .binary(.and, let left, let right):
            let (one, two) = (left.moved(columns, offset: offset), right.moved(columns, offset: offset))
            if let one, let two { return .binary(.and, one, two) }
            return one ?? two
        case .binary(.or, let left, let right):
            guard let one = left.moved(columns, offset: offset), let two = right.moved(columns, offset: offset) else {
                return nil
            }
            return .binary(.or, one, two)
        case .binary(let verb, let left, let right):
            if let one = left.moved(columns, offset: offset), let two = right.moved(columns, offset: offset) {
                return .binary(verb, one, two)
            }
            guard verb == .equal || verb == .equalAnyCase, let value = left.comparedLiteral(with: right) else {
                return nil
            }
            return value.text.isEmpty ? nil : .literal(.bool(false))
        case .among(let inner, let set, let ignoringCase, let isNegated):
            if let inner = inner.moved(columns, offset: offset) {
                return .among(inner, set, ignoringCase: ignoringCase, isNegated: isNegated)
            }
            guard case .column = inner, !isNegated, !set.contains("") else { return nil }
            return .literal(.bool(false))
        default: return nil
        }
    }

    /// The literal of a comparison between a column and a literal.
    func comparedLiteral(with other: KQLExpression) -> KQLValue? {
        switch (self, other) {
        case (.column, .literal(let value)), (.literal(let value), .column): value
        default: nil
        }
    }
}
