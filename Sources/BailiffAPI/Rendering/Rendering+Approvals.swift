import BailiffCore
import BailiffModel
import BailiffPlaybook

extension Rendering {
    /// Everything an approver needs to know, from the question and the plan it was made of.
    ///
    /// - Parameter plan: Nil where its document is gone.
    static func json(
        _ approval: Approval, plan: Plan?, caseName: JSONValue, caller: Caller?, now: Timestamp
    ) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("id", .string(approval.publicID.text)), ("digest", .string(approval.digest.hex)),
            ("run", .string(approval.run.text)), ("case", caseName), ("step", .string(approval.step)),
            ("action", .string(approval.action.rawValue)), ("policy", .string(approval.policy)),
            ("group", .optional(approval.group)), ("renews_lease", .bool(approval.renews != nil)),
            ("escalates_to", .optional(approval.escalatesTo)),
            ("because", list(approval.because)), ("asked_at", .optional(approval.askedAt)),
            ("requester", .string(approval.requester)), ("activator", .string(approval.activator)),
            ("undo", .optional(approval.action.undo?.rawValue)),
            ("disruptive", .bool(approval.action.isDisruptive)),
            ("told", .bool(approval.isTold)), ("needs", .array(approval.requirements.map { needs($0, approval) })),
            ("decisions", .array(approval.decisions.map(json))),
            ("machines", .array(approval.subjects.map { subject($0, plan) })),
            ("you", you(caller, approval, now)),
        ]
        members += phase(approval.phase)
        members += self.plan(plan, approval)
        return object(members)
    }

    static func state(of phase: Approval.Phase) -> String {
        switch phase {
        case .waiting: "waiting"
        case .granted: "granted"
        case .denied: "denied"
        case .expired: "expired"
        case .withdrawn: "withdrawn"
        }
    }

    static func end(of phase: Approval.Phase) -> Timestamp? {
        switch phase {
        case .waiting: nil
        case .granted(let at), .expired(let at), .withdrawn(let at), .denied(_, let at): at
        }
    }

    private static func phase(_ phase: Approval.Phase) -> [(String, JSONValue)] {
        var expires: Timestamp?
        let ended = end(of: phase)
        var by: String?
        switch phase {
        case .waiting(let until): expires = until
        case .granted, .expired, .withdrawn: break
        case .denied(let person, _): by = person
        }
        return [
            ("state", .string(state(of: phase))), ("expires_at", .optional(expires)), ("ended_at", .optional(ended)),
            ("denied_by", .optional(by)),
        ]
    }

    private static func needs(_ requirement: Approval.Requirement, _ approval: Approval) -> JSONValue {
        let missing = approval.missing.first { $0.role == requirement.role }?.count ?? 0
        return [
            "role": .string(requirement.role), "count": .int(Int64(requirement.count)),
            "given": .int(Int64(requirement.count - missing)),
        ]
    }

    private static func json(_ decision: Approval.Decision) -> JSONValue {
        [
            "person": .string(decision.person), "roles": list(decision.roles),
            "answer": .string(decision.answer.rawValue),
            "only": decision.only.map { list($0.map(\.text)) } ?? .null, "reason": .string(decision.reason),
            "at": .optional(decision.at),
        ]
    }

    private static func subject(_ subject: Approval.Subject, _ plan: Plan?) -> JSONValue {
        let planned = plan?.machines.first { $0.id == subject.machine }
        return [
            "machine_id": .optional(subject.machine?.text), "machine_name": .optional(subject.machineName),
            "group": .optional(planned?.group), "role": .optional(planned?.role), "granted": .bool(subject.isGranted),
        ]
    }

    /// What the caller may do about it.
    private static func you(_ caller: Caller?, _ approval: Approval, _ now: Timestamp) -> JSONValue {
        guard let caller, let person = caller.person else {
            return ["may_answer": false, "as": [], "why_not": "answering takes an operator's token"]
        }
        let roles = person.roles.filter { role in approval.requirements.contains { $0.role == role } }
        var obstacle: String?
        if case .waiting(let until) = approval.phase, now < until {
            if person.isService {
                obstacle = "services do not answer questions"
            } else if person.name == approval.requester {
                obstacle = "who asked for the run cannot approve it"
            } else if person.name == approval.activator {
                obstacle = "who activated the playbook cannot approve its runs"
            } else if roles.isEmpty {
                obstacle = "none of your roles is asked"
            } else if !caller.permissions.contains(.decide) {
                obstacle = "your token is limited and leaves 'decide' out"
            } else if approval.hasApproved(person.name) {
                obstacle = "you have approved; another person has to answer for what is missing"
            }
        } else {
            obstacle = "the question is no longer open"
        }
        return [
            "may_answer": .bool(obstacle == nil), "as": list(obstacle == nil ? roles : []),
            "why_not": .optional(obstacle),
        ]
    }

    // MARK: From the plan

    private static func plan(_ plan: Plan?, _ approval: Approval) -> [(String, JSONValue)] {
        guard let plan else {
            let absent = [
                "playbook", "policies", "mode", "verdict", "guards", "denied", "not_selected", "cost", "cost_now",
                "lease",
                "parameters",
            ]
            return absent.map { ($0, .null) }
        }
        let asked = Set(approval.subjects.compactMap(\.machine))
        let actions = plan.actions.filter { $0.step == approval.step }
        return [
            ("playbook", json(plan.playbook)), ("policies", .array(plan.policies.map(json))),
            ("mode", .string(plan.mode.rawValue)), ("verdict", json(plan.verdict)),
            ("guards", .array(guards(of: actions.filter { $0.machine.map(asked.contains) ?? true }))),
            ("denied", .array(denied(in: actions, plan))), ("not_selected", .array(plan.notSelected.map(json))),
            ("cost", json(plan.cost)), ("cost_now", costNow(of: approval)),
            ("lease", plan.step(approval.step)?.lease.map(json) ?? .null),
            ("parameters", plan.step(approval.step).map { json($0.parameters) } ?? .null),
        ]
    }

    /// What saying yes to all of it costs at Defender, as a share of what an hour has.
    private static func costNow(of approval: Approval) -> JSONValue {
        let cost = ActionCatalogue.cost(of: [approval.action], machines: approval.subjects.count)
        let share =
            cost.calls.map { bucket, count -> Int in
                let limit = max(1, ActionCatalogue.quotas[bucket]?.perHour ?? Int.max)
                return Int((Double(count) * 100 / Double(limit)).rounded(.up))
            }.max() ?? 0
        return [
            "calls": .int(Int64(cost.calls.values.reduce(0, +))), "quota_percent": .int(Int64(share)),
            "seconds": .int(Int64(cost.seconds)),
        ]
    }

    private static func json(_ lease: PlannedLease) -> JSONValue {
        [
            "seconds": .int(lease.seconds), "then": .string(lease.then.rawValue), "to": .optional(lease.to),
            "approve": .optional(lease.approve),
        ]
    }

    /// The guards that hold or warn about something of what is asked, each with how many machines.
    private static func guards(of actions: [PlannedAction]) -> [JSONValue] {
        var counts: [(finding: GuardFinding, machines: Int)] = []
        for finding in actions.flatMap(\.guards) where finding.enforcement == .hold || finding.enforcement == .warn {
            if let index = counts.firstIndex(where: { $0.finding.id == finding.id }) {
                counts[index].machines += 1
            } else {
                counts.append((finding, 1))
            }
        }
        return counts.map { finding, machines in
            [
                "id": .string(finding.id), "enforce": .string(finding.enforcement.rawValue),
                "because": .string(finding.because), "machines": .int(Int64(machines)),
            ]
        }
    }

    /// Machines of the same step that are never acted upon, and why.
    private static func denied(in actions: [PlannedAction], _ plan: Plan) -> [JSONValue] {
        actions.compactMap { action in
            guard let machine = action.machine, let finding = action.guards.first(where: { $0.enforcement == .deny })
            else { return nil }
            return [
                "machine_id": .string(machine.text),
                "machine_name": .optional(plan.machines.first { $0.id == machine }?.name),
                "guard": .string(finding.id), "because": .string(finding.because),
            ]
        }
    }
}
