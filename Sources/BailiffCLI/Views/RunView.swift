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
        let actions = value["actions"]?.array ?? []
        sheet.add("Rings", rings(actions), value["rings"]?.array ?? [])
        if value["mode"]?.string == "shadow", actions.isEmpty {
            sheet.add("Would have been done, if this were no shadow", planned(plan), plan["actions"]?.array ?? [])
        }
        sheet.add("Actions", CaseView.actions, actions)
        sheet.add("Questions", ApprovalView.list, value["approvals"]?.array ?? [])
        sheet.add("Not selected", notSelected, plan["not_selected"]?.array ?? [])
        return sheet
    }

    /// - Parameter actions: They know the names of the machines.
    private static func rings(_ actions: [JSONValue]) -> Table {
        let names = Dictionary(
            actions.compactMap { action in action["machine_id"]?.string.map { ($0, Words.machine(action)) } },
            uniquingKeysWith: { first, _ in first })
        func machines(_ title: String, _ member: String) -> Table.Column {
            Table.Column(title, isFlexible: true) { row in
                let ids = (row[member]?.array ?? []).compactMap(\.string)
                return ids.isEmpty ? .none : CellText(ids.map { names[$0] ?? $0 }.joined(separator: ", "))
            }
        }
        return Table([
            .number("RING", "ring"),
            Table.Column("STATE") { row in
                let state = row["state"]?.string ?? "-"
                let style =
                    state == "asking" ? CellText.Style.warning : ["passed", "running"].contains(state) ? .plain : .dim
                return CellText(state.replacing("_", with: " "), style)
            },
            .number("SIZE", "size"), .number("VERIFIED", "verified"), .number("FAILED", "failed"),
            .time("BEGAN", "opened_at"), .time("WAITS UNTIL", "wait_until"),
            Table.Column("GOES ON WHEN", isFlexible: true) { row in
                guard let condition = row["proceed_when"]?.string else { return .none }
                switch row["proceeded"]?.bool {
                case true?: return CellText("met: \(condition)", .good)
                case false?: return CellText("NOT MET: \(condition)", .bad)
                case nil: return CellText(condition)
                }
            }, .member("ASKS FIRST", "asks_before"), machines("MACHINES", "machines"),
            machines("REPLACED", "replaced"),
        ])
    }

    /// What a plan that nobody carries out says about its machines.
    private static func planned(_ plan: JSONValue) -> Table {
        let names = Dictionary(
            (plan["machines"]?.array ?? []).compactMap { machine in
                machine["machine_id"]?.string.map { ($0, Words.machine(machine)) }
            }, uniquingKeysWith: { first, _ in first })
        let steps = Dictionary(
            (plan["steps"]?.array ?? []).compactMap { step in
                step["id"]?.string.map { ($0, step["action"]?.string ?? "") }
            }, uniquingKeysWith: { first, _ in first })
        let reasons = Dictionary(
            (plan["steps"]?.array ?? []).compactMap { step in
                step["id"]?.string.map { ($0, step["auto"]?.string) }
            }, uniquingKeysWith: { first, _ in first })
        return Table([
            .member("STEP", "step"), Table.Column("ACTION") { .optional(steps[$0["step"]?.string ?? ""]) },
            Table.Column("MACHINE", isFlexible: true) { row in
                CellText(row["machine_id"]?.string.map { names[$0] ?? $0 } ?? "the tenant")
            },
            Table.Column("WHAT") { PlanView.standing(ofAction: $0) },
            Table.Column("WHY", isFlexible: true) {
                CellText(PlanView.why($0, auto: reasons[$0["step"]?.string ?? ""] ?? nil))
            },
        ])
    }

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
