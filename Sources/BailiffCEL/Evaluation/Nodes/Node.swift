/// A compiled part of an expression. Immutable, and shared by all evaluations.
///
/// Nodes know at compile time what constants can tell, and fall back to ``Operations`` where a value is of another type than
/// they were made for: what they compute never depends on what the checker thought.
protocol Node: AnyObject, Sendable {
    func evaluate(_ frame: inout Frame) throws(Fault) -> CELValue

    /// As ``evaluate(_:)``, where only a bool will do.
    func condition(_ frame: inout Frame) throws(Fault) -> Bool
}

extension Node {
    func condition(_ frame: inout Frame) throws(Fault) -> Bool {
        let value = try evaluate(&frame)
        guard case .bool(let result) = value else { throw .notBool(value) }
        return result
    }
}

/// A node whose result is always a bool.
protocol ConditionNode: Node {}

extension ConditionNode {
    func evaluate(_ frame: inout Frame) throws(Fault) -> CELValue { .bool(try condition(&frame)) }
}

/// A literal, or something that comes to one.
final class ConstantNode: Node {
    let value: CELValue
    /// What it would have cost to make the value.
    let cost: UInt64

    init(_ value: CELValue, cost: UInt64 = 0) {
        self.value = value
        self.cost = cost
    }

    func evaluate(_ frame: inout Frame) throws(Fault) -> CELValue {
        try frame.charge(cost)
        return value
    }
}

/// Something that can only end in an error.
final class ErrorNode: Node {
    private let fault: Fault

    init(_ fault: Fault) { self.fault = fault }

    func evaluate(_ frame: inout Frame) throws(Fault) -> CELValue { throw fault }
}

/// A declared variable.
final class VariableNode: Node {
    let slot: Int
    private let name: String
    private let isOptional: Bool
    private let offset: Int
    private let cost: UInt64

    init(slot: Int, _ variable: CELDeclarations.Variable, offset: Int, cost: UInt64 = CostModel.name) {
        self.slot = slot
        name = variable.name
        isOptional = variable.presence == .optional
        self.offset = offset
        self.cost = cost
    }

    func evaluate(_ frame: inout Frame) throws(Fault) -> CELValue {
        try frame.charge(cost)
        guard let value = frame.bindings.value(at: slot) else { throw missing() }
        return value
    }

    @inline(never)
    private func missing() -> Fault {
        isOptional
            ? Fault(.missingFact, "'\(name)' is absent", fact: name, at: offset)
            : Fault(.unknownVariable, "'\(name)' has no value", at: offset)
    }

    /// Where the name alone is a branch of `?:`, it costs nothing.
    var asBranch: VariableNode {
        VariableNode(slot: slot, name: name, isOptional: isOptional, offset: offset)
    }

    private init(slot: Int, name: String, isOptional: Bool, offset: Int) {
        self.slot = slot
        self.name = name
        self.isOptional = isOptional
        self.offset = offset
        cost = 0
    }
}

/// A variable of a macro.
final class LocalNode: Node {
    let index: Int
    private let cost: UInt64

    init(index: Int, cost: UInt64 = CostModel.name) {
        self.index = index
        self.cost = cost
    }

    func evaluate(_ frame: inout Frame) throws(Fault) -> CELValue {
        try frame.charge(cost)
        return frame.locals[index]
    }

    var asBranch: LocalNode { LocalNode(index: index, cost: 0) }
}

/// `operand.field`
final class SelectNode: Node {
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
            return try Operations.select(field, from: value)
        } catch {
            throw error.at(offset)
        }
    }
}

/// `has(operand.field)`
final class PresenceNode: ConditionNode {
    private let operand: any Node
    private let field: String
    private let offset: Int

    init(_ operand: any Node, field: String, offset: Int) {
        self.operand = operand
        self.field = field
        self.offset = offset
    }

    func condition(_ frame: inout Frame) throws(Fault) -> Bool {
        let value = try operand.evaluate(&frame)
        try frame.charge(CostModel.presence)
        switch value {
        case .map(let map): return map[field: field] != nil
        case .optional(let optional):
            guard let held = optional.value else { return false }
            guard case .map(let map) = held else { throw Operations.noField(field, in: held).at(offset) }
            return map[field: field] != nil
        default: throw Operations.noField(field, in: value).at(offset)
        }
    }
}

/// `has()` of a declared variable.
final class VariablePresenceNode: ConditionNode {
    private let slot: Int

    init(slot: Int) { self.slot = slot }

    func condition(_ frame: inout Frame) throws(Fault) -> Bool {
        try frame.charge(CostModel.name + CostModel.presence)
        return frame.bindings.value(at: slot) != nil
    }
}
