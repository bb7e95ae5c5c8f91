import BailiffModel

extension DefenderClient {
    /// Makes an alert from an event, which starts an automated investigation. 15 a minute.
    ///
    /// An open alert with the same title takes the new one in.
    /// - Parameter event: From ``events(of:on:lane:)``; the service looks it up by device, number and exact time.
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
                "recommendedAction": .string(recommendedAction), "eventTime": .string(event.exactTime),
                // Text here, a number in hunting answers.
                "reportId": .string(String(event.reportID)), "category": .string(category),
            ], lane: .containment)
        guard let alert = DefenderAlert(try await act(call, permit: permit)) else {
            throw unreadable(.createAlertByReference)
        }
        return alert
    }
}
