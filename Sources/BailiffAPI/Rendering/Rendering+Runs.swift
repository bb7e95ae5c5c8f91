import BailiffCore
import BailiffModel
import BailiffPlaybook

extension Rendering {
    static func json(_ closure: Case.Closure) -> JSONValue {
        [
            "as": .string(closure.kind.rawValue), "at": .optional(closure.at), "by": .string(closure.by),
            "reason": .string(closure.reason),
        ]
    }

    static func json(_ run: Run, caseName: JSONValue) -> JSONValue {
        let counts = run.outcomes.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.int(Int64($0.value))) }
        return [
            "id": .string(run.publicID.text), "case": caseName, "state": .string(run.phase.rawValue),
            "purpose": .string(run.purpose.rawValue), "playbook": json(run.playbook), "plan": .string(run.plan.hex),
            "mode": .string(run.mode.rawValue),
            "started_at": .optional(run.startedAt), "ended_at": .optional(run.endedAt),
            "requester": .string(run.requester), "activator": .string(run.activator),
            "open_actions": .int(Int64(run.open)), "outcomes": object(counts),
        ]
    }

    static func json(_ action: Action, run: JSONValue, caseName: JSONValue, now: Timestamp) -> JSONValue {
        object(
            [
                ("id", .string(action.publicID.text)), ("run", run), ("case", caseName), ("step", .string(action.step)),
                ("action", .string(action.kind.rawValue)), ("machine_id", .optional(action.machine?.text)),
                ("machine_name", .optional(action.machineName)), ("state", .string(state(of: action.phase))),
                ("outcome", .optional(action.shownOutcome(at: now)?.rawValue)),
                ("defender_action_id", .optional(action.serviceID)), ("adopted", .bool(action.isAdopted)),
                ("intents", .int(Int64(action.intent))), ("sha1", .optional(action.sha1?.hex)),
                ("parameters", json(action.parameters)), ("budget", .string(name(action.budget))),
                ("approvals", .array(action.consents.map(json))), ("reasons", list(action.reasons)),
                ("ready_at", .optional(action.readyAt)), ("sent_at", .optional(action.sentAt)),
                ("accepted_at", .optional(action.acceptedAt)), ("ended_at", .optional(action.endedAt)),
                ("last_confirmed_at", .optional(action.lastConfirmedAt)),
                ("deadline_seconds", optional(action.deadlineSeconds)), ("by_person", .bool(action.isByPerson)),
                ("foreign", .bool(action.isForeign)), ("reissues", .int(Int64(action.reissues))),
                ("lease_until", .optional(action.leaseUntil)),
            ] + effect(action.standing))
    }

    /// What became of the effect, where there is one.
    private static func effect(_ standing: Action.Standing?) -> [(String, JSONValue)] {
        var word: String?
        var by: String?
        var at: Timestamp?
        switch standing {
        case .inForce?: word = "in_force"
        case .takenBack(let order, let time)?: (word, by, at) = ("taken_back", order, time)
        case nil: break
        }
        return [
            ("effect", .optional(word)), ("taken_back_by", .optional(by)), ("taken_back_at", .optional(at)),
        ]
    }

    /// The rings of a run, the one that runs with what it has come to.
    static func rings(of run: Run, _ plan: Plan?, _ actions: [Action]) -> JSONValue {
        let planned = plan?.rings ?? []
        return .array(
            run.rings.enumerated().map { index, ring in
                let standing = Run.standing(of: ring, actions)
                let isCurrent = index == run.ring && run.phase == .active
                let condition = planned.indices.contains(index) ? planned[index].proceedWhen : nil
                return [
                    "ring": .int(Int64(index + 1)), "state": .string(state(of: ring, at: index, in: run, actions)),
                    "proceed_when": .optional(condition),
                    "proceeded": optional(condition == nil ? nil : run.proceeded(after: index, actions)),
                    "machines": list(ring.counted.map(\.text)), "replaced": list(ring.replaced.map(\.text)),
                    "size": .int(Int64(standing.size)), "verified": .int(Int64(standing.verified)),
                    "failed": .int(Int64(standing.failed)), "opened_at": .optional(ring.openedAt),
                    "wait_until": .optional(isCurrent ? run.gateDue : nil), "asks_before": .optional(ring.asksBefore),
                ]
            })
    }

    private static func state(of ring: RunRing, at index: Int, in run: Run, _ actions: [Action]) -> String {
        guard ring.openedAt != nil else { return run.phase == .active ? "waiting" : "not_started" }
        guard index == run.ring else { return "passed" }
        if run.phase == .active { return ring.waitsForPeople(actions) ? "asking" : "running" }
        return run.withdrawnAt == nil ? "passed" : "cancelled"
    }

    static func state(of phase: Action.Phase) -> String {
        switch phase {
        case .planned: "planned"
        case .asking: "asking"
        case .ready: "ready"
        case .intended: "intended"
        case .sending: "sending"
        case .unknown: "unknown"
        case .pending: "pending"
        case .ended: "ended"
        }
    }

    private static func name(_ standing: BudgetStanding) -> String {
        switch standing {
        case .notCounted: "not_counted"
        case .reserved: "reserved"
        case .afterApproval: "after_approval"
        case .waitsForRoom: "waits_for_room"
        }
    }

    private static func json(_ consent: Action.Consent) -> JSONValue {
        [
            "policy": .string(consent.policy), "because": list(consent.because),
            "state": .string(consent.state.rawValue), "approval": .optional(consent.approval?.text),
        ]
    }

    static func json(_ parameters: ActionParameters) -> JSONValue {
        var members: [(String, JSONValue)] = []
        if let type = parameters.isolationType { members.append(("type", .string(type.rawValue))) }
        if let type = parameters.scanType { members.append(("type", .string(type.rawValue))) }
        if let via = parameters.via { members.append(("via", list(via.map(\.rawValue)))) }
        if let value = parameters.value { members.append(("value", .string(value))) }
        if let seconds = parameters.expiresSeconds { members.append(("expires_seconds", .int(seconds))) }
        return object(members)
    }

    // MARK: Plans

    /// The plan as it was made: what would be done to which machines and why.
    static func json(_ plan: Plan) -> JSONValue {
        [
            "made_at": .optional(plan.madeAt), "tenant": .string(plan.tenant), "playbook": json(plan.playbook),
            "policies": .array(plan.policies.map(json)), "mode": .string(plan.mode.rawValue),
            "verdict": json(plan.verdict), "steps": .array(plan.steps.map(json)),
            "machines": .array(plan.machines.map(json)), "not_selected": .array(plan.notSelected.map(json)),
            "actions": .array(plan.actions.map(json)), "cost": json(plan.cost),
        ]
    }

    static func json(_ machine: PlannedMachine) -> JSONValue {
        [
            "machine_id": .string(machine.id.text), "machine_name": .optional(machine.name),
            "group": .string(machine.group), "role": .string(machine.role),
        ]
    }

    static func json(_ cost: PlannedCost) -> JSONValue {
        let calls = cost.calls.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.int(Int64($0.value))) }
        return ["calls": object(calls), "seconds": .int(Int64(cost.seconds))]
    }

    static func json(_ finding: GuardFinding) -> JSONValue {
        [
            "id": .string(finding.id), "enforce": .string(finding.enforcement.rawValue),
            "because": .string(finding.because), "approve": .optional(finding.approve),
            "error": .optional(finding.error),
        ]
    }

    private static func json(_ step: PlannedStep) -> JSONValue {
        let needs = step.needs.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value.rawValue)) }
        return [
            "id": .string(step.id), "action": .string(step.action.rawValue), "parameters": json(step.parameters),
            "needs": object(needs), "on_fail": .string(step.onFail.rawValue), "auto": .optional(step.auto),
            "deadline_seconds": optional(step.deadlineSeconds),
        ]
    }

    private static func json(_ action: PlannedAction) -> JSONValue {
        let outcome: Outcome? = if case .ended(let outcome) = action.disposition { outcome } else { nil }
        return [
            "step": .string(action.step), "machine_id": .optional(action.machine?.text),
            "outcome": .optional(outcome?.rawValue), "reasons": list(action.reasons),
            "guards": .array(action.guards.map(json)),
            "approvals": .array(
                action.approvals.map { ["policy": .string($0.policy), "because": list($0.because)] }),
            "budget": .string(name(action.budget)),
        ]
    }
}
