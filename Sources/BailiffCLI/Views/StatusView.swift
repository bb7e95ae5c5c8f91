import BailiffModel

/// How a server's state looks to people.
enum StatusView {
    static func sheet(_ value: JSONValue) -> Sheet {
        let jobs = value["jobs"] ?? .null
        let log = value["log"] ?? .null
        var sheet = Sheet([
            .fields([
                .init(
                    "server",
                    CellText("Bailiff \(value["version"]?.string ?? "-"), tenant \(value["tenant"]?.string ?? "-")")),
                .init("since", .optional(value["started_at"]?.string.map(LocalTime.text))),
                .init("sends", control(value["control"] ?? .null)),
                .init("breaker", BreakerView.state(value["breaker"])),
                .init("effects", waiting(value["effects_in_force"], "in force")),
                .init("messages", waiting(value["announcements_waiting"], "not delivered yet")),
                .init("questions", waiting(value["approvals_waiting"], "waiting for people")),
                .init("actions", waiting(value["actions_pending"], "at Defender")),
                .init("work", CellText(lanes(jobs["waiting"], "waiting") + "; " + lanes(jobs["overdue"], "overdue"))),
                .init("log", entries(log)), .init("log key", log["key"]),
            ])
        ])
        sheet.add("Feeds", feeds, value["feeds"]?.array ?? [])
        sheet.add(
            "Feeds whose server is of no use", troubles,
            (value["feeds"]?.array ?? []).filter { $0["trouble"]?.string != nil })
        sheet.add("Playbooks in force", playbooks, value["playbooks"]?.array ?? [])
        sheet.add("Work set aside", setAside, jobs["set_aside"]?.array ?? [])
        return sheet
    }

    static func control(_ control: JSONValue) -> CellText {
        guard control["halted"]?.bool == true else { return CellText("on", .good) }
        let who = control["changed_by"]?.string ?? "-"
        let at = control["changed_at"]?.string.map(LocalTime.text) ?? "-"
        let extent =
            control["extent"]?.string == "all" ? "all, releases by people too" : "all but releases ordered by people"
        return CellText("HALTED (\(extent)) by \(who), \(at)", .bad)
    }

    static let feeds = Table([
        .member("FEED", "name"), .member("PRODUCT", "product"), .member("AUTHENTICATION", "authentication"),
        .number("TRUST", "trust"), .number("MAX BODY", "max_body"),
    ])

    private static let troubles = Table([.member("FEED", "name"), .member("TROUBLE", "trouble", isFlexible: true)])

    static let playbooks = Table([
        .member("NAME", "name", isFlexible: true), .member("KIND", "kind"), .member("MODE", "mode"),
        Table.Column("DIGEST") { CellText(Words.short($0["digest"]?.string)) }, .time("SINCE", "at"),
        .member("BY", "by", isFlexible: true),
    ])

    private static let setAside = Table([
        .member("KIND", "kind"), .number("SUBJECT", "subject"), .number("ATTEMPTS", "attempts"),
        .member("ERROR", "error", isFlexible: true),
    ])

    private static func waiting(_ count: JSONValue?, _ what: String) -> CellText {
        CellText("\(count?.int ?? 0) \(what)", count?.int ?? 0 > 0 ? .warning : .plain)
    }

    private static func lanes(_ counts: JSONValue?, _ what: String) -> String {
        let members = (counts?.object?.members ?? []).filter { $0.value.int ?? 0 > 0 }
        guard !members.isEmpty else { return "nothing \(what)" }
        return members.map { "\($0.value.int ?? 0) \($0.key)" }.joined(separator: ", ") + " \(what)"
    }

    private static func entries(_ log: JSONValue) -> CellText {
        let signed = log["checkpoint_size"]?.int.map { "\($0) under the newest checkpoint" } ?? "no checkpoint yet"
        return CellText(
            "\(log["origin"]?.string ?? "-"): \(log["entries"]?.int ?? 0) entries, \(log["integrated"]?.int ?? 0) in the tree, \(signed)"
        )
    }
}
