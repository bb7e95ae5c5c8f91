import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore

extension SimulatedDatabase {
    mutating func commit(_ commit: Commit) -> CommitOutcome {
        do throws(Refused) {
            let ids = try change { database throws(Refused) in try database.make(commit) }
            return .committed(ids)
        } catch {
            return .refused(error.refusal)
        }
    }

    private mutating func make(_ commit: Commit) throws(Refused) -> [Int64] {
        for precondition in commit.requires { try check(precondition) }
        var returned: [PlaceKey] = []
        for put in commit.puts { try write(put, &returned) }
        for place in returned { giveBack(place) }
        for change in commit.jobs { apply(change) }
        return commit.entries.all.map { entries.append($0) }
    }

    // MARK: - Preconditions

    private func check(_ precondition: Precondition) throws(Refused) {
        let holds: Bool
        switch precondition {
        case .lease(let lease): holds = held(lease) != nil
        case .notHalted(let byPerson):
            switch control[1]?.halt {
            case nil: holds = true
            case .automatic: holds = byPerson
            case .all: holds = false
            }
        case .laneFree(let machine, let family, let except):
            let holder = lanes[LaneKey(machine: machine, family: family)]
            holds = holder == nil || holder == except
        case .budget(let claim):
            if let refusal = refusal(of: claim) { throw Refused(refusal) }
            holds = true
        case .runActive(let id): holds = runs[id]?.phase == .active
        case .caseOpen(let id): holds = merged[id] == nil
        case .breakerClosed(let mark): holds = breaker[1]?.isOpen != true && breakerMark == mark
        case .notAllowListed(let id, let now):
            let hashes = Set(hashesOfCase[survivor(of: id)] ?? [])
            holds = !allowed.rows.values.contains { $0.holds(at: now) && !hashes.isDisjoint(with: $0.hashes) }
        case .noOtherHolder(let machine, let family, let id):
            holds = (holders[LaneKey(machine: machine, family: family)] ?? []).allSatisfy { $0 == survivor(of: id) }
        }
        guard holds else { throw Refused(.precondition(precondition)) }
    }

    /// The number of the newest evidence that speaks for opening the breaker.
    var breakerMark: Int64 { evidence.rows.filter { $0.value.kind.isAgainst }.map(\.key).max() ?? 0 }

    private func refusal(of claim: BudgetClaim) -> CommitRefusal? {
        for window in claim.windows {
            let usage = BudgetUsage(uses: places.rows.values.map(\.use))
            let counted = usage.machines(in: window, at: claim.now)
            let room = BudgetRoom.refused(
                claim.machines, counted: counted.count, present: counted.intersection(claim.machines), cap: window.cap)
            if let room { return .budget(window, room: room) }
        }
        return nil
    }

    // MARK: - Records

    private mutating func write(_ record: Record, _ returned: inout [PlaceKey]) throws(Refused) {
        switch record {
        case .kase(let kase): try write(kase)
        case .run(let run): try write(run)
        case .action(let action): try write(action)
        case .approval(var approval):
            try expect(approval.version, approvals[approval.id]?.version, "approval \(approval.id)")
            approval.version += 1
            approval.caseID = survivor(of: approval.caseID)
            approvals[approval.id] = approval
        case .control(var value):
            try expect(value.version, control[1]?.version, "control")
            value.version += 1
            control[1] = value
        case .person(let person): try write(person)
        case .activation(var activation):
            let key = Array(activation.name.utf8)
            try expect(activation.version, activations[key]?.version, "activation \(activation.name)")
            activation.version += 1
            activations[key] = activation
        case .document(let document):
            if documents[document.digest] == nil { documents[document.digest] = document }
        case .sightings(let id, let new): write(new, of: survivor(of: id))
        case .hashes(let id, let hashes): try link(hashes, to: survivor(of: id))
        case .merge(let from, let into): merge(from, into: into)
        case .reserve(let run, let uses): for use in uses { reserve(use, for: run) }
        case .spend(let run, let machine, let time):
            guard var place = places[PlaceKey(run: run, machine: machine)] else {
                throw Refused(.version("reservation of run \(run) for machine \(machine.text)"))
            }
            place.isSpent = true
            place.use.at = max(place.use.at, time)
            places[PlaceKey(run: run, machine: machine)] = place
        case .returnReservation(let run, let machine): returned.append(PlaceKey(run: run, machine: machine))
        case .hold(let machine, let family, let id):
            let key = LaneKey(machine: machine, family: family)
            holders[key] = Set((holders[key] ?? []) + [survivor(of: id)]).sorted()
        case .unhold(let machine, let family, let id):
            let key = LaneKey(machine: machine, family: family)
            holders[key] = (holders[key] ?? []).filter { $0 != survivor(of: id) }
        case .breaker(var value):
            try expect(value.version, breaker[1]?.version, "breaker")
            value.version += 1
            breaker[1] = value
        case .evidence(let item): evidence[next("evidence")] = item
        case .allow(var entry):
            try expect(entry.version, allowed[entry.id]?.version, "allow-list entry \(entry.publicID)")
            entry.version += 1
            allowed[entry.id] = entry
        case .announcement(let announcement): announcements[announcement.id] = announcement
        case .announced(let id): announcements[id] = nil
        case .watch(let id, let until): watched[survivor(of: id)] = until
        }
    }

    private func expect(_ version: Int, _ stored: Int?, _ name: String) throws(Refused) {
        guard version == stored ?? 0 else { throw Refused(.version(name)) }
    }

    mutating func write(_ kase: Case) throws(Refused) {
        try expect(kase.version, cases[kase.id]?.version, "case \(kase.id)")
        if kase.phase == .open, merged[kase.id] != nil { throw Refused(.precondition(.caseOpen(kase.id))) }
        var stored = kase
        stored.version += 1
        cases[kase.id] = stored
    }

    private mutating func write(_ run: Run) throws(Refused) {
        try expect(run.version, runs[run.id]?.version, "run \(run.id)")
        var stored = run
        stored.version += 1
        stored.caseID = survivor(of: run.caseID)
        if let before = runs[run.id], before.caseID != stored.caseID {
            runsOfCase[before.caseID] = runsOfCase[before.caseID]?.filter { $0 != run.id }
        }
        runs[run.id] = stored
        runsOfCase[stored.caseID] = Set((runsOfCase[stored.caseID] ?? []) + [run.id]).sorted()
    }

    private mutating func write(_ action: Action) throws(Refused) {
        try expect(action.version, actions[action.id]?.version, "action \(action.id)")
        let twin = (actionsOfRun[action.runID] ?? []).first { id in
            id != action.id && actions[id]?.step == action.step && actions[id]?.machine == action.machine
        }
        if let twin { throw Refused(.version("action \(twin)")) }
        let lane = LaneKey(machine: action.machine, family: action.family)
        if action.holdsLane {
            guard lanes[lane] == nil || lanes[lane] == action.id else {
                throw Refused(
                    .precondition(.laneFree(machine: action.machine, family: action.family, except: action.id)))
            }
            lanes[lane] = action.id
        } else if lanes[lane] == action.id {
            lanes[lane] = nil
        }
        var stored = action
        stored.version += 1
        stored.caseID = survivor(of: action.caseID)
        if actions[action.id] == nil {
            actionsOfRun[action.runID] = ((actionsOfRun[action.runID] ?? []) + [action.id]).sorted()
        }
        actions[action.id] = stored
    }

    private mutating func write(_ person: Operator) throws(Refused) {
        let name = "operator \(person.name)"
        try expect(person.version, operators[person.id]?.version, name)
        let twin = operators.rows.values.contains {
            $0.id != person.id
                && ($0.name.utf8.elementsEqual(person.name.utf8) || $0.tokenDigest == person.tokenDigest)
        }
        if twin { throw Refused(.version(name)) }
        var stored = person
        stored.version += 1
        operators[person.id] = stored
    }

    private mutating func write(_ new: [StoredSighting], of id: CaseID) {
        var byMachine: [MachineID: StoredSighting] = [:]
        for sighting in sightings[id] ?? [] { byMachine[sighting.machine.id] = sighting }
        for sighting in new { byMachine[sighting.machine.id] = sighting }
        sightings[id] = byMachine.values.sorted { $0.machine.id < $1.machine.id }
    }

    // MARK: - Budget

    private mutating func reserve(_ use: BudgetUse, for run: RunID) {
        let key = PlaceKey(run: run, machine: use.machine)
        if var place = places[key] {
            place.use.at = max(place.use.at, use.at)
            places[key] = place
        } else {
            places[key] = Place(use: use, isSpent: false)
        }
    }

    private mutating func giveBack(_ key: PlaceKey) {
        guard let place = places[key], !place.isSpent else { return }
        let isNeeded = (actionsOfRun[key.run] ?? []).contains { id in
            actions[id]?.machine == key.machine && actions[id]?.isEnded == false
        }
        if !isNeeded { places[key] = nil }
    }
}
