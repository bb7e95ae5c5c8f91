/// What an expression may refer to: variables, functions, the container names are resolved in, and how strict to be.
package struct CELDeclarations: Sendable {
    /// Whether a variable has a value.
    package enum Presence: Sendable, Hashable {
        /// Always there; without a value, evaluation ends in ``CELError/Code/unknownVariable``.
        case always
        /// May be absent. Touching it where no `has()` to the left has made sure of it is a checker error, unless
        /// ``CELDeclarations/allowsMissing`` is set.
        case optional
        /// The fact exists, but not under this key: a checker error that gives the reason.
        case hidden(reason: String)
    }

    package struct Variable: Sendable {
        package let name: String
        package let type: CELType
        package let presence: Presence
        /// The only words a string (or the elements of a list of strings) can be.
        package let closedVocabulary: [String]?
        /// The only numbers an int can be.
        package let range: ClosedRange<Int64>?
        package let size: SizeHint?

        var isVisible: Bool {
            if case .hidden = presence { return false }
            return true
        }
    }

    /// The largest sizes a value can have, for the static cost estimate.
    package struct SizeHint: Sendable, Hashable {
        /// Elements of a list, entries of a map, code points of a string, bytes.
        package var count: UInt64
        /// Code points or bytes of each element that is a string.
        package var elementLength: UInt64

        package init(count: UInt64, elementLength: UInt64 = 200) {
            self.count = count
            self.elementLength = elementLength
        }
    }

    package struct Overload: Sendable, Hashable {
        package var id: String
        package var parameters: [CELType]
        package var result: CELType
        /// Called as `first.name(rest)`.
        package var isMember: Bool

        package init(id: String, parameters: [CELType], result: CELType, isMember: Bool = false) {
            self.id = id
            self.parameters = parameters
            self.result = result
            self.isMember = isMember
        }
    }

    /// Optional parts of the language.
    package struct Libraries: OptionSet, Sendable, Hashable {
        package let rawValue: Int
        package init(rawValue: Int) { self.rawValue = rawValue }

        /// `charAt`, `split`, `format` and so on.
        package static let strings = Libraries(rawValue: 1)
        /// `cel.bind`.
        package static let bindings = Libraries(rawValue: 2)
        /// `all(i, v, …)`, `transformList`, `transformMap` and so on.
        package static let twoVariableMacros = Libraries(rawValue: 4)
        /// `optional.of` and so on.
        package static let optionals = Libraries(rawValue: 8)
    }

    /// In the order of declaration: a variable's position is its slot.
    package private(set) var variables: [Variable] = []
    private var slots: [String: Int] = [:]
    /// Overloads of functions without a body, by name.
    package private(set) var functions: [String: [Overload]] = [:]

    /// Names are tried as `container.name` first, then in the container's parents. Empty: the root.
    package var container = ""
    package var libraries: Libraries = [.strings, .bindings, .twoVariableMacros]
    /// Whether optional facts may be used unguarded, because the caller says what their absence means.
    package var allowsMissing = false
    /// Whether a part of an expression that can only end in an error is refused, such as `duration("7d")`.
    package var refusesCertainErrors = true
    /// The sizes assumed of variables declared without a hint of their own.
    package var assumedSizes = SizeHint(count: 100, elementLength: 200)
    package var assumedStringLength: UInt64 = 1_024
    package var zones = CELZones.system

    package init() {}

    /// Declares a variable. Declaring a name again replaces the declaration and keeps the slot.
    ///
    /// - Parameters:
    ///   - name: May be dotted: `machine.sighting.first` is one variable, and `machine.sighting` alone then means nothing.
    ///   - range: The only numbers an int can be; a comparison outside it is always true or false.
    ///   - size: The largest value to expect, for the cost estimate.
    package mutating func variable(
        _ name: String, _ type: CELType, presence: Presence = .always, closedVocabulary: [String]? = nil,
        range: ClosedRange<Int64>? = nil, size: SizeHint? = nil
    ) {
        let variable = Variable(
            name: name, type: type, presence: presence, closedVocabulary: closedVocabulary, range: range, size: size)
        if let slot = slots[name] {
            variables[slot] = variable
        } else {
            slots[name] = variables.count
            variables.append(variable)
        }
    }

    /// Declares a function without a body: expressions that call it can be checked, not evaluated.
    package mutating func function(_ name: String, overloads: [Overload]) {
        functions[name, default: []] += overloads
    }

    /// The position of a variable, the same for every expression compiled with these declarations.
    package func slot(of name: String) -> Int? { slots[name] }

    package var slotCount: Int { variables.count }
}
