import BailiffModel

/// Which machine saw which file, by both.
struct SightingBook: Sendable {
    struct Entry: Sendable {
        var machine: Int32
        var file: Int32
        var first: Timestamp
        var last: Timestamp
        var path: String?
        var account: String?
        var execution: EmulatorTenant.Sighting.Execution
        var status: EmulatorTenant.Sighting.Status
        var visibility: EmulatorTenant.Sighting.Visibility
        /// When an order of the emulator quarantined it.
        var quarantined: Timestamp?
    }

    private(set) var entries: [Entry] = []
    private var byFile: [Int32: [Int32]] = [:]
    private var byMachine: [Int32: [Int32]] = [:]

    init(_ sightings: [EmulatorTenant.Sighting], fleet: Fleet, catalog: FileCatalog) throws(EmulatorError) {
        entries.reserveCapacity(sightings.count)
        for sighting in sightings { try add(sighting, fleet: fleet, catalog: catalog) }
    }

    /// - Returns: The entry's number. A machine that has seen the file already sees it once more: its times widen.
    @discardableResult
    mutating func add(
        _ sighting: EmulatorTenant.Sighting, fleet: Fleet, catalog: FileCatalog
    ) throws(EmulatorError) -> Int {
        guard let machine = fleet.index(id: sighting.machine) else {
            throw EmulatorError(.unknownMachine, "no machine \(sighting.machine)")
        }
        guard let file = catalog.index(sha1: sighting.file) else {
            throw EmulatorError(.unknownFile, "no file with SHA-1 \(sighting.file)")
        }
        let first = sighting.first.resolved(start: fleet.start)
        let last = sighting.last.resolved(start: fleet.start)
        guard first <= last else {
            throw EmulatorError(.invalidTenant, "machine \(sighting.machine) saw \(sighting.file) last before first")
        }
        let entry = Entry(
            machine: Int32(truncatingIfNeeded: machine), file: Int32(truncatingIfNeeded: file), first: first,
            last: last,
            path: sighting.path, account: sighting.account, execution: sighting.execution, status: sighting.status,
            visibility: sighting.visibility)
        if let known = self.entry(machine: machine, file: file) {
            merge(entry, into: known)
            return known
        }
        let number = Int32(truncatingIfNeeded: entries.count)
        entries.append(entry)
        byFile[entry.file, default: []].append(number)
        byMachine[entry.machine, default: []].append(number)
        return Int(number)
    }

    private mutating func merge(_ entry: Entry, into number: Int) {
        entries[number].first = min(entries[number].first, entry.first)
        entries[number].last = max(entries[number].last, entry.last)
        entries[number].path = entry.path ?? entries[number].path
        entries[number].execution = entry.execution == .none ? entries[number].execution : entry.execution
        entries[number].status = entry.status
        entries[number].visibility =
            entries[number].visibility == entry.visibility ? entry.visibility : .both
        entries[number].quarantined = nil
    }

    func numbers(file: Int) -> [Int32] { byFile[Int32(truncatingIfNeeded: file)] ?? [] }

    func numbers(machine: Int) -> [Int32] { byMachine[Int32(truncatingIfNeeded: machine)] ?? [] }

    func entry(machine: Int, file: Int) -> Int? {
        numbers(machine: machine).first { entries[Int($0)].file == Int32(truncatingIfNeeded: file) }.map { Int($0) }
    }

    /// The machines `files/{sha1}/machines` lists, in the tenant's order.
    func machines(file: Int) -> [Int] {
        numbers(file: file).filter { entries[Int($0)].visibility != .hunting }.map { Int(entries[Int($0)].machine) }
            .sorted()
    }

    mutating func quarantine(_ number: Int, at time: Timestamp) {
        guard entries.indices.contains(number) else { return }
        entries[number].status = .quarantined
        entries[number].quarantined = time
    }
}
