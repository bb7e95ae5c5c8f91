/// An evaluation error on its way up: what ``CELError`` is made of, in one word of memory.
///
/// `&&` and `||` make and drop these often, so the happy path must not pay for their size.
final class Fault: Error, Sendable {
    let code: CELError.Code
    let message: String
    let fact: String?
    /// UTF-8 offset within the expression, once a node has claimed it.
    let offset: Int?

    init(_ code: CELError.Code, _ message: String, fact: String? = nil, at offset: Int? = nil) {
        self.code = code
        self.message = message
        self.fact = fact
        self.offset = offset
    }

    /// The same error with its place; the innermost place stays.
    func at(_ offset: Int) -> Fault {
        self.offset == nil ? Fault(code, message, fact: fact, at: offset) : self
    }

    /// Whether `||` and `&&` must let it through.
    var isFatal: Bool { code == .costExceeded || code == .memoryExceeded }

    static func noOverload(_ function: String, _ values: CELValue...) -> Fault {
        Fault(.noOverload, "no overload of '\(function)' takes (\(values.map(\.typeName).joined(separator: ", ")))")
    }

    static func notBool(_ value: CELValue) -> Fault {
        Fault(.noOverload, "a condition must be bool, not \(value.typeName)")
    }
}
