import BailiffModel

/// The control surface under `/emulator/`: plain JSON, no token needed, not in the record.
extension EmulatorCore {
    func control(_ request: IncomingRequest, _ segments: [String]) -> Reply {
        do {
            return try route(request, segments)
        } catch {
            let status = error.code == .unknownMachine || error.code == .unknownFile ? 404 : 400
            return .json(status: status, ["error": .string(error.message)])
        }
    }

    private func route(_ request: IncomingRequest, _ segments: [String]) throws(EmulatorError) -> Reply {
        switch (request.method, segments.first ?? "", segments.count) {
        case ("GET", "requests", 1): return try requests(request)
        case ("DELETE", "requests", 1):
            world.withLock { $0.record.clear() }
            return Reply(status: 204)
        case ("GET", "clock", 1): return clock()
        case ("POST", "clock", 1): return try advance(ControlBody(request, of: ["advance_seconds"]))
        case ("GET", "faults", 1): return faults()
        case ("PUT", "faults", 1): return try setFaults(ControlBody(request, of: ["plan"]))
        case ("POST", "faults", 1):
            return try scriptFault(ControlBody(request, of: ControlBody.patternNames.union(["fault", "times"])))
        case ("DELETE", "faults", 1):
            clearFaults()
            return Reply(status: 204)
        case ("GET", "settings", 1): return settings()
        case ("PUT", "settings", 1): return try setSettings(ControlBody(request, of: EmulatorSettings.names))
        case ("GET", "machines", 2): return try state(segments[1])
        case ("PUT", "machines", 3) where segments[2] == "offline":
            try setOffline(segments[1], try ControlBody(request, of: ["offline"]).flag("offline"))
            return try state(segments[1])
        case ("POST", "sightings", 1): return try addSighting(ControlBody(request, of: ControlBody.sightingNames))
        case ("GET", "actions", 1): return actions()
        case ("GET", "tenant", 1): return tenant()
        case ("GET", "files", 1): return files()
        case ("POST", "pause", 1):
            gate.pause(try ControlBody(request, of: ControlBody.patternNames, optional: true).pattern())
            return Reply(status: 204)
        case ("GET", "pause", 1): return .json(["held": .int(Int64(gate.heldCount))])
        case ("POST", "resume", 1):
            gate.resume()
            return Reply(status: 204)
        case ("DELETE", "tokens", 1):
            world.withLock { $0.tokens.revokeAll() }
            return Reply(status: 204)
        default: return .json(status: 404, ["error": "no such control"])
        }
    }

    // MARK: Record and time

    private func requests(_ request: IncomingRequest) throws(EmulatorError) -> Reply {
        var after = 0
        for parameter in request.parameters() ?? [("", "")] {
            guard parameter.name == "after", let number = Int(parameter.value), number >= 0 else {
                throw EmulatorError(.invalidCommand, "there is only after=NUMBER")
            }
            after = number
        }
        let all = world.withLock { $0.record.all(after: after) }
        return EmulatorCore.lines(all.map(\.json))
    }

    static func lines(_ values: [JSONValue]) -> Reply {
        var body: [UInt8] = []
        for value in values {
            body += value.utf8()
            body.append(0x0A)
        }
        return Reply(status: 200, headers: [("Content-Type", "application/x-ndjson")], body: body)
    }

    private func clock() -> Reply {
        let now = world.withLock { $0.clock.now }
        return .json(["now": .string(now.rfc3339), "controlled": .bool(options.clock != .real)])
    }

    private func advance(_ body: ControlBody) throws(EmulatorError) -> Reply {
        advance(by: .microseconds(try body.microseconds("advance_seconds")))
        return clock()
    }

    // MARK: Faults

    private func faults() -> Reply {
        let (plan, scripts) = world.withLock { ($0.faults.plan, $0.faults.scripts) }
        return .json([
            "plan": plan.map(\.json) ?? .null, "scripted": .array(scripts.map(\.json)),
            "kinds": .array(EmulatorFault.allCases.map { .string($0.rawValue) }),
        ])
    }

    private func setFaults(_ body: ControlBody) throws(EmulatorError) -> Reply {
        let plan = try EmulatorFaultPlan(parsing: try body.text("plan"))
        world.withLock { $0.faults.set(plan) }
        return faults()
    }

    private func scriptFault(_ body: ControlBody) throws(EmulatorError) -> Reply {
        let name = try body.text("fault")
        guard let fault = EmulatorFault(rawValue: name) else {
            throw EmulatorError(.invalidFaultPlan, "no fault is called \"\(name)\"")
        }
        let script = FaultInjector.Script(
            fault: fault, pattern: try body.pattern(), times: try body.number("times", default: 1))
        world.withLock { $0.faults.script(script) }
        return faults()
    }

    // MARK: Tenant

    private func state(_ machine: String) throws(EmulatorError) -> Reply {
        guard let state = machineState(machine) else {
            throw EmulatorError(.unknownMachine, "no machine \(machine)")
        }
        return .json([
            "id": .string(machine), "offline": .bool(state.isOffline), "isolated": .bool(state.isIsolated),
            "restricted": .bool(state.isRestricted), "offboarded": .bool(state.isOffboarded),
            "quarantined": .array(state.quarantined.map(JSONValue.string)),
        ])
    }

    private func addSighting(_ body: ControlBody) throws(EmulatorError) -> Reply {
        let sighting = try body.sighting(now: world.withLock { $0.clock.now })
        try world.withLock { world throws(EmulatorError) in
            let number = try world.sightings.add(sighting, fleet: world.fleet, catalog: world.catalog)
            if sighting.status != .seen { world.raiseDetection(number) }
        }
        return Reply(status: 204)
    }

    private func actions() -> Reply {
        EmulatorCore.lines(
            machineActions().map { action in
                [
                    "id": .string(action.id), "type": .string(action.type), "machine_id": .string(action.machineID),
                    "status": .string(action.status), "comment": .string(action.comment),
                    "created": .string(action.created.rfc3339),
                ]
            })
    }

    private func tenant() -> Reply {
        let world = world.withLock { $0 }
        return .json([
            "id": .string(world.directory.tenantID), "domain": .string(world.directory.domain),
            "machines": .int(Int64(world.fleet.count)), "files": .int(Int64(world.catalog.files.count)),
            "sightings": .int(Int64(world.sightings.entries.count)),
            "applications": .array(
                world.directory.applications.map { application in
                    [
                        "name": .string(application.name), "client_id": .string(application.clientID),
                        "roles": .array(application.roles.map(JSONValue.string)),
                    ]
                }),
        ])
    }

    /// One line a file with the number of machines that saw it.
    private func files() -> Reply {
        let (catalog, sightings) = world.withLock { ($0.catalog, $0.sightings) }
        return EmulatorCore.lines(
            catalog.files.enumerated().map { index, file in
                [
                    "sha1": .string(file.sha1), "sha256": .optional(file.sha256), "md5": .optional(file.md5),
                    "name": .string(file.name), "machines": .int(Int64(sightings.numbers(file: index).count)),
                ]
            })
    }
}
