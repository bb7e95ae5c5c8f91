/// A word of the language.
struct Token {
    enum Kind: Equatable {
        case end
        case identifier
        /// An identifier in backticks; only a field name may be one.
        case quotedIdentifier
        /// `true`, `false`, `null`
        case literal(CELValue)
        /// The magnitude of an int; a sign in front may fold into it.
        case int(UInt64)
        case uint(UInt64)
        case double(Double)
        case symbol(Symbol)
    }

    var kind: Kind
    /// UTF-8 offsets within the expression.
    var start: Int
    var end: Int
}

/// Operators and punctuation, by their spelling.
enum Symbol: String, Sendable {
    case leftParenthesis = "("
    case rightParenthesis = ")"
    case leftBracket = "["
    case rightBracket = "]"
    case leftBrace = "{"
    case rightBrace = "}"
    case dot = "."
    case comma = ","
    case colon = ":"
    case question = "?"
    case plus = "+"
    case minus = "-"
    case times = "*"
    case slash = "/"
    case percent = "%"
    case not = "!"
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case and = "&&"
    case or = "||"
    case `in` = "in"
}
