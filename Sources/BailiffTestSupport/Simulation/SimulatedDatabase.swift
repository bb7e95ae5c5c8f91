import BailiffAudit
import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore

/// What a ``SimulatedStore`` holds: a plain value, so that a copy is what survives a crash.
///
/// Deterministic: nothing depends on the order of a dictionary. Every change happens as a whole or not at all.
package struct SimulatedDatabase: Sendable {
    struct DeliveryRow: Sendable {
        var id: Int64
        var feed: String
        var at: Timestamp
        var digest: Digest
        var event: [UInt8]?
        var body: [UInt8]
        var receipt: DeliveryReceipt
        /// Those that were stored with it.
        var verdicts: [VerdictID]
        var rejections: [Int64]
    }

    struct EventKey: Hashable, Sendable {
        enum Scope: Hashable, Sendable { case delivery, record }

        var feed: [UInt8]
        var scope: Scope
        var event: [UInt8]
    }

    struct Seen: Sendable {
        var subject: Int64
        var level: Int
    }

    struct StatementKey: Hashable, Sendable {
        var caseID: CaseID
        var key: Int64
    }

    struct StanceKey: Hashable, Sendable {
        var caseID: CaseID
        var feed: [UInt8]
    }

    struct Stance: Sendable {
        var key: Int64
        var verdict: VerdictID
    }

    struct LaneKey: Hashable, Sendable {
        var machine: MachineID?
        var family: ActionFamily
    }

    struct PlaceKey: Hashable, Sendable {
        var run: RunID
        var machine: MachineID
    }

    struct Place: Sendable {
        var use: BudgetUse
        var isSpent: Bool
    }

    struct JobRow: Sendable {
        var wake: Timestamp
        var due: Timestamp
        var again: Timestamp?
        var generation: Int64
        var lease: Int64?
        var attempts: Int
        var error: String?
        var isAside: Bool
    }

    struct TileKey: Hashable, Sendable {
        var level: Int
        var index: Int64
    }

    // Intake
    var deliveries = Table<Int64, DeliveryRow>()
    var verdicts = Table<VerdictID, StoredVerdict>()
    var verdictsOfCase = Table<CaseID, [VerdictID]>()
    var rejections = Table<Int64, StoredRejection>()
    var seen = Table<EventKey, Seen>()
    var statements = Table<StatementKey, VerdictID>()
    var stances = Table<StanceKey, Stance>()
    var reportOrders = Table<VerdictID, StoredReportOrder>()
    var feedCursors = Table<[UInt8], FeedCursor>()
    // Cases
    var owners = Table<FileHash, CaseID>()
    var hashesOfCase = Table<CaseID, [FileHash]>()
    var merged = Table<CaseID, CaseID>()
    var cases = Table<CaseID, Case>()
    var sightings = Table<CaseID, [StoredSighting]>()
    // Runs
    var runs = Table<RunID, Run>()
    var runsOfCase = Table<CaseID, [RunID]>()
    var actions = Table<ActionID, Action>()
    var actionsOfRun = Table<RunID, [ActionID]>()
    var lanes = Table<LaneKey, ActionID>()
    var approvals = Table<ApprovalID, Approval>()
    var places = Table<PlaceKey, Place>()
    var holders = Table<LaneKey, [CaseID]>()
    // Control
    var control = Table<Int, Control>()
    var breaker = Table<Int, Breaker>()
    var evidence = Table<Int64, BreakerEvidence>()
    var allowed = Table<AllowListID, AllowListEntry>()
    var announcements = Table<AnnouncementID, Announcement>()
    var watched = Table<CaseID, Timestamp>()
    var operators = Table<OperatorID, Operator>()
    var activations = Table<[UInt8], Activation>()
    var documents = Table<Digest, StoredDocument>()
    var jobs = Table<JobKey, JobRow>()
    var counters = Table<String, Int64>()
    // Log
    var entries = Journal<BuiltEntry>()
    var tiles = Table<TileKey, FullTile>()
    var checkpoints = Table<Int64, StoredCheckpoint>()
    var head = LogHead()

    /// Jobs were made or became due earlier by the last change.
    var touchedLanes: Set<Lane> = []

    package init() {}

    /// Ends a change; what it wrote is taken back.
    struct Refused: Error {
        let refusal: CommitRefusal
        init(_ refusal: CommitRefusal) { self.refusal = refusal }
    }

    /// Makes a change, or nothing of it where `body` throws.
    mutating func change<Value, Failure: Error>(
        _ body: (inout SimulatedDatabase) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        touchedLanes = []
        do throws(Failure) {
            let value = try body(&self)
            end(.kept)
            return value
        } catch {
            end(.takenBack)
            touchedLanes = []
            throw error
        }
    }

    /// A change of jobs and counters alone, which never fails.
    mutating func changeJobs<Value>(_ body: (inout SimulatedDatabase) -> Value) -> Value {
        touchedLanes = []
        let value = body(&self)
        jobs.end(.kept)
        counters.end(.kept)
        return value
    }

    private mutating func end(_ ending: ChangeEnding) {
        deliveries.end(ending)
        verdicts.end(ending)
        verdictsOfCase.end(ending)
        rejections.end(ending)
        seen.end(ending)
        statements.end(ending)
        stances.end(ending)
        reportOrders.end(ending)
        feedCursors.end(ending)
        owners.end(ending)
        hashesOfCase.end(ending)
        merged.end(ending)
        cases.end(ending)
        sightings.end(ending)
        runs.end(ending)
        runsOfCase.end(ending)
        actions.end(ending)
        actionsOfRun.end(ending)
        lanes.end(ending)
        approvals.end(ending)
        places.end(ending)
        holders.end(ending)
        control.end(ending)
        breaker.end(ending)
        evidence.end(ending)
        allowed.end(ending)
        announcements.end(ending)
        watched.end(ending)
        operators.end(ending)
        activations.end(ending)
        documents.end(ending)
        jobs.end(ending)
        counters.end(ending)
        entries.end(ending)
        tiles.end(ending)
        checkpoints.end(ending)
    }

    mutating func next(_ series: String, count: Int64 = 1) -> Int64 {
        let first = (counters[series] ?? 0) + 1
        counters[series] = first + count - 1
        return first
    }
}

// The tables stand in this file so that the compiler specialises what every change does to each of them: files of a debug
// build are optimised one by one.

/// How a change of the whole database ends.
enum ChangeEnding { case kept, takenBack }

/// Rows by key that can take back what was written since they were last kept.
struct Table<Key: Hashable & Sendable, Row: Sendable>: Sendable {
    /// In no order: sort before use.
    private(set) var rows: [Key: Row] = [:]
    private var earlier: [(key: Key, row: Row?)] = []

    subscript(key: Key) -> Row? {
        get { rows[key] }
        set {
            earlier.append((key, rows[key]))
            rows[key] = newValue
        }
    }

    mutating func end(_ ending: ChangeEnding) {
        guard !earlier.isEmpty else { return }
        if ending == .takenBack { for (key, row) in earlier.reversed() { rows[key] = row } }
        earlier.removeAll(keepingCapacity: true)
    }
}

/// Rows in the order they were appended, numbered from 1.
struct Journal<Row: Sendable>: Sendable {
    private(set) var rows: [Row] = []
    private var kept = 0

    var count: Int64 { Int64(rows.count) }

    mutating func append(_ row: Row) -> Int64 {
        rows.append(row)
        return count
    }

    mutating func end(_ ending: ChangeEnding) {
        if ending == .takenBack { rows.removeLast(rows.count - kept) }
        kept = rows.count
    }
}
