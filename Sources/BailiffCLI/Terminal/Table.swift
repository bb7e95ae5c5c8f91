import BailiffModel

/// A table over JSON values: which columns, and what they take from a row.
struct Table: Sendable {
    struct Column: Sendable {
        var title: String
        var isRightAligned: Bool
        /// Whether it may be cut when the terminal is too narrow.
        var isFlexible: Bool
        /// Cells that are never cut away.
        var narrowest: Int
        var cell: @Sendable (JSONValue) -> CellText

        init(
            _ title: String, isRightAligned: Bool = false, isFlexible: Bool = false, narrowest: Int = 8,
            _ cell: @escaping @Sendable (JSONValue) -> CellText
        ) {
            self.title = title
            self.isRightAligned = isRightAligned
            self.isFlexible = isFlexible
            self.narrowest = narrowest
            self.cell = cell
        }

        /// The member of this name as it stands: text, number, yes or no.
        static func member(
            _ title: String, _ name: String, isRightAligned: Bool = false, isFlexible: Bool = false
        ) -> Column {
            Column(title, isRightAligned: isRightAligned, isFlexible: isFlexible) { CellText.value($0[name]) }
        }

        static func number(_ title: String, _ name: String) -> Column { member(title, name, isRightAligned: true) }

        /// A time, local for people.
        static func time(_ title: String, _ name: String) -> Column {
            Column(title) { .optional($0[name]?.string.map(LocalTime.text)) }
        }
    }

    var columns: [Column]

    init(_ columns: [Column]) { self.columns = columns }

    private static let gap = 2

    /// Lines that fit into `width` cells; where even cut columns do not fit, one block of lines for each row, with nothing
    /// cut.
    func lines(_ rows: [JSONValue], width: Int?, isColoured: Bool, indent: Int = 0) -> [String] {
        let cells = rows.map { row in columns.map { $0.cell(row) } }
        var widths = columns.enumerated().map { index, column in
            max(CellWidth.of(column.title), cells.map { $0[index].width }.max() ?? 0)
        }
        if let width {
            guard shrink(&widths, to: width - indent) else {
                return blocks(cells, width: width, isColoured: isColoured, indent: indent)
            }
        }
        let head = columns.map { CellText($0.title, .bold) }
        return ([head] + cells).map { line($0, widths, isColoured: isColoured, indent: indent) }
    }

    /// Takes from the widest flexible column first.
    private func shrink(_ widths: inout [Int], to limit: Int) -> Bool {
        func total() -> Int { widths.reduce(0, +) + Self.gap * max(0, widths.count - 1) }
        while total() > limit {
            let candidates = widths.indices.filter { columns[$0].isFlexible && widths[$0] > columns[$0].narrowest }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { return false }
            widths[widest] -= 1
        }
        return true
    }

    private func line(_ cells: [CellText], _ widths: [Int], isColoured: Bool, indent: Int) -> String {
        var out = String(repeating: " ", count: indent)
        for (index, cell) in cells.enumerated() {
            let cut = cell.truncated(to: widths[index])
            let padding = String(repeating: " ", count: max(0, widths[index] - cut.width))
            let isLast = index == cells.count - 1
            if columns[index].isRightAligned { out += padding }
            out += cut.rendered(isColoured: isColoured)
            if !columns[index].isRightAligned, !isLast { out += padding }
            if !isLast { out += String(repeating: " ", count: Self.gap) }
        }
        return out
    }

    private func blocks(_ rows: [[CellText]], width: Int, isColoured: Bool, indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        let titleWidth = columns.map { CellWidth.of($0.title) }.max() ?? 0
        let room = max(1, width - indent - titleWidth - Self.gap)
        return rows.enumerated().flatMap { index, row in
            (index > 0 ? [""] : [])
                + zip(columns, row).flatMap { column, cell in
                    let title = CellText(column.title, .bold).rendered(isColoured: isColoured)
                    let padding = String(repeating: " ", count: titleWidth - CellWidth.of(column.title) + Self.gap)
                    let rest = String(repeating: " ", count: titleWidth + Self.gap)
                    return cell.wrapped(to: room).enumerated().map { line, part in
                        margin + (line == 0 ? title + padding : rest) + part.rendered(isColoured: isColoured)
                    }
                }
        }
    }
}

extension CellText {
    /// A JSON value as a person reads it.
    static func value(_ value: JSONValue?, _ style: Style = .plain) -> CellText {
        switch value {
        case nil, .null?: return .none
        case .bool(let flag)?: return CellText(flag ? "yes" : "no", style)
        case .string(let text)?: return text.isEmpty ? .none : CellText(text, style)
        case .int(let number)?: return CellText(String(number), style)
        case .double(let number)?: return CellText(String(number), style)
        case .array(let elements)?:
            if elements.isEmpty { return .none }
            return CellText(elements.map { CellText.value($0).text }.joined(separator: ", "), style)
        case .object?: return CellText(value?.text(.sorted) ?? "", style)
        }
    }
}
