import BailiffModel

/// How verdicts look to people.
enum VerdictView {
    static let list = Table([
        .number("VERDICT", "id"), .time("RECEIVED", "received_at"), .member("FEED", "feed"),
        Table.Column("LEVEL") { row in
            CellText.value(row["level"], Words.style(ofLevel: row["level"]?.string ?? ""))
        },
        .number("SCORE", "score"), .member("CATEGORY", "category"),
        Table.Column("HASH") { row in
            let name = ["sha256", "sha1", "md5"].first { row[$0]?.string != nil }
            guard let name, let hash = row[name]?.string else { return .none }
            return CellText("\(name) \(Words.short(hash))")
        },
        .member("FILE", "file_name", isFlexible: true), .member("THREAT", "threat", isFlexible: true),
        .member("NOTE", "note", isFlexible: true),
    ])

    static func sheet(_ value: JSONValue) -> Sheet {
        Sheet([
            .fields([
                .init("verdict", .value(value["id"], .bold)), .init("case", value["case"]),
                .init("says", Words.summary(ofVerdict: value)), .init("feed", value["feed"]),
                .init("trust", value["trust"]), .init("product", value["product"]),
                .init("its own score", ownScore(value)), .init("file", value["file_name"]),
                .init("type", value["file_type"]), .init("family", value["family"]), .init("threat", value["threat"]),
                .init("sha256", value["sha256"]), .init("sha1", value["sha1"]), .init("md5", value["md5"]),
                .init("analysed", .optional(value["analysed_at"]?.string.map(LocalTime.text))),
                .init("received", .optional(value["received_at"]?.string.map(LocalTime.text))),
                .init("event", value["event"]), .init("actionable", value["actionable"]), .init("note", value["note"]),
                .init("body", body(value)),
            ])
        ])
    }

    private static func body(_ value: JSONValue) -> CellText {
        guard let delivery = value["delivery"], let bytes = delivery["bytes"]?.int,
            let digest = delivery["sha256"]?.string
        else { return .none }
        return CellText("\(bytes) bytes, sha256 \(digest)")
    }

    private static func ownScore(_ value: JSONValue) -> CellText {
        guard let score = value["product_score"], !score.isNull else { return .none }
        let scale = value["product_scale"]?.string.map { " on \($0)" } ?? ""
        return CellText(CellText.value(score).text + scale)
    }
}
