/// What a macro runs over: the elements of a list, or the entries of a map.
struct MacroRange: Sendable {
    let range: any Node
    /// The frame index of the first variable.
    let local: Int
    /// Whether a second variable follows it.
    let hasTwoVariables: Bool
    let macro: String
    let offset: Int

    /// Sets the variables to each element in turn until the body returns false.
    ///
    /// - Parameter body: Gets the element's position and the number of elements.
    @inline(__always)
    func forEach(
        _ frame: inout Frame, _ body: (inout Frame, _ position: Int, _ count: Int) throws(Fault) -> Bool
    ) throws(Fault) {
        let (keys, values) = try elements(&frame)
        let count = values.count
        var free = 0
        for position in 0..<count {
            let spent = frame.cost
            if hasTwoVariables {
                frame.locals[local] = keys.map { $0[position] } ?? .int(Int64(position))
                frame.locals[local + 1] = values[position]
            } else {
                frame.locals[local] = keys.map { $0[position] } ?? values[position]
            }
            if try !body(&frame, position, count) { return }
            if frame.cost == spent {
                free += 1
                if free % CostModel.freeElementsPerUnit == 0 { try frame.charge(1) }
            }
        }
    }

    /// The values, and the keys if it is a map.
    private func elements(_ frame: inout Frame) throws(Fault) -> (keys: [CELValue]?, values: [CELValue]) {
        switch try range.evaluate(&frame) {
        case .list(let elements): return (nil, elements)
        case .map(let map): return (map.keys, map.values)
        case let other:
            throw Fault(.noOverload, "\(macro)() runs over a list or a map, not \(other.typeName)", at: offset)
        }
    }
}

// The charges below are those of the loop cel-go unfolds a macro to: before each element the condition on the accumulator,
// then the step; the condition once more on the element where the loop stops; the accumulator as the result.

/// `all` and `exists`: a fold with `&&` or `||`.
final class QuantifierNode: ConditionNode {
    private let range: MacroRange
    private let body: any Node
    /// The outcome that decides: false for `all`, true for `exists`.
    private let deciding: Bool

    init(_ range: MacroRange, _ body: any Node, deciding: Bool) {
        self.range = range
        self.body = body
        self.deciding = deciding
    }

    func condition(_ frame: inout Frame) throws(Fault) -> Bool {
        let condition: UInt64 = deciding ? 3 : 2
        var pending: Fault?
        var isDecided = false
        try range.forEach(&frame) { (frame, position, count) throws(Fault) in
            try frame.charge(condition + CostModel.name)
            do throws(Fault) {
                if try body.condition(&frame) == deciding {
                    isDecided = true
                    if position + 1 < count { try frame.charge(condition) }
                    return false
                }
            } catch {
                if error.isFatal { throw error }
                if pending == nil { pending = error }
            }
            return true
        }
        try frame.charge(CostModel.name)
        if isDecided { return deciding }
        if let pending { throw pending }
        return !deciding
    }
}

/// `exists_one`: goes through all elements, and any error is the result.
final class ExistsOneNode: ConditionNode {
    private let range: MacroRange
    private let body: any Node

    init(_ range: MacroRange, _ body: any Node) {
        self.range = range
        self.body = body
    }

    func condition(_ frame: inout Frame) throws(Fault) -> Bool {
        var count = 0
        try range.forEach(&frame) { (frame, _, _) throws(Fault) in
            if try body.condition(&frame) {
                try frame.charge(CostModel.name + CostModel.call)
                count += 1
            }
            return true
        }
        try frame.charge(CostModel.name + CostModel.call)
        return count == 1
    }
}

/// `map` and `transformList`, with or without a condition.
final class TransformListNode: Node {
    private let range: MacroRange
    private let filter: (any Node)?
    private let body: any Node

    init(_ range: MacroRange, filter: (any Node)?, _ body: any Node) {
        self.range = range
        self.filter = filter
        self.body = body
    }

    func evaluate(_ frame: inout Frame) throws(Fault) -> CELValue {
        try frame.charge(CostModel.list)
        var results: [CELValue] = []
        try range.forEach(&frame) { (frame, _, _) throws(Fault) in
            if let filter, try !filter.condition(&frame) { return true }
            try frame.charge(CostModel.name + CostModel.list + CostModel.call)
            try frame.allocate(elements: 1)
            results.append(try body.evaluate(&frame))
            return true
        }
        try frame.charge(CostModel.name)
        return .list(results)
    }
}

/// `filter`
final class FilterNode: Node {
    private let range: MacroRange
    private let body: any Node

    init(_ range: MacroRange, _ body: any Node) {
        self.range = range
        self.body = body
    }

    func evaluate(_ frame: inout Frame) throws(Fault) -> CELValue {
        try frame.charge(CostModel.list)
        var results: [CELValue] = []
        try range.forEach(&frame) { (frame, _, _) throws(Fault) in
            if try body.condition(&frame) {
                try frame.charge(CostModel.name + CostModel.list + CostModel.name + CostModel.call)
                try frame.allocate(elements: 1)
                results.append(frame.locals[range.local])
            }
            return true
        }
        try frame.charge(CostModel.name)
        return .list(results)
    }
}

/// `transformMap`: keeps the keys, or makes positions the keys.
final class TransformMapNode: Node {
    private let range: MacroRange
    private let filter: (any Node)?
    private let body: any Node

    init(_ range: MacroRange, filter: (any Node)?, _ body: any Node) {
        self.range = range
        self.filter = filter
        self.body = body
    }

    func evaluate(_ frame: inout Frame) throws(Fault) -> CELValue {
        try frame.charge(CostModel.map)
        var pairs: [(key: CELValue, value: CELValue)] = []
        try range.forEach(&frame) { (frame, _, _) throws(Fault) in
            if let filter, try !filter.condition(&frame) { return true }
            try frame.charge(CostModel.name + CostModel.name + CostModel.call)
            try frame.allocate(elements: 3)
            let key = frame.locals[range.local]
            if case .string(let text) = key { try frame.charge(octets: text.utf8.count) }
            pairs.append((key, try body.evaluate(&frame)))
            return true
        }
        try frame.charge(CostModel.name)
        do {
            return .map(try CELMap(pairs))
        } catch {
            // The keys are those of a map, or positions.
            throw Fault(.invalidArgument, "the map has the same key twice", at: range.offset)
        }
    }
}

/// `cel.bind`: a macro over an empty list whose accumulator is the variable.
final class BindNode: Node {
    private let local: Int
    private let value: any Node
    private let body: any Node

    init(local: Int, _ value: any Node, _ body: any Node) {
        self.local = local
        self.value = value
        self.body = body
    }

    func evaluate(_ frame: inout Frame) throws(Fault) -> CELValue {
        try frame.charge(CostModel.list)
        frame.locals[local] = try value.evaluate(&frame)
        return try body.evaluate(&frame)
    }

    func condition(_ frame: inout Frame) throws(Fault) -> Bool {
        try frame.charge(CostModel.list)
        frame.locals[local] = try value.evaluate(&frame)
        return try body.condition(&frame)
    }
}
