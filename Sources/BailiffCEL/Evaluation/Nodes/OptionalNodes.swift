/// `operand.?field`
final class OptionalSelectNode: Node {
    private let operand: any Node
    private let field: String
    private let offset: Int

    init(_ operand: any Node, field: String, offset: Int) {
        self.operand = operand
        self.field = field
        self.offset = offset
    }

    func evaluate(_ frame: inout Frame) throws(Fault) -> CELValue {
        let value = try operand.evaluate(&frame)
        try frame.charge(CostModel.selection)
        do {
            return try Operations.selectIfPresent(field, from: value)
        } catch {
            throw error.at(offset)
        }
    }
}

/// `operand[?index]`
final class OptionalIndexNode: Node {
    private let operand: any Node
    private let index: any Node
    private let offset: Int

    init(_ operand: any Node, _ index: any Node, offset: Int) {
        self.operand = operand
        self.index = index
        self.offset = offset
    }

    func evaluate(_ frame: inout Frame) throws(Fault) -> CELValue {
        let value = try operand.evaluate(&frame)
        let key = try index.evaluate(&frame)
        try frame.charge(CostModel.selection)
        if case .string(let text) = key { try frame.charge(octets: text.utf8.count) }
        do {
            return try Operations.indexIfPresent(value, key)
        } catch {
            throw error.at(offset)
        }
    }
}

/// A list literal with elements behind a `?`.
final class OptionalListNode: Node {
    private let elements: [any Node]
    private let optional: Set<Int>
    private let offset: Int

    init(_ elements: [any Node], optional: Set<Int>, offset: Int) {
        self.elements = elements
        self.optional = optional
        self.offset = offset
    }

    func evaluate(_ frame: inout Frame) throws(Fault) -> CELValue {
        try frame.charge(CostModel.list)
        try frame.allocate(elements: elements.count)
        var values: [CELValue] = []
        for (position, element) in elements.enumerated() {
            let value = try element.evaluate(&frame)
            if !optional.contains(position) {
                values.append(value)
            } else if let held = try Operations.held(by: value, at: offset) {
                values.append(held)
            }
        }
        return .list(values)
    }
}

/// `optMap` and `optFlatMap`
final class OptionalMapNode: Node {
    private let local: Int
    private let operand: any Node
    private let body: any Node
    private let isFlat: Bool
    private let offset: Int

    init(local: Int, _ operand: any Node, _ body: any Node, isFlat: Bool, offset: Int) {
        self.local = local
        self.operand = operand
        self.body = body
        self.isFlat = isFlat
        self.offset = offset
    }

    func evaluate(_ frame: inout Frame) throws(Fault) -> CELValue {
        let value = try operand.evaluate(&frame)
        try frame.charge(CostModel.call)
        guard let held = try Operations.held(by: value, at: offset) else { return .optional(CELOptional(nil)) }
        frame.locals[local] = held
        let result = try body.evaluate(&frame)
        guard isFlat else { return .optional(CELOptional(result)) }
        _ = try Operations.held(by: result, at: offset)
        return result
    }
}

/// `or` and `orValue`: the other operand is evaluated only where the optional is empty.
final class OptionalOrNode: Node {
    private let operand: any Node
    private let other: any Node
    private let yieldsValue: Bool
    private let offset: Int

    init(_ operand: any Node, _ other: any Node, yieldsValue: Bool, offset: Int) {
        self.operand = operand
        self.other = other
        self.yieldsValue = yieldsValue
        self.offset = offset
    }

    func evaluate(_ frame: inout Frame) throws(Fault) -> CELValue {
        let value = try operand.evaluate(&frame)
        try frame.charge(CostModel.call)
        if let held = try Operations.held(by: value, at: offset) { return yieldsValue ? held : value }
        let result = try other.evaluate(&frame)
        if !yieldsValue { _ = try Operations.held(by: result, at: offset) }
        return result
    }
}
