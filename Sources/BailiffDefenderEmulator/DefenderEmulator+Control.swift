package import BailiffModel

extension DefenderEmulator {
    /// The emulator's time.
    package var now: Timestamp { .epoch }

    /// Moves the emulator's time forward; what falls due in between happens.
    package func advanceClock(by duration: Duration) {}

    /// All remembered requests, oldest first.
    package func requests() -> [RecordedRequest] { [] }

    /// Takes a machine off the network, or brings it back.
    package func setOffline(_ machine: String, _ isOffline: Bool = true) throws(EmulatorError) {}

    /// Lets a machine see a file.
    package func addSighting(_ sighting: EmulatorTenant.Sighting) throws(EmulatorError) {}

    /// Lets the next `times` requests that match fail.
    package func failNext(_ fault: EmulatorFault, matching: RequestPattern = .any, times: Int = 1) {}

    /// Holds every request that arrives from now on, before anything is done about it.
    package func pause() {}

    /// Lets held requests go on.
    package func resume() {}
}

/// Which requests a scripted fault befalls.
package struct RequestPattern: Sendable, Equatable {
    package var method: String?
    /// Part of the path, without regard to ASCII case.
    package var path: String?
    package var machineID: String?

    package init(method: String? = nil, path: String? = nil, machineID: String? = nil) {
        self.method = method
        self.path = path
        self.machineID = machineID
    }

    package static let any = RequestPattern()
    /// The orders to machines.
    package static func action(_ path: String, machine: String? = nil) -> RequestPattern {
        RequestPattern(method: "POST", path: path, machineID: machine)
    }
}
