/// Optional values.
extension Checker {
    /// What an optional holds, and whether it is one: selections from an optional yield optionals.
    mutating func withoutOptional(_ type: CELType) -> (CELType, isOptional: Bool) {
        guard case .abstract(CELType.optionalName, let held) = type, held.count == 1 else { return (type, false) }
        return (inference.resolved(held[0]), true)
    }

    /// The type of an element behind a `?`.
    mutating func optionalEntry(_ value: NodeID) -> CELType { held(by: value, "what follows '?'") }

    mutating func optionalMap(_ map: SyntaxNode.OptionalMap) -> CELType {
        let local = Local(type: held(by: map.operand, "the receiver of a macro on optionals"), vocabulary: nil)
        return within([local]) { checker in
            guard map.isFlat else { return .optional(checker.visit(map.body)) }
            return .optional(checker.held(by: map.body, "the result of optFlatMap()"))
        }
    }

    /// The type of what a node that must be optional holds.
    private mutating func held(by id: NodeID, _ what: String) -> CELType {
        let type = visit(id)
        if type == .dyn { return .dyn }
        let element = inference.freshParameter()
        guard inference.assign([type], to: [.optional(element)]) else {
            report(.wrongType, "\(what) must be optional, not \(type)", at: id)
            return .dyn
        }
        return inference.resolved(element)
    }
}
