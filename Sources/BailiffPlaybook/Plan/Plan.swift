package import BailiffModel

/// What one playbook would do to exactly which machines, and why not to the others.
///
/// A value made by ``Planner/plan(_:in:for:)``; kept as a document under ``digest``. Everything a run, an approver or an
/// auditor needs stands in it, so that a later change of playbook or policy can't change what was agreed.
package struct Plan: Hashable, Sendable, Codable {
    package var tenant: String
    package var playbook: PlaybookReference
    /// The policies and approval files in force, by name.
    package var policies: [PlaybookReference]
    package var mode: ActivationMode
    package var madeAt: Timestamp
    /// The verdict that decided.
    package var verdict: VerdictFacts
    /// In the order of the file.
    package var steps: [PlannedStep]
    /// Machines in the order they are acted upon.
    package var machines: [PlannedMachine]
    /// Malicious hits that `select` left out, by id.
    package var notSelected: [NotSelectedMachine]
    /// One per step and selected machine (or per tenant-wide step, without a machine), ordered by step, then machine.
    package var actions: [PlannedAction]
    package var budget: PlannedBudget
    package var cost: PlannedCost
    /// In their order; empty where the playbook has none. Machines whose place waits for an approval or for room stand
    /// in the last one.
    package var rings: [PlannedRing]
    /// Of several playbooks that match, the one with the highest number owns the case.
    package var precedence: Int
    /// How long machines that turn up late join the run; nil: not at all.
    package var watchSeconds: Int64?
    /// Who is told of what.
    package var notify: [PlannedNotification]
    /// What is taken back where the verdict is.
    package var reversal: PlannedReversal?

    package init(
        tenant: String, playbook: PlaybookReference, policies: [PlaybookReference], mode: ActivationMode,
        madeAt: Timestamp, verdict: VerdictFacts, steps: [PlannedStep], machines: [PlannedMachine],
        notSelected: [NotSelectedMachine], actions: [PlannedAction], budget: PlannedBudget, cost: PlannedCost,
        rings: [PlannedRing] = [], precedence: Int = 0, watchSeconds: Int64? = nil,
        notify: [PlannedNotification] = [], reversal: PlannedReversal? = nil
    ) {
        self.tenant = tenant
        self.playbook = playbook
        self.policies = policies
        self.mode = mode
        self.madeAt = madeAt
        self.verdict = verdict
        self.steps = steps
        self.machines = machines
        self.notSelected = notSelected
        self.actions = actions
        self.budget = budget
        self.cost = cost
        self.rings = rings
        self.precedence = precedence
        self.watchSeconds = watchSeconds
        self.notify = notify
        self.reversal = reversal
    }

    package func step(_ id: String) -> PlannedStep? { steps.first { $0.id == id } }
}

/// A playbook, policy or approvals file by name, version and the digest of its bytes.
package struct PlaybookReference: Hashable, Sendable, Codable {
    package var name: String
    /// Nil for policies and approvals, which have none.
    package var version: Int?
    package var digest: Digest

    package init(name: String, version: Int? = nil, digest: Digest) {
        self.name = name
        self.version = version
        self.digest = digest
    }
}

/// One step of the playbook as planned.
package struct PlannedStep: Hashable, Sendable, Codable {
    /// What a step waits for on the same machine.
    package enum Need: String, Hashable, Sendable, Codable, CaseIterable {
        /// The other step ended, whatever the outcome.
        case ended
        /// The other step was sent; everything from sending on satisfies it.
        case sent
        /// The other step ended well.
        case done
    }
    package enum OnFail: String, Hashable, Sendable, Codable, CaseIterable { case stop, `continue` }

    package var id: String
    package var action: ActionKind
    package var parameters: ActionParameters
    /// By step id. The implicit wait for the step before is written out here.
    package var needs: [String: Need]
    /// The file does not say `needs`: the one entry is the implicit wait for the step before, which does not make this
    /// step survive a failure with `on_fail: stop`.
    package var needsAreImplicit: Bool
    package var onFail: OnFail
    /// Why no person is asked, where the playbook says so.
    package var auto: String?
    /// From ready; unsent at its end is `expired`.
    package var deadlineSeconds: Int64?
    /// The end of the effect; the policies' default where the step has none of its own.
    package var lease: PlannedLease?
    /// What becomes of an action that waits for its machine. Nil: what Defender does.
    package var offline: PlannedOffline?
    /// What takes the effect back.
    package var undo: ActionKind?

    package init(
        id: String, action: ActionKind, parameters: ActionParameters = ActionParameters(), needs: [String: Need] = [:],
        needsAreImplicit: Bool = false, onFail: OnFail, auto: String? = nil, deadlineSeconds: Int64? = nil,
        lease: PlannedLease? = nil, offline: PlannedOffline? = nil, undo: ActionKind? = nil
    ) {
        self.id = id
        self.action = action
        self.parameters = parameters
        self.needs = needs
        self.needsAreImplicit = needsAreImplicit
        self.onFail = onFail
        self.auto = auto
        self.deadlineSeconds = deadlineSeconds
        self.lease = lease
        self.offline = offline
        self.undo = undo
    }
}

package struct PlannedMachine: Hashable, Sendable, Codable {
    package var id: MachineID
    package var name: String?
    package var group: String
    /// The role the policy gives it: "none" if unmapped.
    package var role: String

    package init(id: MachineID, name: String?, group: String, role: String) {
        self.id = id
        self.name = name
        self.group = group
        self.role = role
    }
}

package struct NotSelectedMachine: Hashable, Sendable, Codable {
    package var id: MachineID
    package var name: String?
    /// For people: `not onboarded`, `health is inactive`, `select is false`.
    package var reason: String

    package init(id: MachineID, name: String?, reason: String) {
        self.id = id
        self.name = name
        self.reason = reason
    }
}

/// What is planned for one step on one machine.
package struct PlannedAction: Hashable, Sendable, Codable {
    package enum Disposition: Hashable, Sendable, Codable {
        /// May be carried out once its needs are met and its approvals given.
        case proceed
        /// Will not be carried out: `denied`, `skipped`, `not_possible`, `held` (nobody could lift it).
        case ended(Outcome)
    }

    package var step: String
    /// Nil for a tenant-wide step.
    package var machine: MachineID?
    package var disposition: Disposition
    /// All must be granted before it may be sent; empty: nobody is asked. At most one entry per policy.
    package var approvals: [RequiredApproval]
    /// Guards that matched, strictest first.
    package var guards: [GuardFinding]
    /// Why it ended or waits, for people: `guard tier0: Isolation would take down …`, `budget.per_run`. Stable prefixes:
    /// `guards.ID`, `budget.KEY`, `when`, `mode`, `platform`.
    package var reasons: [String]
    /// Whether the machine's place in the budget is reserved with the plan.
    package var budget: BudgetStanding

    package init(
        step: String, machine: MachineID?, disposition: Disposition, approvals: [RequiredApproval] = [],
        guards: [GuardFinding] = [], reasons: [String] = [], budget: BudgetStanding = .notCounted
    ) {
        self.step = step
        self.machine = machine
        self.disposition = disposition
        self.approvals = approvals
        self.guards = guards
        self.reasons = reasons
        self.budget = budget
    }
}

package enum BudgetStanding: String, Hashable, Sendable, Codable {
    /// Not disruptive.
    case notCounted
    /// Within all limits; reserved with the plan.
    case reserved
    /// Over the playbook's own limits: reserved once `budget.approve` is granted.
    case afterApproval
    /// Over the class's or group's limits: waits for room in the window.
    case waitsForRoom
}

/// A policy that must say yes, and what for.
package struct RequiredApproval: Hashable, Sendable, Codable {
    package var policy: String
    /// `step remove`, `guard unknown-or-server: Servers are never contained without people.`, `budget.per_run`, `mode hold`.
    package var because: [String]
    /// With `group_by`: the machine's value. One question is asked for each.
    package var group: String?

    package init(policy: String, because: [String], group: String? = nil) {
        self.policy = policy
        self.because = because
        self.group = group
    }
}

/// What a guard said about one action.
package struct GuardFinding: Hashable, Sendable, Codable {
    /// Strictest first.
    package enum Enforcement: String, Hashable, Sendable, Codable, CaseIterable, Comparable {
        case deny, skip, hold, warn, audit

        package var strictness: Int {
            switch self {
            case .deny: 4
            case .skip: 3
            case .hold: 2
            case .warn: 1
            case .audit: 0
            }
        }

        package static func < (left: Self, right: Self) -> Bool { left.strictness < right.strictness }
    }

    package var id: String
    package var enforcement: Enforcement
    package var because: String
    /// With `hold`: the policy that lifts it.
    package var approve: String?
    /// The evaluation error or the missing fact that decided instead of the condition.
    package var error: String?

    package init(
        id: String, enforcement: Enforcement, because: String, approve: String? = nil, error: String? = nil
    ) {
        self.id = id
        self.enforcement = enforcement
        self.because = because
        self.approve = approve
        self.error = error
    }
}

package struct PlannedBudget: Hashable, Sendable, Codable {
    package var budgetClass: String
    /// Windows that hold for every machine of the plan.
    package var windows: [BudgetWindow]
    /// Further windows by device group of the machine (shares of a group).
    package var groupWindows: [String: [BudgetWindow]]
    /// Machines whose place is reserved in the transaction that makes the plan.
    package var reserved: [MachineID]
    /// The policy that is asked where the playbook's limits, the mode, the breaker or a ring hold.
    package var approve: String
    /// Indicators that the class allows in any 24 hours; nil where it names no number.
    package var indicatorsPerDay: Int?

    package init(
        budgetClass: String, windows: [BudgetWindow], groupWindows: [String: [BudgetWindow]] = [:],
        reserved: [MachineID], approve: String = "", indicatorsPerDay: Int? = nil
    ) {
        self.budgetClass = budgetClass
        self.windows = windows
        self.groupWindows = groupWindows
        self.reserved = reserved
        self.approve = approve
        self.indicatorsPerDay = indicatorsPerDay
    }
}

package struct PlannedCost: Hashable, Sendable, Codable {
    /// Defender calls by quota bucket: `default`, `investigation`.
    package var calls: [String: Int]
    /// Estimated seconds until the last call is sent, quotas considered.
    package var seconds: Int

    package init(calls: [String: Int] = [:], seconds: Int = 0) {
        self.calls = calls
        self.seconds = seconds
    }
}
