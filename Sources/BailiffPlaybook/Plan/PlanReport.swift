package import BailiffModel

/// A plan as a document for other programs and for pages: who would be acted upon, who not, and why.
package struct PlanReport: Sendable {
    private let plan: Plan
    private let machines: [MachineID: PlannedMachine]

    package init(_ plan: Plan) {
        self.plan = plan
        machines = Dictionary(plan.machines.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    package var json: JSONValue {
        [
            "playbook": Self.reference(plan.playbook), "policies": .array(plan.policies.map(Self.reference)),
            "tenant": .string(plan.tenant), "mode": .string(plan.mode.rawValue),
            "made_at": .string(plan.madeAt.rfc3339), "digest": .string(plan.digest.hex),
            "verdict": Self.verdict(plan.verdict), "steps": .array(plan.steps.map(step)),
            "not_selected": .array(
                plan.notSelected.map { machine in
                    [
                        "machine_id": .string(machine.id.text), "machine_name": .optional(machine.name),
                        "reason": .string(machine.reason),
                    ]
                }),
            "budget": [
                "class": .string(plan.budget.budgetClass),
                "reserved": .array(plan.budget.reserved.map { .string($0.text) }),
            ],
            "rings": .array(plan.rings.map(ring)), "cost": Self.cost(plan.cost),
        ]
    }

    private static func reference(_ reference: PlaybookReference) -> JSONValue {
        [
            "name": .string(reference.name), "version": .optional(reference.version),
            "digest": .string(reference.digest.hex),
        ]
    }

    package static func verdict(_ verdict: VerdictFacts) -> JSONValue {
        [
            "level": .string(verdict.level.rawValue), "score": .int(Int64(verdict.score)),
            "category": .string(verdict.category.rawValue), "trust": .int(Int64(verdict.trust)),
            "feed": .string(verdict.feed), "product": .string(verdict.product), "feeds": .int(Int64(verdict.feeds)),
            "sha256": .optional(verdict.hashes.sha256?.hex), "sha1": .optional(verdict.hashes.sha1?.hex),
            "md5": .optional(verdict.hashes.md5?.hex), "threat": .optional(verdict.threat),
            "family": .optional(verdict.family), "file_name": .optional(verdict.fileName),
        ]
    }

    private static func cost(_ cost: PlannedCost) -> JSONValue {
        let calls = cost.calls.sorted { $0.key < $1.key }.map { JSONObject.Member($0.key, .int(Int64($0.value))) }
        return ["calls": .object(JSONObject(calls)), "seconds": .int(Int64(cost.seconds))]
    }

    private func ring(_ ring: PlannedRing) -> JSONValue {
        [
            "machines": .array(ring.machines.map { .string($0.text) }),
            "wait_seconds": ring.waitSeconds.map { .int($0) } ?? .null, "proceed_when": .optional(ring.proceedWhen),
            "approve": .optional(ring.approve),
        ]
    }

    // MARK: Steps

    private func step(_ step: PlannedStep) -> JSONValue {
        let needs = step.needs.sorted { $0.key < $1.key }.map {
            JSONObject.Member($0.key, .string($0.value.rawValue))
        }
        return [
            "id": .string(step.id), "action": .string(step.action.rawValue), "needs": .object(JSONObject(needs)),
            "auto": .optional(step.auto), "undo": .optional(step.undo?.rawValue),
            "lease_seconds": step.lease.map { .int($0.seconds) } ?? .null,
            "machines": .array(plan.actions.filter { $0.step == step.id }.map { action($0, of: step) }),
        ]
    }

    private func action(_ action: PlannedAction, of step: PlannedStep) -> JSONValue {
        let machine = action.machine.flatMap { machines[$0] }
        return [
            "machine_id": .optional(action.machine?.text), "machine_name": .optional(machine?.name),
            "group": .optional(machine?.group), "role": .optional(machine?.role),
            "standing": .string(standing(action)),
            "approvals": .array(
                action.approvals.map { approval in
                    [
                        "policy": .string(approval.policy), "group": .optional(approval.group),
                        "because": .array(approval.because.map { .string($0) }),
                    ]
                }),
            "guards": .array(
                action.guards.map { finding in
                    [
                        "id": .string(finding.id), "enforce": .string(finding.enforcement.rawValue),
                        "because": .string(finding.because), "error": .optional(finding.error),
                    ]
                }),
            "reasons": .array(action.reasons.map { .string($0) }),
        ]
    }

    /// `now` (once what the step needs has happened), `asks`, `waits_for_room`, or the outcome that is sure already.
    private func standing(_ action: PlannedAction) -> String {
        switch action.disposition {
        case .ended(let outcome): outcome.rawValue
        case .proceed:
            if !action.approvals.isEmpty || isInAskedRing(action) {
                "asks"
            } else {
                action.budget == .waitsForRoom ? "waits_for_room" : "now"
            }
        }
    }

    /// Whether people are asked before the machine's ring starts.
    private func isInAskedRing(_ action: PlannedAction) -> Bool {
        guard let machine = action.machine, plan.step(action.step)?.action.isDisruptive == true else { return false }
        return plan.rings.contains { $0.approve != nil && $0.machines.contains(machine) }
    }
}
