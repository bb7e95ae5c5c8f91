package import BailiffModel

/// The event an alert is made from.
package struct EventReference: Sendable, Hashable {
    package var machine: MachineID
    package var time: Timestamp
    /// Numbers of events are unique per device and time only.
    package var reportID: Int64

    package init(machine: MachineID, time: Timestamp, reportID: Int64) {
        self.machine = machine
        self.time = time
        self.reportID = reportID
    }
}

extension DefenderClient {
    /// Makes an alert from an event, which starts an automated investigation. 15 a minute.
    ///
    /// An open alert with the same title takes the new one in.
    /// - Throws: `.notFound` where the event is unknown.
    package func createAlert(
        from event: EventReference, severity: Indicator.Severity, title: String, description: String,
        recommendedAction: String, category: String = "Malware", permit: QuotaPermit? = nil
    ) async throws(DefenderError) -> DefenderAlert {
        let call = DefenderCall(
            .createAlertByReference, path: "/alerts/CreateAlertByReference",
            body: [
                "machineId": .string(event.machine.text), "severity": .string(severity.rawValue),
                "title": .string(title), "description": .string(description),
                "recommendedAction": .string(recommendedAction), "eventTime": .string(event.time.rfc3339),
                // Text here, a number in hunting answers.
                "reportId": .string(String(event.reportID)), "category": .string(category),
            ], lane: .containment)
        guard let alert = DefenderAlert(try await act(call, permit: permit)) else {
            throw unreadable(.createAlertByReference)
        }
        return alert
    }
}
