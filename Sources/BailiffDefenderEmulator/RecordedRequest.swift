package import BailiffModel

/// One request the emulator received and how it was answered.
package struct RecordedRequest: Sendable, Equatable {
    /// From 1, in the order in which they were taken.
    package var number: Int
    /// By the emulator's clock.
    package var time: Timestamp
    package var method: String
    package var path: String
    /// As received, without the question mark.
    package var query: String
    /// As received, with secrets and assertions replaced; at most 64 KiB.
    package var body: String
    /// Of the answer; 0 where the connection was closed without one.
    package var status: Int
    package var application: String?
    package var machineID: String?
    /// `Isolate`, `StopAndQuarantineFile`, …, `StartInvestigation`: what the request asked for.
    package var actionType: String?
    /// The machine action or investigation it started or got back.
    package var actionID: String?
    /// Whether it changed anything: started an action, cancelled one, made or changed an alert, a tag or an indicator.
    package var isActionTaken: Bool
    package var fault: EmulatorFault?
}
