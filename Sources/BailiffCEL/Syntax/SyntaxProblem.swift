/// The first thing wrong with the text of an expression.
struct SyntaxProblem: Error {
    var code: DiagnosticCode
    var message: String
    /// UTF-8 offset within the expression.
    var offset: Int
    var hint: String?

    init(_ message: String, at offset: Int, hint: String? = nil) {
        self.init(.syntax, message, at: offset, hint: hint)
    }

    init(_ code: DiagnosticCode, _ message: String, at offset: Int, hint: String? = nil) {
        self.code = code
        self.message = message
        self.offset = offset
        self.hint = hint
    }
}
