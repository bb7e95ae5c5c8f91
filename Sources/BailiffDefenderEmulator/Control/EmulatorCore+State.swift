import BailiffModel

extension EmulatorCore {
    func advance(by duration: Duration) {
        world.withLock { world in
            world.clock.advance(by: duration)
            world.settle(at: world.clock.now)
        }
    }

    func setOffline(_ machine: String, _ isOffline: Bool) throws(EmulatorError) {
        try world.withLock { world throws(EmulatorError) in
            guard let index = world.fleet.index(id: machine) else {
                throw EmulatorError(.unknownMachine, "no machine \(machine)")
            }
            let now = world.clock.now
            world.settle(at: now)
            guard world.fleet.setAway(index, isOffline, now: now) else { return }
            world.actions.move(
                machine: index, isAway: isOffline, progress: world.options.progress,
                timeout: world.options.offlineTimeout, at: now)
        }
    }

    func clearFaults() {
        world.withLock { world in
            world.faults.clear()
            world.tokens.isAccountInactive = false
        }
    }

    func machineState(_ machine: String) -> MachineState? {
        world.withLock { world in
            world.settle(at: world.clock.now)
            guard let index = world.fleet.index(id: machine) else { return nil }
            let entries = world.sightings.numbers(machine: index).map { world.sightings.entries[Int($0)] }
            return MachineState(
                isOffline: world.fleet.isAway(index), isIsolated: world.isolated.contains(index),
                isRestricted: world.restricted.contains(index), isOffboarded: world.offboarded.contains(index),
                quarantined: entries.filter { $0.status == .quarantined }.map { world.catalog[Int($0.file)].sha1 })
        }
    }

    func machineActions() -> [MachineActionState] {
        world.withLock { world in
            let now = world.clock.now
            return world.actions.actions.map { action in
                MachineActionState(
                    id: action.id, type: action.kind.rawValue, machineID: action.machineID,
                    status: action.status(at: now).rawValue, comment: action.comment, created: action.created)
            }
        }
    }
}
