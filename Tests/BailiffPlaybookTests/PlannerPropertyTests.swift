import BailiffModel
import BailiffPlaybook
import Testing

/// What holds for every plan, whatever playbook, fleet and flood of verdicts: seeded, so that a failure replays.
@Suite("Plans of random playbooks over random fleets keep their promises", .serialized)
struct PlannerPropertyTests {
    private struct Dice {
        var state: UInt64

        mutating func roll(_ sides: Int) -> Int {
            // SplitMix64.
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            mixed ^= mixed >> 31
            return Int(mixed % UInt64(max(1, sides)))
        }

        mutating func pick<Element>(_ all: [Element]) -> Element { all[roll(all.count)] }
    }

    private static let guards = [
        "machine.kind == \"server\"", "machine.group == \"crown\"", "machine.tags.exists(t, t == \"vip\")",
        "machine.value == \"high\"", "machine.os == \"ubuntu\"", "machine.isolated == \"by_other\"",
        "machine.record_first_seen > machine.sighting.last",
    ]

    private struct World {
        var bench: Bench
        /// Conditions that deny, in the words of the test itself.
        var isDenied: @Sendable (MachineFacts) -> Bool
        var classPerHour: Int
        var classPerDay: Int
        var perRun: Int
    }

    private func world(_ dice: inout Dice) -> World {
        var bench = Bench()
        let perRun = 1 + dice.roll(6)
        let perHour = 1 + dice.roll(8)
        let perDay = perHour + dice.roll(8)
        let own = dice.roll(2) == 0 ? ", per_hour: \(1 + dice.roll(5))" : ""
        let over = dice.roll(4) == 0 ? "stop" : "hold"
        bench.budget = "{ class: standard, per_run: \(perRun)\(own), over: \(over), approve: boss }"
        bench.classes =
            "{ standard: { per_hour: \(perHour), per_day: \(perDay), share_of_group: \(1 + dice.roll(50))%, indicators_per_day: 5 } }"
        let denyGroup = dice.roll(2) == 0
        let denyKind = dice.roll(2) == 0
        var guards: [String] = []
        if denyGroup { guards.append("- { id: g, enforce: deny, when: machine.group == \"crown\", because: group }") }
        if denyKind { guards.append("- { id: k, enforce: deny, when: machine.kind == \"server\", because: kind }") }
        for number in 0..<dice.roll(3) {
            let enforce = dice.pick(["hold", "warn", "audit", "skip"])
            let missing = dice.pick(["deny", "hold", "ignore"])
            let approve = enforce == "hold" || missing == "hold" ? ", approve: \(dice.pick(["boss", "other"]))" : ""
            guards.append(
                "- { id: r\(number), enforce: \(enforce), missing: \(missing), when: '\(dice.pick(Self.guards))', because: random\(approve) }"
            )
        }
        bench.guards = guards.joined(separator: "\n")
        bench.steps = dice.pick([
            "- { id: contain, action: isolate, auto: test }",
            "- { id: contain, action: isolate, auto: test }\n- { id: lock, action: restrict_apps, auto: test, needs: {} }",
            "- { id: contain, action: isolate, approve: [{ policy: boss }] }\n- { id: scan, action: antivirus_scan }",
        ])
        bench.mode = dice.pick([.live, .live, .hold])
        bench.fleet = FleetFacts(
            size: 20 + dice.roll(200), groups: ["crown": 1 + dice.roll(20), "office": 10 + dice.roll(90)])
        return World(
            bench: bench,
            isDenied: { facts in
                (denyGroup && facts.machine.group == "crown") || (denyKind && facts.machine.kind == .server)
            }, classPerHour: perHour, classPerDay: perDay, perRun: perRun)
    }

    private func fleet(_ dice: inout Dice) -> [MachineFacts] {
        (0..<dice.roll(25)).map { number in
            machine(
                "m\(number)", kind: dice.pick([.workstation, .workstation, .server, .unknown]),
                os: dice.pick(["windows11", "windowsserver2022", "ubuntu", "macos"]),
                group: dice.pick(["", "crown", "office"]), value: dice.pick(["normal", "high", "low", "unknown"]),
                tags: dice.pick([[], ["vip"], ["a", "b"]]), last: dice.pick([nil, 10, 90_000]),
                isolated: dice.pick([.no, .no, .byOther, .byBailiff]), onboarded: dice.roll(6) > 0)
        }
    }

    @Test(arguments: 0..<40) func everyPlanKeepsItsPromises(_ block: Int) throws {
        for seed in (block * 10)..<(block * 10 + 10) {
            var dice = Dice(state: UInt64(seed) &* 7_919 &+ 1)
            var world = world(&dice)
            let library = try world.bench.library()
            let playbook = try #require(library.playbook("p"))
            // A flood: what one plan reserved counts for the next.
            for round in 0..<6 {
                world.bench.now = noon + .seconds(round * 60 * (1 + dice.roll(40)))
                let machines = fleet(&dice)
                let input = world.bench.input(machines)
                let plan = Planner.plan(playbook, in: library, for: input)
                var turned = input
                turned.machines.reverse()
                #expect(Planner.plan(playbook, in: library, for: turned) == plan, "seed \(seed): the order matters")
                try check(plan, machines, world, "seed \(seed), round \(round)")
                world.bench.usage.uses += plan.budget.reserved.map { id in
                    BudgetUse(
                        machine: id, budgetClass: "standard", playbook: "p",
                        group: machines.first { $0.machine.id == id }?.machine.group ?? "", at: world.bench.now)
                }
            }
        }
    }

    private func check(_ plan: Plan, _ machines: [MachineFacts], _ world: World, _ name: String) throws {
        let facts = Dictionary(machines.map { ($0.machine.id, $0) }, uniquingKeysWith: { first, _ in first })
        let reserved = Set(plan.budget.reserved)
        #expect(reserved.count <= world.perRun, "\(name): more than per_run")
        #expect(
            Set(plan.machines.map(\.id)).isDisjoint(with: plan.notSelected.map(\.id)),
            "\(name): selected and not selected")
        #expect(plan.machines.count + plan.notSelected.count == facts.count, "\(name): a machine is lost")
        for action in plan.actions {
            let id = try #require(action.machine)
            let machine = try #require(facts[id])
            guard plan.step(action.step)?.action.isDisruptive == true else { continue }
            if world.isDenied(machine) {
                #expect(
                    action.disposition == .ended(.denied), "\(name): \(id) is denied and \(action.disposition)")
            }
            guard action.disposition == .proceed else { continue }
            switch action.budget {
            case .reserved: #expect(reserved.contains(id), "\(name): \(id) has no place")
            case .afterApproval:
                #expect(action.approvals.contains { $0.policy == "boss" }, "\(name): \(id) exceeds and nobody is asked")
            case .waitsForRoom: #expect(!reserved.contains(id))
            case .notCounted: Issue.record("\(name): \(id) is not counted")
            }
            for finding in action.guards where finding.enforcement == .hold {
                #expect(
                    action.approvals.contains { $0.policy == finding.approve },
                    "\(name): a held machine is not asked about")
            }
            if plan.mode == .hold { #expect(!action.approvals.isEmpty, "\(name): mode hold asks nobody") }
        }
        // The class's windows hold over the whole flood.
        for (seconds, cap) in [(3_600, world.classPerHour), (86_400, world.classPerDay)] {
            let since = world.bench.now - .seconds(seconds)
            let before = Set(world.bench.usage.uses.filter { $0.at > since }.map(\.machine))
            let added = reserved.subtracting(before)
            #expect(added.isEmpty || before.union(reserved).count <= cap, "\(name): over the class's cap")
        }
    }
}
