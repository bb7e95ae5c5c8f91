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
    }

    package let id: ActionID
    package let publicID: PublicID
    package let runID: RunID
    package var caseID: CaseID
    package let step: String
    /// Nil for the tenant.
    package let machine: MachineID?
    /// For people; never for choosing a target.
    package let machineName: String?
    package let kind: ActionKind
    package let parameters: ActionParameters
    /// With `stop_and_quarantine`: the file.
    package let sha1: FileHash?
    package var version: Int

    package internal(set) var phase: Phase
    package internal(set) var consents: [Consent]
    package internal(set) var budget: BudgetStanding
    /// Counts intents from 1; each may be accepted by the service at most once.
    package internal(set) var intent: Int
    package internal(set) var serviceID: String?
    /// Somebody else's order, or an earlier one of ours, that was found before sending.
    package internal(set) var isAdopted: Bool
    package internal(set) var readyAt: Timestamp?
    package internal(set) var deadlineSeconds: Int64?
    package internal(set) var sentAt: Timestamp?
    package internal(set) var acceptedAt: Timestamp?
    package internal(set) var endedAt: Timestamp?
    package internal(set) var lastConfirmedAt: Timestamp?
    /// Sends that surely were not accepted, since the last progress.
    package internal(set) var refusals: Int
    /// Empty looks while `unknown`.
    package internal(set) var emptyLooks: Int
    /// Why it ended or waits, newest last; at most ``greatestReasonCount``.
    package internal(set) var reasons: [String]

    package static let greatestReasonCount = 12
    /// Intents whose absence was settled by reading, after which the action gives up.
    package static let greatestIntentCount = 3

    package init(
        id: ActionID, publicID: PublicID, runID: RunID, caseID: CaseID, planned: PlannedAction, step: PlannedStep,
        machineName: String?, sha1: FileHash?
    ) {
        self.id = id
        self.publicID = publicID
        self.runID = runID
        self.caseID = caseID
        self.step = step.id
        machine = planned.machine
        self.machineName = machineName
        kind = step.action
        parameters = step.parameters
        self.sha1 = sha1
        version = 0
        consents = planned.approvals.map { Consent(policy: $0.policy, because: $0.because, state: .needed) }
        budget = planned.budget
        intent = 0
        isAdopted = false
        deadlineSeconds = step.deadlineSeconds
        refusals = 0
        emptyLooks = 0
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
    package var wasSent: Bool { sentAt != nil || isAdopted }

    /// What is shown while it is under way: nil, `unknown`, or `waiting_for_device` once the service has tried for
    /// fifteen minutes.
    package func shownOutcome(at now: Timestamp) -> Outcome? {
        switch phase {
        case .ended(let outcome): outcome
        case .unknown: .unknown
        case .pending:
            acceptedAt.map { now > $0 + .seconds(900) } ?? false ? .waitingForDevice : nil
        default: nil
        }
    }

    /// Policies whose answer is still needed.
    package var openConsents: [Consent] { consents.filter { $0.state == .needed } }
}
