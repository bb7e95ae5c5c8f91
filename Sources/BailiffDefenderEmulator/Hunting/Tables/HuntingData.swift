import BailiffModel

/// A copy of what hunting looks at.
struct HuntingData: Sendable {
    let fleet: Fleet
    let catalog: FileCatalog
    let sightings: SightingBook
    let alerts: [Alert]
    let alertsByFile: [Int: [Int]]
    let now: Timestamp
    /// Only rows from here on are shown: 30 days back, or what `Timespan` says.
    let from: Timestamp
    let until: Timestamp
    /// Rows show what recorded ones leave empty.
    let isAwkward: Bool

    static let reach = Duration.seconds(30 * 86_400)

    func isShown(_ time: Timestamp) -> Bool { time >= from && time <= until }

    /// Gives the rows of a table that the restriction lets through, until `body` wants no more.
    /// - Parameter columns: Places in the table's columns; a row holds these, in this order.
    func scan(
        _ table: HuntingTable, columns: [Int], restriction: HuntingRestriction,
        _ body: ([KQLValue]) throws(KQLError) -> Bool
    ) throws(KQLError) {
        switch table {
        case .deviceInfo:
            try each(restriction.machines, count: fleet.count) { machine throws(KQLError) in
                for report in DeviceReport.reports(of: machine, in: self) where isShown(report.time) {
                    guard try body(columns.map { report.value($0, in: self) }) else { return false }
                }
                return true
            }
        case .alertEvidence, .alertInfo:
            try each(restriction.alerts, count: alerts.count) { number throws(KQLError) in
                for row in AlertRow.rows(of: number, table, in: self) where isShown(row.time) {
                    guard try body(columns.map { row.value($0, in: self) }) else { return false }
                }
                return true
            }
        case .deviceFileEvents, .deviceProcessEvents, .deviceImageLoadEvents, .deviceEvents:
            let places = columns.map { HuntingTable.eventColumns[table.eventColumnPlaces[$0]] }
            try each(restriction.sightings, count: sightings.entries.count) { number throws(KQLError) in
                for event in DeviceEvent.events(of: number, table, in: self) where isShown(event.time) {
                    guard try body(places.map { event.value($0, in: self) }) else { return false }
                }
                return true
            }
        }
    }

    private func each(
        _ numbers: [Int]?, count: Int, _ body: (Int) throws(KQLError) -> Bool
    ) throws(KQLError) {
        if let numbers {
            for number in numbers where try !body(number) { return }
        } else {
            for number in 0..<count where try !body(number) { return }
        }
    }
}
