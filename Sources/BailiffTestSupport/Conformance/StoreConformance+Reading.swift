import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore
import Testing

extension StoreConformance {
    static let reading = [
        Check("pages: newest first, each element once, new ones between", pages),
        Check("pages: filters", filteredPages),
        Check("cases by a prefix of a hash", hashPrefixes),
        Check("public ids by range", publicIDs),
        Check("actions by run, machine and phase", actionLists),
        Check("machines that were seen or acted upon, and their newest sighting", machines),
        Check("pages of actions by phase and outcome", actionPages),
    ]

    @Sendable
    private static func machines(_ store: any Store) async throws {
        #expect(try await store.machines(after: nil, limit: 10).isEmpty)
        #expect(try await store.announcementCount() == 0)
        try await store.make([
            .sightings(CaseID(1), [Sample.sighting(3, path: "old"), Sample.sighting(1)]),
            .sightings(CaseID(2), [Sample.sighting(3, path: "new", seenAt: Sample.now + .seconds(60))]),
            .run(Sample.run(1)), .action(Sample.action(1, run: 1, machine: 2)),
            .action(Sample.action(2, run: 1, machine: 1)),
        ])
        let all = [1, 2, 3].map(Sample.machine).sorted()
        #expect(try await store.machines(after: nil, limit: 10) == all)
        #expect(try await store.machines(after: nil, limit: 2) == Array(all.prefix(2)))
        #expect(try await store.machines(after: all[1], limit: 2) == [all[2]])
        #expect(try await store.machines(after: all[2], limit: 2).isEmpty)
        #expect(try await store.latestSighting(onMachine: Sample.machine(3))?.sighting.path == "new")
        #expect(try await store.latestSighting(onMachine: Sample.machine(2)) == nil)
    }

    @Sendable
    private static func actionPages(_ store: any Store) async throws {
        let phases: [Action.Phase] = [.pending, .ended(.cancelled), .planned, .ended(.cancelled), .ended(.done)]
        try await store.make([.run(Sample.run(1, open: 5))])
        for (index, phase) in phases.enumerated() {
            let number = index + 1
            let action = Sample.action(number, run: 1, machine: number)
            try await store.make([.action(Sample.moved(action, to: phase))])
        }
        func ids(_ filter: ActionFilter, _ page: PageRequest = PageRequest()) async throws -> [Int64] {
            try await store.actions(filter, page).elements.map(\.id.value)
        }
        #expect(try await ids(ActionFilter()) == [5, 4, 3, 2, 1])
        #expect(try await ids(ActionFilter(outcome: .cancelled)) == [4, 2])
        #expect(try await ids(ActionFilter(phase: .pending)) == [1])
        #expect(try await ids(ActionFilter(phase: .inForce)) == [5])
        #expect(try await ids(ActionFilter(phase: .ended)) == [4, 2])
        #expect(try await ids(ActionFilter(phase: .pending, outcome: .done)).isEmpty)
        let first = try await store.actions(ActionFilter(outcome: .cancelled), PageRequest(limit: 1))
        #expect(first.elements.map(\.id.value) == [4])
        #expect(first.next == 4)
        let second = try await store.actions(ActionFilter(outcome: .cancelled), PageRequest(before: 4, limit: 1))
        #expect(second.elements.map(\.id.value) == [2])
        #expect(second.next == nil)
    }

    @Sendable
    private static func pages(_ store: any Store) async throws {
        for number in 1...7 { try await store.take(Sample.delivery(Sample.verdict(Sample.hashes(sha256: number)))) }
        for limit in [1, 2, 3, 7, 100] {
            var seen: [Int64] = []
            var cases: [Int64] = []
            var request = PageRequest(limit: limit)
            while true {
                let page = try await store.verdicts(feed: nil, request)
                let casePage = try await store.cases(request)
                #expect(page.elements.count <= limit)
                #expect(page.next == casePage.next, "cases and verdicts are one to one here")
                seen += page.elements.map(\.id.value)
                cases += casePage.elements.map(\.id.value)
                guard let next = page.next else { break }
                request.before = next
            }
            #expect(seen == Array((1...7).reversed()))
            #expect(cases == seen)
        }
        let first = try await store.cases(PageRequest(limit: 3))
        try await store.take(Sample.delivery(Sample.verdict(Sample.hashes(sha256: 8))))
        let second = try await store.cases(PageRequest(before: first.next, limit: 3))
        #expect(second.elements.map(\.id.value) == [4, 3, 2])
        #expect(try await store.cases(PageRequest(before: 1)).elements.isEmpty)
        #expect(try await store.cases(PageRequest(before: 0)).next == nil)
    }

    @Sendable
    private static func filteredPages(_ store: any Store) async throws {
        for number in 1...6 {
            let feed = number.isMultiple(of: 2) ? "even" : "odd"
            try await store.take(Sample.delivery(Sample.verdict(Sample.hashes(sha256: number)), feed: feed))
            let run = Sample.run(number, of: Int64(number))
            var approval = Sample.approval(number, of: run, action: Sample.action(number, run: number))
            if number > 3 { _ = approval.withdraw(at: Sample.now) }
            try await store.make([.run(run), .approval(approval)])
        }
        let even = try await store.verdicts(feed: "even", PageRequest(limit: 2))
        #expect(even.elements.map(\.id.value) == [6, 4])
        #expect(even.elements.map(\.feed) == ["even", "even"])
        let rest = try await store.verdicts(feed: "even", PageRequest(before: even.next, limit: 2))
        #expect(rest.elements.map(\.id.value) == [2])
        #expect(rest.next == nil)
        #expect(try await store.verdicts(feed: "none", PageRequest()).elements.isEmpty)
        #expect(try await store.runs(PageRequest(limit: 2)).elements.map(\.id.value) == [6, 5])
        #expect(try await store.approvals(waitingOnly: true, PageRequest()).elements.map(\.id.value) == [3, 2, 1])
        #expect(
            try await store.approvals(waitingOnly: false, PageRequest(limit: 4)).elements.map(\.id.value) == [
                6, 5, 4, 3,
            ])
        #expect(try await store.approvals(waitingOnly: true, PageRequest(before: 3, limit: 1)).next == 2)
    }

    @Sendable
    private static func hashPrefixes(_ store: any Store) async throws {
        try await store.make([
            .hashes(CaseID(1), [Sample.hash(0x1234_5678)]), .hashes(CaseID(2), [Sample.hash(0x1234_5000, .sha1)]),
            .hashes(CaseID(3), [Sample.hash(0x1234_6000, .md5)]), .hashes(CaseID(4), [Sample.hash(0xABCD_EF01)]),
        ])
        let rows: [(prefix: String, cases: [Int64])] = [
            ("1234", [1, 2, 3]), ("12345", [1, 2]), ("123456", [1]), ("12345678c3", [1]), ("1234567", [1]),
            ("ABCDE", [4]), ("abcdef01", [4]), ("123", []), ("", []), ("12g4", []), ("123 ", []), ("ffff", []),
            (Sample.hash(0x1234_6000, .md5).hex, [3]), (Sample.hash(0x1234_6000, .md5).hex + "c3", []),
            (String(repeating: "1", count: 100), []),
        ]
        for row in rows {
            #expect(try await store.cases(withHashPrefix: row.prefix).map(\.value) == row.cases, "\(row.prefix)")
        }
        for number in 10...30 {
            try await store.make([.hashes(CaseID(Int64(number)), [Sample.hash(0x7777_0000 + number)])])
        }
        #expect(try await store.cases(withHashPrefix: "7777").count == 10)
    }

    @Sendable
    private static func publicIDs(_ store: any Store) async throws {
        for number in 1...4 {
            let run = Sample.run(number)
            let action = Sample.action(number, run: number, machine: number)
            try await store.make([
                .run(run), .action(action), .approval(Sample.approval(number, of: run, action: action)),
            ])
        }
        let range = Sample.publicID(1_002).value..<Sample.publicID(1_004).value
        #expect(try await store.runs(publicIDs: range, limit: 10).map(\.id.value) == [2, 3])
        #expect(try await store.runs(publicIDs: range, limit: 1).map(\.id.value) == [2])
        #expect(try await store.runs(publicIDs: 0..<(1 << 40), limit: 10).count == 4)
        #expect(try await store.runs(publicIDs: 5..<5, limit: 10).isEmpty)
        #expect(try await store.actions(publicIDs: 2_004..<2_005, limit: 10).map(\.id.value) == [4])
        #expect(try await store.approvals(publicIDs: 3_000..<3_003, limit: 10).map(\.id.value) == [1, 2])
        let whole = try #require(PublicID.range(ofPrefix: Sample.publicID(1_003).text))
        #expect(try await store.runs(publicIDs: whole.values, limit: 2).map(\.id.value) == [3])
    }

    @Sendable
    private static func actionLists(_ store: any Store) async throws {
        try await store.make([
            .action(Sample.action(1, machine: 1, phase: .pending)),
            .action(Sample.action(2, machine: 1, kind: .investigate)),
            .action(Sample.action(3, machine: 2, phase: .pending)),
            .action(Sample.action(4, machine: nil, kind: .blockFile, phase: .pending)),
            .action(Sample.action(5, run: 2, of: 2, machine: 1, kind: .antivirusScan)),
        ])
        func ids(_ actions: [Action]) -> [Int64] { actions.map(\.id.value) }
        #expect(ids(try await store.actions(ofRun: RunID(1))) == [1, 2, 3, 4])
        #expect(ids(try await store.actions(ofRun: RunID(1), machine: Sample.machine(1))) == [1, 2])
        #expect(ids(try await store.actions(ofRun: RunID(1), machine: nil)) == [4])
        #expect(ids(try await store.actions(ofRun: RunID(3))).isEmpty)
        #expect(ids(try await store.actions(ofCase: CaseID(1))) == [1, 2, 3, 4])
        #expect(ids(try await store.actions(onMachine: Sample.machine(1), limit: 10)) == [5, 2, 1])
        #expect(ids(try await store.actions(onMachine: Sample.machine(1), limit: 2)) == [5, 2])
        #expect(ids(try await store.pendingActions(limit: 10)) == [1, 3, 4])
        #expect(ids(try await store.pendingActions(limit: 2)) == [1, 3])
        #expect(ids(try await store.pendingActions(limit: 0)).isEmpty)
    }
}
