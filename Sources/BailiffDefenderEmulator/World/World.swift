import BailiffModel

/// Everything the emulator knows at one instant; it lives behind one lock.
///
/// Its parts are values: an answer that takes long is made from a copy, outside the lock.
struct World: Sendable {
    var options: EmulatorOptions
    let directory: Directory
    let start: Timestamp
    /// Where links to further pages and to packages point.
    var url = ""
    var clock: EmulatorClock
    var random: SplitMix64
    var tokens = TokenBook()
    var quotas: QuotaLedger
    var faults: FaultInjector
    var record: RequestRecord
    var fleet: Fleet
    let catalog: FileCatalog
    var sightings: SightingBook
    var actions = ActionBook()
    var investigations = InvestigationBook()
    var alerts = AlertBook()
    var indicators = IndicatorBook()
    /// Machines that are cut off, restricted or offboarded by an order that succeeded.
    var isolated: Set<Int> = []
    var restricted: Set<Int> = []
    var offboarded: Set<Int> = []

    init(tenant: EmulatorTenant, options: EmulatorOptions) throws(EmulatorError) {
        self.options = options
        clock = EmulatorClock(options.clock, surroundings: options.surroundings)
        start = clock.now
        random = SplitMix64(seed: options.seed)
        quotas = QuotaLedger(options.quotas)
        faults = FaultInjector(options.faults)
        record = RequestRecord(limit: options.recordLimit)
        directory = try Directory(tenant)
        fleet = try Fleet(tenant.machines, start: start)
        catalog = try FileCatalog(tenant.files)
        sightings = try SightingBook(tenant.sightings, fleet: fleet, catalog: catalog)
        for number in sightings.entries.indices where sightings.entries[number].status != .seen {
            raiseDetection(number)
        }
    }

    /// Lets everything happen that has fallen due.
    mutating func settle(at now: Timestamp) {
        for action in actions.settle(at: now) where action.status(at: now) == .succeeded { carryOut(action, at: now) }
    }

    private mutating func carryOut(_ action: MachineAction, at now: Timestamp) {
        switch action.kind {
        case .isolate: isolated.insert(action.machine)
        case .unisolate: isolated.remove(action.machine)
        case .restrictCodeExecution: restricted.insert(action.machine)
        case .unrestrictCodeExecution: restricted.remove(action.machine)
        case .offboard: offboarded.insert(action.machine)
        case .stopAndQuarantineFile:
            if let sha1 = action.sha1, let file = catalog.index(sha1: sha1),
                let entry = sightings.entry(machine: action.machine, file: file)
            {
                sightings.quarantine(entry, at: action.lastUpdate(at: now))
            }
        case .runAntiVirusScan, .collectInvestigationPackage, .liveResponse: break
        }
    }

    /// The alert of a detection by the antivirus.
    mutating func raiseDetection(_ number: Int) {
        let entry = sightings.entries[number]
        let file = catalog[Int(entry.file)]
        let threat = file.determinationValue ?? "Trojan:Win32/Wacatac.B!ml"
        let verb = entry.status == .detected ? "detected" : "prevented"
        alerts.add(
            Alert(
                id: Alert.id(entry.last, salt: UInt64(number) &+ 1), incidentID: alerts.nextIncident,
                severity: entry.status == .detected ? "Medium" : "Informational", detectionSource: "WindowsDefenderAv",
                category: "Malware", threatName: threat, threatFamily: World.family(of: threat),
                title: "'\(World.family(of: threat))' malware was \(verb)",
                description: "Antivirus software found malware on this machine.", created: entry.last + .seconds(4),
                firstEvent: entry.first, lastEvent: entry.last, updated: entry.last + .seconds(9),
                machine: Int(entry.machine), file: Int(entry.file), path: entry.path, account: entry.account,
                techniques: []))
    }

    /// `Wacatac` of `Trojan:Win32/Wacatac.B!ml`.
    private static func family(of threat: String) -> String {
        let name = threat.utf8.split(separator: UInt8(ascii: "/")).last ?? threat.utf8[...]
        return String(Substring(name.prefix { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "!") }))
    }
}
