package import BailiffModel

/// One event of hunting, as an alert made from it names it.
package struct EventReference: Sendable, Hashable {
    package var machine: MachineID
    package let time: Timestamp
    /// As hunting wrote it: the service compares all seven digits of the fraction, one more than ``time`` holds.
    package let exactTime: String
    /// Numbers of events are unique per device and time only.
    package var reportID: Int64

    package init(machine: MachineID, time: Timestamp, reportID: Int64) {
        self.machine = machine
        self.time = time
        exactTime = time.rfc3339
        self.reportID = reportID
    }

    /// Nil for a row without a device, a time or a number.
    init?(_ row: JSONValue) {
        guard let machine = row.field("DeviceId")?.filled.flatMap(MachineID.init),
            let text = row.field("Timestamp")?.filled, let time = row.field("Timestamp")?.time,
            let reportID = row.field("ReportId")?.wholeNumber
        else { return nil }
        self.machine = machine
        self.time = time
        exactTime = text
        self.reportID = reportID
    }
}
