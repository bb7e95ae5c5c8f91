package import BailiffDiagnostics

/// Why an evaluation has no value.
package struct CELError: Error, Sendable, Hashable {
    package enum Code: String, Sendable {
        case noSuchKey, noOverload, divisionByZero, overflow, invalidArgument, indexOutOfRange
        /// No value was given for a variable that is always there.
        case unknownVariable
        case unknownFunction
        /// An optional fact is absent; ``CELError/fact`` names it.
        case missingFact
        /// The run-time cost limit; no `||` or `&&` absorbs it.
        case costExceeded
        /// The bound on memory one evaluation may fill; no `||` or `&&` absorbs it.
        case memoryExceeded
    }

    package var code: Code
    /// Lower case, no full stop. May quote values: not for logs that must be free of them.
    package var message: String
    /// The absent fact of ``Code/missingFact``.
    package var fact: String?
    /// Where in the expression's file, if the place is known.
    package var location: SourceLocation?

    package init(_ code: Code, _ message: String, fact: String? = nil, location: SourceLocation? = nil) {
        self.code = code
        self.message = message
        self.fact = fact
        self.location = location
    }

    package static func missingFact(_ name: String) -> CELError {
        CELError(.missingFact, "'\(name)' is absent", fact: name)
    }

    /// Whether `||` and `&&` may absorb it.
    package var isAbsorbable: Bool { code != .costExceeded && code != .memoryExceeded }
}

extension CELError: CustomStringConvertible {
    package var description: String { "\(code.rawValue): \(message)" }
}
