import BailiffDiagnostics

/// Text on its way into a message that people read.
enum ShownText {
    /// Control, bidirectional, invisible and combining characters are spelt out, and what is too long is cut and marked.
    static func safe(_ text: String, limit: Int) -> String {
        text.split(separator: "\\", omittingEmptySubsequences: false)
            .map { String($0).escapedForDisplay(limit: limit) }.joined(separator: "\\").cut(to: limit)
    }
}

extension String {
    /// At most so many scalars, the last one a mark where something is missing.
    fileprivate func cut(to limit: Int) -> String {
        guard unicodeScalars.count > limit else { return self }
        var out = String.UnicodeScalarView(unicodeScalars.prefix(max(0, limit - 1)))
        out.append("…")
        return String(out)
    }
}
