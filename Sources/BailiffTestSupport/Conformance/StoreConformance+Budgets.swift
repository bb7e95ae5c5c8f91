import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore
import Testing

extension StoreConformance {
    static let budgets = [
        Check("budget: distinct machines up to the cap", distinctMachines),
        Check("budget: the window slides, its edge excluded", slidingWindow),
        Check("budget: class, playbook, group and tenant", scopes),
        Check("budget: the first full window and its room are named", namesFullWindow),
        Check("budget: a plan learns of its own machines and how many others there are", usageOfSome),
        Check("budget: spending, giving back, keeping for others", spending),
        Check("budget: many that want the last places at once", lastPlaces),
        Check("budget: counts and openings are those of the definition", definition),
    ]

    private static func window(
        _ scope: BudgetWindow.Scope = .budgetClass("standard"), seconds: Int64 = 3_600, cap: Int
    ) -> BudgetWindow {
        BudgetWindow(scope: scope, seconds: seconds, cap: cap, key: "class.per_hour")
    }

    private static func claim(_ machines: [Int], _ windows: [BudgetWindow], now: Timestamp = Sample.now) -> Precondition
    {
        .budget(BudgetClaim(machines: machines.map(Sample.machine), windows: windows, now: now))
    }

    @Sendable
    private static func distinctMachines(_ store: any Store) async throws {
        let full = window(cap: 3)
        #expect(try await store.refusal(requires: [claim([1, 2, 3, 3, 1], [full])]) == nil)
        #expect(try await store.refusal(requires: [claim([1, 2, 3, 4], [full])]) == .budget(full, room: 3))
        try await store.make(
            [.reserve(RunID(1), [Sample.use(1), Sample.use(2)])], requires: [claim([1, 2], [full])])
        // By another run: the machine counts once.
        try await store.make([.reserve(RunID(2), [Sample.use(2)])], requires: [claim([2], [full])])
        #expect(try await store.refusal(requires: [claim([1, 2, 9], [full])]) == nil)
        #expect(try await store.refusal(requires: [claim([9, 1, 8], [full])]) == .budget(full, room: 2))
        #expect(try await store.refusal(requires: [claim([], [full])]) == nil)
        // A cap that was lowered below what counts leaves room for nobody, not even for who counts.
        #expect(try await store.refusal(requires: [claim([1], [window(cap: 1)])]) == .budget(window(cap: 1), room: 0))
        #expect(try await store.refusal(requires: [claim([5], [window(cap: 0)])]) == .budget(window(cap: 0), room: 0))
    }

    @Sendable
    private static func slidingWindow(_ store: any Store) async throws {
        let full = window(seconds: 60, cap: 1)
        try await store.make([.reserve(RunID(1), [Sample.use(1)])])
        let rows: [(offset: Duration, isFull: Bool)] = [
            (.seconds(-10), true), (.zero, true), (.microseconds(59_999_999), true), (.seconds(60), false),
            (.microseconds(60_000_001), false),
        ]
        for row in rows {
            let expected: CommitRefusal? = row.isFull ? .budget(full, room: 0) : nil
            let claim = claim([2], [full], now: Sample.now + row.offset)
            #expect(try await store.refusal(requires: [claim]) == expected, "\(row)")
        }
        // Spent later: the place counts from then.
        let spent = Sample.now + .seconds(50)
        try await store.make([.spend(RunID(1), Sample.machine(1), at: spent)])
        let late = claim([2], [full], now: Sample.now + .seconds(100))
        #expect(try await store.refusal(requires: [late]) == .budget(full, room: 0))
        #expect(try await store.refusal(requires: [claim([2], [full], now: spent + .seconds(60))]) == nil)
        // A longer window sees it still; seconds beyond all time do not trap.
        let day = window(seconds: 86_400, cap: 1)
        #expect(
            try await store.refusal(requires: [claim([2], [day], now: spent + .seconds(60))]) == .budget(day, room: 0))
        let ever = window(seconds: .max, cap: 1)
        #expect(try await store.refusal(requires: [claim([2], [ever])]) == .budget(ever, room: 0))
        #expect(try await store.budgetUses(of: [Sample.machine(1)]).map(\.at) == [spent])
    }

    @Sendable
    private static func scopes(_ store: any Store) async throws {
        try await store.make([
            .reserve(
                RunID(1),
                [
                    Sample.use(1, budgetClass: "careful", playbook: "a", group: "é"),
                    Sample.use(2, budgetClass: "standard", playbook: "b", group: "servers"),
                    Sample.use(3, budgetClass: "standard", playbook: "a", group: ""),
                ])
        ])
        let rows: [(scope: BudgetWindow.Scope, counted: Int)] = [
            (.budgetClass("careful"), 1), (.budgetClass("standard"), 2), (.budgetClass("none"), 0), (.playbook("a"), 2),
            (.playbook("b"), 1), (.group("servers"), 1), (.group("é"), 1), (.group("e\u{301}"), 0), (.group(""), 3),
        ]
        for row in rows {
            let exact = window(row.scope, cap: row.counted)
            #expect(try await store.refusal(requires: [claim([9], [exact])]) == .budget(exact, room: 0), "\(row)")
            #expect(try await store.refusal(requires: [claim([9], [window(row.scope, cap: row.counted + 1)])]) == nil)
        }
        let uses = try await store.budgetUses(of: [1, 2, 3, 4].map(Sample.machine))
        #expect(uses.map(\.machine) == [1, 2, 3].map(Sample.machine))
        #expect(uses.map { $0.group.utf8.count } == [2, 7, 0])
    }

    @Sendable
    private static func usageOfSome(_ store: any Store) async throws {
        try await store.make([
            .reserve(
                RunID(1), [Sample.use(1), Sample.use(2, group: "servers"), Sample.use(3, budgetClass: "careful")]),
            // A machine of two runs is one machine.
            .reserve(RunID(2), [Sample.use(2, group: "servers"), Sample.use(4)]),
        ])
        let scopes: [(scope: BudgetWindow.Scope, others: Int)] = [
            (.budgetClass("standard"), 2), (.budgetClass("careful"), 1), (.group("servers"), 1), (.group(""), 3),
            (.group("none"), 0),
        ]
        for row in scopes {
            let tight = window(row.scope, cap: row.others)
            let roomy = window(row.scope, cap: 100)
            let usage = try await store.budgetUsage(
                of: [Sample.machine(1), Sample.machine(9)], in: [tight, roomy], at: Sample.now)
            #expect(usage.uses.map(\.machine) == [Sample.machine(1)])
            #expect(usage.others(in: tight) == row.others, "\(row)")
            #expect(usage.others(in: roomy) == row.others, "\(row)")
            let later = try await store.budgetUsage(
                of: [Sample.machine(1)], in: [tight], at: Sample.now + .seconds(3_600))
            #expect(later.uses.isEmpty && later.others(in: tight) == 0)
        }
    }

    @Sendable
    private static func namesFullWindow(_ store: any Store) async throws {
        let roomy = window(cap: 10)
        let tight = window(.playbook("p"), cap: 2)
        let tighter = window(.group(""), cap: 1)
        let refusal = try await store.refusal(requires: [claim([1, 2, 3], [roomy, tight, tighter])])
        #expect(refusal == .budget(tight, room: 2))
    }

    @Sendable
    private static func spending(_ store: any Store) async throws {
        let machine = Sample.machine(1)
        let name = "reservation of run 1 for machine m1"
        #expect(try await store.refusal(of: [.spend(RunID(1), machine, at: Sample.now)]) == .version(name))
        try await store.make([.reserve(RunID(1), [Sample.use(1), Sample.use(2)])])
        try await store.make([.spend(RunID(1), machine, at: Sample.now)])
        // Spent is not given back.
        try await store.make([.returnReservation(RunID(1), machine), .returnReservation(RunID(1), Sample.machine(2))])
        #expect(try await store.budgetUses(of: [1, 2].map(Sample.machine)).map(\.machine) == [machine])
        #expect(
            try await store.refusal(of: [.spend(RunID(1), Sample.machine(2), at: Sample.now)])
                == .version("reservation of run 1 for machine m2"))
        // A place stays while another action of the run on the machine is under way.
        try await store.make([
            .reserve(RunID(3), [Sample.use(3)]), .action(Sample.action(1, run: 3, machine: 3)),
            .action(Sample.action(2, run: 3, machine: 3, kind: .stopAndQuarantine)),
        ])
        for id in [1, 2] as [Int64] {
            let action = try #require(try await store.action(ActionID(id)))
            // The order of the puts does not matter.
            let puts: [Record] = [
                .returnReservation(RunID(3), Sample.machine(3)),
                .action(Sample.moved(action, to: .ended(.cancelled))),
            ]
            try await store.make(puts)
            #expect(try await store.budgetUses(of: [Sample.machine(3)]).isEmpty == (id != 1))
        }
    }

    /// Places reserved, spent later and given back over some minutes, and every count beside the one that goes through all.
    @Sendable
    private static func definition(_ store: any Store) async throws {
        struct Place {
            var use: BudgetUse
            var isSpent = false
        }
        var random = SplitMix64(seed: 11)
        var places: [RunID: Place] = [:]
        func time() -> Timestamp { Sample.now + .microseconds(Int64.random(in: 0...400_000_000, using: &random)) }
        for number in 1...60 as ClosedRange<Int64> {
            let use = BudgetUse(
                machine: Sample.machine(Int.random(in: 1...15, using: &random)),
                budgetClass: ["standard", "careful", BudgetUse.indicatorClass(of: "standard")].randomElement(
                    using: &random) ?? "", playbook: Bool.random(using: &random) ? "a" : "b",
                group: ["", "servers"].randomElement(using: &random) ?? "", at: time())
            places[RunID(number)] = Place(use: use)
            try await store.make([.reserve(RunID(number), [use])])
            let earlier = RunID(Int64.random(in: 1...number, using: &random))
            guard var place = places[earlier] else { continue }
            if Bool.random(using: &random) {
                let spent = time()
                place.use.at = max(place.use.at, spent)
                place.isSpent = true
                places[earlier] = place
                try await store.make([.spend(earlier, place.use.machine, at: spent)])
            } else {
                if !place.isSpent { places[earlier] = nil }
                try await store.make([.returnReservation(earlier, place.use.machine)])
            }
        }
        let all = BudgetUsage(uses: places.values.map(\.use))
        let scopes: [BudgetWindow.Scope] = [
            .budgetClass("standard"), .budgetClass("careful"), .budgetClass(BudgetUse.indicatorClass(of: "standard")),
            .playbook("a"), .group("servers"), .group(""),
        ]
        for scope in scopes {
            for seconds in [1, 60, 90, 3_600] as [Int64] {
                for _ in 0..<8 {
                    let now = time() + .seconds(seconds / 2)
                    let window = window(scope, seconds: seconds, cap: Int.random(in: 1...8, using: &random))
                    let machine = Sample.machine(Int.random(in: 1...16, using: &random))
                    let usage = try await store.budgetUsage(of: [machine], in: [window], at: now)
                    #expect(usage.others(in: window) == all.machines(in: window, at: now).subtracting([machine]).count)
                    #expect(
                        usage.machines(in: window, at: now) == all.machines(in: window, at: now).intersection([machine])
                    )
                    #expect(
                        try await store.budgetOpening(of: window, for: machine, at: now)
                            == all.opening(of: window, for: machine, at: now))
                }
            }
        }
    }

    @Sendable
    private static func lastPlaces(_ store: any Store) async throws {
        let full = window(cap: 5)
        let made = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 1...30 {
                group.addTask {
                    try await store.refusal(
                        of: [.reserve(RunID(Int64(number)), [Sample.use(number)])], requires: [claim([number], [full])])
                        == nil
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(made == 5)
        #expect(try await store.budgetedMachines() == 5)
    }
}
