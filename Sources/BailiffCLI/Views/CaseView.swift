import BailiffModel

/// How cases look to people.
enum CaseView {
    static let list = Table([
        Table.Column("CASE") { CellText(Words.short($0["id"]?.string, 12)) },
        Table.Column("VERDICT", isFlexible: true, narrowest: 13) { row in
            let verdict = row["verdict"]?.unlessNull ?? row["latest_verdict"] ?? .null
            return verdict.isNull ? .none : Words.summary(ofVerdict: verdict)
        },
        Table.Column("FILE", isFlexible: true) { .value($0["latest_verdict"]?["file_name"]) },
        .time("OPENED", "opened_at"), .number("VERDICTS", "verdict_count"),
        Table.Column("ASSESSED") { row in
            row["assessed"]?.bool == true ? CellText("yes") : CellText("not yet", .dim)
        },
    ])

    static func sheet(_ value: JSONValue) -> Sheet {
        let verdicts = value["verdicts"]?.array ?? []
        let deciding = value["verdict"]?.unlessNull ?? verdicts.first ?? .null
        let fileName = verdicts.lazy.compactMap { $0["file_name"]?.string }.first
        var sheet = Sheet([
            .fields(
                [
                    .init("case", .optional(value["id"]?.string, .bold)),
                    .init("file", .optional(fileName)), .init("verdict", Words.summary(ofVerdict: deciding)),
                    .init("sha256", value["sha256"]), .init("sha1", value["sha1"]), .init("md5", value["md5"]),
                    .init("opened", .optional(value["opened_at"]?.string.map(LocalTime.text))),
                    .init("on machines", organisation(value["file"] ?? .null)),
                ] + standing(value))
        ])
        sheet.add("Endpoint hits: who saw it", sightings, value["sightings"]?.array ?? [])
        sheet.add("How they stand", endpoints, value["sightings"]?.array ?? [])
        sheet.parts += coverage(value)
        sheet.add("What was done", actions, value["actions"]?.array ?? [])
        sheet.add("Questions", ApprovalView.list, value["approvals"]?.array ?? [])
        sheet.add("Runs", RunView.list, value["runs"]?.array ?? [])
        sheet.add("Verdicts", VerdictView.list, verdicts)
        return sheet
    }

    /// Only what there is to say: closed, watched, waiting.
    private static func standing(_ value: JSONValue) -> [Sheet.Field] {
        var fields: [Sheet.Field] = []
        if let closed = value["closure"], !closed.isNull { fields.append(.init("closed", closure(closed))) }
        if let until = value["watch_until"]?.string {
            fields.append(.init("watched", CellText("for late arrivals until \(LocalTime.text(until))")))
        }
        if let waiting = value["waiting_for_corroboration"], waiting.array?.isEmpty == false {
            fields.append(.init("wait for more feeds", waiting))
        }
        return fields
    }

    static func closure(_ value: JSONValue?) -> CellText {
        let at = value?["at"]?.string.map(LocalTime.text) ?? "-"
        return CellText(
            "as \(value?["as"]?.string ?? "-") by \(value?["by"]?.string ?? "-"), \(at): \(value?["reason"]?.string ?? "")"
        )
    }

    /// `10.0.0.7 / 203.0.113.4`: internal and external.
    static func address(_ machine: JSONValue) -> CellText {
        let both = [machine["internal_address"]?.string, machine["external_address"]?.string]
        return both.allSatisfy { $0 == nil } ? .none : CellText(both.map { $0 ?? "-" }.joined(separator: " / "))
    }

    private static func organisation(_ file: JSONValue) -> CellText {
        guard let machines = file["org_machines"]?.int else { return .none }
        let since = file["first_seen_org"]?.string.map { ", first on \(LocalTime.text($0))" } ?? ""
        return CellText("\(machines) of the organisation in 30 days\(since)")
    }

    static let sightings = Table([
        Table.Column("MACHINE", isFlexible: true) { name(of: $0) }, .member("AGENT ID", "machine_id"),
        Table.Column("ADDRESS", isFlexible: true) { address($0) }, .member("OS", "os", isFlexible: true),
        .member("GROUP", "group", isFlexible: true), .time("FIRST SEEN", "first_seen"),
        .time("LAST SEEN", "last_seen"), .member("FILE", "status"), .member("EXECUTED", "executed"),
    ])

    private static let endpoints = Table([
        Table.Column("MACHINE", isFlexible: true) { name(of: $0) }, .member("KIND", "kind"),
        Table.Column("ISOLATED", isFlexible: true) { MachineView.isolation($0["isolation"]) },
        .member("DONE", "done", isFlexible: true), .time("CONFIRMED", "last_confirmed_at"),
        .member("PATH", "path", isFlexible: true), .member("REMARK", "shown_only", isFlexible: true),
    ])

    /// Dim where the machine is only shown.
    private static func name(of row: JSONValue) -> CellText {
        CellText(Words.machine(row), row["shown_only"]?.string == nil ? .plain : .dim)
    }

    /// What was asked and what was not seen: always said, also when nothing is missing.
    static func coverage(_ value: JSONValue) -> [Sheet.Part] {
        guard let coverage = value["coverage"], !coverage.isNull else {
            return [.heading("Not seen"), .line(CellText("  Defender was not asked yet", .warning))]
        }
        let sources = (coverage["sources"]?.array ?? []).compactMap(\.string).map { source in
            source == "file_machines" ? "the file's machines" : source
        }
        let days = (coverage["look_back_seconds"]?.int ?? 0) / 86_400
        let asked = coverage["asked_at"]?.string.map(LocalTime.text) ?? "-"
        let from = sources.isEmpty ? "no source answered" : "from \(sources.joined(separator: " and "))"
        var parts: [Sheet.Part] = [
            .heading("Not seen"), .line(CellText("  asked \(asked), \(days) days back, \(from)", .dim)),
        ]
        let gaps = coverage["gaps"]?.array ?? []
        for gap in gaps {
            parts.append(.line(CellText("  - \(gap["text"]?.string ?? "") [\(gap["code"]?.string ?? "")]", .warning)))
        }
        if gaps.isEmpty { parts.append(.line(CellText("  no gap is known within that"))) }
        return parts
    }

    static let actions = Table([
        .member("STEP", "step"), .member("ACTION", "action"),
        Table.Column("MACHINE", isFlexible: true) { CellText(Words.machine($0)) },
        Table.Column("OUTCOME") { Words.standing(of: $0) },
        Table.Column("EFFECT", isFlexible: true) { Words.effect(of: $0) }, .time("SENT", "sent_at"),
        .time("ENDED", "ended_at"),
        Table.Column("DEFENDER ACTION", isFlexible: true) { .value($0["defender_action_id"]) },
        Table.Column("REASONS", isFlexible: true) { row in
            let reasons = (row["reasons"]?.array ?? []).compactMap(\.string).map(Words.reason)
            return reasons.isEmpty ? .none : CellText(reasons.joined(separator: ", "))
        },
    ])
}
