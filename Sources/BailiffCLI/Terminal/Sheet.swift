import BailiffModel

/// One thing as a page for people: fields, headings, tables.
struct Sheet: Sendable {
    struct Field: Sendable {
        var title: String
        var value: CellText

        init(_ title: String, _ value: CellText) {
            self.title = title
            self.value = value
        }

        init(_ title: String, _ value: JSONValue?) { self.init(title, CellText.value(value)) }
    }

    enum Part: Sendable {
        case line(CellText)
        /// Titles aligned among themselves; long values are broken into several lines.
        case fields([Field])
        case heading(String)
        case table(Table, [JSONValue])
    }

    var parts: [Part]

    init(_ parts: [Part] = []) { self.parts = parts }

    /// Only with rows.
    mutating func add(_ heading: String, _ table: Table, _ rows: [JSONValue]) {
        guard !rows.isEmpty else { return }
        parts += [.heading(heading), .table(table, rows)]
    }

    func lines(width: Int?, isColoured: Bool) -> [String] {
        var out: [String] = []
        for part in parts {
            switch part {
            case .line(let text): out += wrapped(text, width: width, indent: 0, isColoured: isColoured)
            case .heading(let text):
                if !out.isEmpty { out.append("") }
                out.append(CellText(text, .bold).rendered(isColoured: isColoured))
            case .fields(let fields): out += lines(of: fields, width: width, isColoured: isColoured)
            case .table(let table, let rows):
                out += table.lines(rows, width: width, isColoured: isColoured, indent: 2)
            }
        }
        return out
    }

    private func lines(of fields: [Field], width: Int?, isColoured: Bool) -> [String] {
        let titleWidth = (fields.map { CellWidth.of($0.title) }.max() ?? 0) + 2
        return fields.flatMap { field in
            let padding = String(repeating: " ", count: titleWidth - CellWidth.of(field.title))
            let title = CellText(field.title, .bold).rendered(isColoured: isColoured) + padding
            let value = wrapped(field.value, width: width, indent: titleWidth, isColoured: isColoured)
            return value.enumerated().map { index, line in
                index == 0 ? title + line : String(repeating: " ", count: titleWidth) + line
            }
        }
    }

    /// Broken between words where that is possible. The first line comes without the indent.
    private func wrapped(_ text: CellText, width: Int?, indent: Int, isColoured: Bool) -> [String] {
        guard let width else { return [text.rendered(isColoured: isColoured)] }
        return text.wrapped(to: max(20, width - indent)).map { $0.rendered(isColoured: isColoured) }
    }
}
