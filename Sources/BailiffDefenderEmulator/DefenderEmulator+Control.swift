package import BailiffModel

extension DefenderEmulator {
    // MARK: Time

    /// The emulator's time.
    package var now: Timestamp { core.world.withLock { $0.clock.now } }

    /// Moves the emulator's time forward; what falls due in between happens.
    package func advanceClock(by duration: Duration) { core.advance(by: duration) }

    // MARK: The record

    /// All remembered requests, oldest first. Those being answered are among them.
    package func requests() -> [RecordedRequest] { core.world.withLock { $0.record.all() } }

    package func clearRequests() { core.world.withLock { $0.record.clear() } }

    /// Waits for an answered request that matches, one that is already in the record included.
    /// - Returns: Nil once the emulator stops or the caller is cancelled.
    package func request(where matches: @escaping @Sendable (RecordedRequest) -> Bool) async -> RecordedRequest? {
        await core.watchers.first(in: { [core] in core.world.withLock { $0.record.all() } }, where: matches)
    }

    // MARK: Machines and files

    /// Takes a machine off the network, or brings it back.
    /// - Throws: ``EmulatorError`` for an unknown machine.
    package func setOffline(_ machine: String, _ isOffline: Bool = true) throws(EmulatorError) {
        try core.setOffline(machine, isOffline)
    }

    /// Lets a machine see a file of the tenant; `.ago` counts from the emulator's start. A machine that has seen the
    /// file already sees it once more.
    /// - Throws: ``EmulatorError`` for an unknown machine or file.
    package func addSighting(_ sighting: EmulatorTenant.Sighting) throws(EmulatorError) {
        try core.world.withLock { world throws(EmulatorError) in
            let number = try world.sightings.add(sighting, fleet: world.fleet, catalog: world.catalog)
            if sighting.status != .seen { world.raiseDetection(number) }
        }
    }

    /// Lets a machine see a file of the tenant for the first time, now.
    package func addSighting(machine: String, file: String) throws(EmulatorError) {
        let now = now
        try addSighting(EmulatorTenant.Sighting(machine: machine, file: file, first: .at(now), last: .at(now)))
    }

    /// What the orders carried out so far have made of a machine; nil for an unknown one.
    package func machineState(_ machine: String) -> MachineState? { core.machineState(machine) }

    /// All machine actions as they stand now, oldest first.
    package func machineActions() -> [MachineActionState] { core.machineActions() }

    // MARK: Misbehaviour

    /// Lets the next `times` requests that match fail.
    package func failNext(_ fault: EmulatorFault, matching: RequestPattern = .any, times: Int = 1) {
        core.world.withLock {
            $0.faults.script(FaultInjector.Script(fault: fault, pattern: matching, times: times))
        }
    }

    /// Misbehaves by chance from now on; nil stops that.
    package func setFaults(_ plan: EmulatorFaultPlan?) { core.world.withLock { $0.faults.set(plan) } }

    /// Ends all misbehaviour, the lasting 401 included. Actions already placed keep what befell them.
    package func clearFaults() { core.clearFaults() }

    /// Makes all tokens worthless; fresh ones work.
    package func revokeTokens() { core.world.withLock { $0.tokens.revokeAll() } }

    /// Holds every request that matches from now on, before anything is done about it. A second call replaces the first.
    package func pause(_ matching: RequestPattern = .any) { core.gate.pause(matching) }

    /// Lets held requests go on.
    package func resume() { core.gate.resume() }

    /// How many requests are being held.
    package var heldRequests: Int { core.gate.heldCount }
}

/// What the orders carried out so far have made of a machine.
package struct MachineState: Sendable, Equatable {
    package var isOffline: Bool
    package var isIsolated: Bool
    package var isRestricted: Bool
    package var isOffboarded: Bool
    /// SHA-1 of the files quarantined on it, in the order of their sightings.
    package var quarantined: [String]
}

/// A machine action as it stands.
package struct MachineActionState: Sendable, Equatable {
    package var id: String
    package var type: String
    package var machineID: String
    /// `Pending`, `InProgress`, `Succeeded`, `Failed`, `TimeOut`, `Cancelled`.
    package var status: String
    package var comment: String
    package var created: Timestamp
}
