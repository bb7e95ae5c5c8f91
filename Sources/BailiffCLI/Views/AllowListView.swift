import BailiffModel

/// How the allow-list looks to people.
enum AllowListView {
    static let list = Table([
        .member("ENTRY", "id"), Table.Column("CASE") { CellText(Words.short($0["case"]?.string, 16)) },
        Table.Column("STATE") { state($0) }, .time("UNTIL", "until"), .member("BY", "by", isFlexible: true),
        .member("REASON", "reason", isFlexible: true),
    ])

    static func sheet(_ value: JSONValue) -> Sheet {
        Sheet([
            .fields([
                .init("entry", .optional(value["id"]?.string, .bold)), .init("case", value["case"]),
                .init("state", state(value)), .init("hashes", value["hashes"]),
                .init("until", .optional(value["until"]?.string.map(LocalTime.text))), .init("by", value["by"]),
                .init("reason", value["reason"]), .init("removed by", value["removed_by"]),
            ])
        ])
    }

    private static func state(_ value: JSONValue) -> CellText {
        if value["active"]?.bool == true { return CellText("allowed", .warning) }
        return CellText(value["removed_at"]?.string == nil ? "expired" : "removed", .dim)
    }
}
