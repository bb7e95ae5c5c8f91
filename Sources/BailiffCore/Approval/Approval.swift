package import BailiffModel
package import BailiffPlaybook

package typealias ApprovalID = RowID<Approval>

/// The question to people, bound to a digest over exactly what would happen to exactly which machines.
package struct Approval: Hashable, Sendable, Codable {
    package enum Phase: Hashable, Sendable, Codable {
        case waiting(until: Timestamp)
        /// For all its machines.
        case granted(at: Timestamp)
        case denied(by: String, at: Timestamp)
        case expired(at: Timestamp)
        /// The actions it asks about were taken back before anybody answered.
        case withdrawn(at: Timestamp)
    }

    package typealias Requirement = ApprovalPolicy.Requirement

    /// A person's answer.
    package struct Decision: Hashable, Sendable, Codable {
        package enum Answer: String, Hashable, Sendable, Codable { case approve, deny }

        package var person: String
        /// The person's roles when answering.
        package var roles: [String]
        package var answer: Answer
        /// Nil for all machines of the question.
        package var only: [MachineID]?
        package var reason: String
        package var at: Timestamp

        package init(
            person: String, roles: [String], answer: Answer, only: [MachineID]? = nil, reason: String, at: Timestamp
        ) {
            self.person = person
            self.roles = roles
            self.answer = answer
            self.only = only
            self.reason = reason
            self.at = at
        }
    }

    /// One machine (or the tenant) the question is about.
    package struct Subject: Hashable, Sendable, Codable {
        package var action: ActionID
        package var machine: MachineID?
        package var machineName: String?
        package var isGranted: Bool

        package init(action: ActionID, machine: MachineID?, machineName: String?) {
            self.action = action
            self.machine = machine
            self.machineName = machineName
            isGranted = false
        }
    }

    package let id: ApprovalID
    package let publicID: PublicID
    package let runID: RunID
    package let run: PublicID
    package var caseID: CaseID
    package let step: String
    package let action: ActionKind
    package let policy: String
    /// With `group_by`: the value that all its machines share.
    package let group: String?
    /// The question is not about an action to be sent but about the lease of this one's effect.
    package let renews: ActionID?
    /// Another policy that is asked where nobody answers in time.
    package let escalatesTo: String?
    package let requirements: [Requirement]
    package let digest: Digest
    package let because: [String]
    /// Neither of these may answer.
    package let requester: String
    package let activator: String
    package let askedAt: Timestamp
    /// From the moment the approvers were told, or from the question where nobody is to be told.
    package let expiresSeconds: Int64
    package var version: Int
    package private(set) var phase: Phase
    package private(set) var subjects: [Subject]
    package private(set) var decisions: [Decision]
    package private(set) var isTold: Bool

    package init(
        id: ApprovalID, publicID: PublicID, run: Run, step: PlannedStep, policy: String, requirements: [Requirement],
        digest: Digest, because: [String], subjects: [Subject], askedAt: Timestamp, expires: Duration,
        isToBeTold: Bool = false, group: String? = nil, renews: ActionID? = nil, escalatesTo: String? = nil
    ) {
        self.id = id
        self.publicID = publicID
        runID = run.id
        self.run = run.publicID
        caseID = run.caseID
        self.step = step.id
        action = step.action
        self.policy = policy
        self.group = group
        self.renews = renews
        self.escalatesTo = escalatesTo
        expiresSeconds = expires.components.seconds
        self.requirements = requirements
        self.digest = digest
        self.because = because
        requester = run.requester
        activator = run.activator
        self.askedAt = askedAt
        version = 0
        phase = .waiting(until: askedAt + expires + (isToBeTold ? Approval.tellingPatience : .zero))
        self.subjects = subjects
        decisions = []
        isTold = !isToBeTold
    }

    /// Why an answer is not taken.
    package enum Refusal: Error, Hashable, Sendable {
        /// It is no longer open; the phase tells how it ended.
        case notOpen(Phase)
        /// The answer was for another digest; this is the question's own.
        case otherDigest(Digest)
        case isRequester
        case isActivator
        /// None of the person's roles is asked for; these are.
        case lacksRole([String])
        case alreadyAnswered
        /// The machines named are not part of the question.
        case unknownMachines([MachineID])
    }

    package enum Effect: Hashable, Sendable {
        case record(EntryDraft)
        /// The policy has said yes for these actions.
        case granted([ActionID])
        /// The policy has said no, or nobody answered in time, for these.
        case refused([ActionID], Outcome, by: String)
        /// Nobody answered in time; another policy is asked for these.
        case escalated([ActionID], to: String)
    }

    /// A person answers. The digest must be the question's own.
    ///
    /// One denial by anyone who could approve ends the question, also by somebody who approved before and knows better now.
    /// Machines are granted one by one as soon as every requirement is met for them by different people.
    package mutating func decide(_ decision: Decision, digest given: Digest) throws(Refusal) -> [Effect] {
        guard case .waiting(let until) = phase, decision.at < until else { throw .notOpen(phase) }
        guard given == digest else { throw .otherDigest(digest) }
        guard decision.person != requester else { throw .isRequester }
        guard decision.person != activator else { throw .isActivator }
        guard requirements.contains(where: { decision.roles.contains($0.role) }) else {
            throw .lacksRole(requirements.map(\.role))
        }
        guard decision.answer == .deny || !hasApproved(decision.person, decision.only) else { throw .alreadyAnswered }
        if let only = decision.only {
            let unknown = only.filter { id in !subjects.contains { $0.machine == id } }
            guard unknown.isEmpty, !only.isEmpty else { throw .unknownMachines(unknown) }
        }
        decisions.append(decision)
        var effects: [Effect] = [.record(entry("approval.\(decision.answer.rawValue)", decision))]
        if decision.answer == .deny {
            let open = subjects.filter { !$0.isGranted }.map(\.action)
            phase = .denied(by: decision.person, at: decision.at)
            effects.append(.refused(open, .denied, by: decision.person))
            return effects
        }
        let newlyGranted = grantWhatIsMet()
        if subjects.allSatisfy(\.isGranted) { phase = .granted(at: decision.at) }
        if !newlyGranted.isEmpty {
            effects.append(.record(granted(newlyGranted, at: decision.at)))
            effects.append(.granted(newlyGranted))
        }
        return effects
    }

    /// Time passes: at the deadline the question ends. Earlier or later calls change nothing.
    package mutating func tick(at now: Timestamp) -> [Effect] {
        guard case .waiting(let until) = phase, now >= until else { return [] }
        phase = .expired(at: now)
        let open = subjects.filter { !$0.isGranted }.map(\.action)
        var fields: JSONObject = ["approval": .string(publicID.text), "policy": .string(policy)]
        if let escalatesTo { fields["asks"] = .string(escalatesTo) }
        let draft = EntryDraft("approval.expired", at: now, fields)
        if let escalatesTo { return [.record(draft), .escalated(open, to: escalatesTo)] }
        return [.record(draft), .refused(open, .expired, by: "nobody")]
    }

    /// How long a question stays open whose approvers cannot be told.
    package static let tellingPatience: Duration = .seconds(3 * 86_400)

    /// The approvers were told, or nobody can tell them: the time to answer begins only now. A second call changes nothing.
    package mutating func told(at now: Timestamp) -> [Effect] {
        guard case .waiting(let until) = phase, !isTold else { return [] }
        isTold = true
        phase = .waiting(until: min(until, now + .seconds(expiresSeconds)))
        return [.record(EntryDraft("approval.told", at: now, ["approval": .string(publicID.text)]))]
    }

    /// The actions were taken back; the question is void.
    package mutating func withdraw(at now: Timestamp) -> [Effect] {
        guard case .waiting = phase else { return [] }
        phase = .withdrawn(at: now)
        return [.record(EntryDraft("approval.withdrawn", at: now, ["approval": .string(publicID.text)]))]
    }

    /// Until when it can be answered; nil once it has ended.
    package var openUntil: Timestamp? { if case .waiting(let until) = phase { until } else { nil } }

    /// How many different people still have to say yes, by role, for the machine that lacks most. Nothing once it is granted.
    package var missing: [Requirement] {
        // Without subsets all machines lack the same.
        let hasSubsets = decisions.contains { $0.only != nil }
        let open = subjects.filter { !$0.isGranted }
        return (hasSubsets ? open[...] : open.prefix(1)).map { Approval.unmet(requirements, by: approvals(of: $0)) }
            .max { Approval.places($0) < Approval.places($1) } ?? []
    }

    private static func places(_ requirements: [Requirement]) -> Int { requirements.reduce(0) { $0 + $1.count } }

    /// Whether a yes of this person to these machines (nil: to all that are open) would say nothing new.
    package func hasApproved(_ person: String, _ only: [MachineID]? = nil) -> Bool {
        decisions.contains { earlier in
            guard earlier.person == person, earlier.answer == .approve else { return false }
            guard let before = earlier.only else { return true }
            return only.map { Set($0).isSubset(of: before) } ?? false
        }
    }

    private func approvals(of subject: Subject) -> [Decision] {
        decisions.filter { decision in
            decision.answer == .approve
                && (decision.only.map { only in subject.machine.map(only.contains) ?? false } ?? true)
        }
    }

    private mutating func grantWhatIsMet() -> [ActionID] {
        var granted: [ActionID] = []
        for index in subjects.indices where !subjects[index].isGranted {
            guard Approval.unmet(requirements, by: approvals(of: subjects[index])).isEmpty else { continue }
            subjects[index].isGranted = true
            granted.append(subjects[index].action)
        }
        return granted
    }

    /// Whether different people can fill every place: each person fills one place only.
    package static func areMet(_ requirements: [Requirement], by decisions: [Decision]) -> Bool {
        unmet(requirements, by: decisions).isEmpty
    }

    /// The places that stay empty.
    private static func unmet(_ requirements: [Requirement], by decisions: [Decision]) -> [Requirement] {
        var people: [String: Set<String>] = [:]
        for decision in decisions { people[decision.person, default: []].formUnion(decision.roles) }
        let places = requirements.flatMap { Array(repeating: $0.role, count: max(0, min($0.count, 100))) }
        let names = people.keys.sorted()
        // Augmenting paths: place by place, moving people already placed where that frees a seat.
        var placeOf: [String: Int] = [:]
        func seat(_ place: Int, _ tried: inout Set<String>) -> Bool {
            for name in names where people[name]?.contains(places[place]) == true && tried.insert(name).inserted {
                guard let held = placeOf[name] else {
                    placeOf[name] = place
                    return true
                }
                if seat(held, &tried) {
                    placeOf[name] = place
                    return true
                }
            }
            return false
        }
        var empty: [String: Int] = [:]
        for place in places.indices {
            var tried: Set<String> = []
            if !seat(place, &tried) { empty[places[place], default: 0] += 1 }
        }
        return requirements.compactMap { requirement in
            empty.removeValue(forKey: requirement.role).map { Requirement(role: requirement.role, count: $0) }
        }
    }

    private func entry(_ kind: String, _ decision: Decision) -> EntryDraft {
        var fields: JSONObject = [
            "approval": .string(publicID.text), "policy": .string(policy), "digest": .string(digest.hex),
            "roles": .array(decision.roles.map { .string($0) }),
        ]
        if let only = decision.only { fields["only"] = .array(only.map { .string($0.text) }) }
        return EntryDraft(
            kind, at: decision.at, actor: "operator:\(decision.person)", fields,
            erasable: [EntryDraft.Erasable("reason", decision.reason)])
    }

    private func granted(_ actions: [ActionID], at now: Timestamp) -> EntryDraft {
        let machines = subjects.filter { actions.contains($0.action) }.compactMap(\.machine)
        return EntryDraft(
            "approval.granted", at: now,
            [
                "approval": .string(publicID.text), "digest": .string(digest.hex),
                "machines": .array(machines.map { .string($0.text) }),
            ])
    }
}
