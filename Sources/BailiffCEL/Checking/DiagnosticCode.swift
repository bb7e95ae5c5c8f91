/// The codes of everything this module reports about an expression. They never change their meaning; the reference page
/// lists them.
enum DiagnosticCode: String, CaseIterable, Sendable {
    // Text
    case syntax = "CEL001"
    case literal = "CEL002"
    case tooLarge = "CEL003"
    case macro = "CEL004"
    case reserved = "CEL005"

    // Names and types
    case undeclaredVariable = "CEL010"
    case undeclaredFunction = "CEL011"
    case noOverload = "CEL012"
    case noSelection = "CEL013"
    case notIterable = "CEL014"
    case wrongType = "CEL015"
    case messages = "CEL016"

    // Facts
    case hiddenFact = "CEL020"
    case unguardedFact = "CEL021"
    case unknownWord = "CEL022"
    case certainError = "CEL023"

    // Cost
    case cost = "CEL030"

    // Warnings
    case alwaysPresent = "CEL040"

    /// One sentence for the reference page.
    var summary: String {
        switch self {
        case .syntax: "The text is not an expression."
        case .literal: "A number, string or bytes literal is malformed or out of range."
        case .tooLarge: "The expression is too long, nested too deeply, or its types grow too large."
        case .macro: "A macro is called with arguments it cannot take, such as `has()` of something that is no field."
        case .reserved: "A reserved word stands where a name is wanted."
        case .undeclaredVariable: "A name means nothing here."
        case .undeclaredFunction: "No function of that name exists."
        case .noOverload: "A function or operator does not take arguments of these types."
        case .noSelection: "A field is selected from a value that has none."
        case .notIterable: "A macro runs over something that is neither a list nor a map."
        case .wrongType: "The expression, or a part of it, is of another type than its place demands."
        case .messages: "Message literals are not part of this language."
        case .hiddenFact: "The fact exists but is not visible under this key."
        case .unguardedFact: "A fact that may be absent is used where no `has()` to its left has made sure of it."
        case .unknownWord: "A fact with a fixed set of words is compared with something it can never be."
        case .certainError: "A part of the expression can only ever end in an error."
        case .cost: "The expression may cost more than the limit."
        case .alwaysPresent: "Warning: `has()` of a fact that is always there."
        }
    }
}
