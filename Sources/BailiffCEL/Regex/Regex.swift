/// A compiled RE2 pattern: whether it is found in a string, in time linear in the string.
///
/// A Pike machine: all ways through the pattern advance together, one code point at a time. There is no backtracking.
struct Regex: Sendable {
    struct Instruction: Sendable {
        enum Operation: UInt8, Sendable { case scalar, characters, assertion, split, jump, match }
        var operation: Operation
        /// The code point, the class, the assertion, or where to go on.
        var first: Int32 = 0
        /// The other way of a split.
        var second: Int32 = 0
    }

    private(set) var instructions: [Instruction] = []
    private(set) var classes: [CharacterClass] = []
    /// The bytes a match can begin with; nil if it may be empty or begin with anything.
    private(set) var firstBytes: [Bool]?

    static let largestProgram = 20_000

    init(_ pattern: String) throws(RegexProblem) {
        let node = try RegexParser.parse(pattern)
        try emit(node)
        instructions.append(Instruction(operation: .match))
        firstBytes = possibleFirstBytes()
    }

    // MARK: Compilation

    private mutating func append(_ instruction: Instruction) throws(RegexProblem) {
        guard instructions.count < Self.largestProgram else {
            throw RegexProblem(message: "the pattern is too large once its repetitions are written out")
        }
        instructions.append(instruction)
    }

    private var end: Int32 { Int32(truncatingIfNeeded: instructions.count) }

    private mutating func emit(_ node: RegexNode) throws(RegexProblem) {
        switch node {
        case .empty: break
        case .scalar(let value): try append(Instruction(operation: .scalar, first: Int32(truncatingIfNeeded: value)))
        case .characters(let set):
            let index = classes.firstIndex(of: set) ?? classes.count
            if index == classes.count { classes.append(set) }
            try append(Instruction(operation: .characters, first: Int32(truncatingIfNeeded: index)))
        case .assertion(let assertion): try append(Instruction(operation: .assertion, first: assertion.rawValue))
        case .sequence(let parts): for part in parts { try emit(part) }
        case .alternatives(let all): try emit(alternatives: all)
        case .repetition(let inner, let from, let upTo): try emit(inner, from: from, upTo: upTo)
        }
    }

    private mutating func emit(alternatives all: [RegexNode]) throws(RegexProblem) {
        var jumps: [Int] = []
        for (position, alternative) in all.enumerated() {
            guard position < all.count - 1 else {
                try emit(alternative)
                break
            }
            let split = instructions.count
            try append(Instruction(operation: .split, first: end + 1))
            try emit(alternative)
            jumps.append(instructions.count)
            try append(Instruction(operation: .jump))
            instructions[split].second = end
        }
        for jump in jumps { instructions[jump].first = end }
    }

    private mutating func emit(_ node: RegexNode, from: Int, upTo: Int?) throws(RegexProblem) {
        var start = instructions.count
        for _ in 0..<from {
            start = instructions.count
            try emit(node)
        }
        guard let upTo else {
            if from > 0 {
                // The last copy is the loop: writing another one would double nested repetitions.
                try append(Instruction(operation: .split, first: Int32(truncatingIfNeeded: start), second: end + 1))
                return
            }
            let split = instructions.count
            try append(Instruction(operation: .split, first: end + 1))
            try emit(node)
            try append(Instruction(operation: .jump, first: Int32(truncatingIfNeeded: split)))
            instructions[split].second = end
            return
        }
        var splits: [Int] = []
        for _ in from..<max(from, upTo) {
            splits.append(instructions.count)
            try append(Instruction(operation: .split, first: end + 1))
            try emit(node)
        }
        for split in splits { instructions[split].second = end }
    }

    /// Follows the pattern from its start to the first characters.
    private func possibleFirstBytes() -> [Bool]? {
        var bytes = [Bool](repeating: false, count: 256)
        var seen = [Bool](repeating: false, count: instructions.count)
        var stack = [0]
        while let at = stack.popLast() {
            guard !seen[at] else { continue }
            seen[at] = true
            let instruction = instructions[at]
            switch instruction.operation {
            case .match, .assertion: return nil
            case .scalar:
                guard let scalar = Unicode.Scalar(UInt32(instruction.first)), let byte = String(scalar).utf8.first
                else {
                    return nil
                }
                bytes[Int(byte)] = true
            case .characters:
                let set = classes[Int(instruction.first)]
                for byte in 0..<128 where set.contains(UInt32(byte)) { bytes[byte] = true }
                for byte in 128..<256 { bytes[byte] = true }
            case .split: stack += [Int(instruction.first), Int(instruction.second)]
            case .jump: stack.append(Int(instruction.first))
            }
        }
        return bytes
    }
}
