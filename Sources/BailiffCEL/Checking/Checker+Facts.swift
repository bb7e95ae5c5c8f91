import BailiffDiagnostics

/// Facts: whether they are visible and certain to be there, and which words they can be.
extension Checker {
    // MARK: Presence

    /// A touch of a declared variable outside `has()`.
    mutating func use(_ slot: Int, at id: NodeID) -> CELType {
        let variable = declarations.variables[slot]
        switch variable.presence {
        case .always: break
        case .hidden(let reason): reportHidden(variable.name, reason, at: id)
        case .optional:
            if !declarations.allowsMissing, !present.contains(slot) {
                report(
                    .unguardedFact, "'\(variable.name)' may be absent", atOffset: startOffset(id),
                    hint: "write has(\(variable.name)) && … to the left of its use")
                // Once is enough: what follows to the right would only repeat it.
                present.insert(slot)
            }
        }
        return variable.type
    }

    /// A touch of a declared variable by `has()`.
    mutating func test(_ slot: Int, at id: NodeID) {
        let variable = declarations.variables[slot]
        switch variable.presence {
        case .optional: break
        case .hidden(let reason): reportHidden(variable.name, reason, at: id)
        case .always:
            report(
                .alwaysPresent, "'\(variable.name)' is always there, so has() is always true",
                atOffset: startOffset(id), severity: .warning)
        }
    }

    private mutating func reportHidden(_ name: String, _ reason: String, at id: NodeID) {
        report(.hiddenFact, "'\(name)' cannot be used here: \(reason)", atOffset: startOffset(id))
    }

    /// The facts that are certain to be there when a condition has a certain outcome.
    func facts(from id: NodeID, being outcome: Bool) -> Set<Int> {
        switch tree[id].kind {
        case .has:
            if outcome, case .variable(let slot)? = self[resolution: id] { return [slot] }
            return []
        case .unary(.not, let count, let operand):
            return facts(from: operand, being: count % 2 == 0 ? outcome : !outcome)
        case .logical(let isAnd, let operands):
            let parts = operands.map { facts(from: $0, being: outcome) }
            // All operands have this outcome, or one of them has and nobody knows which.
            if isAnd == outcome { return parts.reduce(into: []) { $0.formUnion($1) } }
            return parts.dropFirst().reduce(parts.first ?? []) { $0.intersection($1) }
        default: return []
        }
    }

    // MARK: Words

    /// The only words a node can be, or the elements of a list can be.
    func vocabulary(of id: NodeID) -> [String]? {
        switch self[resolution: id] {
        case .variable(let slot):
            if case .has = tree[id].kind { return nil }
            return declarations.variables[slot].closedVocabulary
        case .local(let index): return locals.indices.contains(index) ? locals[index].vocabulary : nil
        default: return nil
        }
    }

    /// Refuses comparisons of a fact with words it can never be.
    mutating func checkWords(_ left: NodeID, _ symbol: Symbol, _ right: NodeID) {
        switch symbol {
        case .equal, .notEqual:
            if let words = vocabulary(of: left) { checkWord(right, among: words, of: left) }
            if let words = vocabulary(of: right) { checkWord(left, among: words, of: right) }
        case .in:
            if let words = vocabulary(of: left) {
                if case .list(let elements) = tree[right].kind {
                    for element in elements { checkWord(element, among: words, of: left) }
                } else if case .map(let entries) = tree[right].kind {
                    for entry in entries { checkWord(entry.key, among: words, of: left) }
                }
            }
            if let words = vocabulary(of: right) { checkWord(left, among: words, of: right) }
        default: break
        }
    }

    private mutating func checkWord(_ literal: NodeID, among words: [String], of fact: NodeID) {
        guard case .literal(.string(let word)) = tree[literal].kind,
            !words.contains(where: { $0.hasSameBytes(as: word) })
        else { return }
        let hint: String? =
            if let close = closestMatch(to: word, among: words) {
                "did you mean '\(close)'?"
            } else {
                "it can be \(words.prefix(12).map { "'\($0)'" }.joined(separator: ", "))\(words.count > 12 ? ", …" : "")"
            }
        report(.unknownWord, "\(subject(fact)) is never '\(word.shortened)'", at: literal, hint: hint)
    }

    private func subject(_ fact: NodeID) -> String {
        if case .variable(let slot)? = self[resolution: fact] { return "'\(declarations.variables[slot].name)'" }
        if case .identifier(let name, _) = tree[fact].kind { return "'\(name)'" }
        return "it"
    }

    // MARK: Names that mean nothing

    /// Whether a node is a dotted name whose first part means nothing.
    func isUnresolvedName(_ id: NodeID) -> Bool {
        var id = id
        while true {
            switch tree[id].kind {
            case .identifier:
                if case .unresolved? = self[resolution: id] { return true }
                return false
            case .select(let operand, _, _) where self[resolution: id] == nil: id = operand
            default: return false
            }
        }
    }

    mutating func reportUnresolved(_ id: NodeID) {
        let name = dottedName(id)
        let visible = declarations.variables.filter(\.isVisible).map(\.name)
        let below = visible.filter { $0.utf8.starts(with: "\(name).".utf8) }
        let hint: String?
        if let close = closestMatch(to: name, among: visible) {
            hint = "did you mean '\(close)'?"
        } else if !below.isEmpty {
            hint = "it has \(listed(below))"
        } else if let owner = name.split(separator: ".").first,
            case let siblings = visible.filter({ $0.utf8.starts(with: "\(owner).".utf8) }), !siblings.isEmpty
        {
            hint = "'\(owner)' has \(listed(siblings))"
        } else {
            hint = nil
        }
        let message = below.isEmpty ? "nothing is named '\(name.shortened)'" : "'\(name)' is no value by itself"
        report(.undeclaredVariable, message, atOffset: startOffset(id), hint: hint)
    }

    private func listed(_ names: [String]) -> String {
        names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", …" : "")
    }

    private func dottedName(_ id: NodeID) -> String {
        switch tree[id].kind {
        case .identifier(let name, _): name
        case .select(let operand, let field, _): "\(dottedName(operand)).\(field)"
        case .has(let operand, let field, _): "\(dottedName(operand)).\(field)"
        default: ""
        }
    }

    /// Where a dotted name begins.
    func startOffset(_ id: NodeID) -> Int {
        switch tree[id].kind {
        case .select(let operand, _, _), .has(let operand, _, _): startOffset(operand)
        default: tree[id].offset
        }
    }
}
