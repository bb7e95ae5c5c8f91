package import BailiffAudit
package import BailiffCore
package import BailiffModel
package import BailiffPlaybook

/// At least one element.
package struct NonEmpty<Element: Sendable>: Sendable {
    package let first: Element
    package let rest: [Element]

    package init(_ first: Element, _ rest: [Element] = []) {
        self.first = first
        self.rest = rest
    }

    /// Nil for an empty array.
    package init?(_ all: [Element]) {
        guard let first = all.first else { return nil }
        self.first = first
        rest = Array(all.dropFirst())
    }

    package var all: [Element] { [first] + rest }
}

/// One change of state, its audit entries and its follow-up jobs: one database transaction.
///
/// It can't be made without an entry; that is the only way to change state. Leases, due times, quotas and caches change
/// through ``JobChange`` alone (``Store/settle(_:)``).
package struct Commit: Sendable {
    package let entries: NonEmpty<BuiltEntry>
    /// All are read before anything is written; the first that does not hold refuses the whole.
    package var requires: [Precondition]
    package var puts: [Record]
    package var jobs: [JobChange]

    package init(
        entries: NonEmpty<BuiltEntry>, requires: [Precondition] = [], puts: [Record] = [], jobs: [JobChange] = []
    ) {
        self.entries = entries
        self.requires = requires
        self.puts = puts
        self.jobs = jobs
    }
}

/// What must hold for a commit to be made.
package enum Precondition: Sendable, Hashable {
    /// The worker still holds the job: nobody else has claimed it since.
    case lease(JobLease)
    /// No halt that stops this kind of send.
    case notHalted(byPerson: Bool)
    /// No other action of this family on this machine holds the lane. `except` is the action itself.
    case laneFree(machine: MachineID?, family: ActionFamily, except: ActionID)
    /// With these machines added (where they do not count already), every window stays within its cap.
    case budget(BudgetClaim)
    /// The run has not ended.
    case runActive(RunID)
    /// The case was not merged into another.
    case caseOpen(CaseID)
    /// The breaker is closed, and nothing that speaks for opening it has come since the mark was read.
    case breakerClosed(mark: Int64)
    /// No hash of the case stands on the allow-list at this time.
    case notAllowListed(CaseID, at: Timestamp)
    /// No other case wants the effect on the machine.
    case noOtherHolder(machine: MachineID?, family: ActionFamily, CaseID)
}

/// Machines that want a place in the budget, and the windows they must fit into.
package struct BudgetClaim: Sendable, Hashable {
    package var machines: [MachineID]
    package var windows: [BudgetWindow]
    package var now: Timestamp

    package init(machines: [MachineID], windows: [BudgetWindow], now: Timestamp) {
        self.machines = machines
        self.windows = windows
        self.now = now
    }
}

/// A row to write. Aggregates carry the version they were read with (0: new): a put of any other version than the
/// stored one refuses the commit with ``CommitRefusal/version(_:)``; the store counts the version up.
package enum Record: Sendable {
    case kase(Case)
    case run(Run)
    case action(Action)
    case approval(Approval)
    case control(Control)
    case person(Operator)
    case activation(Activation)
    /// Bytes kept under their SHA-256; writing the same again changes nothing.
    case document(StoredDocument)
    /// Replaces what is stored about these machines of the case.
    case sightings(CaseID, [StoredSighting])
    /// Links hashes to a case. A hash that belongs to another case already refuses the commit with
    /// ``CommitRefusal/hashOwned(_:by:)``: the two have to be merged first.
    case hashes(CaseID, [FileHash])
    /// Moves verdicts, hashes, sightings, runs, actions and approvals of `from` to `into`.
    case merge(from: CaseID, into: CaseID)
    /// Reserves places in the budget for a run.
    case reserve(RunID, [BudgetUse])
    /// Marks a machine's reservation of this run as spent at this time. Without a reservation the commit is refused with
    /// ``CommitRefusal/version(_:)``: what is not counted is not sent.
    case spend(RunID, MachineID, at: Timestamp)
    /// Gives a reservation back: nothing was sent. It is kept where it was spent, and while another action of the run on
    /// this machine has not ended once the commit is made: that one needs the place.
    case returnReservation(RunID, MachineID)
    /// The effect on the machine belongs to the case from now on, or no longer.
    case hold(machine: MachineID?, family: ActionFamily, CaseID)
    case unhold(machine: MachineID?, family: ActionFamily, CaseID)
    case breaker(Breaker)
    /// Adds evidence; what is older than a week goes.
    case evidence(BreakerEvidence)
    case allow(AllowListEntry)
    case announcement(Announcement)
    /// It was delivered or given up.
    case announced(AnnouncementID)
    /// Late arrivals of the case are looked for until then; nil: no longer.
    case watch(CaseID, until: Timestamp?)
}

package struct StoredDocument: Sendable, Hashable {
    package enum Kind: String, Sendable, Codable, CaseIterable { case body, playbook, plan, facts }

    package var digest: Digest
    package var kind: Kind
    package var bytes: [UInt8]

    package init(kind: Kind, bytes: [UInt8]) {
        digest = Digest.of(bytes)
        self.kind = kind
        self.bytes = bytes
    }
}

/// A machine as it was when it was last looked at, and its sighting of the case's file.
package struct StoredSighting: Sendable, Hashable, Codable {
    package var machine: Machine
    package var sighting: Sighting
    package var isolated: IsolationState
    /// Whether it can be acted upon, or why it is only shown: `not onboarded`, `merged`, `duplicate`.
    package var shownOnly: String?
    package var seenAt: Timestamp

    package init(
        machine: Machine, sighting: Sighting, isolated: IsolationState, shownOnly: String? = nil, seenAt: Timestamp
    ) {
        self.machine = machine
        self.sighting = sighting
        self.isolated = isolated
        self.shownOnly = shownOnly
        self.seenAt = seenAt
    }
}

package enum CommitOutcome: Sendable {
    /// The ids of the entries, in their order.
    case committed([Int64])
    case refused(CommitRefusal)
}

package enum CommitRefusal: Sendable, Hashable {
    case precondition(Precondition)
    /// With ``Precondition/budget(_:)``: the first window that is full, and how many of the machines would fit.
    case budget(BudgetWindow, room: Int)
    /// Somebody else changed the row since it was read: `case 12`.
    case version(String)
    case hashOwned(FileHash, by: CaseID)
}
