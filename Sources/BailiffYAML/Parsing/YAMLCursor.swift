import BailiffDiagnostics

/// Bytes of a document, a position in them, and everything reported so far.
struct YAMLCursor {
    let file: YAMLFile
    let bytes: [UInt8]
    var position = 0
    /// Offset of the first byte of the line the position is on.
    var lineStart = 0
    var diagnostics: [Diagnostic] = []

    init(_ source: SourceText) {
        file = YAMLFile(source)
        bytes = Array(source.text.utf8)
    }

    var isAtEnd: Bool { position >= bytes.count }

    /// The byte at the position or `ahead` of it; nil behind the end.
    @inline(__always)
    func byte(_ ahead: Int = 0) -> UInt8? {
        let index = position + ahead
        return index >= 0 && index < bytes.count ? bytes[index] : nil
    }

    func isAt(_ scalar: Unicode.Scalar, _ ahead: Int = 0) -> Bool { byte(ahead) == UInt8(ascii: scalar) }

    /// A space, a tab, a line break or the end.
    func isBlankOrEnd(_ ahead: Int = 0) -> Bool {
        guard let byte = byte(ahead) else { return true }
        return byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    func isSpaceOrTab(_ ahead: Int = 0) -> Bool { byte(ahead) == 0x20 || byte(ahead) == 0x09 }

    func isBreakOrEnd(_ ahead: Int = 0) -> Bool {
        guard let byte = byte(ahead) else { return true }
        return byte == 0x0A || byte == 0x0D
    }

    /// Bytes since the start of the line. Indentation is spaces, so for it this is the number of columns.
    var column: Int { position - lineStart }

    /// `---` or `...` alone at the start of a line.
    var isAtDocumentMarker: Bool {
        guard column == 0, let first = byte(), first == UInt8(ascii: "-") || first == UInt8(ascii: ".") else {
            return false
        }
        return byte(1) == first && byte(2) == first && isBlankOrEnd(3)
    }

    func location(_ offset: Int) -> SourceLocation { file.source.location(utf8Offset: offset) }

    /// Moves behind a line break (LF or CRLF), if there is one here.
    mutating func takeBreak() {
        if byte() == 0x0D { position += 1 }
        if byte() == 0x0A { position += 1 }
        lineStart = position
    }

    mutating func skipSpacesAndTabs() {
        while isSpaceOrTab() { position += 1 }
    }

    /// Moves to the end of the line, break excluded.
    mutating func skipLine() {
        while !isBreakOrEnd() { position += 1 }
    }

    mutating func report(_ code: String, _ message: String, at offset: Int, hint: String? = nil) {
        guard diagnostics.count < DiagnosticReport.limit else { return }
        diagnostics.append(Diagnostic(code: code, message, at: location(offset), hint: hint))
    }

    func failure(_ code: String, _ message: String, at offset: Int, hint: String? = nil) -> YAMLStop {
        YAMLStop(diagnostic: Diagnostic(code: code, message, at: location(offset), hint: hint))
    }
}

/// A mistake behind which nothing can be read any more.
struct YAMLStop: Error { let diagnostic: Diagnostic }
