/// `x == "constant"`
final class StringEqualityNode: ConditionNode {
    private let operand: any Node
    private let constant: String
    private let constantLength: Int
    private let isNegated: Bool

    init(_ operand: any Node, _ constant: String, isNegated: Bool) {
        self.operand = operand
        self.constant = constant
        constantLength = constant.scalarCount
        self.isNegated = isNegated
    }

    func condition(_ frame: inout Frame) throws(Fault) -> Bool {
        let value = try operand.evaluate(&frame)
        guard case .string(let text) = value else {
            try frame.charge(CostModel.comparison(value, .string(constant)))
            return isNegated
        }
        let length = text.utf8.count
        if length <= 10 || constantLength <= 10 {
            try frame.charge(length == 0 || constantLength == 0 ? 0 : 1)
        } else {
            try frame.charge(CostModel.traversal(min(text.scalarCount, constantLength)))
        }
        return text.hasSameBytes(as: constant) != isNegated
    }
}

/// `x < 80` and the other orders, with an int constant.
final class IntOrderNode: ConditionNode {
    private let operand: any Node
    private let constant: Int64
    private let function: Builtin
    private let offset: Int

    init(_ operand: any Node, _ function: Builtin, _ constant: Int64, offset: Int) {
        self.operand = operand
        self.function = function
        self.constant = constant
        self.offset = offset
    }

    func condition(_ frame: inout Frame) throws(Fault) -> Bool {
        let value = try operand.evaluate(&frame)
        guard case .int(let number) = value else {
            do {
                return try Operations.order(function, value, .int(constant), &frame)
            } catch {
                throw error.at(offset)
            }
        }
        try frame.charge(CostModel.call)
        return switch function {
        case .less: number < constant
        case .lessOrEqual: number <= constant
        case .greater: number > constant
        default: number >= constant
        }
    }
}

/// `x in ["a", "b"]`
final class WordMembershipNode: ConditionNode {
    private let operand: any Node
    private let words: [String]
    /// Of the list literal and of going through it.
    private let cost: UInt64

    init(_ operand: any Node, _ words: [String], listCost: UInt64) {
        self.operand = operand
        self.words = words
        cost = listCost + UInt64(words.count)
    }

    func condition(_ frame: inout Frame) throws(Fault) -> Bool {
        let value = try operand.evaluate(&frame)
        try frame.charge(cost)
        guard case .string(let text) = value else { return false }
        for word in words where word.hasSameBytes(as: text) { return true }
        return false
    }
}

/// `x.matches("constant")`
final class MatchNode: ConditionNode {
    private let operand: any Node
    private let regex: Regex
    private let patternLength: Int
    private let offset: Int

    init(_ operand: any Node, _ regex: Regex, patternLength: Int, offset: Int) {
        self.operand = operand
        self.regex = regex
        self.patternLength = patternLength
        self.offset = offset
    }

    func condition(_ frame: inout Frame) throws(Fault) -> Bool {
        let value = try operand.evaluate(&frame)
        guard case .string(let text) = value else {
            throw Fault.noOverload("matches", value, .string("")).at(offset)
        }
        return try Operations.match(text, regex, patternLength: patternLength, &frame)
    }
}
