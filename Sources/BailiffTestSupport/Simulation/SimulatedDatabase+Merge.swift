import BailiffCore
import BailiffModel
import BailiffStore

extension SimulatedDatabase {
    func survivor(of id: CaseID) -> CaseID { merged[id] ?? id }

    mutating func link(_ hashes: [FileHash], to id: CaseID) throws(Refused) {
        for hash in hashes where !hash.isOfTrivialFile {
            if let owner = owners[hash] {
                if owner != id { throw Refused(.hashOwned(hash, by: owner)) }
                continue
            }
            own(hash, id)
        }
    }

    mutating func own(_ hash: FileHash, _ id: CaseID) {
        owners[hash] = id
        hashesOfCase[id] = ((hashesOfCase[id] ?? []) + [hash]).sorted()
    }

    mutating func merge(_ from: CaseID, into: CaseID) {
        let from = survivor(of: from)
        let into = survivor(of: into)
        guard from != into else { return }
        for (id, target) in merged.rows where target == from { merged[id] = into }
        merged[from] = into
        moveIntake(from, into: into)
        for id in runsOfCase[from] ?? [] { runs[id]?.caseID = into }
        if let moved = runsOfCase[from] {
            runsOfCase[into] = (moved + (runsOfCase[into] ?? [])).sorted()
            runsOfCase[from] = nil
        }
        for (id, action) in actions.rows where action.caseID == from { actions[id]?.caseID = into }
        for (id, approval) in approvals.rows where approval.caseID == from { approvals[id]?.caseID = into }
        for (key, held) in holders.rows where held.contains(from) {
            holders[key] = Set(held.map { $0 == from ? into : $0 }).sorted()
        }
        if let until = watched[from] {
            watched[into] = watched[into].map { max($0, until) } ?? until
            watched[from] = nil
        }
        moveSightings(from, into: into)
        moveAssessment(from, into: into)
    }

    mutating func mergeAtIntake(_ from: CaseID, into: CaseID, at now: Timestamp) {
        merge(from, into: into)
        guard var absorbed = cases[from] else { return }
        var survivor = cases[into] ?? Case(id: into, openedAt: absorbed.openedAt)
        _ = survivor.handle(.absorbed(absorbed), at: now)
        _ = absorbed.handle(.merged(into: into), at: now)
        absorbed.version += 1
        survivor.version += 1
        cases[from] = absorbed
        cases[into] = survivor
    }

    private mutating func moveIntake(_ from: CaseID, into: CaseID) {
        for id in verdictsOfCase[from] ?? [] { verdicts[id]?.caseID = into }
        verdictsOfCase[into] = ((verdictsOfCase[from] ?? []) + (verdictsOfCase[into] ?? [])).sorted()
        verdictsOfCase[from] = nil
        for hash in hashesOfCase[from] ?? [] { owners[hash] = into }
        hashesOfCase[into] = ((hashesOfCase[from] ?? []) + (hashesOfCase[into] ?? [])).sorted()
        hashesOfCase[from] = nil
        for (key, verdict) in statements.rows where key.caseID == from {
            let moved = StatementKey(caseID: into, key: key.key)
            if statements[moved] == nil { statements[moved] = verdict }
            statements[key] = nil
        }
        for (key, stance) in stances.rows where key.caseID == from {
            let moved = StanceKey(caseID: into, feed: key.feed)
            if stances[moved].map({ $0.verdict < stance.verdict }) ?? true { stances[moved] = stance }
            stances[key] = nil
        }
    }

    private mutating func moveSightings(_ from: CaseID, into: CaseID) {
        guard let moved = sightings[from] else { return }
        var byMachine: [MachineID: StoredSighting] = [:]
        for sighting in sightings[into] ?? [] { byMachine[sighting.machine.id] = sighting }
        for sighting in moved where byMachine[sighting.machine.id].map({ $0.seenAt < sighting.seenAt }) ?? true {
            byMachine[sighting.machine.id] = sighting
        }
        sightings[into] = byMachine.values.sorted { $0.machine.id < $1.machine.id }
        sightings[from] = nil
    }

    private mutating func moveAssessment(_ from: CaseID, into: CaseID) {
        let key = JobKey(.assess, from.value)
        guard let job = jobs[key], !job.isAside else { return }
        upsert(JobKey(.assess, into.value), due: min(job.due, job.again ?? job.due))
        if job.lease == nil { jobs[key] = nil }
    }
}
