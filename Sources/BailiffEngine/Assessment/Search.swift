import BailiffCore
import BailiffModel

/// One search while its answers come in.
struct Search: Sendable {
    private let known: [FileHash]
    private let lookBack: Duration
    private var learned: [FileHash] = []
    private var file = FileFacts()
    private var records: [MachineID: Machine] = [:]
    private var asked: Set<MachineID> = []
    private var links: [MachineID: MachineID] = [:]
    private var sightings: [Sighting] = []
    private var sources: [Sighting.Source] = []
    private var gaps: [Coverage.Gap] = []
    private var retryAfter: Duration?
    private(set) var huntingAnswers = false
    private var fileAnswers = false
    private var firstOutage: ThreatError?

    init(hashes: [FileHash], lookBack: Duration) {
        known = hashes
        self.lookBack = lookBack
    }

    var sha1: FileHash? { (known + learned).only(.sha1) }

    /// Set where no source answered at all: then the whole search is asked again later.
    var outage: ThreatError? { huntingAnswers || fileAnswers ? nil : firstOutage }

    var machineIDs: [MachineID] {
        Set(sightings.map(\.machine)).union(records.keys).sorted()
    }

    /// Machines that a sighting or a link names and whose record was not asked for yet.
    var missingRecords: [MachineID] {
        var wanted = Set(sightings.map(\.machine))
        for (id, target) in links where wanted.contains(id) { wanted.insert(target) }
        for record in records.values { if let target = record.mergedInto { wanted.insert(target) } }
        return wanted.filter { records[$0] == nil && !asked.contains($0) }.sorted()
    }

    mutating func take(profile: Result<FileProfile?, ThreatError>) {
        switch profile {
        case .success(let found?):
            learn(found.hashes)
            file.globalPrevalence = found.globalPrevalence
            file.signer = found.signer
            file.certificateValid = found.certificateValid
        case .success(nil): break
        case .failure(let error): note(error, "file information")
        }
    }

    mutating func take(hunted: Result<HuntedSightings, ThreatError>) {
        switch hunted {
        case .success(let hunted):
            huntingAnswers = true
            sources.append(.hunting)
            if hunted.isCut {
                let text = "hunting gave as many rows as it gives at most: machines, paths and times beyond are unknown"
                gaps.append(Coverage.Gap(.huntingCut, text))
            }
            for sighting in hunted.found {
                learn(sighting.hashes)
                sightings.append(
                    Sighting(
                        machine: sighting.machine, first: sighting.first, last: sighting.last, path: sighting.path,
                        executed: sighting.executed, status: sighting.status, sources: [.hunting]))
            }
        case .failure(let error):
            note(error, "hunting")
            let text = "without hunting, paths, times and execution are unknown: \(error.message)"
            gaps.append(Coverage.Gap(.noHunting, text))
        }
    }

    mutating func take(machines: Result<[Machine], ThreatError>) {
        switch machines {
        case .success(let found):
            fileAnswers = true
            sources.append(.fileMachines)
            for machine in found {
                records[machine.id] = machine
                sightings.append(Sighting(machine: machine.id, sources: [.fileMachines]))
            }
        case .failure(let error): note(error, "machines of the file")
        }
    }

    mutating func take(statistics: Result<FileStatistics?, ThreatError>) {
        switch statistics {
        case .success(let found?):
            file.orgMachines = found.orgMachines
            file.firstSeenOrg = found.firstSeen
        case .success(nil):
            gaps.append(Coverage.Gap(.fileUnknown, "Defender has no statistics of the file"))
        case .failure(let error): note(error, "file statistics")
        }
    }

    mutating func take(devices: Result<[HuntedDevice], ThreatError>) {
        guard case .success(let found) = devices else { return }
        for device in found {
            if let target = device.mergedInto, target != device.id { links[device.id] = target }
            kinds[device.id] = device.kind
        }
    }
    private var kinds: [MachineID: Machine.Kind] = [:]

    mutating func take(record: Result<Machine?, ThreatError>, of id: MachineID) {
        asked.insert(id)
        switch record {
        case .success(let found?): records[id] = found
        case .success(nil): break
        case .failure(let error): note(error, "machine record")
        }
    }

    /// Called where no SHA-1 is known after everything was tried.
    mutating func noteUntranslatable() {
        let kinds = known.map(\.algorithm.rawValue).joined(separator: ", ")
        gaps.append(
            Coverage.Gap(.hashNotTranslatable, "no SHA-1 is known for the file (\(kinds)), so only hunting could look"))
    }

    func findings(at now: Timestamp) -> Findings {
        var records = records
        for (id, kind) in kinds where kind != .unknown { records[id]?.kind = kind }
        let collapse = RecordCollapse(machines: records, sightings: RecordCollapse.union(sightings), links: links)
        let days = lookBack.components.seconds / 86_400
        let older = Coverage.Gap(.olderThanLookback, "sightings older than \(days) days were not asked for")
        return Findings(
            learned: learned, file: file, hits: collapse.hits,
            coverage: Coverage(
                askedAt: now, lookBackSeconds: lookBack.components.seconds, sources: sources.sorted(),
                gaps: gaps + collapse.gaps + [older]),
            retryAfter: retryAfter)
    }

    private mutating func learn(_ hashes: FileHashes) {
        guard !hashes.containsTrivial else { return }
        for hash in hashes.all {
            // One file has one hash of a kind: a second one means the answer was about another file.
            let held = (known + learned).only(hash.algorithm)
            if held == nil { learned.append(hash) }
        }
    }

    private mutating func note(_ error: ThreatError, _ what: String) {
        if firstOutage == nil { firstOutage = error }
        switch error.code {
        case .forbidden: gaps.append(Coverage.Gap(.noPermission, "\(what): \(error.message)"))
        case .unavailable, .unusable:
            gaps.append(Coverage.Gap(.notAnswered, "\(what): \(error.message)"))
            if error.code == .unavailable { retryAfter = max(retryAfter ?? .zero, error.retryAfter ?? .seconds(30)) }
        }
    }
}
