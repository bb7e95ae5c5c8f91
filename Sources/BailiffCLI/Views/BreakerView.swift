import BailiffModel

/// How the breaker looks to people.
enum BreakerView {
    static func state(_ value: JSONValue?) -> CellText {
        guard value?["open"]?.bool == true else { return CellText("closed", .good) }
        let at = value?["opened_at"]?.string.map(LocalTime.text) ?? "-"
        return CellText("OPEN since \(at): \(value?["reason"]?.string ?? "-"); everything disruptive holds", .bad)
    }

    static func sheet(_ value: JSONValue) -> Sheet {
        var fields = [Sheet.Field("breaker", state(value))]
        if let at = value["reset_at"]?.string {
            fields.append(
                .init("last reset", CellText("\(LocalTime.text(at)) by \(value["reset_by"]?.string ?? "-")")))
        }
        return Sheet([.fields(fields)])
    }
}
