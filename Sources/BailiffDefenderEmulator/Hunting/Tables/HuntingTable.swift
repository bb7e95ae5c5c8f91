/// The tables of advanced hunting that the emulator fills.
enum HuntingTable: String, Sendable, CaseIterable {
    case deviceFileEvents = "DeviceFileEvents"
    case deviceProcessEvents = "DeviceProcessEvents"
    case deviceImageLoadEvents = "DeviceImageLoadEvents"
    case deviceEvents = "DeviceEvents"
    case alertEvidence = "AlertEvidence"
    case alertInfo = "AlertInfo"
    case deviceInfo = "DeviceInfo"

    var columns: [KQLColumn] {
        switch self {
        case .deviceInfo: DeviceReport.columns
        case .alertEvidence: AlertRow.evidenceColumns
        case .alertInfo: AlertRow.infoColumns
        default: HuntingTable.events[self]?.columns ?? []
        }
    }

    /// Where each column of an event table stands among ``eventColumns``.
    var eventColumnPlaces: [Int] { HuntingTable.events[self]?.places ?? [] }

    static let eventColumns = DeviceEvent.Column.allCases

    private static let events: [HuntingTable: (columns: [KQLColumn], places: [Int])] = {
        var tables: [HuntingTable: (columns: [KQLColumn], places: [Int])] = [:]
        for table in [HuntingTable.deviceFileEvents, .deviceProcessEvents, .deviceImageLoadEvents, .deviceEvents] {
            let places = eventColumns.indices.filter { !eventColumns[$0].isMissing(in: table) }
            tables[table] = (places.map { KQLColumn(eventColumns[$0].name, eventColumns[$0].type) }, places)
        }
        return tables
    }()
}
