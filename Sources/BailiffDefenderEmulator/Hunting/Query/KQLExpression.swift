import BailiffModel

/// An expression with its columns looked up, ready to be evaluated for a row.
indirect enum KQLExpression: Sendable {
    case literal(KQLValue)
    case column(Int)
    case call(KQLFunction, [KQLExpression])
    case binary(KQLSyntax.Binary, KQLExpression, KQLExpression)
    case minus(KQLExpression)
    case member(KQLExpression, String)
    case index(KQLExpression, KQLExpression)
    /// Whether a value, as text, is in a set of texts.
    case among(KQLExpression, Set<String>, ignoringCase: Bool, isNegated: Bool)
    /// The same for values that are not known beforehand.
    case amongValues(KQLExpression, [KQLExpression], ignoringCase: Bool, isNegated: Bool)
    case hasTerms(KQLExpression, [KQLExpression], all: Bool)
    case between(KQLExpression, KQLExpression, KQLExpression, isNegated: Bool)
}

extension KQLExpression {
    func value(_ row: [KQLValue]) -> KQLValue {
        switch self {
        case .literal(let value): return value
        case .column(let index): return index < row.count ? row[index] : .null
        case .call(let function, let arguments): return function.value(arguments, row)
        case .binary(let verb, let left, let right): return KQLExpression.binary(verb, left, right, row)
        case .minus(let inner): return KQLExpression.negated(inner.value(row))
        case .member(let inner, let name): return KQLExpression.member(inner.value(row), .string(name))
        case .index(let inner, let key): return KQLExpression.member(inner.value(row), key.value(row))
        case .among(let inner, let set, let ignoringCase, let isNegated):
            let text = inner.value(row).text
            return .bool(set.contains(ignoringCase ? KQLText.lowered(text) : text) != isNegated)
        case .amongValues(let inner, let items, let ignoringCase, let isNegated):
            return .bool(KQLExpression.among(inner.value(row), items, ignoringCase, row) != isNegated)
        case .hasTerms(let inner, let terms, let all):
            let text = KQLText.lowered(inner.value(row).text)
            let found = { (term: KQLExpression) in KQLText.has(text, KQLText.lowered(term.value(row).text)) }
            return .bool(all ? terms.allSatisfy(found) : terms.contains(where: found))
        case .between(let inner, let low, let high, let isNegated):
            let value = inner.value(row)
            let upper = KQLExpression.upper(low.value(row), high.value(row))
            guard let below = value.order(low.value(row)), let above = value.order(upper) else { return .bool(false) }
            return .bool((below >= 0 && above <= 0) != isNegated)
        }
    }

    /// `between (start .. 7d)`: a span behind a time counts from it.
    private static func upper(_ low: KQLValue, _ high: KQLValue) -> KQLValue {
        guard case .datetime(let start) = low, case .timespan(let span) = high else { return high }
        return .datetime(start + .microseconds(span))
    }

    private static func among(
        _ value: KQLValue, _ items: [KQLExpression], _ ignoringCase: Bool, _ row: [KQLValue]
    ) -> Bool {
        items.contains { item in
            switch item.value(row) {
            case .dynamic(.array(let elements)):
                elements.contains { equal(value, .dynamic($0), ignoringCase) }
            case let other: equal(value, other, ignoringCase)
            }
        }
    }

    /// Nulls are equal to nothing; a null text is the empty one.
    static func equal(_ left: KQLValue, _ right: KQLValue, _ ignoringCase: Bool = false) -> Bool {
        switch (left.plain, right.plain) {
        case (.string(let left), .string(let right)): KQLText.equal(left, right, ignoringCase: ignoringCase)
        case (.null, .string(let text)), (.string(let text), .null): text.isEmpty
        case (.bool(let left), .bool(let right)): left == right
        case (.null, _), (_, .null): false
        case (.dynamic(let left), .dynamic(let right)): left == right
        case (let left, let right): left.order(right) == 0
        }
    }

    private static func binary(
        _ verb: KQLSyntax.Binary, _ left: KQLExpression, _ right: KQLExpression, _ row: [KQLValue]
    ) -> KQLValue {
        switch verb {
        case .or: return .bool(left.value(row).isTrue || right.value(row).isTrue)
        case .and: return .bool(left.value(row).isTrue && right.value(row).isTrue)
        default: break
        }
        let (left, right) = (left.value(row), right.value(row))
        switch verb {
        case .or, .and: return .null
        case .equal: return .bool(equal(left, right))
        case .notEqual: return .bool(!equal(left, right))
        case .equalAnyCase: return .bool(equal(left, right, true))
        case .notEqualAnyCase: return .bool(!equal(left, right, true))
        case .less: return .bool(left.order(right).map { $0 < 0 } ?? false)
        case .lessOrEqual: return .bool(left.order(right).map { $0 <= 0 } ?? false)
        case .greater: return .bool(left.order(right).map { $0 > 0 } ?? false)
        case .greaterOrEqual: return .bool(left.order(right).map { $0 >= 0 } ?? false)
        case .plus, .minus, .times, .divided, .modulo: return KQLArithmetic.value(verb, left, right)
        default: return .bool(text(verb, left.text, right.text))
        }
    }

    private static func text(_ verb: KQLSyntax.Binary, _ left: String, _ right: String) -> Bool {
        let (low, part) = (KQLText.lowered(left), KQLText.lowered(right))
        return switch verb {
        case .has: KQLText.has(low, part)
        case .notHas: !KQLText.has(low, part)
        case .hasCase: KQLText.has(left, right)
        case .notHasCase: !KQLText.has(left, right)
        case .hasprefix: KQLText.has(low, part, prefix: true)
        case .hassuffix: KQLText.has(low, part, suffix: true)
        case .contains: KQLText.contains(low, part)
        case .notContains: !KQLText.contains(low, part)
        case .containsCase: KQLText.contains(left, right)
        case .notContainsCase: !KQLText.contains(left, right)
        case .startswith: low.utf8.starts(with: part.utf8)
        case .notStartswith: !low.utf8.starts(with: part.utf8)
        case .startswithCase: left.utf8.starts(with: right.utf8)
        case .endswith: low.utf8.reversed().starts(with: part.utf8.reversed())
        case .notEndswith: !low.utf8.reversed().starts(with: part.utf8.reversed())
        case .endswithCase: left.utf8.reversed().starts(with: right.utf8.reversed())
        default: false
        }
    }

    private static func negated(_ value: KQLValue) -> KQLValue {
        switch value.plain {
        case .long(let number): number == .min ? .null : .long(-number)
        case .real(let number): .real(-number)
        case .timespan(let span): span == .min ? .null : .timespan(-span)
        default: .null
        }
    }

    /// Of a dynamic value; a text that holds JSON counts as one, as the columns of that kind do.
    private static func member(_ value: KQLValue, _ key: KQLValue) -> KQLValue {
        let json: JSONValue
        switch value {
        case .dynamic(let value): json = value
        case .string(let text): json = (try? StrictJSON.parse(text)) ?? .null
        default: return .null
        }
        switch (json, key) {
        case (.object(let object), .string(let name)): return .dynamic(object[name] ?? .null)
        case (.array(let elements), .long(let index)):
            guard let place = Int(exactly: index < 0 ? index + Int64(elements.count) : index),
                elements.indices.contains(place)
            else { return .null }
            return .dynamic(elements[place])
        default: return .null
        }
    }
}

/// Sums and products of numbers, times and spans; what overflows is null.
enum KQLArithmetic {
    static func value(_ verb: KQLSyntax.Binary, _ left: KQLValue, _ right: KQLValue) -> KQLValue {
        switch (left.plain, verb, right.plain) {
        case (.datetime(let time), .plus, .timespan(let span)): .datetime(time + .microseconds(span))
        case (.timespan(let span), .plus, .datetime(let time)): .datetime(time + .microseconds(span))
        case (.datetime(let time), .minus, .timespan(let span)): .datetime(time - .microseconds(span))
        case (.datetime(let left), .minus, .datetime(let right)): .timespan((left - right).wholeMicroseconds)
        case (.timespan(let left), .divided, .timespan(let right)):
            right == 0 ? .null : .real(Double(left) / Double(right))
        case (.timespan(let left), _, .timespan(let right)): integers(verb, left, right).map(KQLValue.timespan) ?? .null
        case (.timespan(let span), .times, .long(let factor)), (.long(let factor), .times, .timespan(let span)):
            integers(.times, span, factor).map(KQLValue.timespan) ?? .null
        case (.timespan(let span), .divided, .long(let part)):
            integers(.divided, span, part).map(KQLValue.timespan) ?? .null
        case (.long(let left), _, .long(let right)): integers(verb, left, right).map(KQLValue.long) ?? .null
        case (let left, _, let right): reals(verb, left.number, right.number)
        }
    }

    private static func integers(_ verb: KQLSyntax.Binary, _ left: Int64, _ right: Int64) -> Int64? {
        let (result, overflow): (Int64, Bool)
        switch verb {
        case .plus: (result, overflow) = left.addingReportingOverflow(right)
        case .minus: (result, overflow) = left.subtractingReportingOverflow(right)
        case .times: (result, overflow) = left.multipliedReportingOverflow(by: right)
        case .divided: (result, overflow) = left.dividedReportingOverflow(by: right)
        case .modulo: (result, overflow) = left.remainderReportingOverflow(dividingBy: right)
        default: return nil
        }
        return overflow ? nil : result
    }

    private static func reals(_ verb: KQLSyntax.Binary, _ left: Double?, _ right: Double?) -> KQLValue {
        guard let left, let right else { return .null }
        let result =
            switch verb {
            case .plus: left + right
            case .minus: left - right
            case .times: left * right
            case .divided: left / right
            case .modulo: left.truncatingRemainder(dividingBy: right)
            default: Double.nan
            }
        return result.isFinite ? .real(result) : .null
    }
}
