import BailiffModel

/// One aggregation of `summarize`.
struct KQLAggregate: Sendable {
    enum Kind: String, Sendable {
        case count, countif, dcount, dcountif, sum, sumif, avg, avgif, min, minif, max, maxif
        case makeSet = "make_set"
        case makeSetIf = "make_set_if"
        case makeList = "make_list"
        case makeListIf = "make_list_if"
        case takeAny = "take_any"
        case any
        case argMax = "arg_max"
        case argMin = "arg_min"

        /// Whether its last argument is a condition.
        var isConditional: Bool {
            switch self {
            case .countif, .dcountif, .sumif, .avgif, .minif, .maxif, .makeSetIf, .makeListIf: true
            default: false
            }
        }
    }

    var kind: Kind
    /// Without the condition and without a limit.
    var arguments: [KQLExpression]
    var condition: KQLExpression?
    var limit: Int
    /// The columns it fills: more than one for `arg_max` and `arg_min`.
    var columns: [KQLColumn]
}

/// What an aggregation has seen of one group.
struct KQLAccumulator {
    private let aggregate: KQLAggregate
    private var count: Int64 = 0
    private var total: KQLValue = .long(0)
    private var best: KQLValue = .null
    private var kept: [KQLValue] = []
    private var hasKept = false
    private var seen: Set<KQLValue> = []
    private var list: [JSONValue] = []

    init(_ aggregate: KQLAggregate) { self.aggregate = aggregate }

    mutating func add(_ row: [KQLValue]) {
        if let condition = aggregate.condition, !condition.value(row).isTrue { return }
        let value = aggregate.arguments.first?.value(row) ?? .null
        switch aggregate.kind {
        case .count, .countif: count += 1
        case .dcount, .dcountif: if !value.isNull { seen.insert(value) }
        case .sum, .sumif, .avg, .avgif:
            guard !value.isNull else { return }
            count += 1
            total = KQLArithmetic.value(.plus, total, value)
        case .min, .minif: if best.isNull || (value.order(best) ?? 0) < 0 { best = value }
        case .max, .maxif: if best.isNull || (value.order(best) ?? 0) > 0 { best = value }
        case .makeSet, .makeSetIf: collect(value, distinct: true)
        case .makeList, .makeListIf: collect(value, distinct: false)
        case .takeAny, .any: if !hasKept { keep(row) }
        case .argMax: keep(row, where: 1, value)
        case .argMin: keep(row, where: -1, value)
        }
    }

    /// Nulls do not get in, nor do empty texts.
    private mutating func collect(_ value: KQLValue, distinct: Bool) {
        guard !value.isNull, value != .string(""), list.count < aggregate.limit else { return }
        if distinct {
            guard seen.insert(value).inserted else { return }
        }
        list.append(value.json)
    }

    private mutating func keep(_ row: [KQLValue]) {
        kept = aggregate.arguments.map { $0.value(row) }
        hasKept = true
    }

    private mutating func keep(_ row: [KQLValue], where sign: Int, _ value: KQLValue) {
        guard !value.isNull else { return }
        if !hasKept || (value.order(best) ?? 0) * sign > 0 {
            best = value
            keep(row)
        }
    }

    var results: [KQLValue] {
        switch aggregate.kind {
        case .count, .countif: [.long(count)]
        case .dcount, .dcountif: [.long(Int64(seen.count))]
        case .sum, .sumif: [total]
        case .avg, .avgif: [count == 0 ? .null : .real((total.number ?? 0) / Double(count))]
        case .min, .minif, .max, .maxif: [best]
        case .makeSet, .makeSetIf, .makeList, .makeListIf: [.dynamic(.array(list))]
        case .takeAny, .any, .argMax, .argMin:
            hasKept ? kept : aggregate.columns.map { _ in .null }
        }
    }
}

/// A column of a table or of an intermediate result.
struct KQLColumn: Sendable, Hashable {
    var name: String
    var type: KQLType

    init(_ name: String, _ type: KQLType = .string) {
        self.name = name
        self.type = type
    }
}
