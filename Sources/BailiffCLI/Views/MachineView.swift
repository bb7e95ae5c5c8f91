import BailiffModel

/// How machines look to people.
enum MachineView {
    static let list = Table([
        .member("MACHINE ID", "machine_id"), .member("NAME", "machine_name", isFlexible: true),
        .member("OS", "os", isFlexible: true), .member("GROUP", "group", isFlexible: true),
        Table.Column("ISOLATED", isFlexible: true) { isolation($0["isolation"]) }, .time("LOOKED AT", "seen_at"),
    ])

    /// `by Bailiff (case 1a2b…, 7F3K0000) until 27 Nov 10:00`
    static func isolation(_ value: JSONValue?) -> CellText {
        let state = value?["state"]?.string ?? "no"
        guard state != "no" else { return CellText("no") }
        let holders = (value?["held"]?.array ?? []).map { holder in
            "run \(holder["run"]?.string ?? "-")"
                + (holder["case"]?.string.map { " for case \(Words.short($0, 8))" } ?? "")
        }
        let who = state == "by_bailiff" ? "by Bailiff" : "by somebody else"
        let until = value?["lease_until"]?.string.map { " until \(LocalTime.text($0))" } ?? ""
        return CellText(who + (holders.isEmpty ? "" : " (\(holders.joined(separator: ", ")))") + until, .warning)
    }
}
