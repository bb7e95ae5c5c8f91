import BailiffCEL
package import BailiffModel

/// Machines that are contained together, before those of the next ring.
package struct PlannedRing: Hashable, Sendable, Codable {
    package var machines: [MachineID]
    /// How long the next ring waits. Nil for the last one.
    package var waitSeconds: Int64?
    /// Must hold before the next ring starts; shown to people.
    package var proceedWhen: String?
    /// Asked before this ring starts.
    package var approve: String?

    package init(machines: [MachineID], waitSeconds: Int64? = nil, proceedWhen: String? = nil, approve: String? = nil) {
        self.machines = machines
        self.waitSeconds = waitSeconds
        self.proceedWhen = proceedWhen
        self.approve = approve
    }
}

extension Planner {
    /// Whether the next ring may start. A condition that can't be evaluated counts as false.
    ///
    /// - Parameter ring: Size of the ring that ran, how many of its machines were verified, how many failed.
    package static func proceeds(
        _ condition: Condition, plan: Plan, library: PlaybookLibrary, playbook: Playbook, input: PlanInput,
        ring: (size: Int, verified: Int, failed: Int), runStarted: Timestamp, now: Timestamp
    ) -> Bool {
        var facts = FactValues(verdict: input.verdict, now: now)
        facts.file = input.file
        facts.signerTrusted = EffectivePolicy(library.policies(of: playbook)).context.signerTrusted(input.file)
        let servers = Set(input.machines.filter { $0.machine.kind == .server }.map(\.machine.id))
        facts.fleet = FactValues.Fleet(
            hits: max(input.machines.count, plan.machines.count + plan.notSelected.count), size: input.fleet.size,
            selected: plan.machines.count, servers: plan.machines.count { servers.contains($0.id) })
        facts.ring = FactValues.Ring(
            size: ring.size, verified: ring.verified, failed: ring.failed, runStarted: runStarted)
        return (try? condition.program.evaluateCondition(facts)) ?? false
    }
}
