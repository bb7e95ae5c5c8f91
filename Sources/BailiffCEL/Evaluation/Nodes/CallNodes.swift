/// A function or operator with one argument.
final class UnaryNode: Node {
    private let function: Builtin
    private let operand: any Node
    private let offset: Int

    init(_ function: Builtin, _ operand: any Node, offset: Int) {
        self.function = function
        self.operand = operand
        self.offset = offset
    }

    func evaluate(_ frame: inout Frame) throws(Fault) -> CELValue {
        let value = try operand.evaluate(&frame)
        do {
            return try Operations.unary(function, value, &frame)
        } catch {
            throw error.at(offset)
        }
    }
}

/// A function or operator with two arguments.
final class BinaryNode: Node {
    private let function: Builtin
    private let left: any Node
    private let right: any Node
    private let offset: Int

    init(_ function: Builtin, _ left: any Node, _ right: any Node, offset: Int) {
        self.function = function
        self.left = left
        self.right = right
        self.offset = offset
    }

    func evaluate(_ frame: inout Frame) throws(Fault) -> CELValue {
        let first = try left.evaluate(&frame)
        let second = try right.evaluate(&frame)
        do {
            return try Operations.binary(function, first, second, &frame)
        } catch {
            throw error.at(offset)
        }
    }
}

/// A chain of binary operators, worked off from the left without recursion.
final class ChainNode: Node {
    struct Link: Sendable {
        let function: Builtin
        let operand: any Node
        let offset: Int
    }

    private let first: any Node
    private let links: [Link]

    init(_ first: any Node, _ links: [Link]) {
        self.first = first
        self.links = links
    }

    func evaluate(_ frame: inout Frame) throws(Fault) -> CELValue {
        var value = try first.evaluate(&frame)
        for link in links {
            let operand = try link.operand.evaluate(&frame)
            do {
                value = try Operations.binary(link.function, value, operand, &frame)
            } catch {
                throw error.at(link.offset)
            }
        }
        return value
    }
}

/// A function with no, three or more arguments.
final class CallNode: Node {
    private let function: Builtin
    private let arguments: [any Node]
    private let offset: Int

    init(_ function: Builtin, _ arguments: [any Node], offset: Int) {
        self.function = function
        self.arguments = arguments
        self.offset = offset
    }

    func evaluate(_ frame: inout Frame) throws(Fault) -> CELValue {
        var values: [CELValue] = []
        values.reserveCapacity(arguments.count)
        for argument in arguments { values.append(try argument.evaluate(&frame)) }
        do {
            return try Operations.call(function, values, &frame)
        } catch {
            throw error.at(offset)
        }
    }
}

/// An accessor with a time zone known at compile time.
final class ZoneFieldNode: Node {
    private let function: Builtin
    private let operand: any Node
    private let zone: CELZone
    private let offset: Int

    init(_ function: Builtin, _ operand: any Node, _ zone: CELZone, offset: Int) {
        self.function = function
        self.operand = operand
        self.zone = zone
        self.offset = offset
    }

    func evaluate(_ frame: inout Frame) throws(Fault) -> CELValue {
        let value = try operand.evaluate(&frame)
        try frame.charge(CostModel.call)
        guard case .timestamp(let instant) = value else {
            throw Fault.noOverload(function.spelling, value, .string("")).at(offset)
        }
        return .int(Operations.field(function, of: instant, offset: zone.offset(at: instant.seconds)))
    }
}

/// A list literal.
final class ListNode: Node {
    private let elements: [any Node]

    init(_ elements: [any Node]) { self.elements = elements }

    func evaluate(_ frame: inout Frame) throws(Fault) -> CELValue {
        try frame.charge(CostModel.list)
        try frame.allocate(elements: elements.count)
        var values: [CELValue] = []
        values.reserveCapacity(elements.count)
        for element in elements { values.append(try element.evaluate(&frame)) }
        return .list(values)
    }
}

/// A map literal.
final class MapNode: Node {
    struct Entry: Sendable {
        let key: any Node
        let value: any Node
        /// Left out where the value is an empty optional.
        let isOptional: Bool
        let offset: Int
    }

    private let entries: [Entry]

    init(_ entries: [Entry]) { self.entries = entries }

    func evaluate(_ frame: inout Frame) throws(Fault) -> CELValue {
        try frame.charge(CostModel.map)
        try frame.allocate(elements: entries.count * 3)
        var pairs: [(key: CELValue, value: CELValue)] = []
        pairs.reserveCapacity(entries.count)
        for entry in entries {
            let key = try entry.key.evaluate(&frame)
            if case .string(let text) = key { try frame.charge(octets: text.utf8.count) }
            let value = try entry.value.evaluate(&frame)
            if !entry.isOptional {
                pairs.append((key, value))
            } else if let held = try Operations.held(by: value, at: entry.offset) {
                pairs.append((key, held))
            }
        }
        do {
            return .map(try CELMap(pairs))
        } catch {
            switch error {
            case .unsupportedKey(let typeName):
                throw Fault(.invalidArgument, "a \(typeName) cannot be the key of a map", at: entries.first?.offset)
            case .duplicateKey(let position):
                // Entries that are left out shift the positions.
                let isShifted = pairs.count < entries.count || !entries.indices.contains(position)
                throw Fault(
                    .invalidArgument, "the map has the same key twice",
                    at: isShifted ? entries.first?.offset : entries[position].offset)
            }
        }
    }
}
