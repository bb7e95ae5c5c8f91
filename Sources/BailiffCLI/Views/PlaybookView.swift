import BailiffModel

/// How playbooks, policies and approval policies look to people.
enum PlaybookView {
    static let list = Table([
        .member("NAME", "name", isFlexible: true), .member("KIND", "kind"),
        Table.Column("STATE") { row in CellText.value(row["state"], style(row["state"]?.string ?? "")) },
        Table.Column("MODE") { .value($0["active"]?["mode"]) },
        Table.Column("LOADED") { CellText(Words.short($0["loaded"]?["digest"]?.string)) },
        Table.Column("ACTIVE") { CellText(Words.short($0["active"]?["digest"]?.string)) },
        Table.Column("SINCE") { .optional($0["active"]?["at"]?.string.map(LocalTime.text)) },
        Table.Column("BY", isFlexible: true) { .value($0["active"]?["by"]) },
    ])

    static let changes = Table([
        Table.Column("EFFECT") { row in
            let effect = row["effect"]?.string ?? ""
            return CellText(effect, effect == "weakens" ? .bad : effect == "tightens" ? .good : .plain)
        },
        .member("KEY", "path", isFlexible: true), .member("OLD", "old", isFlexible: true),
        .member("NEW", "new", isFlexible: true), .member("NOTE", "note", isFlexible: true),
    ])

    static func sheet(_ value: JSONValue) -> Sheet {
        let active = value["active"] ?? .null
        let loaded = value["loaded"] ?? .null
        var fields = [
            Sheet.Field("name", .optional(value["name"]?.string, .bold)), .init("kind", value["kind"]),
            .init("state", .value(value["state"], style(value["state"]?.string ?? ""))),
            .init("in the folder", loaded.isNull ? .none : CellText(digest(loaded))),
            .init("in force", active.isNull ? .none : CellText(digest(active))),
        ]
        if !active.isNull {
            let at = active["at"]?.string.map(LocalTime.text) ?? "-"
            fields += [
                .init("mode", active["mode"]), .init("since", CellText("\(at), by \(active["by"]?.string ?? "-")")),
            ]
        }
        if let problem = value["folder_problem"]?.string { fields.append(.init("folder", CellText(problem, .bad))) }
        var sheet = Sheet([.fields(fields)])
        sheet.add("What the folder's version changes", changes, value["changes"]?.array ?? [])
        return sheet
    }

    private static func digest(_ value: JSONValue) -> String {
        let version = value["version"]?.int.map { "v\($0), " } ?? ""
        return version + (value["digest"]?.string ?? "-")
    }

    private static func style(_ state: String) -> CellText.Style {
        switch state {
        case "in force": .good
        case "changed in the folder", "not in the folder": .warning
        default: .dim
        }
    }
}
