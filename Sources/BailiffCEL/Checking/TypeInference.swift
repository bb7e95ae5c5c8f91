/// Unification of types with parameters, and what has been found out about the parameters so far.
///
/// `dyn` fits everything in both directions; of two types that fit, the more general one is kept.
struct TypeInference {
    private var known: [String: CELType] = [:]
    /// What the assignment under way has changed, to be taken back if it fails. Copying ``known`` instead would make long
    /// chains of operators take quadratic time.
    private var changes: [(name: String, before: CELType?)] = []
    private var fresh = 0
    /// Steps left before the types of the expression count as too complex.
    private var budget = 2_000_000

    /// The types grew beyond what is worth checking; from then on everything is `dyn`.
    var isExhausted: Bool { budget <= 0 }

    mutating func freshParameter() -> CELType {
        fresh += 1
        // No identifier contains a '%'.
        return .parameter("%\(fresh)")
    }

    /// An overload with parameters of its own.
    mutating func instantiate(_ overload: CELDeclarations.Overload) -> CELDeclarations.Overload {
        var names: Set<String> = []
        for type in overload.parameters + [overload.result] { type.collectParameters(into: &names) }
        guard !names.isEmpty else { return overload }
        var renamed: [String: CELType] = [:]
        for name in names.sorted() { renamed[name] = freshParameter() }
        var copy = overload
        copy.parameters = overload.parameters.map { $0.replacingParameters(by: renamed) }
        copy.result = overload.result.replacingParameters(by: renamed)
        return copy
    }

    /// Whether arguments fit parameters; what is learned is kept only if all do.
    mutating func assign(_ arguments: [CELType], to parameters: [CELType]) -> Bool {
        guard arguments.count == parameters.count else { return false }
        changes.removeAll(keepingCapacity: true)
        for (argument, parameter) in zip(arguments, parameters) where !fits(argument, parameter) {
            for change in changes.reversed() { known[change.name] = change.before }
            return false
        }
        return true
    }

    /// The type of a collection that holds both; `dyn` if they have nothing in common.
    mutating func join(_ left: CELType, _ right: CELType) -> CELType {
        assign([left], to: [right]) ? general(left, right) : .dyn
    }

    /// The type with everything found out about its parameters; what is still open stays or, finally, becomes `dyn`.
    mutating func resolved(_ type: CELType, isFinal: Bool = false) -> CELType {
        budget -= 1
        if budget <= 0 { return .dyn }
        switch type {
        case .parameter(let name):
            if let found = known[name] { return resolved(found, isFinal: isFinal) }
            return isFinal ? .dyn : type
        case .list(let element): return .list(resolved(element, isFinal: isFinal))
        case .map(let key, let value): return .map(resolved(key, isFinal: isFinal), resolved(value, isFinal: isFinal))
        case .type(let inner): return .type(resolved(inner, isFinal: isFinal))
        case .abstract(let name, let parameters):
            return .abstract(name, parameters.map { resolved($0, isFinal: isFinal) })
        default: return type
        }
    }

    // MARK: Fitting

    private mutating func fits(_ left: CELType, _ right: CELType) -> Bool {
        budget -= 1
        if budget <= 0 { return true }
        if case .parameter(let name) = right {
            if let answer = substitute(name, by: left) { return answer }
        }
        if case .parameter(let name) = left { return substitute(name, by: right) ?? false }
        switch (left, right) {
        case (.dyn, _), (_, .dyn): return true
        case (.null, .null): return true
        case (.null, let other), (let other, .null): return other.isNullable
        case (.list(let left), .list(let right)): return fits(left, right)
        case (.map(let leftKey, let leftValue), .map(let rightKey, let rightValue)):
            return fits(leftKey, rightKey) && fits(leftValue, rightValue)
        case (.type, .type): return true
        case (.abstract(let leftName, let left), .abstract(let rightName, let right)):
            guard leftName == rightName, left.count == right.count else { return false }
            for (left, right) in zip(left, right) where !fits(left, right) { return false }
            return true
        default: return left == right
        }
    }

    /// Makes a parameter stand for a type, or finds out that it can or cannot; nil when the type contains the parameter.
    private mutating func substitute(_ name: String, by type: CELType) -> Bool? {
        if case .parameter(name) = type { return true }
        if let found = known[name] {
            if found == type { return true }
            guard fits(type, found) else { return false }
            let wider = general(type, found)
            if !occurs(name, in: wider) { learn(name, wider) }
            return true
        }
        guard !occurs(name, in: type) else { return nil }
        learn(name, type)
        return true
    }

    private mutating func learn(_ name: String, _ type: CELType) {
        changes.append((name, known[name]))
        known[name] = type
    }

    private mutating func occurs(_ name: String, in type: CELType) -> Bool {
        budget -= 1
        if budget <= 0 { return false }
        switch type {
        case .parameter(let other):
            if other == name { return true }
            guard let found = known[other] else { return false }
            return occurs(name, in: found)
        case .list(let inner), .type(let inner): return occurs(name, in: inner)
        case .map(let key, let value): return occurs(name, in: key) || occurs(name, in: value)
        case .abstract(_, let parameters):
            for parameter in parameters where occurs(name, in: parameter) { return true }
            return false
        default: return false
        }
    }

    /// The more general of two types that fit; null yields to what can be null. Of two types that are each more general in
    /// some part the second one is taken, as the implementations of Google do.
    private mutating func general(_ left: CELType, _ right: CELType) -> CELType {
        if left == .null { return right }
        if case .type(let first) = left, case .type(let second) = right, first != second { return .type(.dyn) }
        return isAtLeastAsGeneral(left, right) ? left : right
    }

    private mutating func isAtLeastAsGeneral(_ left: CELType, _ right: CELType) -> Bool {
        budget -= 1
        if budget <= 0 { return true }
        switch (left, right) {
        case (.dyn, _), (.parameter, _), (_, .null): return true
        case (_, .dyn), (_, .parameter), (.null, _): return false
        case (.list(let left), .list(let right)): return isAtLeastAsGeneral(left, right)
        case (.map(let leftKey, let leftValue), .map(let rightKey, let rightValue)):
            return isAtLeastAsGeneral(leftKey, rightKey) && isAtLeastAsGeneral(leftValue, rightValue)
        case (.abstract(_, let left), .abstract(_, let right)):
            for (left, right) in zip(left, right) where !isAtLeastAsGeneral(left, right) { return false }
            return true
        default: return true
        }
    }
}

extension CELType {
    fileprivate var isNullable: Bool {
        switch self {
        case .timestamp, .duration, .abstract: true
        default: false
        }
    }

    fileprivate func collectParameters(into names: inout Set<String>) {
        switch self {
        case .parameter(let name): names.insert(name)
        case .list(let inner), .type(let inner): inner.collectParameters(into: &names)
        case .map(let key, let value):
            key.collectParameters(into: &names)
            value.collectParameters(into: &names)
        case .abstract(_, let parameters): parameters.forEach { $0.collectParameters(into: &names) }
        default: break
        }
    }

    fileprivate func replacingParameters(by types: [String: CELType]) -> CELType {
        switch self {
        case .parameter(let name): types[name] ?? self
        case .list(let inner): .list(inner.replacingParameters(by: types))
        case .type(let inner): .type(inner.replacingParameters(by: types))
        case .map(let key, let value):
            .map(key.replacingParameters(by: types), value.replacingParameters(by: types))
        case .abstract(let name, let parameters):
            .abstract(name, parameters.map { $0.replacingParameters(by: types) })
        default: self
        }
    }
}
