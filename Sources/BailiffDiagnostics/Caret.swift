extension Diagnostic {
    /// The diagnostic with its source line and a caret below the column, and the hint if there is one:
    ///
    /// ```
    /// baseline.yaml:7:11: error: unknown key 'enforcee' [YAML012]
    ///     enforcee: deny
    ///     ^
    /// hint: did you mean 'enforce'?
    /// ```
    ///
    /// Lines longer than 120 columns are shown as a window around the column. Nothing unprintable passes.
    package func rendered(in source: SourceText?) -> String {
        var lines = [Diagnostic.safe(description)]
        if let line = source?.line(location.line) {
            let scalars = Array(line.unicodeScalars)
            let column = min(max(1, location.column), scalars.count + 1)
            let from = column > 100 ? column - 60 : 0
            let window = scalars[min(from, scalars.count)..<min(scalars.count, from + 120)]
            var shown = ""
            var caretAt = 0
            for (index, scalar) in window.enumerated() {
                if from + index + 1 == column { caretAt = shown.unicodeScalars.count }
                shown += scalar == "\t" ? " " : Diagnostic.safe(String(scalar))
            }
            if from + window.count + 1 == column { caretAt = shown.unicodeScalars.count }
            lines.append("    " + shown)
            lines.append("    " + String(repeating: " ", count: caretAt) + "^")
        }
        if let hint { lines.append("hint: \(Diagnostic.safe(hint))") }
        return lines.joined(separator: "\n")
    }

    /// A backslash stays as it is: the line is to be read as it was written, and messages have escaped what they quote.
    private static func safe(_ text: String) -> String {
        text.split(separator: "\\", omittingEmptySubsequences: false).map { String($0).escapedForDisplay() }
            .joined(separator: "\\")
    }
}
