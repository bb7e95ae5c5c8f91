package import BailiffModel
package import BailiffPlaybook

/// A ring of a run: its machines, and when they were let go.
package struct RunRing: Hashable, Sendable, Codable {
    package internal(set) var machines: [MachineID]
    /// Machines that did not take their order up and whose place another one has: they are not counted any more.
    package internal(set) var replaced: [MachineID]
    package let waitSeconds: Int64?
    package let asksBefore: String?
    package internal(set) var openedAt: Timestamp?

    package init(_ planned: PlannedRing) {
        machines = planned.machines
        replaced = []
        waitSeconds = planned.waitSeconds
        asksBefore = planned.approve
    }

    /// The machines that count.
    package var counted: [MachineID] { machines.filter { !replaced.contains($0) } }

    /// Whether people are being asked about the ring as a whole.
    package func waitsForPeople(_ actions: [Action]) -> Bool {
        let machines = Set(counted)
        return actions.contains { action in
            guard let machine = action.machine, machines.contains(machine), action.phase == .asking else {
                return false
            }
            return action.openConsents.contains { $0.because.contains { $0.hasPrefix("rings.") } }
        }
    }
}

extension Run {
    /// Whether the machine's ring has begun; machines outside all rings wait for nobody.
    package func mayContain(_ machine: MachineID) -> Bool {
        guard let ring = rings.first(where: { $0.machines.contains(machine) }) else { return true }
        return ring.openedAt != nil
    }

    /// The ring that runs, where another one comes after it.
    package var gate: RunRing? { ring + 1 < rings.count ? rings[ring] : nil }

    /// When the ring that runs has to be looked at: at the end of its wait. Nil where none follows.
    package var gateDue: Timestamp? {
        guard let gate, let openedAt = gate.openedAt else { return nil }
        return openedAt + .seconds(gate.waitSeconds ?? 0)
    }

    /// No machine is left in the rings after the one that runs.
    package var isLastToGo: Bool { rings[min(ring + 1, rings.count)...].allSatisfy(\.machines.isEmpty) }

    /// What the ring that runs has come to. A machine is verified once something disruptive was done there and nothing
    /// disruptive is under way, and failed once something disruptive failed there. What people took back before it was sent
    /// is neither.
    package static func standing(of ring: RunRing, _ actions: [Action]) -> (size: Int, verified: Int, failed: Int) {
        var verified = 0
        var failed = 0
        for machine in ring.counted {
            let disruptive = actions.filter { $0.machine == machine && $0.kind.isDisruptive }
            let isFailed = disruptive.contains { action in
                guard let outcome = action.outcome, outcome.isFailure else { return false }
                return outcome != .cancelled || action.wasSent
            }
            if isFailed { failed += 1 }
            if disruptive.contains(where: { $0.outcome == .done }), !disruptive.contains(where: \.holdsLane) {
                verified += 1
            }
        }
        return (ring.counted.count, verified, failed)
    }

    /// Whether the `proceed_when` of a ring held; nil where nothing tells so yet. Where it did not, people were asked about
    /// the next machines.
    package func proceeded(after index: Int, _ actions: [Action]) -> Bool? {
        guard let next = rings.dropFirst(index + 1).first(where: { !$0.machines.isEmpty }), next.openedAt != nil
        else { return nil }
        return !actions.contains { action in
            (action.machine.map(next.machines.contains) ?? false)
                && action.consents.contains { $0.because.contains("rings.proceed_when") }
        }
    }

    /// Lets the next ring go. Does nothing where none follows.
    package mutating func openNextRing(at now: Timestamp) -> [EntryDraft] {
        guard phase == .active, ring + 1 < rings.count else { return [] }
        ring += 1
        rings[ring].openedAt = now
        return [
            EntryDraft(
                "ring.opened", at: now,
                [
                    "run": .string(publicID.text), "ring": .int(Int64(ring + 1)),
                    "machines": .array(rings[ring].machines.map { .string($0.text) }),
                ])
        ]
    }

    /// A machine of the running ring stays away: the first one of the last ring that has any takes its place.
    /// - Returns: Nothing where every later ring is empty.
    package mutating func replace(_ machine: MachineID, at now: Timestamp) -> [EntryDraft] {
        guard phase == .active, ring + 1 < rings.count, rings[ring].counted.contains(machine),
            let last = rings.indices.last(where: { $0 > ring && !rings[$0].machines.isEmpty }),
            let next = rings[last].machines.first
        else { return [] }
        rings[last].machines.removeFirst()
        rings[ring].replaced.append(machine)
        rings[ring].machines.append(next)
        return [
            EntryDraft(
                "ring.replaced", at: now,
                [
                    "run": .string(publicID.text), "ring": .int(Int64(ring + 1)), "machine": .string(machine.text),
                    "by": .string(next.text),
                ])
        ]
    }

    /// Late arrivals wait in the last ring, or, where it has begun, go as it went.
    package mutating func join(_ machines: [MachineID]) {
        guard let last = rings.indices.last else { return }
        rings[last].machines += machines.filter { machine in !rings.contains { $0.machines.contains(machine) } }
    }
}
