import BailiffModel

/// One row of an event table: something that happened to a sighting's file.
///
/// Its `ReportId` is made of the sighting's number, so that an alert can refer to it later.
struct DeviceEvent: Sendable {
    enum Kind: Int, Sendable, CaseIterable {
        case created, modified, started, loaded, detected, deleted

        var actionType: String {
            switch self {
            case .created: "FileCreated"
            case .modified: "FileModified"
            case .started: "ProcessCreated"
            case .loaded: "ImageLoaded"
            case .detected: "AntivirusDetection"
            case .deleted: "FileDeleted"
            }
        }
    }

    let number: Int
    let kind: Kind
    let time: Timestamp

    private static let firstReport = 10_000

    var reportID: Int64 { Int64(DeviceEvent.firstReport + number * Kind.allCases.count + kind.rawValue) }

    /// The events of a sighting that stand in a table.
    static func events(of number: Int, _ table: HuntingTable, in data: HuntingData) -> [DeviceEvent] {
        let entry = data.sightings.entries[number]
        guard entry.visibility != .files else { return [] }
        func event(_ kind: Kind, _ time: Timestamp) -> DeviceEvent {
            DeviceEvent(number: number, kind: kind, time: time)
        }
        switch table {
        case .deviceFileEvents:
            var events = [event(.created, entry.first)]
            if entry.execution == .none, entry.last > entry.first { events.append(event(.modified, entry.last)) }
            if entry.status == .remediated { events.append(event(.deleted, entry.last + .seconds(2))) }
            return events
        case .deviceProcessEvents: return entry.execution == .process ? [event(.started, entry.last)] : []
        case .deviceImageLoadEvents: return entry.execution == .image ? [event(.loaded, entry.last)] : []
        case .deviceEvents:
            return entry.status == .seen ? [] : [event(.detected, entry.quarantined ?? entry.last + .seconds(1))]
        case .alertEvidence, .alertInfo, .deviceInfo: return []
        }
    }
}

/// Events as alerts made by reference name them.
enum EventTable {
    /// The sighting behind an event; nil where the machine had no such event at that time.
    static func event(reportID: String, machine: Int, time: Timestamp, in data: HuntingData) -> Int? {
        guard let report = Int64(reportID), let machine = Int32(exactly: machine) else { return nil }
        for number in data.sightings.numbers(machine: Int(machine)) {
            for table in [HuntingTable.deviceFileEvents, .deviceProcessEvents, .deviceImageLoadEvents, .deviceEvents] {
                let events = DeviceEvent.events(of: Int(number), table, in: data)
                if events.contains(where: { $0.reportID == report && $0.time == time }) { return Int(number) }
            }
        }
        return nil
    }
}
