import BailiffModel

/// An operator at work: rows are pushed through it one by one.
class KQLStage {
    /// - Returns: Whether it wants more.
    func push(_ row: [KQLValue]) throws(KQLError) -> Bool { false }

    /// No more rows will come.
    func finish() throws(KQLError) {}
}

final class FilterStage: KQLStage {
    private let condition: KQLExpression
    private let next: KQLStage

    init(_ condition: KQLExpression, next: KQLStage) {
        self.condition = condition
        self.next = next
    }

    override func push(_ row: [KQLValue]) throws(KQLError) -> Bool {
        condition.value(row).isTrue ? try next.push(row) : true
    }

    override func finish() throws(KQLError) { try next.finish() }
}

final class ProjectStage: KQLStage {
    private let expressions: [KQLExpression]
    private let next: KQLStage

    init(_ expressions: [KQLExpression], next: KQLStage) {
        self.expressions = expressions
        self.next = next
    }

    override func push(_ row: [KQLValue]) throws(KQLError) -> Bool { try next.push(expressions.map { $0.value(row) }) }

    override func finish() throws(KQLError) { try next.finish() }
}

final class TakeStage: KQLStage {
    private var left: Int
    private let next: KQLStage

    init(_ count: Int, next: KQLStage) {
        left = count
        self.next = next
    }

    override func push(_ row: [KQLValue]) throws(KQLError) -> Bool {
        guard left > 0 else { return false }
        left -= 1
        return try next.push(row) && left > 0
    }

    override func finish() throws(KQLError) { try next.finish() }
}

final class SortStage: KQLStage {
    private let keys: [(key: KQLExpression, isDescending: Bool)]
    private let run: KQLRun
    private let next: KQLStage
    private var rows: [(keys: [KQLValue], row: [KQLValue])] = []

    init(_ keys: [(key: KQLExpression, isDescending: Bool)], run: KQLRun, next: KQLStage) {
        self.keys = keys
        self.run = run
        self.next = next
    }

    override func push(_ row: [KQLValue]) throws(KQLError) -> Bool {
        try run.hold()
        rows.append((keys.map { $0.key.value(row) }, row))
        return true
    }

    override func finish() throws(KQLError) {
        let order = rows.indices.sorted { left, right in
            for (index, key) in keys.enumerated() {
                let order = SortStage.order(rows[left].keys[index], rows[right].keys[index])
                if order != 0 { return key.isDescending ? order > 0 : order < 0 }
            }
            return left < right
        }
        for index in order where try !next.push(rows[index].row) { break }
        try next.finish()
    }

    /// Nulls come first.
    private static func order(_ left: KQLValue, _ right: KQLValue) -> Int {
        switch (left.isNull, right.isNull) {
        case (true, true): 0
        case (true, false): -1
        case (false, true): 1
        case (false, false): left.order(right) ?? 0
        }
    }
}

final class SummarizeStage: KQLStage {
    private let keys: [KQLExpression]
    private let aggregates: [KQLAggregate]
    private let run: KQLRun
    private let next: KQLStage
    private var groups: [[KQLValue]: Int] = [:]
    private var states: [(keys: [KQLValue], accumulators: [KQLAccumulator])] = []

    init(keys: [KQLExpression], aggregates: [KQLAggregate], run: KQLRun, next: KQLStage) {
        self.keys = keys
        self.aggregates = aggregates
        self.run = run
        self.next = next
    }

    override func push(_ row: [KQLValue]) throws(KQLError) -> Bool {
        let key = keys.map { $0.value(row) }
        let place: Int
        if let known = groups[key] {
            place = known
        } else {
            try run.hold()
            place = states.count
            groups[key] = place
            states.append((key, aggregates.map { KQLAccumulator($0) }))
        }
        for index in aggregates.indices { states[place].accumulators[index].add(row) }
        return true
    }

    override func finish() throws(KQLError) {
        // Without keys there is one group, be there rows or not.
        if states.isEmpty, keys.isEmpty { states.append(([], aggregates.map { KQLAccumulator($0) })) }
        for state in states {
            let results = state.accumulators.flatMap(\.results)
            if try !next.push(state.keys + results) { break }
        }
        try next.finish()
    }
}

final class ExpandStage: KQLStage {
    private let columns: [Int]
    private let next: KQLStage

    init(_ columns: [Int], next: KQLStage) {
        self.columns = columns
        self.next = next
    }

    /// Several columns are expanded side by side; an empty or missing array makes one row with null.
    override func push(_ row: [KQLValue]) throws(KQLError) -> Bool {
        let arrays = columns.map { KQLFunction.elements(row[$0]) ?? [row[$0].json] }
        let length = max(1, arrays.map(\.count).max() ?? 1)
        for index in 0..<length {
            var expanded = row
            for (column, array) in zip(columns, arrays) {
                expanded[column] = .dynamic(index < array.count ? array[index] : .null)
            }
            if try !next.push(expanded) { return false }
        }
        return true
    }

    override func finish() throws(KQLError) { try next.finish() }
}

final class JoinStage: KQLStage {
    private let kind: KQLSyntax.Join
    private let left: [Int]
    private let width: Int
    private let run: KQLRun
    private let next: KQLStage
    private var right: [[KQLValue]: [[KQLValue]]] = [:]
    private var seen: Set<[KQLValue]> = []

    init(
        _ kind: KQLSyntax.Join, rows: [[KQLValue]], left: [Int], right: [Int], width: Int, run: KQLRun, next: KQLStage
    ) {
        self.kind = kind
        self.left = left
        self.width = width
        self.run = run
        self.next = next
        for row in rows { self.right[right.map { row[$0] }, default: []].append(row) }
    }

    override func push(_ row: [KQLValue]) throws(KQLError) -> Bool {
        let key = left.map { row[$0] }
        let matches = right[key] ?? []
        switch kind {
        case .leftSemi: return matches.isEmpty ? true : try next.push(row)
        case .leftAnti: return matches.isEmpty ? try next.push(row) : true
        case .leftOuter where matches.isEmpty:
            return try next.push(row + Array(repeating: .null, count: width))
        case .innerUnique where !seen.insert(key).inserted: return true
        case .inner, .innerUnique, .leftOuter:
            for match in matches {
                try run.hold()
                if try !next.push(row + match) { return false }
            }
            return true
        }
    }

    override func finish() throws(KQLError) { try next.finish() }
}
