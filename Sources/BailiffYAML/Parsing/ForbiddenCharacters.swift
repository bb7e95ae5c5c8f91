import BailiffDiagnostics

/// Characters that may not stand in a file at all: those no editor shows, or that make text read differently from how it
/// is displayed.
enum ForbiddenCharacters {
    /// The first few of them.
    static func find(in source: SourceText) -> [Diagnostic] {
        var found: [Diagnostic] = []
        var offset = 0
        var previousIsReturn = false
        for scalar in source.text.unicodeScalars {
            defer { offset += UTF8.width(scalar) }
            if previousIsReturn, scalar != "\n" {
                found.append(carriageReturn(source.location(utf8Offset: offset - 1)))
            }
            previousIsReturn = scalar == "\r"
            if found.count >= 10 { return found }
            guard scalar.value >= 0x7F || scalar.value < 0x20, !isAllowed(scalar) else { continue }
            let place = source.location(utf8Offset: offset)
            if scalar == "\u{FEFF}", offset == 0 {
                found.append(
                    Diagnostic(
                        code: "YAML004", "the file starts with a byte order mark", at: place,
                        hint: "save it without one"))
            } else {
                let shown = "U+" + hexadecimal(scalar.value)
                found.append(
                    Diagnostic(
                        code: "YAML018", "the character \(shown) is not allowed in a file", at: place,
                        hint: "write it as an escape sequence in double quotes if it is meant"))
            }
        }
        if previousIsReturn { found.append(carriageReturn(source.location(utf8Offset: max(0, offset - 1)))) }
        return found
    }

    private static func carriageReturn(_ place: SourceLocation) -> Diagnostic {
        Diagnostic(
            code: "YAML018", "a carriage return without a line feed", at: place, hint: "end lines with LF or CRLF")
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D: true
        case ..<0x20, 0x7F...0x9F: false
        // Line and paragraph separators are line breaks in YAML 1.1 and text in 1.2.
        case 0x2028, 0x2029: false
        // Characters that change the direction of text, or have no width.
        case 0x00AD, 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180F, 0x3164, 0xFFA0, 0xE0000...0xE0FFF: false
        case 0x061C, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2069, 0xFEFF: false
        case 0xFFF9...0xFFFB, 0xFFFE, 0xFFFF: false
        default: scalar.value & 0xFFFE != 0xFFFE
        }
    }
}
