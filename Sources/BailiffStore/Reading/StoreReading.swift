package import BailiffCore
package import BailiffModel
package import BailiffPlaybook

/// A rejected record or body as kept.
package struct StoredRejection: Sendable, Hashable {
    package var id: Int64
    package var delivery: Int64
    package var feed: String
    package var at: Timestamp
    package var record: RejectedRecord
    package var bytes: [UInt8]

    package init(
        id: Int64, delivery: Int64, feed: String, at: Timestamp, record: RejectedRecord, bytes: [UInt8]
    ) {
        self.id = id
        self.delivery = delivery
        self.feed = feed
        self.at = at
        self.record = record
        self.bytes = bytes
    }
}

/// The delivery that brought a verdict, with its body as it came.
package struct StoredDelivery: Sendable, Hashable {
    package var id: Int64
    /// Of the body as it came.
    package var digest: Digest
    package var length: Int
    /// Nil where it was not asked for.
    package var body: [UInt8]?

    package init(id: Int64, digest: Digest, length: Int, body: [UInt8]? = nil) {
        self.id = id
        self.digest = digest
        self.length = length
        self.body = body
    }
}

/// A case in a list: lazily made cases have no ``Case`` row yet.
package struct CaseSummary: Sendable, Hashable {
    package var id: CaseID
    /// Sorted, strongest first; never empty.
    package var hashes: [FileHash]
    package var state: Case?
    package var latestVerdict: StoredVerdict?
    package var verdictCount: Int

    package init(
        id: CaseID, hashes: [FileHash], state: Case?, latestVerdict: StoredVerdict?, verdictCount: Int
    ) {
        self.id = id
        self.hashes = hashes
        self.state = state
        self.latestVerdict = latestVerdict
        self.verdictCount = verdictCount
    }
}

/// Which actions a list holds.
package struct ActionFilter: Sendable, Hashable {
    /// In this phase; ``Phase/inForce`` and ``Phase/ended`` divide those that have ended.
    package enum Phase: String, Sendable, Hashable, CaseIterable {
        case planned, asking, ready, intended, sending, unknown, pending
        /// Ended, and its effect lasts.
        case inForce = "in_force"
        /// Ended, and no effect of it is in force.
        case ended

        package init(of action: Action) {
            self =
                switch action.phase {
                case .planned: .planned
                case .asking: .asking
                case .ready: .ready
                case .intended: .intended
                case .sending: .sending
                case .unknown: .unknown
                case .pending: .pending
                case .ended: action.isInForce ? .inForce : .ended
                }
        }
    }

    /// Nil: in any.
    package var phase: Phase?
    /// Nil: whatever came of it, or nothing yet.
    package var outcome: Outcome?

    package init(phase: Phase? = nil, outcome: Outcome? = nil) {
        self.phase = phase
        self.outcome = outcome
    }
}

/// Reads. Each sees the newest committed state; none blocks a commit. Ids of merged cases lead to the survivor.
package protocol StoreReading: Sendable {
    // Cases and verdicts
    /// Follows merges; nil for a case that was never heard of or whose row was not made yet.
    func findCase(_ id: CaseID) async throws(StoreError) -> Case?
    /// The survivor's id; the same id where nothing was merged.
    func survivor(of id: CaseID) async throws(StoreError) -> CaseID
    func summary(ofCase id: CaseID) async throws(StoreError) -> CaseSummary?
    /// Cases that have a hash with this prefix (hexadecimal, at least 4 digits), at most 10.
    func cases(withHashPrefix prefix: String) async throws(StoreError) -> [CaseID]
    func cases(_ page: PageRequest) async throws(StoreError) -> Page<CaseSummary>
    func hashes(ofCase id: CaseID) async throws(StoreError) -> [FileHash]
    /// Newest first, at most `limit`.
    func verdicts(ofCase id: CaseID, limit: Int) async throws(StoreError) -> [StoredVerdict]
    func verdict(_ id: VerdictID) async throws(StoreError) -> StoredVerdict?
    /// The delivery that brought it first; nil for a verdict that is not there.
    func delivery(ofVerdict id: VerdictID, withBody: Bool) async throws(StoreError) -> StoredDelivery?
    func verdicts(feed: String?, _ page: PageRequest) async throws(StoreError) -> Page<StoredVerdict>
    func rejections(feed: String?, _ page: PageRequest) async throws(StoreError) -> Page<StoredRejection>
    func sightings(ofCase id: CaseID) async throws(StoreError) -> [StoredSighting]
    /// Nil where the report was fetched, or its delivery is gone.
    func reportOrder(_ id: VerdictID) async throws(StoreError) -> StoredReportOrder?
    /// Reports that are still to be fetched, oldest first, after `id`.
    func reportOrders(after id: VerdictID, limit: Int) async throws(StoreError) -> [StoredReportOrder]
    func feedCursor(_ feed: String) async throws(StoreError) -> FeedCursor?
    /// Machines that saw a file or that an action was planned for, by id, with an id above `after`.
    func machines(after: MachineID?, limit: Int) async throws(StoreError) -> [MachineID]
    /// What was last seen of the machine, whatever file it was about: the newest look; nil where it was never seen.
    func latestSighting(onMachine id: MachineID) async throws(StoreError) -> StoredSighting?

    // Runs, actions, approvals
    func run(_ id: RunID) async throws(StoreError) -> Run?
    func runs(publicIDs: Range<UInt64>, limit: Int) async throws(StoreError) -> [Run]
    func runs(ofCase id: CaseID) async throws(StoreError) -> [Run]
    func runs(_ page: PageRequest) async throws(StoreError) -> Page<Run>
    func action(_ id: ActionID) async throws(StoreError) -> Action?
    func actions(publicIDs: Range<UInt64>, limit: Int) async throws(StoreError) -> [Action]
    func actions(ofRun id: RunID) async throws(StoreError) -> [Action]
    /// The way of one machine; nil means the tenant.
    func actions(ofRun id: RunID, machine: MachineID?) async throws(StoreError) -> [Action]
    func actions(ofCase id: CaseID) async throws(StoreError) -> [Action]
    func actions(onMachine id: MachineID, limit: Int) async throws(StoreError) -> [Action]
    /// In phase `pending`, oldest first.
    func pendingActions(limit: Int) async throws(StoreError) -> [Action]
    /// In phase `asking`, oldest first, with an id above `after`.
    func askingActions(after: ActionID?, limit: Int) async throws(StoreError) -> [Action]
    /// Whose effect is in force, oldest first, with an id above `after`.
    func effects(after: ActionID?, limit: Int) async throws(StoreError) -> [Action]
    /// Whose effect of this family is in force on the machine, oldest first; nil means the tenant.
    func effects(onMachine id: MachineID?, family: ActionFamily) async throws(StoreError) -> [Action]
    /// Newest first; `phase`: as ``ActionFilter`` names it.
    func actions(_ filter: ActionFilter, _ page: PageRequest) async throws(StoreError) -> Page<Action>
    func approval(_ id: ApprovalID) async throws(StoreError) -> Approval?
    func approvals(publicIDs: Range<UInt64>, limit: Int) async throws(StoreError) -> [Approval]
    func approvals(ofRun id: RunID) async throws(StoreError) -> [Approval]
    func approvals(waitingOnly: Bool, _ page: PageRequest) async throws(StoreError) -> Page<Approval>

    // Control
    func control() async throws(StoreError) -> Control
    func operators() async throws(StoreError) -> [Operator]
    func person(named name: String) async throws(StoreError) -> Operator?
    func person(withToken digest: Digest) async throws(StoreError) -> Operator?
    func activations() async throws(StoreError) -> [Activation]
    func document(_ digest: Digest) async throws(StoreError) -> StoredDocument?
    /// As ``BudgetUsage/opening(of:for:at:)``, over all that is reserved or spent.
    func budgetOpening(
        of window: BudgetWindow, for machine: MachineID, at now: Timestamp
    ) async throws(StoreError) -> Timestamp?
    /// The uses of these machines, and how many others count against each window.
    func budgetUsage(
        of machines: [MachineID], in windows: [BudgetWindow], at now: Timestamp
    ) async throws(StoreError) -> BudgetUsage
    /// What decides of the evidence that came then or later; ``BreakerRecord/deciding(among:sentSince:)``.
    func breakerRecord(since: Timestamp, sentSince: Timestamp) async throws(StoreError) -> BreakerRecord
    func breaker() async throws(StoreError) -> Breaker
    /// Newest first; `activeAt`: only what holds then.
    func allowList(activeAt: Timestamp?) async throws(StoreError) -> [AllowListEntry]
    /// How many announcements were neither delivered nor given up.
    func announcementCount() async throws(StoreError) -> Int
    func announcement(_ id: AnnouncementID) async throws(StoreError) -> Announcement?
    /// Cases whose late arrivals are looked for at this time, with an id above `after`, by id, and all their hashes.
    func watchedCases(at now: Timestamp, after: CaseID?, limit: Int) async throws(StoreError) -> [WatchedCase]
    func holders(machine: MachineID?, family: ActionFamily) async throws(StoreError) -> [CaseID]
    func jobStatistics(now: Timestamp) async throws(StoreError) -> JobStatistics
}
