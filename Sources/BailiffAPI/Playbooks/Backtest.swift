import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore

/// What a version of a playbook would have done: over the verdicts that are stored and the facts that were recorded when
/// plans were made. Asks nobody and changes nothing.
///
/// Every case is looked at as it stands with all its verdicts of the time, once, at the time of its last verdict. A case for
/// which no playbook has ever made a plan has no recorded facts: it is counted, and its machines are not guessed.
struct Backtest: Sendable {
    let store: any StoreReading
    let since: Timestamp
    let now: Timestamp

    /// A version and the set it would be in force with.
    struct Version: Sendable {
        var playbook: Playbook
        var library: PlaybookLibrary
    }

    /// More cases than these are not looked at; the report says so.
    static let caseLimit = 20_000
    private static let differenceLimit = 100

    /// One case with what is known about it.
    struct Subject: Sendable {
        var id: CaseID
        var at: Timestamp
        var verdict: VerdictFacts
        /// Of its newest plan, by whatever playbook.
        var facts: PlanInput?
    }

    // MARK: Reading

    func subjects() async throws -> (subjects: [Subject], isCut: Bool) {
        var byCase: [CaseID: [StoredVerdict]] = [:]
        var page: Page<StoredVerdict>
        var request = PageRequest(limit: 1_000)
        var isCut = false
        read: repeat {
            try Task.checkCancellation()
            page = try await store.verdicts(feed: nil, request)
            for verdict in page.elements {
                if verdict.receivedAt < since { break read }
                guard let id = verdict.caseID, verdict.verdict.isActionable else { continue }
                if byCase[id] == nil, byCase.count >= Self.caseLimit {
                    isCut = true
                    continue
                }
                byCase[id, default: []].append(verdict)
            }
            request = PageRequest(before: page.next, limit: 1_000)
        } while page.next != nil
        var subjects: [Subject] = []
        for (id, verdicts) in byCase {
            try Task.checkCancellation()
            if let subject = try await subject(id, verdicts) { subjects.append(subject) }
        }
        // In the order in which they would have come: budgets depend on it.
        return (subjects.sorted { ($0.at, $0.id.value) < ($1.at, $1.id.value) }, isCut)
    }

    private func subject(_ id: CaseID, _ verdicts: [StoredVerdict]) async throws -> Subject? {
        guard let opinion = CaseOpinion(verdicts), let at = verdicts.map(\.receivedAt).max() else { return nil }
        var file = Case(id: id, openedAt: at)
        _ = file.handle(.verdicts(opinion, hashes: try await store.hashes(ofCase: id)), at: at)
        guard let verdict = file.verdict else { return nil }
        let newest = try await store.runs(ofCase: id).max { $0.startedAt < $1.startedAt }
        var facts: PlanInput?
        if let newest, let document = try await store.document(newest.facts), document.kind == .facts {
            facts = try? CanonicalCoding.decode(PlanInput.self, from: document.bytes)
        }
        return Subject(id: id, at: at, verdict: verdict, facts: facts)
    }

    // MARK: Planning

    /// What one version would have done to one case.
    struct Effect: Hashable, Sendable {
        var automatic: Set<MachineID> = []
        var asked: Set<MachineID> = []
        var denied: Set<MachineID> = []
        var waiting: Set<MachineID> = []

        var isEmpty: Bool { automatic.isEmpty && asked.isEmpty && denied.isEmpty && waiting.isEmpty }
    }

    struct Report: Sendable {
        var triggered = 0
        var withoutFacts = 0
        var total = Effect()
        /// Machines that a guard held or denied, by guard.
        var held: [String: Set<MachineID>] = [:]
        var denied: [String: Set<MachineID>] = [:]
        /// Most distinct machines in any sliding hour: without a person, and with every question answered with yes.
        var peakAutomatic = 0
        var peakAll = 0
        var byCase: [CaseID: Effect] = [:]
    }

    /// In mode `live`, the budgets filling up as they would have.
    func report(_ version: Version, over subjects: [Subject]) throws(CancellationError) -> Report {
        var report = Report()
        var uses: [BudgetUse] = []
        var automatic: [(Timestamp, MachineID)] = []
        var all: [(Timestamp, MachineID)] = []
        for subject in subjects {
            if Task.isCancelled { throw CancellationError() }
            guard case .matched = Planner.isTriggered(version.playbook, by: subject.verdict, now: subject.at) else {
                continue
            }
            report.triggered += 1
            guard var input = subject.facts else {
                report.withoutFacts += 1
                continue
            }
            // What guards compare with now is compared with the time the facts are of.
            let moment = input.now
            input.verdict = subject.verdict
            input.mode = .live
            input.inRun = []
            uses.removeAll { $0.at <= subject.at - .seconds(86_400) }
            input.usage = BudgetUsage(
                uses: uses.map { use in
                    var use = use
                    use.at = moment - (subject.at - use.at)
                    return use
                })
            let plan = Planner.plan(version.playbook, in: version.library, for: input)
            let effect = count(plan, into: &report)
            report.byCase[subject.id] = effect
            let groups = Dictionary(plan.machines.map { ($0.id, $0.group) }, uniquingKeysWith: { first, _ in first })
            uses += plan.budget.reserved.map {
                BudgetUse(
                    machine: $0, budgetClass: plan.budget.budgetClass, playbook: plan.playbook.name,
                    group: groups[$0] ?? "", at: subject.at)
            }
            automatic += effect.automatic.map { (subject.at, $0) }
            all += effect.automatic.union(effect.asked).map { (subject.at, $0) }
        }
        report.peakAutomatic = Self.peak(automatic)
        report.peakAll = Self.peak(all)
        return report
    }

    /// Disruptive actions only: they are what a person wants to know of.
    private func count(_ plan: Plan, into report: inout Report) -> Effect {
        var effect = Effect()
        for action in plan.actions where plan.step(action.step)?.action.isDisruptive == true {
            guard let machine = action.machine else { continue }
            for finding in action.guards {
                switch finding.enforcement {
                case .hold: report.held[finding.id, default: []].insert(machine)
                case .deny: report.denied[finding.id, default: []].insert(machine)
                case .skip, .warn, .audit: break
                }
            }
            switch action.disposition {
            case .ended(.denied): effect.denied.insert(machine)
            case .ended: break
            case .proceed where action.budget == .waitsForRoom: effect.waiting.insert(machine)
            case .proceed where action.approvals.isEmpty: effect.automatic.insert(machine)
            case .proceed: effect.asked.insert(machine)
            }
        }
        effect.asked.subtract(effect.automatic)
        effect.waiting.subtract(effect.automatic.union(effect.asked))
        report.total.automatic.formUnion(effect.automatic)
        report.total.asked.formUnion(effect.asked)
        report.total.denied.formUnion(effect.denied)
        report.total.waiting.formUnion(effect.waiting)
        return effect
    }

    /// The most distinct machines within any hour; `events` are in the order of time.
    static func peak(_ events: [(Timestamp, MachineID)]) -> Int {
        var counts: [MachineID: Int] = [:]
        var first = 0
        var peak = 0
        for (time, machine) in events {
            counts[machine, default: 0] += 1
            while events[first].0 <= time - .seconds(3_600) {
                let gone = events[first].1
                let left = (counts[gone] ?? 1) - 1
                counts[gone] = left > 0 ? left : nil
                first += 1
            }
            peak = max(peak, counts.count)
        }
        return peak
    }

    // MARK: Comparing

    /// Cases that the two versions treat differently, the newest first.
    static func differences(
        _ candidate: Report, _ active: Report, _ subjects: [Subject]
    ) -> (rows: [(subject: Subject, candidate: Effect, active: Effect)], count: Int) {
        let rows = subjects.reversed().compactMap { subject -> (subject: Subject, candidate: Effect, active: Effect)? in
            let new = candidate.byCase[subject.id] ?? Effect()
            let old = active.byCase[subject.id] ?? Effect()
            return new == old ? nil : (subject, new, old)
        }
        return (Array(rows.prefix(differenceLimit)), rows.count)
    }
}
