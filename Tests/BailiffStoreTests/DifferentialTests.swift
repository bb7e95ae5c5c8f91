import BailiffAudit
import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore
import BailiffTestSupport
import Testing

/// Two stores that are told the same answer the same: random calls from a seed, every answer and every list compared.
@Suite(.serialized) struct DifferentialTests {
    @Test(arguments: 0..<40 as Range<UInt64>)
    func agree(_ seed: UInt64) async throws {
        try await StoreKind.memory.withMaker { make in
            let database = try await make()
            let simulated = SimulatedStore()
            var story = RandomStory(seed: seed)
            // Cases that commits speak of: a whole block, so that both go on with the same number.
            let cases = try await database.reserveIDs(Case.self, count: 128)
            #expect(try await simulated.reserveIDs(Case.self, count: 128) == cases)
            for step in 0..<150 {
                let call = story.next()
                let expected = try await call.answer(of: simulated)
                let actual = try await call.answer(of: database)
                #expect(actual == expected, "seed \(seed), step \(step): \(call.name)")
                guard actual == expected else { break }
            }
            let expected = try await StorePicture(of: simulated)
            let actual = try await StorePicture(of: database)
            for (left, right) in zip(actual.parts, expected.parts) {
                #expect(left.text == right.text, "seed \(seed): \(left.name)")
            }
            await database.close()
        }
    }
}

/// One call and what it answered, as text.
struct RandomCall: Sendable {
    var name: String
    var call: @Sendable (any Store) async throws -> String

    func answer(of store: any Store) async throws -> String { try await call(store) }
}

/// Calls drawn from a few hashes, machines, feeds and times, so that they meet.
struct RandomStory {
    private var random: SplitMix64
    private var now = Sample.now
    private var leases: [JobLease] = []
    private var versions: [String: Int] = [:]

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    private mutating func pick(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }
    private mutating func chance(_ percent: Int) -> Bool { pick(100) < percent }

    mutating func next() -> RandomCall {
        now = now + .seconds(pick(20))
        switch pick(100) {
        case 0..<45: return ingest()
        case 45..<75: return commit()
        case 75..<90: return work()
        case 90..<95: return lookUp()
        default: return prune()
        }
    }

    private mutating func ingest() -> RandomCall {
        let deliveries = (0...pick(2)).map { _ in delivery() }
        return RandomCall(name: "ingest") { "\(try await $0.ingest(deliveries))" }
    }

    private mutating func delivery() -> PreparedDelivery {
        let records = (0...pick(3)).map { _ -> PreparedDelivery.RecordContent in
            if chance(8) { return .rejected(code: "c", message: "m\(pick(3))", bytes: [UInt8(pick(256))]) }
            return .verdict(verdict(), wantsAssessment: chance(50))
        }
        let event: String? = chance(30) ? "d\(pick(12))" : nil
        let isUnreadable = chance(5)
        var delivery = Sample.delivery(
            isUnreadable ? [] : records, feed: ["lab", "é", "e\u{301}"][pick(3)], event: event, at: now,
            body: "body \(pick(2))",
            bodyRejection: isUnreadable ? RejectedRecord(ordinal: 0, code: "json.syntax", message: "bad") : nil)
        if chance(30) { delivery.reports = [pick(3): ReportOrder(product: "cape", kind: "task", id: "\(pick(6))")] }
        return delivery
    }

    private mutating func verdict() -> Verdict {
        let trivial = FileHash("d41d8cd98f00b204e9800998ecf8427e")
        var hashes = Sample.hashes(
            sha256: chance(50) ? pick(12) : nil, sha1: chance(40) ? pick(12) : nil, md5: chance(40) ? pick(12) : nil)
        if chance(4) { hashes.md5 = trivial }
        return Sample.verdict(
            hashes, level: VerdictLevel.allCases[pick(4)], share: chance(30) ? Double(pick(3)) / 3 : nil,
            analysedAt: chance(50) ? Sample.now - .seconds(pick(4)) : nil, event: chance(50) ? "e\(pick(15))" : nil)
    }

    private mutating func commit() -> RandomCall {
        let puts = (0...pick(4)).map { _ in record() }
        let requires = (0..<pick(3)).map { _ in precondition() }
        let jobs: [JobChange] = chance(30) ? [.upsert(key(), due: now + .seconds(pick(60)))] : []
        return RandomCall(name: "commit \(puts) requires \(requires)") { store in
            switch try await store.commit(Sample.commit(puts, requires: requires, jobs: jobs)) {
            case .committed(let ids): "\(ids)"
            case .refused(let refusal): "\(refusal)"
            }
        }
    }

    private mutating func version(_ name: String) -> Int {
        // Mostly the right one, as far as a story without answers can tell.
        let known = versions[name] ?? 0
        if chance(85) {
            versions[name] = known + 1
            return known
        }
        return max(0, known - 1)
    }

    private mutating func record() -> Record {
        let caseID = CaseID(Int64(pick(20) + 1))
        let machine = Sample.machine(pick(4))
        let family = [ActionFamily.isolation, .scan][pick(2)]
        let run = pick(5) + 1
        switch pick(14) {
        case 0:
            var kase = chance(50) ? Sample.planned(caseID) : Case(id: caseID, openedAt: now)
            kase.version = version("case \(caseID)")
            return .kase(kase)
        case 1, 2:
            var value = Sample.run(run, of: caseID.value)
            if chance(30) { value = Sample.ended(value) }
            value.version = version("run \(run)")
            return .run(value)
        case 3, 4, 5: return .action(action(of: caseID))
        case 6:
            let number = pick(6) + 1
            var approval = Sample.approval(
                number, of: Sample.run(run, of: caseID.value), action: Sample.action(1, run: run))
            if chance(40) { _ = approval.withdraw(at: now) }
            approval.version = version("approval \(number)")
            return .approval(approval)
        case 7: return .sightings(caseID, [Sample.sighting(pick(4), path: "p\(pick(5))", seenAt: now)])
        case 8: return .hashes(caseID, [Sample.hash(pick(14)), Sample.hash(pick(14), .sha1)])
        case 9: return .merge(from: caseID, into: CaseID(Int64(pick(20) + 1)))
        case 10: return .reserve(RunID(Int64(run)), [Sample.use(pick(4), at: now, group: ["", "g"][pick(2)])])
        case 11: return .spend(RunID(Int64(run)), machine, at: now)
        case 12: return .returnReservation(RunID(Int64(run)), machine)
        default:
            return chance(60)
                ? .hold(machine: machine, family: family, caseID) : .unhold(machine: machine, family: family, caseID)
        }
    }

    /// What an action is of follows from its number: it never changes.
    private mutating func action(of caseID: CaseID) -> Action {
        let phases: [Action.Phase] = [
            .planned, .asking, .ready, .intended, .sending, .unknown, .pending, .ended(.done), .ended(.cancelled),
        ]
        let number = pick(14) + 1
        var action = Sample.action(
            number, run: number % 4 + 1, of: caseID.value, machine: number % 7 == 0 ? nil : number % 3,
            kind: [.isolate, .release, .antivirusScan, .isolate][number % 4], phase: phases[pick(phases.count)])
        action.version = version("action \(number)")
        return action
    }

    private mutating func precondition() -> Precondition {
        switch pick(6) {
        case 0: return .runActive(RunID(Int64(pick(5) + 1)))
        case 1: return .caseOpen(CaseID(Int64(pick(20) + 1)))
        case 2: return .notHalted(byPerson: chance(50))
        case 3:
            return .laneFree(
                machine: Sample.machine(pick(4)), family: [.isolation, .scan][pick(2)],
                except: ActionID(Int64(pick(12) + 1)))
        case 4:
            let scopes: [BudgetWindow.Scope] = [.budgetClass("standard"), .group(""), .group("g"), .playbook("p")]
            let window = BudgetWindow(
                scope: scopes[pick(4)], seconds: Int64([30, 120, 86_400][pick(3)]), cap: pick(4), key: "k")
            return .budget(
                BudgetClaim(machines: (0..<pick(4)).map { _ in Sample.machine(pick(5)) }, windows: [window], now: now))
        default: return .lease(leases.randomElement(using: &random) ?? RandomStory.noLease)
        }
    }

    private static let noLease = JobLease(
        key: JobKey(.act, 1), number: 77, generation: 1, until: Sample.now, attempts: 0, due: Sample.now)

    private mutating func key() -> JobKey {
        JobKey(JobKey.Kind.allCases[pick(JobKey.Kind.allCases.count)], Int64(pick(6)))
    }

    /// Numbers of leases are given in order: a guess hits one often enough.
    private mutating func lease() -> JobLease {
        JobLease(
            key: key(), number: Int64(pick(40) + 1), generation: 1, until: now, attempts: 0, due: now)
    }

    private mutating func work() -> RandomCall {
        let lane = Lane.allCases[pick(Lane.allCases.count)]
        let (now, limit, length) = (now, pick(4), Duration.seconds(pick(40)))
        if chance(50) {
            return RandomCall(name: "claim \(lane)") {
                "\(try await $0.claim(lane, limit: limit, now: now, lease: length, node: NodeID("n")))"
            }
        }
        let lease = lease()
        leases.append(lease)
        let due = now + .seconds(pick(60))
        if chance(20) { return advance(lease, due: due) }
        let change: JobChange =
            switch pick(5) {
            case 0: .finish(lease)
            case 1: .reschedule(lease, due: due, error: nil)
            case 2: .reschedule(lease, due: due, error: "e")
            case 3: .setAside(lease, error: "e")
            default: .upsert(key(), due: due)
            }
        return RandomCall(name: "settle \(change)") { store in
            try await store.settle([change])
            return "\(String(describing: try await store.nextDue(lane)))"
        }
    }

    private mutating func advance(_ lease: JobLease, due: Timestamp) -> RandomCall {
        // Of a job that is likely to be leased: deliveries make these.
        var lease = lease
        if chance(60) { lease.key = JobKey(.fetch, Int64(pick(12) + 1)) }
        let progress = FeedProgress(
            lease: lease, deliveries: (0..<pick(3)).map { _ in delivery() },
            cursor: chance(50) ? FeedCursor(feed: ["lab", "é"][pick(2)], bytes: [UInt8(pick(256))]) : nil,
            endsOrder: chance(50), job: chance(50) ? .finish(lease) : .reschedule(lease, due: due, error: nil))
        return RandomCall(name: "advance \(lease)") { "\(String(describing: try await $0.advance(progress)))" }
    }

    private mutating func lookUp() -> RandomCall {
        let prefix = String(Sample.hash(pick(14)).hex.prefix(4 + pick(8)))
        let id = CaseID(Int64(pick(30) + 1))
        return RandomCall(name: "look up \(prefix) \(id)") { store in
            let found = try await store.cases(withHashPrefix: prefix)
            let summary = try await store.summary(ofCase: id)
            return "\(found) \(String(describing: summary))"
        }
    }

    private mutating func prune() -> RandomCall {
        let horizon = now - .seconds(pick(200))
        let later = now + .seconds(40 * 86_400)
        return chance(30)
            ? RandomCall(name: "prune") { "\(try await $0.prune(before: horizon, now: later))" }
            : RandomCall(name: "statistics") { store in
                let statistics = try await store.jobStatistics(now: horizon)
                let lanes = Lane.allCases.map { "\(statistics.waiting[$0] ?? -1)/\(statistics.overdue[$0] ?? -1)" }
                return "\(lanes) \(String(describing: statistics.oldestDue)) \(statistics.setAside)"
            }
    }
}

/// Everything a store can be asked, as text.
struct StorePicture: Sendable {
    var parts: [(name: String, text: String)] = []

    init(of store: any Store) async throws {
        let all = PageRequest(limit: 1_000)
        add("cases", try await store.cases(all).elements.map { "\($0.id) \($0.hashes) \($0.verdictCount)" })
        add("verdicts", try await store.verdicts(feed: nil, all).elements)
        add("verdicts of é", try await store.verdicts(feed: "é", all).elements)
        add("rejections", try await store.rejections(feed: nil, all).elements)
        add("orders", try await store.reportOrders(after: VerdictID(0), limit: 1_000))
        for feed in ["lab", "é", "e\u{301}"] { add("cursor", [try await store.feedCursor(feed)?.bytes ?? []]) }
        add("runs", try await store.runs(all).elements.map(RunText.of))
        add("approvals", try await store.approvals(waitingOnly: false, all).elements)
        add("waiting approvals", try await store.approvals(waitingOnly: true, all).elements)
        add("pending", try await store.pendingActions(limit: 1_000))
        add("entries", try await store.entries(from: 0, limit: 100_000))
        add("uses", try await store.budgetUses(of: (0..<10).map(Sample.machine)))
        for id in (Array(1...20) + Array(129...160)).map({ CaseID($0) }) {
            add("survivor of \(id)", [try await store.survivor(of: id)])
            add("case \(id)", [CaseText.of(try await store.findCase(id))])
            add("runs of \(id)", try await store.runs(ofCase: id).map(RunText.of))
            add("actions of \(id)", try await store.actions(ofCase: id))
            add("sightings of \(id)", try await store.sightings(ofCase: id))
            add("verdicts of \(id)", try await store.verdicts(ofCase: id, limit: 100))
        }
        for number in 0..<5 {
            let machine = Sample.machine(number)
            for family in [ActionFamily.isolation, .scan] {
                add("holders \(number)", try await store.holders(machine: machine, family: family))
            }
            add("actions on \(number)", try await store.actions(onMachine: machine, limit: 100))
        }
    }

    private mutating func add(_ name: String, _ values: [some Any]) { parts.append((name, "\(values)")) }

    /// Dictionaries print in no order.
    private enum CaseText {
        static func of(_ kase: Case?) -> String {
            guard let kase else { return "none" }
            return "\(kase.id) \(kase.version) \(kase.phase) \(kase.openedAt) \(kase.plans.sorted { $0.key < $1.key })"
        }
    }

    private enum RunText {
        static func of(_ run: Run) -> String { "\(run.id) \(run.version) \(run.caseID) \(run.phase)" }
    }
}
