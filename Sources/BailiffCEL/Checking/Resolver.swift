/// What a name in the tree stands for.
enum Resolution: Sendable {
    /// A variable of a macro, by its index in the frame of one evaluation.
    case local(Int)
    /// A declared variable, by slot. On a `has` node: the presence of that variable.
    case variable(Int)
    case type(CELType)
    /// A function, by the name it is declared under; on a member call: a namespaced function, no receiver.
    case function(String)
    /// Nothing of that name.
    case unresolved
}

/// Finds out what every name in a tree stands for.
///
/// The longest dotted name that is declared wins, tried in the container and then in its parents. Variables of macros
/// shadow everything but absolute names.
struct Resolver {
    private let declarations: CELDeclarations
    private let candidates: [String]
    private let tree: SyntaxTree
    private var locals: [String] = []
    private(set) var resolutions: [Resolution?]
    /// How many macro variables are alive at once, at most.
    private(set) var frameSize = 0

    init(_ tree: SyntaxTree, _ declarations: CELDeclarations) {
        self.tree = tree
        self.declarations = declarations
        resolutions = Array(repeating: nil, count: tree.nodes.count)
        var prefixes: [String] = []
        var segments = declarations.container.split(separator: ".").map(String.init)
        while !segments.isEmpty {
            prefixes.append(segments.joined(separator: ".") + ".")
            segments.removeLast()
        }
        candidates = prefixes + [""]
        visit(tree.root)
    }

    private mutating func visit(_ id: NodeID) {
        switch tree[id].kind {
        case .literal: break
        case .identifier(let name, let isAbsolute):
            if !isAbsolute, let local = locals.lastIndex(of: name) {
                resolve(id, .local(local))
            } else {
                resolve(id, named(name, isAbsolute: isAbsolute) ?? .unresolved)
            }
        case .select(let operand, _, _):
            if let found = qualifiedName(id).flatMap({ named($0.text, isAbsolute: $0.isAbsolute) }) {
                resolve(id, found)
            } else {
                visit(operand)
            }
        case .has(let operand, let field, let isQuoted):
            if !isQuoted, let prefix = qualifiedName(operand),
                case .variable(let slot)? = named("\(prefix.text).\(field)", isAbsolute: prefix.isAbsolute)
            {
                resolve(id, .variable(slot))
            } else {
                visit(operand)
            }
        case .call(let name, let isAbsolute, let arguments):
            resolve(id, function(name, isAbsolute: isAbsolute).map { .function($0) } ?? .unresolved)
            arguments.forEach { visit($0) }
        case .memberCall(let target, let name, let arguments):
            if let prefix = qualifiedName(target),
                let found = function("\(prefix.text).\(name)", isAbsolute: prefix.isAbsolute)
            {
                resolve(id, .function(found))
            } else {
                visit(target)
            }
            arguments.forEach { visit($0) }
        case .logical(_, let operands): operands.forEach { visit($0) }
        case .chain(let first, let links):
            visit(first)
            links.forEach { visit($0.operand) }
        case .unary(_, _, let operand): visit(operand)
        case .index(let operand, let index):
            visit(operand)
            visit(index)
        case .conditional(let cases, let otherwise):
            for branch in cases {
                visit(branch.condition)
                visit(branch.value)
            }
            visit(otherwise)
        case .list(let elements): elements.forEach { visit($0) }
        case .map(let entries):
            for entry in entries {
                visit(entry.key)
                visit(entry.value)
            }
        case .message: break
        case .comprehension(let comprehension):
            visit(comprehension.range)
            within(comprehension.variables) { resolver in
                if let filter = comprehension.filter { resolver.visit(filter) }
                resolver.visit(comprehension.body)
            }
        case .bind(let variable, let value, let body):
            visit(value)
            within([variable]) { $0.visit(body) }
        case .optionalSelect(let operand, _), .optionalEntry(let operand): visit(operand)
        case .optionalIndex(let operand, let index):
            visit(operand)
            visit(index)
        case .optionalMap(let map):
            visit(map.operand)
            within([map.variable]) { $0.visit(map.body) }
        }
    }

    private mutating func within(_ variables: [String], _ body: (inout Resolver) -> Void) {
        locals += variables
        frameSize = max(frameSize, locals.count)
        body(&self)
        locals.removeLast(variables.count)
    }

    private mutating func resolve(_ id: NodeID, _ resolution: Resolution) { resolutions[Int(id.raw)] = resolution }

    /// The dotted name a node spells; nil when it is not one or begins with a macro's variable.
    private func qualifiedName(_ id: NodeID) -> (text: String, isAbsolute: Bool)? {
        switch tree[id].kind {
        case .identifier(let name, let isAbsolute):
            return !isAbsolute && locals.contains(name) ? nil : (name, isAbsolute)
        case .select(let operand, let field, isQuoted: false):
            guard let prefix = qualifiedName(operand) else { return nil }
            return ("\(prefix.text).\(field)", prefix.isAbsolute)
        default: return nil
        }
    }

    private func named(_ name: String, isAbsolute: Bool) -> Resolution? {
        for prefix in isAbsolute ? [""] : candidates {
            let candidate = prefix + name
            if let slot = declarations.slot(of: candidate) { return .variable(slot) }
            if let type = CELType.named[candidate] { return .type(type) }
        }
        return nil
    }

    private func function(_ name: String, isAbsolute: Bool) -> String? {
        for prefix in isAbsolute ? [""] : candidates {
            let candidate = prefix + name
            if declarations.functions[candidate] != nil { return candidate }
            if FunctionTable.isDeclared(candidate, in: declarations.libraries) { return candidate }
        }
        return nil
    }
}
