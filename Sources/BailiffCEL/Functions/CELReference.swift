/// What the language offers, as data: the reference page and tools list it from here.
package enum CELReference {
    package struct Function: Sendable {
        /// As it is called or written: `contains`, `strings.quote`, `+`.
        package let name: String
        /// As text: `string.contains(string) -> bool`.
        package let signatures: [String]
        /// One sentence.
        package let summary: String
        /// The optional part of the language it belongs to; nil if it is always there.
        package let library: String?
    }

    package struct Macro: Sendable {
        /// `list.all(x, condition)`
        package let form: String
        /// One sentence.
        package let summary: String
        package let library: String?
    }

    package struct NamedType: Sendable {
        /// `google.protobuf.Timestamp`
        package let name: String
        /// One sentence.
        package let summary: String
    }

    package struct Code: Sendable {
        /// `CEL010`
        package let code: String
        /// One sentence.
        package let summary: String
    }

    /// All functions and operators.
    package static let functions: [Function] = FunctionTable.entries.map { entry in
        Function(
            name: entry.function.spelling, signatures: entry.overloads.map { signature($0, of: entry.function) },
            summary: entry.summary, library: entry.library?.name)
    }

    /// All macros.
    package static let macros: [Macro] =
        [
            Macro(
                form: "has(x.f)",
                summary:
                    "Whether the map x has the key f, or the fact x.f is there; the fact may be used to the right.",
                library: nil)
        ]
        + Parser.macros.map { shape in
            Macro(
                form: "x.\(shape.name)(\(shape.parameters.joined(separator: ", ")))", summary: shape.summary,
                library: shape.variables == 2 ? CELDeclarations.Libraries.twoVariableMacros.name : nil)
        }
        + [
            Macro(
                form: "cel.bind(v, x, body)", summary: "The body, with the name v for the value of x.",
                library: CELDeclarations.Libraries.bindings.name),
            Macro(
                form: "x.optMap(v, result)", summary: "An optional of the result, empty where the optional x is.",
                library: CELDeclarations.Libraries.optionals.name),
            Macro(
                form: "x.optFlatMap(v, result)", summary: "The result, itself an optional, empty where x is.",
                library: CELDeclarations.Libraries.optionals.name),
        ]

    /// All types with a name; every name but `dyn` is also an expression of type `type`.
    package static let types: [NamedType] =
        CELType.nameable.map { NamedType(name: $0.name, summary: $0.summary) }
        + [NamedType(name: "dyn", summary: "Any value: not known before the expression runs.")]

    /// All codes of diagnostics.
    package static let codes: [Code] = DiagnosticCode.allCases.map { Code(code: $0.rawValue, summary: $0.summary) }

    private static func signature(_ overload: CELDeclarations.Overload, of function: Builtin) -> String {
        let parameters = overload.parameters.map(\.description)
        let call: String
        if overload.isMember, let receiver = parameters.first {
            call = "\(receiver).\(function.spelling)(\(parameters.dropFirst().joined(separator: ", ")))"
        } else {
            call =
                switch (function, parameters.count) {
                case (.index, 2): "\(parameters[0])[\(parameters[1])]"
                case (.conditional, 3): "\(parameters[0]) ? \(parameters[1]) : \(parameters[2])"
                case _ where !function.isOperator: "\(function.spelling)(\(parameters.joined(separator: ", ")))"
                case (_, 1): "\(function.spelling)\(parameters[0])"
                default: parameters.joined(separator: " \(function.spelling) ")
                }
        }
        return "\(call) -> \(overload.result)"
    }
}

extension CELDeclarations.Libraries {
    /// For the reference page.
    fileprivate var name: String? {
        switch self {
        case .strings: "strings"
        case .bindings: "bindings"
        case .twoVariableMacros: "two-variable macros"
        case .optionals: "optional values"
        default: nil
        }
    }
}

extension Builtin {
    /// Whether it is written between or before its arguments.
    fileprivate var isOperator: Bool { rawValue.first == "_" || rawValue.first == "@" || rawValue.last == "_" }
}

extension Parser.MacroShape {
    fileprivate var parameters: [String] {
        let names = variables == 1 ? ["v"] : ["k", "v"]
        let takesTransform = [.map, .transformList, .transformMap].contains(macro)
        let hasCondition = !takesTransform || arguments > variables + 1
        return names + (hasCondition ? ["condition"] : []) + (takesTransform ? ["result"] : [])
    }

    fileprivate var summary: String {
        let filtered = arguments > variables + 1 ? ", where the condition holds" : ""
        switch macro {
        case .all: return "Whether the condition holds for all elements; a false one absorbs the errors of others."
        case .exists: return "Whether the condition holds for an element; a true one absorbs the errors of others."
        case .existsOne: return "Whether the condition holds for exactly one element; any error is the result."
        case .map: return "A list of the results\(filtered)."
        case .filter: return "A list of the elements for which the condition holds."
        case .transformList: return "A list of the results\(filtered)."
        case .transformMap: return "A map with the same keys, or the positions of a list, and the results\(filtered)."
        }
    }
}
