extension CostEstimator {
    /// The cost of a call, its arguments included, and the size of its result.
    func apply(
        _ name: String, _ arguments: [Estimate], _ nodes: [NodeID], result: CELType
    ) -> Estimate {
        var spent = arguments.reduce(CostBounds(0)) { $0 + $1.cost }
        // The other operand is evaluated only where the optional is empty.
        if name == Builtin.orValue.rawValue || name == Builtin.orOptional.rawValue {
            spent.min = arguments.first?.cost.min ?? 0
        }
        guard let function = Builtin(rawValue: name), let first = arguments.first?.shape else {
            return Estimate(cost: spent + CostModel.call, shape: .unknown)
        }
        let second = arguments.count > 1 ? arguments[1].shape : .scalar
        return Estimate(
            cost: spent + cost(function, first, second, nodes),
            shape: shape(function, arguments.map(\.shape), result: result))
    }

    // MARK: Cost

    private func cost(_ function: Builtin, _ first: ValueShape, _ second: ValueShape, _ nodes: [NodeID]) -> CostBounds {
        switch function {
        case .add: return additionCost(first, second)
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
            return first.size.smaller(second.size).traversal
                + CostBounds(0, min(first.partsComparison, second.partsComparison))
        case .isIn:
            // A map costs one, and a list may be empty.
            let each = min(first.partComparison, second.anyElement.partComparison)
            let parts = second.size.max.saturatingProduct(each).saturatingSum(first.octetUnits)
            return CostBounds(0, max(CostModel.call, second.size.max).saturatingSum(parts))
        case .size, .toInt, .toUInt, .toDouble, .toBool, .toTimestamp, .toDuration:
            return CostBounds(CostModel.call, CostModel.call.saturatingSum(first.octetUnits))
        case .contains: return first.size.traversal * second.size.traversal
        case .startsWith, .endsWith: return first.size.traversal
        case .matches: return matchCost(first, second, pattern: nodes.last)
        case .toBytes, .toString:
            if case .scalar = first { return CostBounds(CostModel.call) }
            return CostBounds(0, max(CostModel.call, first.size.traversal.max))
        case .lowerAscii, .upperAscii, .reverse, .trim, .quote, .charAt, .substring: return once(first)
        case .indexOf, .lastIndexOf:
            return once(first) + CostBounds(0, (first.size.traversal * second.size.traversal).max)
        case .optionalUnwrap, .unwrapOpt: return first.size + CostModel.call
        case .split:
            let search = first.size.traversal * second.size.traversal
            return once(first) + CostBounds(0, first.size.max.saturatingSum(1)) + CostBounds(0, search.max)
        case .replace, .join, .format:
            // Once through the result as well.
            let result = shape(function, [first, second, .unknown], result: .string).size.traversal.max
            let search = function == .replace ? (first.size.traversal * second.size.traversal).max : 0
            return once(first) + CostBounds(0, result.saturatingSum(search))
        default: return CostBounds(CostModel.call)
        }
    }

    /// Once through a text, at least one unit.
    private func once(_ shape: ValueShape) -> CostBounds {
        let traversal = shape.size.traversal
        return CostBounds(CostModel.call, max(CostModel.call, traversal.max))
    }

    private func additionCost(_ first: ValueShape, _ second: ValueShape) -> CostBounds {
        switch (first, second) {
        case (.scalar, .scalar), (.collection, .collection): CostBounds(CostModel.call)
        case (.text(let left), .text(let right)): (left + right).traversal
        default: CostBounds(0, (first.size + second.size).traversal.max)
        }
    }

    private func matchCost(_ text: ValueShape, _ pattern: ValueShape, pattern node: NodeID?) -> CostBounds {
        let passes = (text.size + 1).traversal
        guard let node, let literal = literalText(node), let regex = try? Regex(literal) else {
            let most = max((pattern.size.max.saturatingSum(3)) / 4, UInt64(Regex.largestProgram) / 16)
            return CostBounds(0, passes.max.saturatingProduct(most))
        }
        let each = CostModel.match(
            0, patternLength: literal.scalarCount, instructions: regex.instructions.count)
        return passes * CostBounds(each)
    }

    // MARK: Size

    private func shape(_ function: Builtin, _ arguments: [ValueShape], result: CELType) -> ValueShape {
        let first = arguments[0]
        let most = first.size.max
        func text(upTo limit: UInt64) -> ValueShape { .text(CostBounds(0, limit)) }
        switch function {
        case .add: return sumShape(first, arguments.count > 1 ? arguments[1] : .scalar)
        case .dyn: return first
        case .toString:
            if case .text(let size) = first { return text(upTo: size.max) }
            return text(upTo: 64)
        case .toBytes: return text(upTo: most.saturatingProduct(4))
        case .lowerAscii, .upperAscii, .reverse, .trim, .substring: return text(upTo: most)
        case .charAt: return text(upTo: 1)
        case .quote: return text(upTo: most.saturatingProduct(2).saturatingSum(2))
        case .split: return .collection(CostBounds(0, most.saturatingSum(1)), key: .scalar, text(upTo: most))
        case .replace:
            let replacement = arguments.count > 2 ? arguments[2].size.max : .max
            return text(upTo: most.saturatingSum(most.saturatingSum(1).saturatingProduct(replacement)))
        case .join:
            guard case .collection(let count, _, let element) = first else { return text(upTo: .max) }
            let separator = arguments.count > 1 ? arguments[1].size.max : 0
            return text(upTo: count.max.saturatingProduct(element.size.max.saturatingSum(separator)))
        case .format:
            guard arguments.count > 1, case .collection(let count, _, let element) = arguments[1] else {
                return text(upTo: .max)
            }
            // A clause prints a number with at most that many digits before and behind the point.
            let clause = max(UInt64(NumberText.largestPrecision) + 330, element.printedLength)
            return text(upTo: most.saturatingSum(count.max.saturatingProduct(clause)))
        case .index: return first.element(self, result)
        case .conditional: return .union(of: Array(arguments.dropFirst()))
        case .optionalOf, .optionalOfNonZeroValue, .optionalNone, .value, .orOptional, .orValue, .first, .last:
            return .unknown
        case .optionalUnwrap, .unwrapOpt: return .collection(CostBounds(0, most), key: .scalar, .unknown)
        default: return .scalar
        }
    }

    private func sumShape(_ first: ValueShape, _ second: ValueShape) -> ValueShape {
        switch (first, second) {
        case (.scalar, .scalar): .scalar
        case (.text(let left), .text(let right)): .text(left + right)
        case (.collection(let left, let key, let leftElement), .collection(let right, _, let rightElement)):
            .collection(left + right, key: key, .union(of: [leftElement, rightElement]))
        default: .unknown
        }
    }
}
