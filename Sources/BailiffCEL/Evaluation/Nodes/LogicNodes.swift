/// `&&`: false wins over errors, errors over true.
final class AndNode: ConditionNode {
    private let operands: [any Node]

    init(_ operands: [any Node]) { self.operands = operands }

    func condition(_ frame: inout Frame) throws(Fault) -> Bool {
        var pending: Fault?
        for operand in operands {
            do {
                if try !operand.condition(&frame) { return false }
            } catch {
                if error.isFatal { throw error }
                if pending == nil { pending = error }
            }
        }
        if let pending { throw pending }
        return true
    }
}

/// `||`: true wins over errors, errors over false.
final class OrNode: ConditionNode {
    private let operands: [any Node]

    init(_ operands: [any Node]) { self.operands = operands }

    func condition(_ frame: inout Frame) throws(Fault) -> Bool {
        var pending: Fault?
        for operand in operands {
            do {
                if try operand.condition(&frame) { return true }
            } catch {
                if error.isFatal { throw error }
                if pending == nil { pending = error }
            }
        }
        if let pending { throw pending }
        return false
    }
}

/// `!`, any number of times.
final class NotNode: ConditionNode {
    private let operand: any Node
    private let inverts: Bool
    private let offset: Int

    init(_ operand: any Node, count: Int, offset: Int) {
        self.operand = operand
        inverts = count % 2 == 1
        self.offset = offset
    }

    func condition(_ frame: inout Frame) throws(Fault) -> Bool {
        let value: Bool
        do {
            value = try operand.condition(&frame)
        } catch {
            throw error.at(offset)
        }
        if inverts { try frame.charge(CostModel.call) }
        return value != inverts
    }
}

/// `a ? b : c ? d : e`
final class ConditionalNode: Node {
    struct Case: Sendable {
        let condition: any Node
        let value: any Node
    }

    private let cases: [Case]
    private let otherwise: any Node

    init(_ cases: [Case], otherwise: any Node) {
        self.cases = cases
        self.otherwise = otherwise
    }

    func evaluate(_ frame: inout Frame) throws(Fault) -> CELValue {
        for branch in cases where try branch.condition.condition(&frame) { return try branch.value.evaluate(&frame) }
        return try otherwise.evaluate(&frame)
    }

    func condition(_ frame: inout Frame) throws(Fault) -> Bool {
        for branch in cases where try branch.condition.condition(&frame) { return try branch.value.condition(&frame) }
        return try otherwise.condition(&frame)
    }
}
