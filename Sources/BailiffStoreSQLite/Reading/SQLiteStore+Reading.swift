package import BailiffCore
package import BailiffModel
package import BailiffPlaybook
package import BailiffStore
import GRDB

extension SQLiteStore {
    // MARK: - Cases and verdicts

    package func findCase(_ id: CaseID) async throws(StoreError) -> Case? {
        try await read { try $0.storedCase(try $0.survivor(of: id)) }
    }

    package func survivor(of id: CaseID) async throws(StoreError) -> CaseID {
        try await read { try $0.survivor(of: id) }
    }

    package func summary(ofCase id: CaseID) async throws(StoreError) -> CaseSummary? {
        try await read { try $0.summary(ofCase: try $0.survivor(of: id)) }
    }

    package func cases(withHashPrefix prefix: String) async throws(StoreError) -> [CaseID] {
        guard let ranges = HashKey.ranges(ofPrefix: prefix) else { return [] }
        return try await read { db in
            var found: Set<CaseID> = []
            for range in ranges {
                found.formUnion(
                    try db.all(
                        "SELECT DISTINCT case_id FROM file_hash WHERE hash BETWEEN ? AND ? LIMIT 10",
                        [.blob(range.first), .blob(range.last)]
                    ) { try $0.id(0) })
            }
            return Array(found.sorted().prefix(10))
        }
    }

    package func cases(_ page: PageRequest) async throws(StoreError) -> Page<CaseSummary> {
        try await readPage(page, cursor: \.id.value) { db, before, limit in
            let ids: [CaseID] = try db.all(
                "SELECT DISTINCT case_id FROM file_hash WHERE case_id < ? ORDER BY case_id DESC LIMIT ?",
                [.int(before), .int(limit)]
            ) { try $0.id(0) }
            return try ids.compactMap { try db.summary(ofCase: $0) }
        }
    }

    package func hashes(ofCase id: CaseID) async throws(StoreError) -> [FileHash] {
        try await read { try $0.hashes(ofCase: try $0.survivor(of: id)) }
    }

    package func verdicts(ofCase id: CaseID, limit: Int) async throws(StoreError) -> [StoredVerdict] {
        try await read { try $0.verdicts(ofCase: try $0.survivor(of: id), limit: limit) }
    }

    package func verdict(_ id: VerdictID) async throws(StoreError) -> StoredVerdict? {
        try await read { try $0.verdict(id) }
    }

    package func delivery(
        ofVerdict id: VerdictID, withBody: Bool
    ) async throws(StoreError) -> StoredDelivery? {
        try await read { try $0.delivery(ofVerdict: id, withBody: withBody) }
    }

    package func verdicts(feed: String?, _ page: PageRequest) async throws(StoreError) -> Page<StoredVerdict> {
        try await readPage(page, cursor: \.id.value) { try $0.verdicts(feed: feed, before: $1, limit: $2) }
    }

    package func rejections(feed: String?, _ page: PageRequest) async throws(StoreError) -> Page<StoredRejection> {
        try await readPage(page, cursor: \.id) { try $0.rejections(feed: feed, before: $1, limit: $2) }
    }

    package func sightings(ofCase id: CaseID) async throws(StoreError) -> [StoredSighting] {
        try await read { db in
            try db.all(
                "SELECT doc FROM sighting WHERE case_id = ? ORDER BY machine", [.id(try db.survivor(of: id))]
            ) { try Documents.decode(StoredSighting.self, try $0.data(0)) }
        }
    }

    // MARK: - Runs, actions, approvals

    package func run(_ id: RunID) async throws(StoreError) -> Run? {
        try await read { try $0.runs("WHERE id = ?", [.id(id)]).first }
    }

    package func runs(publicIDs: Range<UInt64>, limit: Int) async throws(StoreError) -> [Run] {
        try await read { try $0.runs(Self.publicRange, Self.values(publicIDs, limit)) }
    }

    package func runs(ofCase id: CaseID) async throws(StoreError) -> [Run] {
        try await read { try $0.runs("WHERE case_id = ? ORDER BY id", [.id(try $0.survivor(of: id))]) }
    }

    package func runs(_ page: PageRequest) async throws(StoreError) -> Page<Run> {
        try await readPage(page, cursor: \.id.value) { db, before, limit in
            try db.runs("WHERE id < ? ORDER BY id DESC LIMIT ?", [.int(before), .int(limit)])
        }
    }

    package func action(_ id: ActionID) async throws(StoreError) -> Action? {
        try await read { try $0.actions("WHERE id = ?", [.id(id)]).first }
    }

    package func actions(publicIDs: Range<UInt64>, limit: Int) async throws(StoreError) -> [Action] {
        try await read { try $0.actions(Self.publicRange, Self.values(publicIDs, limit)) }
    }

    package func actions(ofRun id: RunID) async throws(StoreError) -> [Action] {
        try await read { try $0.actions("WHERE run_id = ? ORDER BY id", [.id(id)]) }
    }

    package func actions(ofRun id: RunID, machine: MachineID?) async throws(StoreError) -> [Action] {
        try await read { try $0.actions("WHERE run_id = ? AND machine = ? ORDER BY id", [.id(id), .machine(machine)]) }
    }

    package func actions(ofCase id: CaseID) async throws(StoreError) -> [Action] {
        try await read { try $0.actions("WHERE case_id = ? ORDER BY id", [.id(try $0.survivor(of: id))]) }
    }

    package func actions(onMachine id: MachineID, limit: Int) async throws(StoreError) -> [Action] {
        try await read {
            try $0.actions("WHERE machine = ? ORDER BY id DESC LIMIT ?", [.machine(id), .int(max(0, limit))])
        }
    }

    package func pendingActions(limit: Int) async throws(StoreError) -> [Action] {
        try await read { try $0.actions("WHERE phase = 'pending' ORDER BY id LIMIT ?", [.int(max(0, limit))]) }
    }

    package func approval(_ id: ApprovalID) async throws(StoreError) -> Approval? {
        try await read { try $0.approvals("WHERE id = ?", [.id(id)]).first }
    }

    package func approvals(publicIDs: Range<UInt64>, limit: Int) async throws(StoreError) -> [Approval] {
        try await read { try $0.approvals(Self.publicRange, Self.values(publicIDs, limit)) }
    }

    package func approvals(ofRun id: RunID) async throws(StoreError) -> [Approval] {
        try await read { try $0.approvals("WHERE run_id = ? ORDER BY id", [.id(id)]) }
    }

    package func approvals(waitingOnly: Bool, _ page: PageRequest) async throws(StoreError) -> Page<Approval> {
        let filter = waitingOnly ? "phase = 'waiting' AND " : ""
        return try await readPage(page, cursor: \.id.value) { db, before, limit in
            try db.approvals("WHERE \(filter)id < ? ORDER BY id DESC LIMIT ?", [.int(before), .int(limit)])
        }
    }

    // MARK: - Control

    package func control() async throws(StoreError) -> Control { try await read { try $0.control() } }

    package func operators() async throws(StoreError) -> [Operator] {
        try await read { try $0.operators("ORDER BY name") }
    }

    package func person(named name: String) async throws(StoreError) -> Operator? {
        try await read { try $0.operators("WHERE name = ?", [.text(name)]).first }
    }

    package func person(withToken digest: Digest) async throws(StoreError) -> Operator? {
        try await read { try $0.operators("WHERE token = ?", [.blob(digest.bytes)]).first }
    }

    package func activations() async throws(StoreError) -> [Activation] {
        try await read { db in
            try db.all("SELECT doc FROM activation ORDER BY name") {
                try Documents.decode(Activation.self, try $0.data(0))
            }
        }
    }

    package func document(_ digest: Digest) async throws(StoreError) -> StoredDocument? {
        try await read { db in
            try db.first("SELECT kind, bytes FROM document WHERE digest = ?", [.blob(digest.bytes)]) { row in
                guard let kind = StoredDocument.Kind(rawValue: try row.text(0)) else {
                    throw StoreError(.corrupt, "a stored document is of no known kind")
                }
                return StoredDocument(kind: kind, bytes: try row.bytes(1))
            }
        }
    }

    package func budgetOpening(
        of window: BudgetWindow, for machine: MachineID, at now: Timestamp
    ) async throws(StoreError) -> Timestamp? {
        try await read { try $0.budgetOpening(of: window, for: machine, at: now) }
    }

    package func budgetUsage(
        of machines: [MachineID], in windows: [BudgetWindow], at now: Timestamp
    ) async throws(StoreError) -> BudgetUsage {
        let named = Set(machines)
        return try await read { db in
            let longest = windows.map(\.seconds).max() ?? 0
            var uses: [BudgetUse] = []
            for machine in named { uses += try db.budgetUses(of: machine, after: now - .seconds(longest)) }
            uses.sort { ($0.at, $0.machine) < ($1.at, $1.machine) }
            let others = try windows.map { window in
                let all = try db.budgetMachines(in: window, at: now)
                let own = try db.budgetMachines(among: named, in: window, at: now).count
                return BudgetUsage.Others(window: window, machines: all - own)
            }
            return BudgetUsage(uses: uses, others: others)
        }
    }

    package func holders(machine: MachineID?, family: ActionFamily) async throws(StoreError) -> [CaseID] {
        try await read { db in
            try db.all(
                "SELECT case_id FROM hold WHERE machine = ? AND family = ? ORDER BY case_id",
                [.machine(machine), .text(family.rawValue)]
            ) { try $0.id(0) }
        }
    }

    package func jobStatistics(now: Timestamp) async throws(StoreError) -> JobStatistics {
        try await read { try $0.jobStatistics(now: now) }
    }

    // MARK: - Common

    private static let publicRange = "WHERE public_id >= ? AND public_id < ? ORDER BY public_id, id LIMIT ?"

    private static func values(_ range: Range<UInt64>, _ limit: Int) -> [SQLValue] {
        [
            .int(Int64(clamping: range.lowerBound)), .int(Int64(clamping: range.upperBound)), .int(max(0, limit)),
        ]
    }

    /// Reads one element more than asked for, to know whether anything follows.
    private func readPage<Element: Sendable>(
        _ page: PageRequest, cursor: @escaping @Sendable (Element) -> Int64,
        _ fetch: @escaping @Sendable (Database, _ before: Int64, _ limit: Int) throws -> [Element]
    ) async throws(StoreError) -> Page<Element> {
        let elements = try await read { try fetch($0, page.before ?? .max, page.limit + 1) }
        guard elements.count > page.limit else { return Page(elements, next: nil) }
        let shown = Array(elements.prefix(page.limit))
        return Page(shown, next: shown.last.map(cursor))
    }
}
