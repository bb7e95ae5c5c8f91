import BailiffModel

/// The machines of the tenant by number, id and name.
///
/// The records the tenant came with are shared, not copied: what changes while the emulator runs lies beside them.
struct Fleet: Sendable {
    typealias Machine = EmulatorTenant.Machine

    let start: Timestamp
    private let base: [Machine]
    private var changed: [Int: Machine] = [:]
    private let byID: [String: Int32]
    private let byName: [String: [Int32]]
    /// Records that were merged into another, by that other's id.
    private let mergedFrom: [String: [Int32]]
    /// Since when a machine is away; ``Timestamp/distantPast`` for those the tenant says so of.
    private var awaySince: [Int: Timestamp] = [:]

    init(_ machines: [Machine], start: Timestamp) throws(EmulatorError) {
        guard Int32(exactly: machines.count) != nil else {
            throw EmulatorError(.invalidTenant, "too many machines")
        }
        self.start = start
        base = machines
        var byID: [String: Int32] = [:]
        var byName: [String: [Int32]] = [:]
        var mergedFrom: [String: [Int32]] = [:]
        byID.reserveCapacity(machines.count)
        byName.reserveCapacity(machines.count)
        for (index, machine) in machines.enumerated() {
            guard MachineID(machine.id) != nil else {
                throw EmulatorError(.invalidTenant, "\"\(machine.id)\" is no machine id")
            }
            guard byID.updateValue(Int32(truncatingIfNeeded: index), forKey: machine.id) == nil else {
                throw EmulatorError(.invalidTenant, "machine \(machine.id) stands twice in the tenant")
            }
            byName[Route.lowercased(machine.name), default: []].append(Int32(truncatingIfNeeded: index))
            if let survivor = machine.mergedInto {
                mergedFrom[survivor, default: []].append(Int32(truncatingIfNeeded: index))
            }
            if machine.isOffline { awaySince[index] = .distantPast }
        }
        for machine in machines {
            guard let survivor = machine.mergedInto else { continue }
            guard byID[survivor] != nil, survivor != machine.id else {
                throw EmulatorError(
                    .invalidTenant, "machine \(machine.id) is merged into \(survivor), which the tenant does not have")
            }
        }
        self.byID = byID
        self.byName = byName
        self.mergedFrom = mergedFrom
    }

    var count: Int { base.count }

    /// - Precondition: `index` is one this fleet gave out.
    subscript(index: Int) -> Machine { changed[index] ?? base[index] }

    mutating func change(_ index: Int, _ body: (inout Machine) -> Void) {
        var machine = self[index]
        body(&machine)
        changed[index] = machine
    }

    func index(id: String) -> Int? { byID[id].map { Int($0) } }

    /// By id, else by computer name; of several with the same name the one that reported last.
    func index(idOrName: String, now: Timestamp) -> Int? {
        if let index = index(id: idOrName) { return index }
        let twins = byName[Route.lowercased(idOrName)] ?? []
        return twins.map { Int($0) }.max { lastSeen($0, now: now) < lastSeen($1, now: now) }
    }

    func mergedRecords(into id: String) -> [String] { (mergedFrom[id] ?? []).map { self[Int($0)].id } }

    // MARK: Presence

    func isAway(_ index: Int) -> Bool { awaySince[index] != nil }

    /// - Returns: Whether that changed anything.
    mutating func setAway(_ index: Int, _ isAway: Bool, now: Timestamp) -> Bool {
        guard isAway != self.isAway(index) else { return false }
        if isAway {
            awaySince[index] = now
        } else {
            awaySince[index] = nil
            // A machine that comes back reports at once.
            change(index) { $0.lastSeen = .at(now) }
        }
        return true
    }

    func firstSeen(_ index: Int) -> Timestamp { self[index].firstSeen.resolved(start: start) }

    /// The last full report: about one a day for as long as the machine is there.
    func lastSeen(_ index: Int, now: Timestamp) -> Timestamp {
        let machine = self[index]
        let reported = machine.lastSeen.resolved(start: start)
        guard machine.mergedInto == nil, machine.onboardingStatus == "Onboarded" else { return reported }
        let until = min(awaySince[index] ?? now, now)
        let day: Int64 = 86_400_000_000
        let passed = (until - reported).wholeMicroseconds
        // Records that were silent long before the start stay so.
        guard passed >= day, (start - reported).wholeMicroseconds < 2 * day else { return reported }
        return reported + .microseconds(passed / day * day)
    }

    /// As the tenant says, but no machine that has been silent for a week is active.
    func health(_ index: Int, now: Timestamp) -> String {
        let machine = self[index]
        let isSilent = now - lastSeen(index, now: now) > .seconds(7 * 86_400)
        return machine.healthStatus == "Active" && isSilent ? "Inactive" : machine.healthStatus
    }
}
