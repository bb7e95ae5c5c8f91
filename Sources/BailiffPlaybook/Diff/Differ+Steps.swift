extension Differ {
    mutating func steps(_ old: [PlaybookStep], _ new: [PlaybookStep]) {
        for step in old where !new.contains(where: { $0.id == step.id }) {
            at(step.location) { differ in
                differ.add(
                    "steps.\(step.id)", step.action.isDisruptive ? .tightens : .neutral, step.action.rawValue, nil)
            }
        }
        for step in new {
            at(step.location) { differ in
                if let before = old.first(where: { $0.id == step.id }) {
                    differ.step("steps.\(step.id)", before, step)
                } else {
                    differ.add(
                        "steps.\(step.id)", step.action.isDisruptive ? .weakens : .neutral, nil, step.action.rawValue)
                }
            }
        }
        let kept = old.map(\.id).filter { id in new.contains { $0.id == id } }
        let order = new.map(\.id).filter { kept.contains($0) }
        if kept != order { neutral("steps", kept.joined(separator: ", "), order.joined(separator: ", ")) }
    }

    private mutating func step(_ path: String, _ old: PlaybookStep, _ new: PlaybookStep) {
        unclear("\(path).action", old.action.rawValue, new.action.rawValue)
        condition("\(path).when", old.when, new.when, .permits)
        needs("\(path).needs", old.needs, new.needs)
        parameters("\(path).with", old, new)
        approvals("\(path).approve", old, new)
        auto("\(path).auto", old, new)
        limit("\(path).deadline", old.deadline, new.deadline, DurationText.text)
        level("\(path).on_fail", Self.rank(old.onFail), Self.rank(new.onFail))
        offline("\(path).offline", old.offline, new.offline)
        lease("\(path).lease", old.lease, new.lease)
        if old.undo != new.undo {
            add("\(path).undo", new.undo == nil ? .weakens : .tightens, old.undo?.rawValue, new.undo?.rawValue)
        }
        if old.irreversibleAccepted != new.irreversibleAccepted {
            add(
                "\(path).irreversible", new.irreversibleAccepted ? .weakens : .tightens,
                old.irreversibleAccepted ? "accepted" : nil, new.irreversibleAccepted ? "accepted" : nil)
        }
    }

    private static func rank(_ onFail: PlannedStep.OnFail) -> (Int, String) {
        (onFail == .stop ? 1 : 0, onFail.rawValue)
    }

    private mutating func needs(_ path: String, _ old: [String: PlannedStep.Need], _ new: [String: PlannedStep.Need]) {
        func rank(_ need: PlannedStep.Need?) -> Int {
            switch need {
            case nil: 0
            case .ended?: 1
            case .sent?: 2
            case .done?: 3
            }
        }
        for id in Set(old.keys).union(new.keys).sorted() where old[id] != new[id] {
            let effect: Effect = rank(new[id]) > rank(old[id]) ? .tightens : .weakens
            add("\(path).\(id)", effect, old[id]?.rawValue, new[id]?.rawValue)
        }
    }

    private mutating func parameters(_ path: String, _ old: PlaybookStep, _ new: PlaybookStep) {
        guard old.action == new.action else { return }
        let (before, after) = (old.parameters, new.parameters)
        if let first = before.isolationType, let second = after.isolationType {
            // Selective isolation leaves most open.
            let ranks: [ActionParameters.IsolationType: Int] = [.selective: 2, .auto: 1, .full: 0]
            level("\(path).type", (ranks[first] ?? 0, first.rawValue), (ranks[second] ?? 0, second.rawValue))
        }
        neutral("\(path).type", before.scanType?.rawValue, after.scanType?.rawValue)
        func ways(_ via: [ActionParameters.InvestigationWay]?) -> String? {
            via.map { $0.map(\.rawValue).joined(separator: ", ") }
        }
        neutral("\(path).via", ways(before.via), ways(after.via))
        neutral("\(path).value", before.value, after.value)
        limit("\(path).expires", before.expiresSeconds, after.expiresSeconds) { DurationText.text(.seconds($0)) }
    }

    private mutating func approvals(_ path: String, _ old: PlaybookStep, _ new: PlaybookStep) {
        for approval in old.approve where !new.approve.contains(where: { $0.policy == approval.policy }) {
            add(path, .weakens, approval.policy, nil)
        }
        for approval in new.approve {
            guard let before = old.approve.first(where: { $0.policy == approval.policy }) else {
                add(path, .tightens, nil, approval.policy)
                continue
            }
            condition("\(path).\(approval.policy).when", before.when, approval.when, .restricts)
            neutral("\(path).\(approval.policy).group_by", before.groupBy?.rawValue, approval.groupBy?.rawValue)
        }
    }

    private mutating func auto(_ path: String, _ old: PlaybookStep, _ new: PlaybookStep) {
        if old.auto == new.auto { return }
        func asksAlways(_ step: PlaybookStep) -> Bool { step.approve.contains { $0.when == nil } }
        // Where somebody is always asked, the reason why nobody is says nothing.
        let appears = old.auto == nil && new.auto != nil && !asksAlways(new)
        let goes = new.auto == nil && !asksAlways(old)
        add(path, appears ? .weakens : goes ? .tightens : .neutral, old.auto, new.auto)
    }

    private mutating func offline(_ path: String, _ old: PlaybookStep.Offline?, _ new: PlaybookStep.Offline?) {
        func rank(_ offline: PlaybookStep.Offline?) -> (Int, String) {
            switch offline?.then {
            case nil: (2, "dropped by Defender")
            case .drop?: (2, "drop")
            case .ask?: (1, "ask")
            case .reissue?: (0, "reissue")
            }
        }
        level("\(path).then", rank(old), rank(new))
        if let before = old?.wait, let after = new?.wait { limit("\(path).wait", before, after, DurationText.text) }
        if old != nil, new != nil { asked("\(path).to", old?.to, new?.to) }
    }

    private mutating func lease(_ path: String, _ old: PlaybookStep.Lease?, _ new: PlaybookStep.Lease?) {
        limit("\(path).for", old?.length, new?.length, DurationText.text)
        guard let old, let new else { return }
        func rank(_ then: PlaybookStep.Lease.Then) -> (Int, String) {
            switch then {
            case .release: (2, "release")
            case .escalate: (1, "escalate")
            case .renew: (0, "renew")
            }
        }
        level("\(path).then", rank(old.then), rank(new.then))
        asked("\(path).to", old.to, new.to)
        approval("\(path).approve", old.approve, new.approve)
    }
}
