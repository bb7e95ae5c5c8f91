package import BailiffModel
package import BailiffPlaybook

package typealias ActionID = RowID<Action>

/// One step of a run on one machine (or the tenant): intent, sent, the service's own action, outcome.
package struct Action: Hashable, Sendable, Codable {
    package enum Phase: Hashable, Sendable, Codable {
        /// Waits for other steps on the same machine.
        case planned
        /// Ready but for people's answers.
        case asking
        /// May be intended at the next opportunity.
        case ready
        /// The intent is in the log and the lane is taken; nothing was sent.
        case intended
        /// Being sent by the one task that committed this phase.
        case sending
        /// The answer was lost: settled by reading, never by sending again.
        case unknown
        /// The service has accepted it.
        case pending
        case ended(Outcome)
    }

    /// A policy that has to say yes, and whether it has.
    package struct Consent: Hashable, Sendable, Codable {
        package enum State: String, Hashable, Sendable, Codable { case needed, granted }
        package var policy: String
        package var because: [String]
        package var state: State
        /// The open or answered question.
        package var approval: PublicID?
        /// With `group_by`: one question is asked for each value.
        package var group: String?

        package init(policy: String, because: [String], state: State = .needed, group: String? = nil) {
            self.policy = policy
            self.because = because
            self.state = state
            self.group = group
        }
    }

    /// Why the action exists.
    package enum Origin: Hashable, Sendable, Codable {
        /// A step of a playbook.
        case step
        /// Takes the effect of another action of the same case back.
        case undo(of: ActionID, byPerson: Bool)
        /// A person's order. `overrides`: the person names the machine although somebody else holds it.
        case person(overrides: Bool)
    }

    /// What became of the effect of an action that was done, where it has one: see ``ActionKind/holds``.
    package enum Standing: Hashable, Sendable, Codable {
        case inForce
        /// Taken back by an order: ours, or somebody else's by the service's id.
        case takenBack(by: String, at: Timestamp)
    }

    package let id: ActionID
    package let publicID: PublicID
    package let runID: RunID
    package var caseID: CaseID
    package let step: String
    /// The documents of the plan that names it, and of what that plan was made from.
    package let plan: Digest
    package let facts: Digest
    package let origin: Origin
    /// Nil for the tenant.
    package let machine: MachineID?
    /// For people; never for choosing a target.
    package let machineName: String?
    package let kind: ActionKind
    package let parameters: ActionParameters
    /// With `stop_and_quarantine`: the file.
    package let sha1: FileHash?
    /// With `block_file`: the file's hashes.
    package let fileHashes: FileHashes
    package let lease: PlannedLease?
    package let offline: PlannedOffline?
    package var version: Int

    package internal(set) var phase: Phase
    package internal(set) var consents: [Consent]
    package internal(set) var budget: BudgetStanding
    /// Counts intents from 1; each may be accepted by the service at most once.
    package internal(set) var intent: Int
    package internal(set) var serviceID: String?
    /// Somebody else's order, or an earlier one of ours, that was found before sending.
    package internal(set) var isAdopted: Bool
    /// The order that took effect was somebody else's: its effect is not ours to take back.
    package internal(set) var isForeign: Bool
    package internal(set) var readyAt: Timestamp?
    package internal(set) var deadlineSeconds: Int64?
    package internal(set) var sentAt: Timestamp?
    /// The first send of the current intent that the service answered with a refusal of the moment (429, 401). Such an
    /// answer counts as no acceptance; should the order be there all the same, looking finds it before anything is sent again.
    package internal(set) var declinedAt: Timestamp?
    package internal(set) var acceptedAt: Timestamp?
    package internal(set) var endedAt: Timestamp?
    package internal(set) var lastConfirmedAt: Timestamp?
    /// Sends that surely were not accepted, since the last progress.
    package internal(set) var refusals: Int
    /// Empty looks while `unknown`.
    package internal(set) var emptyLooks: Int
    /// The machine has taken the order up.
    package internal(set) var receivedAt: Timestamp?
    /// Nil before it is done, and for actions without a lasting effect.
    package internal(set) var standing: Standing?
    /// When the effect's lease ends; nil without a lease or an effect.
    package internal(set) var leaseUntil: Timestamp?
    /// Orders that the service dropped because the machine stayed away, and that were given again.
    package internal(set) var reissues: Int
    /// A person wants the order kept although the machine stays away.
    package internal(set) var isKeptOffline: Bool
    /// The order is being taken back at the service, because of this outcome.
    package internal(set) var withdrawing: Outcome?
    /// Why it ended or waits, newest last; at most ``greatestReasonCount``.
    package internal(set) var reasons: [String]

    package static let greatestReasonCount = 12
    /// Intents whose absence was settled by reading, after which the action gives up.
    package static let greatestIntentCount = 3
    /// Lists of the service may lag: so long after a refusal of the moment an order that it took all the same is looked for.
    package static let declineSettle = Duration.seconds(5)
    /// Orders given again to a machine that stays away; the service keeps each for about three days.
    package static let greatestReissueCount = 10

    /// - Parameters:
    ///   - plan: The document that names this action.
    ///   - facts: The document of what that plan was made from.
    ///   - sha1: With `stop_and_quarantine`.
    ///   - fileHashes: With `block_file` and `unblock_file`.
    package init(
        id: ActionID, publicID: PublicID, runID: RunID, caseID: CaseID, planned: PlannedAction, step: PlannedStep,
        plan: Digest, facts: Digest, origin: Origin = .step, machineName: String?, sha1: FileHash?,
        fileHashes: FileHashes = FileHashes()
    ) {
        self.id = id
        self.publicID = publicID
        self.runID = runID
        self.caseID = caseID
        self.step = step.id
        self.plan = plan
        self.facts = facts
        self.origin = origin
        machine = planned.machine
        self.machineName = machineName
        kind = step.action
        parameters = step.parameters
        self.sha1 = sha1
        self.fileHashes = fileHashes
        lease = step.lease
        offline = step.offline
        version = 0
        consents = planned.approvals.map { Consent(policy: $0.policy, because: $0.because, group: $0.group) }
        budget = planned.budget
        intent = 0
        isAdopted = false
        isForeign = false
        deadlineSeconds = step.deadlineSeconds
        refusals = 0
        emptyLooks = 0
        reissues = 0
        isKeptOffline = false
        reasons = Array(planned.reasons.prefix(Action.greatestReasonCount))
        switch planned.disposition {
        case .proceed: phase = .planned
        case .ended(let outcome): phase = .ended(outcome)
        }
    }

    package var family: ActionFamily { kind.family }
    package var isEnded: Bool { if case .ended = phase { true } else { false } }
    package var outcome: Outcome? { if case .ended(let outcome) = phase { outcome } else { nil } }

    /// Whether the service may have or has the order: its lane is taken and nobody may withdraw it silently.
    package var holdsLane: Bool {
        switch phase {
        case .intended, .sending, .unknown, .pending: true
        default: false
        }
    }

    /// Whether everything from sending on has been reached, adoption included.
    package var wasSent: Bool { sentAt != nil || isAdopted || reissues > 0 }

    /// Whether its effect lasts until something takes it back.
    package var isInForce: Bool { standing == .inForce }

    /// Whether a person ordered it, so that a halt of what is automatic does not stop it.
    package var isByPerson: Bool {
        switch origin {
        case .step: false
        case .undo(_, let byPerson): byPerson
        case .person: true
        }
    }

    /// The action whose effect it takes back.
    package var undoes: ActionID? { if case .undo(let target, _) = origin { target } else { nil } }

    /// What is shown while it is under way: nil, `unknown`, or `waiting_for_device` once the service has tried for
    /// fifteen minutes.
    package func shownOutcome(at now: Timestamp) -> Outcome? {
        switch phase {
        case .ended(let outcome): outcome
        case .unknown: .unknown
        case .pending:
            receivedAt == nil && (acceptedAt.map { now > $0 + .seconds(900) } ?? false) ? .waitingForDevice : nil
        default: nil
        }
    }

    /// Policies whose answer is still needed.
    package var openConsents: [Consent] { consents.filter { $0.state == .needed } }
}
