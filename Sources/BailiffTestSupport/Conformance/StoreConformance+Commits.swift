import BailiffAudit
import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore
import Testing

extension StoreConformance {
    static let commits = [
        Check("a commit appends its entries in order", appendsEntries),
        Check("a refused commit changes nothing", refusalChangesNothing),
        Check("the first precondition that fails is named", namesFirstFailure),
        Check("a commit refused half-way takes everything back", refusedHalfWay),
        Check("versions count up and stale ones are refused", versions),
        Check("a put of a version without a row is refused", versionWithoutRow),
        Check("of many that change one row at once one wins", oneWinner),
        Check("a refused commit leaves its neighbours alone", neighbours),
        Check("one intent: a step happens once on a machine in a run", onePlace),
        Check("a lane has one holder, whatever the preconditions say", oneLaneHolder),
    ]

    @Sendable
    private static func appendsEntries(_ store: any Store) async throws {
        let first = try await store.commit(
            Commit(
                entries: NonEmpty(
                    Sample.entry("a.one", reason: "because\u{0} of é"),
                    [Sample.entry("a.two"), Sample.entry("a.three")])))
        guard case .committed(let ids) = first else {
            Issue.record("refused")
            return
        }
        #expect(ids == [1, 2, 3])
        #expect(try await store.make() == [4])
        let entries = try await store.entries(from: 0, limit: 10)
        #expect(entries.map(\.index) == [0, 1, 2, 3])
        #expect(entries.map { EntryContents($0.entry)?.kind } == ["a.one", "a.two", "a.three", "test.changed"])
        #expect(entries[0].redactables == Sample.entry("a.one", reason: "because\u{0} of é").redactables)
        #expect(entries[0].redactables.first?.value.utf8.count == "because\u{0} of é".utf8.count)
        #expect(entries[1].redactables.isEmpty)
        #expect(try await store.entryCount() == 4)
    }

    @Sendable
    private static func refusalChangesNothing(_ store: any Store) async throws {
        try await store.make([.run(Sample.ended(Sample.run(1)))])
        let key = JobKey(.assess, 7)
        let refusal = try await store.refusal(
            of: [
                .kase(Case(id: CaseID(5), openedAt: Sample.now)), .run(Sample.run(2)), .action(Sample.action(1)),
                .person(Sample.person(1)), .activation(Sample.activation("p")),
                .document(StoredDocument(kind: .plan, bytes: [1])), .sightings(CaseID(5), [Sample.sighting(1)]),
                .hashes(CaseID(5), [Sample.hash(1)]), .reserve(RunID(2), [Sample.use(1)]),
                .hold(machine: Sample.machine(1), family: .isolation, CaseID(5)),
            ], requires: [.runActive(RunID(1))], jobs: [.upsert(key, due: Sample.now)])
        #expect(refusal == .precondition(.runActive(RunID(1))))
        #expect(try await store.entryCount() == 1)
        #expect(try await store.findCase(CaseID(5)) == nil)
        #expect(try await store.run(RunID(2)) == nil)
        #expect(try await store.action(ActionID(1)) == nil)
        #expect(try await store.operators().isEmpty)
        #expect(try await store.activations().isEmpty)
        #expect(try await store.document(Digest.of([1] as [UInt8])) == nil)
        #expect(try await store.sightings(ofCase: CaseID(5)).isEmpty)
        #expect(try await store.hashes(ofCase: CaseID(5)).isEmpty)
        #expect(try await store.budgetedMachines() == 0)
        #expect(try await store.holders(machine: Sample.machine(1), family: .isolation).isEmpty)
        #expect(try await store.nextDue(.enrichment) == nil)
    }

    @Sendable
    private static func namesFirstFailure(_ store: any Store) async throws {
        try await store.make([.run(Sample.run(1))])
        let refusal = try await store.refusal(requires: [
            .runActive(RunID(1)), .notHalted(byPerson: false), .runActive(RunID(8)), .runActive(RunID(9)),
        ])
        #expect(refusal == .precondition(.runActive(RunID(8))))
    }

    @Sendable
    private static func refusedHalfWay(_ store: any Store) async throws {
        try await store.make([.run(Sample.run(1)), .hashes(CaseID(1), [Sample.hash(1)])])
        // Everything in front of the stale put has been written when it is found.
        let stale = try await store.refusal(
            of: [
                .run(Sample.run(2)), .hashes(CaseID(2), [Sample.hash(2)]),
                .merge(from: CaseID(1), into: CaseID(2)), .run(Sample.run(1)),
            ], jobs: [.upsert(JobKey(.poll, 0), due: Sample.now)])
        #expect(stale == .version("run 1"))
        let owned = try await store.refusal(of: [
            .run(Sample.run(3)), .hashes(CaseID(3), [Sample.hash(9), Sample.hash(1)]),
        ])
        #expect(owned == .hashOwned(Sample.hash(1), by: CaseID(1)))
        #expect(try await store.run(RunID(2)) == nil)
        #expect(try await store.run(RunID(3)) == nil)
        #expect(try await store.survivor(of: CaseID(1)) == CaseID(1))
        #expect(try await store.run(RunID(1))?.caseID == CaseID(1))
        #expect(try await store.hashes(ofCase: CaseID(2)).isEmpty)
        #expect(try await store.hashes(ofCase: CaseID(3)).isEmpty)
        #expect(try await store.entryCount() == 1)
        #expect(try await store.make() == [2], "ids of entries have no gaps")
    }

    /// One put of every aggregate, at this version.
    private static func aggregates(version: Int) -> [(name: String, put: Record)] {
        var kase = Case(id: CaseID(4), openedAt: Sample.now)
        var run = Sample.run(1)
        var action = Sample.action(1)
        var approval = Sample.approval(1, of: run, action: action)
        var control = Control()
        var person = Sample.person(1)
        var activation = Sample.activation("p")
        kase.version = version
        run.version = version
        action.version = version
        approval.version = version
        control.version = version
        person.version = version
        activation.version = version
        return [
            ("case 4", .kase(kase)), ("run 1", .run(run)), ("action 1", .action(action)),
            ("approval 1", .approval(approval)), ("control", .control(control)),
            ("operator person1", .person(person)), ("activation p", .activation(activation)),
        ]
    }

    private static func storedVersions(_ store: any Store) async throws -> [Int?] {
        [
            try await store.findCase(CaseID(4))?.version, try await store.run(RunID(1))?.version,
            try await store.action(ActionID(1))?.version, try await store.approval(ApprovalID(1))?.version,
            try await store.control().version, try await store.person(named: "person1")?.version,
            try await store.activations().first?.version,
        ]
    }

    @Sendable
    private static func versions(_ store: any Store) async throws {
        #expect(try await store.control() == Control())
        for (_, put) in aggregates(version: 0) { try await store.make([put]) }
        #expect(try await storedVersions(store) == Array(repeating: 1, count: 7))
        for (name, put) in aggregates(version: 0) {
            #expect(try await store.refusal(of: [put]) == .version(name))
        }
        for (_, put) in aggregates(version: 1) { try await store.make([put]) }
        #expect(try await storedVersions(store) == Array(repeating: 2, count: 7))
        for (name, put) in aggregates(version: 1) {
            #expect(try await store.refusal(of: [put]) == .version(name))
        }
        // Twice in one commit: the second is stale.
        for (name, put) in aggregates(version: 2) {
            #expect(try await store.refusal(of: [put, put]) == .version(name))
        }
        #expect(try await storedVersions(store) == Array(repeating: 2, count: 7))
    }

    @Sendable
    private static func versionWithoutRow(_ store: any Store) async throws {
        for (name, put) in aggregates(version: 3) {
            #expect(try await store.refusal(of: [put]) == .version(name))
        }
        #expect(try await store.entryCount() == 0)
    }

    @Sendable
    private static func oneWinner(_ store: any Store) async throws {
        for version in 0..<3 {
            let made = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        var control = Control()
                        _ = control.halt(.all, by: "p\(number)", reason: "", at: Sample.now)
                        control.version = version
                        return try await store.refusal(of: [.control(control)]) == nil
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(made == 1)
            #expect(try await store.control().version == version + 1)
        }
        #expect(try await store.entryCount() == 3)
    }

    @Sendable
    private static func neighbours(_ store: any Store) async throws {
        let made = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for number in 1...40 {
                group.addTask {
                    let requires: [Precondition] = number.isMultiple(of: 2) ? [.runActive(RunID(999))] : []
                    let outcome = try await store.commit(
                        Sample.commit([.run(Sample.run(number))], requires: requires))
                    if case .committed(let ids) = outcome { return ids }
                    return []
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(made.sorted() == Array(1...20))
        for number in 1...40 {
            #expect((try await store.run(RunID(Int64(number))) != nil) == !number.isMultiple(of: 2))
        }
    }

    @Sendable
    private static func onePlace(_ store: any Store) async throws {
        try await store.make([.action(Sample.action(1))])
        #expect(try await store.refusal(of: [.action(Sample.action(2))]) == .version("action 1"))
        try await store.make([
            .action(Sample.action(3, machine: 2)), .action(Sample.action(4, kind: .investigate)),
            .action(Sample.action(5, run: 2)), .action(Sample.action(6, machine: nil)),
        ])
        #expect(try await store.refusal(of: [.action(Sample.action(7, machine: nil))]) == .version("action 6"))
    }

    @Sendable
    private static func oneLaneHolder(_ store: any Store) async throws {
        try await store.make([.action(Sample.action(1, phase: .intended))])
        let refusal = try await store.refusal(of: [.action(Sample.action(2, run: 2, phase: .intended))])
        #expect(
            refusal == .precondition(.laneFree(machine: Sample.machine(1), family: .isolation, except: ActionID(2))))
        var released = try #require(try await store.action(ActionID(1)))
        _ = released.handle(.withdrawn(.cancelled, "test"), at: Sample.now)
        // The lane passes on in one commit.
        try await store.make([.action(released), .action(Sample.action(2, run: 2, phase: .intended))])
    }
}
