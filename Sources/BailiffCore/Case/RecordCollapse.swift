package import BailiffModel

/// Collapses several Defender records of one physical device into the live one. Pure.
///
/// A record that is linked to a live one (`mergedIntoMachineId`, `MergedToDeviceId`) hands its sighting over. An unlinked
/// twin (marked as a potential duplicate) is shown, not acted upon.
package struct RecordCollapse: Sendable {
    /// A machine that saw the file.
    package struct Hit: Hashable, Sendable {
        package var machine: Machine
        package var sighting: Sighting
        /// Why it is only shown: nil for a machine that may be acted upon.
        package var shownOnly: String?
    }

    /// Sorted by machine id.
    package let hits: [Hit]
    package let gaps: [Coverage.Gap]

    /// - Parameters:
    ///   - machines: Records by id; a sighting without a record is shown only.
    ///   - links: From an old record to the one it was merged into.
    package init(machines: [MachineID: Machine], sightings: [Sighting], links: [MachineID: MachineID]) {
        var collapsed: [MachineID: Sighting] = [:]
        for sighting in sightings.sorted(by: { $0.machine < $1.machine }) {
            let live = RecordCollapse.live(of: sighting.machine, machines: machines, links: links)
            var moved = sighting
            if live != sighting.machine {
                moved.machine = live
                moved.collapsedFrom = [sighting.machine]
            }
            collapsed[live] = collapsed[live].map { RecordCollapse.joined($0, moved) } ?? moved
        }
        var hits: [Hit] = []
        var gaps: [Coverage.Gap] = []
        for (id, sighting) in collapsed.sorted(by: { $0.key < $1.key }) {
            let machine = machines[id] ?? Machine(id: id)
            let reason = RecordCollapse.reasonToShowOnly(machine, isKnown: machines[id] != nil)
            hits.append(Hit(machine: machine, sighting: sighting, shownOnly: reason))
        }
        let count = { (reason: String) in hits.filter { $0.shownOnly == reason }.count }
        if count(Reason.notOnboarded) > 0 {
            gaps.append(.init(.notOnboarded, "\(count(Reason.notOnboarded)) machines are not onboarded"))
        }
        if count(Reason.twin) > 0 {
            gaps.append(
                .init(
                    .ambiguousRecords,
                    "\(count(Reason.twin)) records may be duplicates of others and nothing links them"))
        }
        self.hits = hits
        self.gaps = gaps
    }

    private enum Reason {
        static let notOnboarded = "not onboarded"
        static let twin = "may be a duplicate record"
        static let excluded = "excluded in Defender"
        static let unknown = "Defender has no record of it"
    }

    private static func reasonToShowOnly(_ machine: Machine, isKnown: Bool) -> String? {
        if !isKnown { return Reason.unknown }
        if machine.isExcluded { return Reason.excluded }
        if !machine.onboarded { return Reason.notOnboarded }
        if machine.isPotentialDuplicate { return Reason.twin }
        return nil
    }

    /// Follows links; a loop ends at the record it was entered by.
    private static func live(
        of id: MachineID, machines: [MachineID: Machine], links: [MachineID: MachineID]
    ) -> MachineID {
        var current = id
        var seen: Set<MachineID> = [id]
        while let next = machines[current]?.mergedInto ?? links[current] {
            guard seen.insert(next).inserted else { return id }
            current = next
        }
        return current
    }

    private static func joined(_ left: Sighting, _ right: Sighting) -> Sighting {
        func earlier(_ a: Timestamp?, _ b: Timestamp?) -> Timestamp? { [a, b].compactMap { $0 }.min() }
        func later(_ a: Timestamp?, _ b: Timestamp?) -> Timestamp? { [a, b].compactMap { $0 }.max() }
        var sum = left
        sum.first = earlier(left.first, right.first)
        sum.last = later(left.last, right.last)
        sum.path = left.path ?? right.path
        sum.executed =
            left.executed == .yes || right.executed == .yes
            ? .yes
            : left.executed == .no && right.executed == .no ? .no : .unknown
        sum.status = max(left.status, right.status)
        sum.sources = Array(Set(left.sources + right.sources)).sorted()
        sum.collapsedFrom = Array(Set(left.collapsedFrom + right.collapsedFrom)).sorted()
        return sum
    }

    /// Joins what two sources say about one machine's sighting.
    package static func union(_ sightings: [Sighting]) -> [Sighting] {
        var byMachine: [MachineID: Sighting] = [:]
        for sighting in sightings {
            byMachine[sighting.machine] = byMachine[sighting.machine].map { joined($0, sighting) } ?? sighting
        }
        return byMachine.values.sorted { $0.machine < $1.machine }
    }
}
