import BailiffAudit
import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore

/// Collects what one commit writes while the core's effects are walked through.
///
/// Several machine ways of one run may pass through it; they hand the run on, so that its counters are written once.
struct WorkOrder {
    private(set) var drafts: [EntryDraft] = []
    var requires: [Precondition] = []
    var puts: [Record] = []
    var jobs: [JobChange] = []
    private var runs: [RunID: Run] = [:]
    private var runOrder: [RunID] = []
    private var actions: [ActionID: Action] = [:]
    private var actionOrder: [ActionID] = []
    /// Actions that ended by this order.
    private(set) var ended: [ActionID] = []
    /// Actions whose case does not want their effect any more.
    private(set) var unheld: [ActionID] = []
    /// Runs that ended by this order.
    private(set) var endedRuns: [RunID] = []
    let now: Timestamp
    let askSettle: Duration

    init(now: Timestamp, askSettle: Duration) {
        self.now = now
        self.askSettle = askSettle
    }

    mutating func record(_ draft: EntryDraft) { drafts.append(draft) }
    mutating func record(_ more: [EntryDraft]) { drafts += more }

    /// The run as changed so far.
    func run(_ read: Run) -> Run { runs[read.id] ?? read }

    /// The action as changed so far.
    func action(_ id: ActionID) -> Action? { actions[id] }
    /// A document that this order stores.
    func document(_ digest: Digest) -> StoredDocument? {
        for case .document(let document) in puts where document.digest == digest { return document }
        return nil
    }

    func changedRun(_ id: RunID) -> Run? { runs[id] }
    var changedActions: [Action] { actionOrder.compactMap { actions[$0] } }

    mutating func put(_ run: Run) {
        if run.phase == .ended, run.endedAt == now, !endedRuns.contains(run.id) { endedRuns.append(run.id) }
        if runs.updateValue(run, forKey: run.id) == nil { runOrder.append(run.id) }
    }

    mutating func put(_ action: Action) {
        if actions.updateValue(action, forKey: action.id) == nil { actionOrder.append(action.id) }
    }

    /// Takes what an event did to a way.
    mutating func take(_ effects: [MachineWay.ActionEffect], of way: MachineWay) {
        for action in way.changedActions {
            put(action)
            if let seconds = action.deadlineSeconds, let ready = action.readyAt, !action.wasSent, !action.isEnded {
                jobs.append(.upsert(JobKey(.deadline, action.id.value), due: ready + .seconds(seconds)))
            }
        }
        if let run = way.changedRun { put(run) }
        for item in effects { take(item, way) }
        record(way.runEntries)
    }

    private mutating func take(_ item: MachineWay.ActionEffect, _ way: MachineWay) {
        switch item.effect {
        case .record(let draft): record(draft)
        case .wake(let at): jobs.append(.upsert(JobKey(.act, item.action.value), due: at))
        case .ask: jobs.append(.upsert(JobKey(.ask, way.run.id.value), due: now + askSettle))
        case .poll(let at): jobs.append(.upsert(JobKey(.poll, 0), due: at))
        case .ended: ended.append(item.action)
        case .hold:
            if let action = way.actions.first(where: { $0.id == item.action }) {
                puts.append(.hold(machine: action.machine, family: action.family, action.caseID))
            }
        case .unhold: unheld.append(item.action)
        case .lease(let at): jobs.append(.upsert(JobKey(.lease, item.action.value), due: at))
        case .offline(let at): jobs.append(.upsert(JobKey(.offline, item.action.value), due: at))
        case .cancelOrder: jobs.append(.upsert(JobKey(.cancel, item.action.value), due: now))
        case .returnBudget:
            if let machine = way.actions.first(where: { $0.id == item.action })?.machine, !isCounted(machine, in: way) {
                puts.append(.returnReservation(way.run.id, machine))
            }
        }
    }

    /// Takes an event of an action alone: one that has ended, where no way moves.
    mutating func take(_ effects: [Action.Effect], of action: Action) {
        guard !effects.isEmpty else { return }
        put(action)
        for effect in effects {
            switch effect {
            case .record(let draft): record(draft)
            case .unhold: unheld.append(action.id)
            case .lease(let at): jobs.append(.upsert(JobKey(.lease, action.id.value), due: at))
            default: break
            }
        }
    }

    /// Whether another action of the run on this machine still uses the place in the budget.
    private func isCounted(_ machine: MachineID, in way: MachineWay) -> Bool {
        way.actions.contains { $0.machine == machine && $0.budget == .reserved && ($0.wasSent || !$0.isEnded) }
    }

    /// Nil where nothing was recorded: then only jobs may change.
    func commit(randomBytes: (Int) -> [UInt8]) -> Commit? {
        guard let entries = NonEmpty(drafts.map({ $0.built(randomBytes: randomBytes) })) else { return nil }
        let records =
            puts + runOrder.compactMap { runs[$0].map(Record.run) }
            + actionOrder.compactMap { actions[$0].map(Record.action) }
        return Commit(entries: entries, requires: requires, puts: records, jobs: jobs)
    }
}
