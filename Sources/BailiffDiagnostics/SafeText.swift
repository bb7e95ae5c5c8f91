extension String {
    /// This text made safe to print on a terminal, in a log or in a diagnostic: control characters (C0, C1, line and
    /// paragraph separators), bidirectional controls, other invisible format characters, unassigned and private
    /// scalars come out as `\u{…}`, a backslash as `\\`. Tabs and line breaks count as control characters.
    ///
    /// At most `limit` scalars of the source are shown; what is cut is marked with `…`.
    package func escapedForDisplay(limit: Int = 2_000) -> String {
        var out = String.UnicodeScalarView()
        var shown = 0
        for scalar in unicodeScalars {
            if shown == limit {
                out.append("…")
                break
            }
            shown += 1
            if scalar == "\\" {
                out.append("\\")
                out.append("\\")
            } else if scalar.isSafeToDisplay {
                out.append(scalar)
            } else {
                out.append(contentsOf: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}".unicodeScalars)
            }
        }
        return String(out)
    }
}

extension Unicode.Scalar {
    fileprivate var isSafeToDisplay: Bool {
        if value >= 0x20 && value < 0x7F { return true }
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: return false
        // Combining marks can pile up over neighbouring cells and hide them.
        case .nonspacingMark, .enclosingMark, .spacingMark: return false
        case .spaceSeparator: return value == 0x20
        default: return !properties.isDefaultIgnorableCodePoint
        }
    }
}
