import BailiffModel
import BailiffPlaybook
import Testing

@Suite struct BudgetTests {
    private func standings(_ plan: Plan) -> [String] {
        plan.actions.filter { $0.step == "contain" }.map { action in
            let keys = action.reasons.filter { $0.hasPrefix("budget.") }.map { String($0.dropFirst("budget.".count)) }
            return "\(action.budget.rawValue)\(keys.isEmpty ? "" : "(\(keys.joined(separator: ",")))")"
        }
    }

    private func uses(
        _ range: ClosedRange<Int>, budgetClass: String = "standard", playbook: String = "other", group: String = "",
        ago: Int64 = 60
    ) -> [BudgetUse] {
        range.map {
            BudgetUse(
                machine: id("u\($0)"), budgetClass: budgetClass, playbook: playbook, group: group,
                at: noon - .seconds(ago))
        }
    }

    @Test func theExcessIsHeld() throws {
        let bench = Bench(budget: "{ class: standard, per_run: 2, over: hold, approve: boss }")
        let plan = try bench.plan(machines(4))
        #expect(standings(plan) == ["reserved", "reserved", "afterApproval(per_run)", "afterApproval(per_run)"])
        #expect(plan.outcomes() == ["m001:proceed", "m002:proceed", "m003:boss", "m004:boss"])
        #expect(plan.budget.reserved.map(\.text) == ["m001", "m002"])
        #expect(
            plan.action("contain", "m003")?.approvals == [RequiredApproval(policy: "boss", because: ["budget.per_run"])]
        )
    }

    @Test func overStopSendsNothing() throws {
        let steps = "- { id: contain, action: isolate, auto: x }\n- { id: scan, action: antivirus_scan, needs: {} }"
        let bench = Bench(budget: "{ class: standard, per_run: 2, over: stop, approve: boss }", steps: steps)
        #expect(try bench.plan(machines(2)).outcomes() == ["m001:proceed", "m002:proceed"])
        let plan = try bench.plan(machines(3))
        #expect(plan.actions.allSatisfy { $0.disposition == .ended(.held) })
        #expect(plan.budget.reserved.isEmpty)
    }

    @Test func oneMachineCountsOnce() throws {
        let steps = """
            - { id: contain, action: isolate, auto: x }
            - { id: restrict, action: restrict_apps, auto: x }
            - { id: scan, action: antivirus_scan }
            """
        let plan = try Bench(budget: "{ class: standard, per_run: 2, over: hold, approve: boss }", steps: steps).plan(
            machines(3))
        #expect(
            plan.actions.map(\.budget.rawValue) == [
                "reserved", "reserved", "afterApproval", "reserved", "reserved", "afterApproval", "notCounted",
                "notCounted", "notCounted",
            ])
    }

    @Test func deniedMachinesTakeNoPlace() throws {
        let bench = Bench(
            budget: "{ class: standard, per_run: 1, over: hold, approve: boss }",
            guards: "- { id: no, enforce: deny, when: machine.id == \"m001\", because: x }")
        #expect(standings(try bench.plan(machines(2))) == ["notCounted", "reserved"])
    }

    @Test func windowsSlide() throws {
        var bench = Bench(budget: "{ class: standard, per_run: 9, per_hour: 3, over: hold, approve: boss }")
        bench.usage = BudgetUsage(uses: uses(1...2, playbook: "p", ago: 3_599))
        #expect(standings(try bench.plan(machines(2))) == ["reserved", "afterApproval(per_hour)"])
        bench.usage = BudgetUsage(uses: uses(1...2, playbook: "p", ago: 3_600))
        #expect(standings(try bench.plan(machines(2))) == ["reserved", "reserved"])
        bench.usage = BudgetUsage(uses: uses(1...2, playbook: "q", ago: 10))
        #expect(standings(try bench.plan(machines(2))) == ["reserved", "reserved"])
    }

    @Test func countedMachinesDoNotCountTwice() throws {
        var bench = Bench(budget: "{ class: standard, per_run: 9, per_hour: 2, over: hold, approve: boss }")
        bench.usage = BudgetUsage(
            uses: ["m002", "u1"].map {
                BudgetUse(machine: id($0), budgetClass: "standard", playbook: "p", group: "", at: noon - .seconds(5))
            })
        #expect(standings(try bench.plan(machines(2))) == ["afterApproval(per_hour)", "reserved"])
    }

    @Test func theClassIsSharedAndWaitsForRoom() throws {
        var bench = Bench(
            budget: "{ class: standard, per_run: 3, over: hold, approve: boss }",
            classes: "{ standard: { per_hour: 4, per_day: 6 } }")
        bench.usage = BudgetUsage(uses: uses(1...3))
        let plan = try bench.plan(machines(4))
        // Those that wait for room have their place in the run all the same.
        #expect(
            standings(plan) == [
                "reserved", "waitsForRoom(class.per_hour)", "waitsForRoom(class.per_hour)", "afterApproval(per_run)",
            ])
        #expect(plan.outcomes() == ["m001:proceed", "m002:proceed", "m003:proceed", "m004:boss"])
        bench.usage = BudgetUsage(uses: uses(1...6, ago: 7_200))
        #expect(standings(try bench.plan(machines(1))) == ["waitsForRoom(class.per_day)"])
        bench.usage = BudgetUsage(uses: uses(1...6, budgetClass: "other"))
        #expect(standings(try bench.plan(machines(1))) == ["reserved"])
    }

    @Test func sharesOfGroups() throws {
        var bench = Bench(
            budget: "{ class: standard, per_run: 99, share_of_group: 10%, over: hold, approve: boss }",
            classes: "{ standard: { share_of_group: 50% } }", fleet: FleetFacts(size: 60, groups: ["a": 69, "b": 20]))
        // 10 % of 69, rounded down.
        #expect(standings(try bench.plan(machines(7, group: "a"))).filter { $0 == "reserved" }.count == 6)
        // 10 % of 20 is less than the floor of 5.
        #expect(standings(try bench.plan(machines(7, group: "b"))).filter { $0 == "reserved" }.count == 5)
        // No group: the tenant; an unknown group: the floor.
        #expect(standings(try bench.plan(machines(9))).filter { $0 == "reserved" }.count == 6)
        #expect(standings(try bench.plan(machines(9, group: "c"))).filter { $0 == "reserved" }.count == 5)
        // Whoever acted in the group counts, by whatever playbook or class.
        bench.usage = BudgetUsage(uses: uses(1...4, budgetClass: "x", playbook: "y", group: "a", ago: 80_000))
        #expect(standings(try bench.plan(machines(7, group: "a"))).filter { $0 == "reserved" }.count == 2)
    }

    @Test func aPlaybookCannotRaiseTheFloorOfAClass() throws {
        let bench = Bench(
            budget: "{ class: standard, per_run: 99, floor: 50, over: hold, approve: boss }",
            classes: "{ standard: { share_of_group: 1% } }", fleet: FleetFacts(size: 100))
        #expect(standings(try bench.plan(machines(9))).filter { $0 == "reserved" }.count == 5)
    }

    @Test func aFloorOfZeroIsAllowed() throws {
        let bench = Bench(
            budget: "{ class: standard, per_run: 99, share_of_fleet: 1%, floor: 0, over: hold, approve: boss }",
            fleet: FleetFacts(size: 99))
        #expect(
            standings(try bench.plan(machines(2))) == [
                "afterApproval(share_of_fleet)", "afterApproval(share_of_fleet)",
            ])
    }

    @Test func theFleetCountsEveryGroup() throws {
        var bench = Bench(
            budget: "{ class: standard, per_run: 99, share_of_fleet: 1%, over: hold, approve: boss }",
            fleet: FleetFacts(size: 600, groups: ["a": 100]))
        bench.usage = BudgetUsage(uses: uses(1...3, group: "a") + uses(4...5, group: "b"))
        let plan = try bench.plan(machines(1, group: "a") + [machine("z", group: "b")])
        #expect(standings(plan) == ["reserved", "afterApproval(share_of_fleet)"])
    }

    @Test func machinesOfTheRunKeepTheirPlaces() throws {
        var bench = Bench(budget: "{ class: standard, per_run: 2, over: hold, approve: boss }")
        bench.inRun = [id("m003"), id("m004")]
        #expect(
            standings(try bench.plan(machines(4))) == [
                "afterApproval(per_run)", "afterApproval(per_run)", "reserved", "reserved",
            ])
    }

    @Test func windowsStandInThePlan() throws {
        let bench = Bench(
            budget:
                "{ class: standard, per_run: 9, per_hour: 7, share_of_fleet: 5%, share_of_group: 3%, over: hold, approve: boss }",
            classes: "{ standard: { per_hour: 60, per_day: 200, share_of_group: 10% } }",
            fleet: FleetFacts(size: 1_000, groups: ["a": 400]))
        let budget = try bench.plan(machines(1, group: "a") + [machine("z")]).budget
        #expect(
            budget.windows.map { "\($0.key) \($0.cap) \($0.seconds)" } == [
                "budget.per_hour 7 3600", "budget.share_of_fleet 50 86400", "class.per_hour 60 3600",
                "class.per_day 200 86400",
            ])
        #expect(
            budget.groupWindows["a"]?.map { "\($0.key) \($0.cap)" } == [
                "budget.share_of_group 12", "class.share_of_group 40",
            ])
        #expect(
            budget.groupWindows[""]?.map { "\($0.key) \($0.cap)" } == [
                "budget.share_of_group 30", "class.share_of_group 100",
            ])
    }

    /// Whatever comes in, no window is ever overdrawn by what is reserved.
    @Test(arguments: 0..<200)
    func capsHold(_ seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
        let groups = ["", "a", "b"]
        var bench = Bench(
            budget:
                "{ class: standard, per_run: \(number(1...12)), per_hour: \(number(1...12)), share_of_group: \(number(1...20))%, share_of_fleet: \(number(1...20))%, floor: \(number(0...6)), over: hold, approve: boss }",
            classes:
                "{ standard: { per_hour: \(number(1...12)), per_day: \(number(1...20)), share_of_group: \(number(1...20))% } }",
            fleet: FleetFacts(size: number(0...100), groups: ["a": number(0...50)]))
        bench.usage = BudgetUsage(
            uses: (0..<number(0...15)).map { _ in
                BudgetUse(
                    machine: id("m\(number(0...30))"), budgetClass: ["standard", "x"][number(0...1)],
                    playbook: ["p", "q"][number(0...1)],
                    group: groups[number(0...2)], at: noon - .seconds(Int64(number(0...100_000))))
            })
        let given = (0..<number(1...25)).map { machine("m\($0)", group: groups[number(0...2)]) }
        let plan = try bench.plan(given)
        let groupOf = Dictionary(given.map { ($0.machine.id, $0.machine.group) }) { first, _ in first }
        let new = plan.budget.reserved.map { machine in
            BudgetUse(machine: machine, budgetClass: "standard", playbook: "p", group: groupOf[machine] ?? "", at: noon)
        }
        let after = BudgetUsage(uses: bench.usage.uses + new)
        let named = plan.budget.groupWindows.filter { !$0.key.isEmpty }.values.joined()
        for window in plan.budget.windows + named {
            let before = bench.usage.machines(in: window, at: noon).count
            #expect(after.machines(in: window, at: noon).count <= max(window.cap, before), "\(window)")
        }
        // Machines of a group count against the whole tenant, too, but only those without one are kept out by its share.
        let ungrouped = Set(plan.budget.reserved.filter { groupOf[$0]?.isEmpty == true })
        for window in plan.budget.groupWindows[""] ?? [] {
            let before = bench.usage.machines(in: window, at: noon)
            #expect(ungrouped.subtracting(before).count <= max(0, window.cap - before.count), "\(window)")
        }
        #expect(Set(plan.budget.reserved).count == plan.budget.reserved.count)
    }

    @Test("a window opens at the very instant at which a machine fits", arguments: UInt64(1)...100)
    func opening(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
        let usage = BudgetUsage(
            uses: (0..<number(0...12)).map { _ in
                BudgetUse(
                    machine: id("m\(number(0...8))"), budgetClass: ["standard", "x"][number(0...1)], playbook: "p",
                    group: "", at: noon - .seconds(Int64(number(0...4_000))))
            })
        let window = BudgetWindow(
            scope: .budgetClass("standard"), seconds: 3_600, cap: number(0...5), key: "class.per_hour")
        let machine = id("m\(number(0...8))")
        func fits(_ now: Timestamp) -> Bool {
            usage.machines(in: window, at: now).union([machine]).count <= window.cap
        }
        guard let opening = usage.opening(of: window, for: machine, at: noon) else {
            #expect(window.cap == 0)
            return
        }
        #expect(fits(opening))
        #expect(opening == noon || !fits(opening - .microseconds(1)))
    }
}

/// The same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }
}
