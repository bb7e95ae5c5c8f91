import BailiffDiagnostics

/// A piece of text for a terminal: safe to print, with a known width and an optional colour.
struct CellText: Sendable, Hashable {
    enum Style: String, Sendable, Hashable {
        case plain = ""
        case dim = "2"
        case bold = "1"
        case good = "32"
        case warning = "33"
        case bad = "31"
    }

    /// Nothing in it acts on a terminal.
    private(set) var text: String
    var style: Style

    /// - Parameters:
    ///   - raw: May come from outside; what is not printable comes out spelt.
    ///   - limit: In characters; what is longer is cut, and says so.
    init(_ raw: String, _ style: Style = .plain, limit: Int = 400) {
        text = raw.shown(limit: limit)
        self.style = style
    }

    /// A part of this text: it was made safe when the whole was.
    func part(_ safe: String) -> CellText {
        var copy = self
        copy.text = safe
        return copy
    }

    static let none = CellText("-", .dim)

    static func optional(_ raw: String?, _ style: Style = .plain) -> CellText {
        raw.map { CellText($0, style) } ?? .none
    }

    /// Terminal cells.
    var width: Int { CellWidth.of(text) }

    /// At most so many cells; what is cut is marked.
    func truncated(to limit: Int) -> CellText {
        guard width > limit else { return self }
        var copy = self
        copy.text = CellWidth.prefix(of: text, cells: max(0, limit - 1)) + (limit > 0 ? "…" : "")
        return copy
    }

    /// In lines of at most so many cells, broken between words where that is possible.
    func wrapped(to limit: Int) -> [CellText] {
        // Two cells hold any character.
        let room = max(2, limit)
        guard width > room else { return [self] }
        var lines: [String] = []
        var current = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            var word = String(word)
            if !current.isEmpty, CellWidth.of(current) + 1 + CellWidth.of(word) <= room {
                current += " " + word
                continue
            }
            if !current.isEmpty { lines.append(current) }
            while CellWidth.of(word) > room {
                let head = CellWidth.prefix(of: word, cells: room)
                lines.append(head)
                word = String(word.unicodeScalars.dropFirst(head.unicodeScalars.count))
            }
            current = word
        }
        if !current.isEmpty { lines.append(current) }
        return lines.map(part)
    }

    func rendered(isColoured: Bool) -> String {
        isColoured && style != .plain ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }
}

/// How many cells of a terminal a text takes.
enum CellWidth {
    static func of(_ text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + of($1) } }

    /// The longest beginning of at most so many cells.
    static func prefix(of text: String, cells: Int) -> String {
        var out = String.UnicodeScalarView()
        var used = 0
        for scalar in text.unicodeScalars {
            let width = of(scalar)
            guard used + width <= cells else { break }
            used += width
            out.append(scalar)
        }
        return String(out)
    }

    /// 2 for what East Asian terminals draw wide, 0 for marks that stand on another character, else 1.
    private static func of(_ scalar: Unicode.Scalar) -> Int {
        if scalar.value < 0x300 { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: break
        }
        for range in wide where range.contains(scalar.value) { return 2 }
        return 1
    }

    /// East Asian Width W and F, in coarse blocks.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
        0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
        0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1FAFF, 0x20000...0x3FFFD,
    ]
}
