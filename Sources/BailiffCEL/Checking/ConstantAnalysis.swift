/// Finds out whether constants, declared words and ranges alone decide an expression.
///
/// Conditions are taken apart into tests on subjects: a fact is one of the words it is compared with or another one, a number
/// lies at or between the numbers it is compared with, everything else is true or false. All combinations are tried. Errors
/// do not count: a condition that can only be true or end in an error is constant.
struct ConstantAnalysis {
    /// Something whose value is not known: as many cases as can make a difference.
    private struct Subject {
        var key: String
        var cells: [Cell]
    }

    /// One case of a subject.
    private enum Cell {
        case bool(Bool)
        /// One of the words it is compared with; nil for any other.
        case word(String?)
        /// A number, or any number strictly between two that are compared with (and within the declared range).
        case numbers(ClosedRange<Int64>)
    }

    private indirect enum Formula {
        case constant(Bool)
        /// The cases of a subject, by position, in which a test holds.
        case test(subject: Int, holds: (Cell) -> Bool)
        case all([Formula])
        case any([Formula])
        case not(Formula)
        case choice([(condition: Formula, value: Formula)], otherwise: Formula)
    }

    private enum Limit {
        static let combinations = 4_096
        static let steps = 1_000_000
    }

    private let tree: SyntaxTree
    private let resolver: Resolver
    private let types: [CELType]
    private let declarations: CELDeclarations
    private var subjects: [Subject] = []
    private var positions: [String: Int] = [:]
    /// The constants each subject is compared with, collected before its cells can be made.
    private var words: [Int: [String]] = [:]
    private var numbers: [Int: [Int64]] = [:]
    private var ranges: [Int: ClosedRange<Int64>] = [:]
    private var vocabularies: [Int: [String]] = [:]
    private var size = 0

    init(_ tree: SyntaxTree, _ resolver: Resolver, types: [CELType], _ declarations: CELDeclarations) {
        self.tree = tree
        self.resolver = resolver
        self.types = types
        self.declarations = declarations
    }

    /// The value of the whole expression, if it is always the same.
    mutating func result() -> CELValue? {
        if let value = closedValue(tree.root) { return value }
        guard types[Int(tree.root.raw)] == .bool else { return nil }
        let formula = formula(tree.root)
        makeCells()
        return verdict(formula).map { .bool($0) }
    }

    // MARK: Constants

    /// The value of a part without variables.
    private func closedValue(_ id: NodeID) -> CELValue? {
        guard isClosed(id) else { return nil }
        var planner = Planner(tree, resolver, declarations)
        let node = planner.plan(id)
        let (result, _) = CELProgram.run(
            node, CELSlots([]), frameSize: resolver.frameSize, zones: declarations.zones, costLimit: 10_000)
        return try? result.get()
    }

    /// Whether no declared variable is touched.
    private func isClosed(_ id: NodeID) -> Bool {
        if case .variable? = resolver.resolutions[Int(id.raw)] { return false }
        if case .unresolved? = resolver.resolutions[Int(id.raw)] { return false }
        return tree.children(of: id).allSatisfy(isClosed)
    }

    // MARK: Formulas

    private mutating func formula(_ id: NodeID) -> Formula {
        size += 1
        switch tree[id].kind {
        case .logical(let isAnd, let operands):
            let parts = operands.map { formula($0) }
            return isAnd ? .all(parts) : .any(parts)
        case .unary(.not, let count, let operand):
            let inner = formula(operand)
            return count % 2 == 1 ? .not(inner) : inner
        case .conditional(let cases, let otherwise):
            let parts = cases.map { (condition: formula($0.condition), value: formula($0.value)) }
            return .choice(parts, otherwise: formula(otherwise))
        case .has:
            if case .variable(let slot)? = resolver.resolutions[Int(id.raw)],
                declarations.variables[slot].presence == .always
            {
                return .constant(true)
            }
            return free(id)
        case .chain(let left, let links) where links.count == 1:
            return comparison(left, links[0].symbol, links[0].operand) ?? free(id)
        default:
            if case .bool(let value)? = closedValue(id) { return .constant(value) }
            return free(id)
        }
    }

    /// A condition nothing is known about: it is true or false, everywhere the same.
    private mutating func free(_ id: NodeID) -> Formula {
        let subject = subject(tree.key(of: id))
        return .test(subject: subject) { cell in
            if case .bool(let value) = cell { value } else { false }
        }
    }

    private mutating func subject(_ key: String) -> Int {
        if let position = positions[key] { return position }
        positions[key] = subjects.count
        subjects.append(Subject(key: key, cells: [.bool(false), .bool(true)]))
        return subjects.count - 1
    }

    private mutating func comparison(_ left: NodeID, _ symbol: Symbol, _ right: NodeID) -> Formula? {
        if let leftValue = closedValue(left) {
            if case .bool(let value)? = closedValue(right).flatMap({ symbol.applied(leftValue, $0) }) {
                return .constant(value)
            }
            return symbol.mirrored.flatMap { test(right, $0, leftValue) }
        }
        if symbol == .in, case .list(let elements)? = closedValue(right) { return membership(left, elements) }
        if let value = closedValue(right) { return test(left, symbol, value) }
        return sameOperands(left, symbol, right)
    }

    /// A comparison of a value with itself.
    private func sameOperands(_ left: NodeID, _ symbol: Symbol, _ right: NodeID) -> Formula? {
        guard types[Int(left.raw)].isReflexive, tree.key(of: left) == tree.key(of: right) else { return nil }
        switch symbol {
        case .equal, .lessOrEqual, .greaterOrEqual: return .constant(true)
        case .notEqual, .less, .greater: return .constant(false)
        default: return nil
        }
    }

    private mutating func membership(_ left: NodeID, _ elements: [CELValue]) -> Formula? {
        if elements.isEmpty { return .constant(false) }
        guard elements.count <= 256 else { return nil }
        var parts: [Formula] = []
        for element in elements {
            guard let part = test(left, .equal, element) else { return nil }
            parts.append(part)
        }
        return .any(parts)
    }

    /// A comparison of something with a constant.
    private mutating func test(_ id: NodeID, _ symbol: Symbol, _ constant: CELValue) -> Formula? {
        size += 1
        switch (types[Int(id.raw)], constant, symbol) {
        case (.bool, .bool(let value), .equal): return value ? formula(id) : .not(formula(id))
        case (.bool, .bool(let value), .notEqual): return value ? .not(formula(id)) : formula(id)
        case (.string, .string(let word), .equal), (.string, .string(let word), .notEqual):
            let subject = subject(tree.key(of: id))
            words[subject, default: []].append(word)
            if case .variable(let slot)? = resolver.resolutions[Int(id.raw)] {
                vocabularies[subject] = declarations.variables[slot].closedVocabulary
            }
            let isEqual = Formula.test(subject: subject) { cell in
                if case .word(let other?) = cell { other.hasSameBytes(as: word) } else { false }
            }
            return symbol == .equal ? isEqual : .not(isEqual)
        case (.int, .int(let number), _):
            let subject = subject(tree.key(of: id))
            numbers[subject, default: []].append(number)
            ranges[subject] = range(of: id)
            return .test(subject: subject) { cell in
                // The whole cell lies on one side of the number, so any member speaks for it.
                guard case .numbers(let cell) = cell,
                    case .bool(let result)? = symbol.applied(.int(cell.lowerBound), .int(number))
                else { return false }
                return result
            }
        default: return nil
        }
    }

    /// The numbers something of type int can be.
    private func range(of id: NodeID) -> ClosedRange<Int64> {
        let all = Int64.min...Int64.max
        if case .variable(let slot)? = resolver.resolutions[Int(id.raw)] {
            return declarations.variables[slot].range ?? all
        }
        switch tree[id].kind {
        case .call("size", _, _), .memberCall(_, "size", _): return 0...Int64.max
        case .memberCall(let target, let name, _) where types[Int(target.raw)] == .timestamp:
            return Builtin(rawValue: name)?.fieldRange ?? all
        default: return all
        }
    }

    // MARK: Trying all combinations

    private mutating func makeCells() {
        for (subject, words) in words {
            var seen: [String] = []
            for word in words where !seen.contains(where: { $0.hasSameBytes(as: word) }) { seen.append(word) }
            var cells = seen.map { Cell.word($0) }
            if let vocabulary = vocabularies[subject] {
                cells = seen.filter { word in vocabulary.contains { $0.hasSameBytes(as: word) } }.map { .word($0) }
                if cells.count < vocabulary.count { cells.append(.word(nil)) }
            } else {
                cells.append(.word(nil))
            }
            subjects[subject].cells = cells
        }
        for (subject, numbers) in numbers {
            subjects[subject].cells = Self.cells(
                between: Set(numbers).sorted(), within: ranges[subject] ?? Int64.min...Int64.max)
        }
    }

    private static func cells(between numbers: [Int64], within range: ClosedRange<Int64>) -> [Cell] {
        var cells: [Cell] = []
        var next: Int64? = range.lowerBound
        for number in numbers where range.contains(number) {
            if let low = next, low < number { cells.append(.numbers(low...number - 1)) }
            cells.append(.numbers(number...number))
            next = number == .max ? nil : number + 1
        }
        if let low = next, low <= range.upperBound { cells.append(.numbers(low...range.upperBound)) }
        return cells
    }

    /// The outcome of all combinations; nil if they differ or are too many.
    private func verdict(_ formula: Formula) -> Bool? {
        var combinations = 1
        for subject in subjects {
            combinations *= max(1, subject.cells.count)
            if combinations > Limit.combinations { return nil }
        }
        guard combinations * size <= Limit.steps else { return nil }
        var outcome: Bool?
        for number in 0..<combinations {
            var rest = number
            let cells = subjects.map { subject in
                let cell = subject.cells.isEmpty ? Cell.bool(false) : subject.cells[rest % subject.cells.count]
                rest /= max(1, subject.cells.count)
                return cell
            }
            let value = holds(formula, cells)
            if let outcome, outcome != value { return nil }
            outcome = value
        }
        return outcome
    }

    private func holds(_ formula: Formula, _ cells: [Cell]) -> Bool {
        switch formula {
        case .constant(let value): return value
        case .test(let subject, let test): return test(cells[subject])
        case .all(let parts): return parts.allSatisfy { holds($0, cells) }
        case .any(let parts): return parts.contains { holds($0, cells) }
        case .not(let inner): return !holds(inner, cells)
        case .choice(let parts, let otherwise):
            for part in parts where holds(part.condition, cells) { return holds(part.value, cells) }
            return holds(otherwise, cells)
        }
    }
}

extension CELType {
    /// Whether every value equals itself.
    fileprivate var isReflexive: Bool {
        switch self {
        case .bool, .int, .uint, .string, .bytes, .timestamp, .duration: true
        default: false
        }
    }
}

extension CELValue {
    fileprivate var hasParts: Bool {
        switch self {
        case .list, .map, .optional: true
        default: false
        }
    }
}

extension Symbol {
    fileprivate var mirrored: Symbol? {
        switch self {
        case .equal, .notEqual: self
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        default: nil
        }
    }

    /// The outcome for two constants.
    fileprivate func applied(_ left: CELValue, _ right: CELValue) -> CELValue? {
        // Nobody has charged for comparing what lies inside of lists and maps; there may be no end to it.
        guard !left.hasParts, !right.hasParts else { return nil }
        switch self {
        case .equal: return .bool(left.isEqual(to: right))
        case .notEqual: return .bool(!left.isEqual(to: right))
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            return left.order(to: right).map { .bool($0.satisfies(builtin)) }
        default: return nil
        }
    }
}

extension Builtin {
    /// What an accessor of a timestamp can yield.
    fileprivate var fieldRange: ClosedRange<Int64>? {
        switch self {
        case .getDate: 1...31
        case .getDayOfMonth: 0...30
        case .getDayOfWeek: 0...6
        case .getDayOfYear: 0...365
        // A time zone can lead one year out of the range of timestamps.
        case .getFullYear: 0...10_000
        case .getHours: 0...23
        case .getMilliseconds: 0...999
        case .getMinutes, .getSeconds: 0...59
        case .getMonth: 0...11
        default: nil
        }
    }
}
