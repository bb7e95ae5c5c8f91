import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore
import Testing

/// Effects in force, breaker, allow-list, announcements, watched cases.
extension StoreConformance {
    static let lasting = [
        Check("effects in force: found by machine, family and page, until they are taken back", effects),
        Check("an ended effect gives no reserved place its excuse", placesAndEffects),
        Check("asking actions: page by page", asking),
        Check("no other holder", noOtherHolder),
        Check("breaker: closed until it opens, and by version", breaker),
        Check("evidence: in its order, the old forgotten", evidence),
        Check("allow-list: by any hash of the case, until its end or removal", allowList),
        Check("announcements: kept until they are delivered", announcements),
        Check("watched cases: until their time, through merges", watched),
        Check("indicators count apart from machines", indicators),
    ]

    @Sendable
    private static func effects(_ store: any Store) async throws {
        let rows = [
            Sample.action(1, run: 1, machine: 1, kind: .isolate, phase: .ended(.done)),
            Sample.action(2, run: 2, machine: 1, kind: .restrictApps, phase: .ended(.done)),
            Sample.action(3, run: 3, machine: 2, kind: .isolate, phase: .ended(.done)),
            Sample.action(4, run: 4, machine: 1, kind: .isolate, phase: .ended(.failed)),
            Sample.action(5, run: 5, machine: 1, kind: .antivirusScan, phase: .ended(.done)),
            Sample.action(6, run: 6, machine: nil, kind: .blockFile, phase: .ended(.done)),
        ]
        try await store.make(rows.map { .action($0) })
        func ids(_ actions: [Action]) -> [Int64] { actions.map(\.id.value) }
        #expect(ids(try await store.effects(after: nil, limit: 10)) == [1, 2, 3, 6])
        #expect(ids(try await store.effects(after: ActionID(1), limit: 2)) == [2, 3])
        #expect(ids(try await store.effects(onMachine: Sample.machine(1), family: .isolation)) == [1])
        #expect(ids(try await store.effects(onMachine: nil, family: .indicator)) == [6])
        var first = try #require(try await store.action(ActionID(1)))
        _ = first.handle(.takenBack(by: "test"), at: Sample.now)
        try await store.make([.action(first)])
        #expect(ids(try await store.effects(after: nil, limit: 10)) == [2, 3, 6])
        #expect(try await store.effects(onMachine: Sample.machine(1), family: .isolation).isEmpty)
    }

    @Sendable
    private static func placesAndEffects(_ store: any Store) async throws {
        // A done action's effect lasts; the place that was only reserved for another step can be returned all the same.
        let done = Sample.action(1, run: 1, machine: 1, kind: .isolate, phase: .ended(.done))
        try await store.make([.action(done), .reserve(RunID(1), [Sample.use(1)])])
        try await store.make([.returnReservation(RunID(1), Sample.machine(1))])
        #expect(try await store.budgetedMachines() == 0)
    }

    @Sendable
    private static func asking(_ store: any Store) async throws {
        try await store.make((1...3).map { .action(Sample.action($0, run: $0, machine: $0, phase: .asking)) })
        try await store.make([.action(Sample.action(4, run: 4, machine: 4, phase: .ready))])
        #expect(try await store.askingActions(after: nil, limit: 10).map(\.id.value) == [1, 2, 3])
        #expect(try await store.askingActions(after: ActionID(1), limit: 1).map(\.id.value) == [2])
    }

    @Sendable
    private static func noOtherHolder(_ store: any Store) async throws {
        let machine = Sample.machine(1)
        func refusal(_ id: Int64) async throws -> CommitRefusal? {
            try await store.refusal(requires: [.noOtherHolder(machine: machine, family: .isolation, CaseID(id))])
        }
        #expect(try await refusal(1) == nil)
        try await store.make([.hold(machine: machine, family: .isolation, CaseID(1))])
        #expect(try await refusal(1) == nil)
        #expect(
            try await refusal(2)
                == .precondition(.noOtherHolder(machine: machine, family: .isolation, CaseID(2))))
        try await store.make([.hold(machine: machine, family: .isolation, CaseID(2))])
        #expect(try await refusal(1) != nil)
        try await store.make([.unhold(machine: machine, family: .isolation, CaseID(2))])
        #expect(try await refusal(1) == nil)
        // A case that was merged holds under its survivor's name.
        try await store.make([.merge(from: CaseID(1), into: CaseID(9))])
        #expect(try await refusal(9) == nil)
        #expect(try await refusal(1) == nil)
        try await store.make([.hold(machine: nil, family: .indicator, CaseID(3))])
        #expect(
            try await store.refusal(requires: [.noOtherHolder(machine: nil, family: .indicator, CaseID(4))]) != nil)
    }

    @Sendable
    private static func breaker(_ store: any Store) async throws {
        #expect(try await store.refusal(requires: [.breakerClosed(mark: 0)]) == nil)
        var breaker = try await store.breaker()
        let unread = breaker
        _ = breaker.open("test", at: Sample.now)
        try await store.make([.breaker(breaker)])
        #expect(try await store.refusal(requires: [.breakerClosed(mark: 0)]) == .precondition(.breakerClosed(mark: 0)))
        #expect(try await store.refusal(of: [.breaker(unread)]) == .version("breaker"))
        breaker = try await store.breaker()
        #expect(breaker.reason == "test")
        _ = breaker.reset(by: "ana", reason: "mended", at: Sample.now)
        try await store.make([.breaker(breaker)])
        #expect(try await store.refusal(requires: [.breakerClosed(mark: 0)]) == nil)
        #expect(try await store.breaker().resetAt == Sample.now)
    }

    @Sendable
    private static func evidence(_ store: any Store) async throws {
        let kinds: [BreakerEvidence.Kind] = [
            .sent, .done, .failed, .sent, .done, .done, .failed, .failed, .guardStop, .sent, .done, .failed,
        ]
        let items = kinds.enumerated().map { index, kind in
            BreakerEvidence(at: Sample.now + .seconds(index / 2), machine: Sample.machine(index), kind: kind)
        }
        #expect(try await store.breakerRecord(since: Sample.now, sentSince: Sample.now).mark == 0)
        try await store.make(items.map { .evidence($0) })
        for since in 0...6 {
            for sent in 0...6 {
                let since = Sample.now + .seconds(since)
                let record = try await store.breakerRecord(since: since, sentSince: Sample.now + .seconds(sent))
                #expect(
                    record.evidence
                        == BreakerRecord.deciding(
                            among: items.filter { $0.at >= since }, sentSince: Sample.now + .seconds(sent)))
            }
        }
        let mark = try await store.breakerRecord(since: Sample.now, sentSince: Sample.now).mark
        #expect(try await store.refusal(requires: [.breakerClosed(mark: mark)]) == nil)
        // What went well moves nothing; what failed does.
        try await store.make([.evidence(items[0]), .evidence(items[1])])
        #expect(try await store.refusal(requires: [.breakerClosed(mark: mark)]) == nil)
        try await store.make([.evidence(items[2])])
        #expect(
            try await store.refusal(requires: [.breakerClosed(mark: mark)]) == .precondition(.breakerClosed(mark: mark))
        )
    }

    @Sendable
    private static func allowList(_ store: any Store) async throws {
        try await store.make([.hashes(CaseID(1), [Sample.hash(1), Sample.hash(1, .sha1)])])
        let until = Sample.now + .seconds(60)
        func refusal(_ time: Timestamp = Sample.now) async throws -> CommitRefusal? {
            try await store.refusal(requires: [.notAllowListed(CaseID(1), at: time)])
        }
        #expect(try await refusal() == nil)
        let entry = AllowListEntry(
            id: AllowListID(1), publicID: Sample.publicID(9), caseID: CaseID(7), hashes: [Sample.hash(1, .sha1)],
            from: Sample.now, until: until, by: "lea", reason: "ours")
        try await store.make([.allow(entry)])
        #expect(try await refusal() != nil)
        #expect(try await refusal(until) == nil)
        #expect(try await store.allowList(activeAt: Sample.now).map(\.publicID) == [entry.publicID])
        #expect(try await store.allowList(activeAt: until).isEmpty)
        #expect(try await store.refusal(of: [.allow(entry)]) != nil, "by version")
        var stored = try #require(try await store.allowList(activeAt: nil).first)
        #expect(stored.reason == "ours")
        #expect(!stored.remove(by: "lea", reason: "was wrong", at: Sample.now).isEmpty)
        try await store.make([.allow(stored)])
        #expect(try await refusal() == nil)
        #expect(try await store.allowList(activeAt: Sample.now).isEmpty)
        #expect(try await store.allowList(activeAt: nil).first?.removedBy == "lea")
    }

    @Sendable
    private static func announcements(_ store: any Store) async throws {
        let id = try #require(try await store.reserveIDs(Announcement.self, count: 1).first)
        let announcement = Announcement(
            id: id, publicID: Sample.publicID(1), event: .held, at: Sample.now, to: "soc",
            content: .init(title: "held\u{0}", text: "one", facts: [.init("a", "b")]))
        try await store.make([.announcement(announcement)])
        #expect(try await store.announcement(id) == announcement)
        try await store.make([.announced(id), .announced(AnnouncementID(99))])
        #expect(try await store.announcement(id) == nil)
    }

    @Sendable
    private static func watched(_ store: any Store) async throws {
        let now = Sample.now
        try await store.make((1...3).map { .watch(CaseID($0), until: now + .seconds($0 * 10)) })
        func ids(_ time: Timestamp, after: CaseID? = nil, limit: Int = 10) async throws -> [Int64] {
            try await store.watchedCases(at: time, after: after, limit: limit).map(\.id.value)
        }
        #expect(try await ids(now) == [1, 2, 3])
        #expect(try await ids(now, after: CaseID(1), limit: 1) == [2])
        #expect(try await ids(now + .seconds(10)) == [2, 3])
        try await store.make([.hashes(CaseID(2), [Sample.hash(7)])])
        #expect(
            try await store.watchedCases(at: now, after: CaseID(1), limit: 1)
                == [WatchedCase(id: CaseID(2), hashes: [Sample.hash(7)])])
        try await store.make([.watch(CaseID(2), until: nil)])
        #expect(try await ids(now) == [1, 3])
        try await store.make([.merge(from: CaseID(3), into: CaseID(1))])
        #expect(try await ids(now + .seconds(25)) == [1], "the later time counts")
    }

    @Sendable
    private static func indicators(_ store: any Store) async throws {
        let file = BudgetUse(
            machine: Sample.machine(1), budgetClass: BudgetUse.indicatorClass(of: "standard"), playbook: "p",
            group: "", at: Sample.now)
        try await store.make([.reserve(RunID(1), [file])])
        func refusal(_ scope: BudgetWindow.Scope) async throws -> CommitRefusal? {
            let window = BudgetWindow(scope: scope, seconds: 3_600, cap: 1, key: "test")
            return try await store.refusal(requires: [
                .budget(BudgetClaim(machines: [Sample.machine(2)], windows: [window], now: Sample.now))
            ])
        }
        #expect(try await refusal(.budgetClass(file.budgetClass)) != nil)
        #expect(try await refusal(.group("")) == nil, "a file is no machine of the tenant")
        #expect(try await refusal(.group("office")) == nil)
    }
}
