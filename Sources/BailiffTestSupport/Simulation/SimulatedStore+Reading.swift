package import BailiffCore
package import BailiffModel
package import BailiffPlaybook
package import BailiffStore

extension SimulatedStore {
    // MARK: - Cases and verdicts

    package func findCase(_ id: CaseID) async throws(StoreError) -> Case? {
        try await read("findCase") { $0.cases[$0.survivor(of: id)] }
    }

    package func survivor(of id: CaseID) async throws(StoreError) -> CaseID {
        try await read("survivor") { $0.survivor(of: id) }
    }

    package func summary(ofCase id: CaseID) async throws(StoreError) -> CaseSummary? {
        try await read("summary") { $0.summary(ofCase: $0.survivor(of: id)) }
    }

    package func cases(withHashPrefix prefix: String) async throws(StoreError) -> [CaseID] {
        let digits = Array(prefix.utf8).map { (65...70).contains($0) ? $0 + 32 : $0 }
        guard digits.count >= 4 else { return [] }
        return try await read("casesWithHashPrefix") { database in
            let found = database.owners.rows.filter { $0.key.hex.utf8.starts(with: digits) }
            return Array(Set(found.values).sorted().prefix(10))
        }
    }

    package func cases(_ page: PageRequest) async throws(StoreError) -> Page<CaseSummary> {
        try await read("cases") { database in
            let ids = database.hashesOfCase.rows.filter { !$0.value.isEmpty }.keys.sorted(by: >)
            return Self.page(ids, page, cursor: \.value) { database.summary(ofCase: $0) }
        }
    }

    package func hashes(ofCase id: CaseID) async throws(StoreError) -> [FileHash] {
        try await read("hashes") { $0.hashesOfCase[$0.survivor(of: id)] ?? [] }
    }

    package func verdicts(ofCase id: CaseID, limit: Int) async throws(StoreError) -> [StoredVerdict] {
        try await read("verdictsOfCase") { database in
            let ids = database.verdictsOfCase[database.survivor(of: id)] ?? []
            return ids.reversed().prefix(max(0, limit)).compactMap { database.verdicts[$0] }
        }
    }

    package func verdict(_ id: VerdictID) async throws(StoreError) -> StoredVerdict? {
        try await read("verdict") { $0.verdicts[id] }
    }

    package func delivery(
        ofVerdict id: VerdictID, withBody: Bool
    ) async throws(StoreError) -> StoredDelivery? {
        try await read("deliveryOfVerdict") { database in
            database.deliveries.rows.values.first { $0.verdicts.contains(id) }.map { row in
                StoredDelivery(
                    id: row.id, digest: row.digest, length: row.body.count, body: withBody ? row.body : nil)
            }
        }
    }

    package func verdicts(feed: String?, _ page: PageRequest) async throws(StoreError) -> Page<StoredVerdict> {
        try await read("verdicts") { database in
            let all = database.verdicts.rows.values.filter { Self.isOf(feed, $0.feed) }.sorted { $0.id > $1.id }
            return Self.page(all, page, cursor: \.id.value) { $0 }
        }
    }

    package func rejections(feed: String?, _ page: PageRequest) async throws(StoreError) -> Page<StoredRejection> {
        try await read("rejections") { database in
            let all = database.rejections.rows.values.filter { Self.isOf(feed, $0.feed) }.sorted { $0.id > $1.id }
            return Self.page(all, page, cursor: \.id) { $0 }
        }
    }

    package func sightings(ofCase id: CaseID) async throws(StoreError) -> [StoredSighting] {
        try await read("sightings") { $0.sightings[$0.survivor(of: id)] ?? [] }
    }

    package func machines(after: MachineID?, limit: Int) async throws(StoreError) -> [MachineID] {
        try await read("machines") { database in
            let seen = database.sightings.rows.values.flatMap { $0.map(\.machine.id) }
            let all = Set(seen).union(database.actions.rows.values.compactMap(\.machine)).sorted()
            return Array(all.drop { id in after.map { id <= $0 } ?? false }.prefix(max(0, limit)))
        }
    }

    package func latestSighting(onMachine id: MachineID) async throws(StoreError) -> StoredSighting? {
        try await read("latestSighting") { database in
            let all = database.sightings.rows.flatMap { caseID, sightings in
                sightings.filter { $0.machine.id == id }.map { (caseID, $0) }
            }
            return all.max { ($0.1.seenAt, $0.0) < ($1.1.seenAt, $1.0) }?.1
        }
    }

    // MARK: - Runs, actions, approvals

    package func actions(_ filter: ActionFilter, _ page: PageRequest) async throws(StoreError) -> Page<Action> {
        try await read("actions") { database in
            let all = database.actions.rows.values.filter { action in
                (filter.phase.map { $0 == ActionFilter.Phase(of: action) } ?? true)
                    && (filter.outcome.map { $0 == action.outcome } ?? true)
            }
            return Self.page(all.sorted { $0.id > $1.id }, page, cursor: \.id.value) { $0 }
        }
    }

    package func run(_ id: RunID) async throws(StoreError) -> Run? { try await read("run") { $0.runs[id] } }

    package func runs(publicIDs: Range<UInt64>, limit: Int) async throws(StoreError) -> [Run] {
        try await read("runsByPublicID") { database in
            Self.inRange(database.runs.rows.values, publicIDs, limit, publicID: \.publicID, id: \.id.value)
        }
    }

    package func runs(ofCase id: CaseID) async throws(StoreError) -> [Run] {
        try await read("runsOfCase") { database in
            (database.runsOfCase[database.survivor(of: id)] ?? []).compactMap { database.runs[$0] }
        }
    }

    package func runs(_ page: PageRequest) async throws(StoreError) -> Page<Run> {
        try await read("runs") { database in
            Self.page(database.runs.rows.values.sorted { $0.id > $1.id }, page, cursor: \.id.value) { $0 }
        }
    }

    package func action(_ id: ActionID) async throws(StoreError) -> Action? {
        try await read("action") { $0.actions[id] }
    }

    package func actions(publicIDs: Range<UInt64>, limit: Int) async throws(StoreError) -> [Action] {
        try await read("actionsByPublicID") { database in
            Self.inRange(database.actions.rows.values, publicIDs, limit, publicID: \.publicID, id: \.id.value)
        }
    }

    package func actions(ofRun id: RunID) async throws(StoreError) -> [Action] {
        try await read("actionsOfRun") { database in
            (database.actionsOfRun[id] ?? []).compactMap { database.actions[$0] }
        }
    }

    package func actions(ofRun id: RunID, machine: MachineID?) async throws(StoreError) -> [Action] {
        try await read("actionsOfRunAndMachine") { database in
            (database.actionsOfRun[id] ?? []).compactMap { database.actions[$0] }.filter { $0.machine == machine }
        }
    }

    package func actions(ofCase id: CaseID) async throws(StoreError) -> [Action] {
        try await read("actionsOfCase") { database in
            let survivor = database.survivor(of: id)
            return database.actions.rows.values.filter { $0.caseID == survivor }.sorted { $0.id < $1.id }
        }
    }

    package func actions(onMachine id: MachineID, limit: Int) async throws(StoreError) -> [Action] {
        try await read("actionsOnMachine") { database in
            let all = database.actions.rows.values.filter { $0.machine == id }.sorted { $0.id > $1.id }
            return Array(all.prefix(max(0, limit)))
        }
    }

    package func pendingActions(limit: Int) async throws(StoreError) -> [Action] {
        try await read("pendingActions") { database in
            let holding = database.lanes.rows.values.compactMap { database.actions[$0] }
            let pending = holding.filter { $0.phase == .pending }.sorted { $0.id < $1.id }
            return Array(pending.prefix(max(0, limit)))
        }
    }

    package func approval(_ id: ApprovalID) async throws(StoreError) -> Approval? {
        try await read("approval") { $0.approvals[id] }
    }

    package func approvals(publicIDs: Range<UInt64>, limit: Int) async throws(StoreError) -> [Approval] {
        try await read("approvalsByPublicID") { database in
            Self.inRange(database.approvals.rows.values, publicIDs, limit, publicID: \.publicID, id: \.id.value)
        }
    }

    package func approvals(ofRun id: RunID) async throws(StoreError) -> [Approval] {
        try await read("approvalsOfRun") { database in
            database.approvals.rows.values.filter { $0.runID == id }.sorted { $0.id < $1.id }
        }
    }

    package func approvals(waitingOnly: Bool, _ page: PageRequest) async throws(StoreError) -> Page<Approval> {
        try await read("approvals") { database in
            let all = database.approvals.rows.values.filter { approval in
                if case .waiting = approval.phase { true } else { !waitingOnly }
            }
            return Self.page(all.sorted { $0.id > $1.id }, page, cursor: \.id.value) { $0 }
        }
    }

    // MARK: - Control

    package func control() async throws(StoreError) -> Control {
        try await read("control") { $0.control[1] ?? Control() }
    }

    package func operators() async throws(StoreError) -> [Operator] {
        try await read("operators") { database in
            database.operators.rows.values.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        }
    }

    package func person(named name: String) async throws(StoreError) -> Operator? {
        try await read("personNamed") { database in
            database.operators.rows.values.first { $0.name.utf8.elementsEqual(name.utf8) }
        }
    }

    package func person(withToken digest: Digest) async throws(StoreError) -> Operator? {
        try await read("personWithToken") { $0.operators.rows.values.first { $0.tokenDigest == digest } }
    }

    package func activations() async throws(StoreError) -> [Activation] {
        try await read("activations") { database in
            database.activations.rows.values.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        }
    }

    package func document(_ digest: Digest) async throws(StoreError) -> StoredDocument? {
        try await read("document") { $0.documents[digest] }
    }

    package func budgetUsage(
        of machines: [MachineID], in windows: [BudgetWindow], at now: Timestamp
    ) async throws(StoreError) -> BudgetUsage {
        try await read("budgetUsage") { database in
            let uses = database.places.rows.values.map(\.use).filter { use in
                windows.contains { use.at > now - .seconds($0.seconds) }
            }
            var usage = BudgetUsage(uses: uses).reduced(to: Set(machines), in: windows, at: now)
            usage.uses.sort { ($0.at, $0.machine) < ($1.at, $1.machine) }
            return usage
        }
    }

    package func budgetOpening(
        of window: BudgetWindow, for machine: MachineID, at now: Timestamp
    ) async throws(StoreError) -> Timestamp? {
        try await read("budgetOpening") { database in
            BudgetUsage(uses: database.places.rows.values.map(\.use)).opening(of: window, for: machine, at: now)
        }
    }

    package func holders(machine: MachineID?, family: ActionFamily) async throws(StoreError) -> [CaseID] {
        try await read("holders") { $0.holders[SimulatedDatabase.LaneKey(machine: machine, family: family)] ?? [] }
    }

    package func jobStatistics(now: Timestamp) async throws(StoreError) -> JobStatistics {
        try await read("jobStatistics") { $0.jobStatistics(now: now) }
    }

    // MARK: - Common

    private static func isOf(_ wanted: String?, _ feed: String) -> Bool {
        wanted.map { $0.utf8.elementsEqual(feed.utf8) } ?? true
    }

    /// `all` is sorted by descending cursor.
    private static func page<Item, Element>(
        _ all: [Item], _ page: PageRequest, cursor: (Item) -> Int64, _ element: (Item) -> Element?
    ) -> Page<Element> {
        let rest = all.drop { cursor($0) >= page.before ?? .max }
        let shown = rest.prefix(page.limit)
        return Page(shown.compactMap(element), next: rest.count > shown.count ? shown.last.map(cursor) : nil)
    }

    private static func inRange<Element>(
        _ all: some Sequence<Element>, _ range: Range<UInt64>, _ limit: Int, publicID: (Element) -> PublicID,
        id: (Element) -> Int64
    ) -> [Element] {
        let found = all.filter { range.contains(publicID($0).value) }
        return Array(found.sorted { (publicID($0), id($0)) < (publicID($1), id($1)) }.prefix(max(0, limit)))
    }
}

extension SimulatedDatabase {
    func summary(ofCase id: CaseID) -> CaseSummary? {
        guard let hashes = hashesOfCase[id], !hashes.isEmpty else { return nil }
        let ids = verdictsOfCase[id] ?? []
        return CaseSummary(
            id: id, hashes: hashes, state: cases[id], latestVerdict: ids.last.flatMap { verdicts[$0] },
            verdictCount: ids.count)
    }

    static func series<Subject>(of subject: Subject.Type) -> String {
        subject is Case.Type || subject is Verdict.Type ? "verdicts" : "\(subject)"
    }
}
