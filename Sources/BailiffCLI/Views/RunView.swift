import BailiffModel

/// How runs look to people.
enum RunView {
    static let list = Table([
        .member("RUN", "id"), Table.Column("CASE") { CellText(Words.short($0["case"]?.string, 16)) },
        Table.Column("PLAYBOOK", isFlexible: true) { CellText(Words.playbook($0["playbook"])) },
        .member("PURPOSE", "purpose"), .member("MODE", "mode"), .member("STATE", "state"),
        .time("STARTED", "started_at"),
        .number("OPEN", "open_actions"), Table.Column("OUTCOMES", isFlexible: true) { outcomes($0["outcomes"]) },
    ])

    static func sheet(_ value: JSONValue) -> Sheet {
        let plan = value["planned"] ?? .null
        var sheet = Sheet([
            .fields([
                .init("run", .optional(value["id"]?.string, .bold)), .init("case", value["case"]),
                .init("playbook", CellText(Words.playbook(value["playbook"]))), .init("mode", value["mode"]),
                .init("purpose", value["purpose"]),
                .init("state", value["state"]),
                .init("started", .optional(value["started_at"]?.string.map(LocalTime.text))),
                .init("ended", .optional(value["ended_at"]?.string.map(LocalTime.text))),
                .init("asked for by", value["requester"]), .init("activated by", value["activator"]),
                .init("verdict", plan["verdict"].map(Words.summary) ?? .none),
                .init("plan", value["plan"]), .init("outcomes", outcomes(value["outcomes"])),
            ])
        ])
        sheet.add("Rings", rings, value["rings"]?.array ?? [])
        sheet.add("Actions", CaseView.actions, value["actions"]?.array ?? [])
        sheet.add("Questions", ApprovalView.list, value["approvals"]?.array ?? [])
        sheet.add("Not selected", notSelected, plan["not_selected"]?.array ?? [])
        return sheet
    }

    private static let rings = Table([
        .number("RING", "ring"),
        Table.Column("STATE") { .value($0["state"], $0["state"]?.string == "waiting" ? .dim : .plain) },
        .number("SIZE", "size"), .number("VERIFIED", "verified"), .number("FAILED", "failed"),
        .time("BEGAN", "opened_at"), .time("WAITS UNTIL", "wait_until"), .member("ASKS FIRST", "asks_before"),
        .member("MACHINES", "machines", isFlexible: true), .member("REPLACED", "replaced", isFlexible: true),
    ])

    static let notSelected = Table([
        Table.Column("MACHINE", isFlexible: true) { CellText(Words.machine($0)) },
        .member("REASON", "reason", isFlexible: true),
    ])

    /// `2 done, 1 denied`
    static func outcomes(_ value: JSONValue?) -> CellText {
        let members = value?.object?.members ?? []
        guard !members.isEmpty else { return .none }
        return CellText(members.map { "\(CellText.value($0.value).text) \($0.key)" }.joined(separator: ", "))
    }
}
