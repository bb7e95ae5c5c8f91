import BailiffModel
import BailiffYAML

/// Shares out the budget: one place for each distinct machine with a disruptive action.
struct BudgetAllocator {
    let playbook: Playbook
    let effective: EffectivePolicy
    let input: PlanInput

    private static let hour: Int64 = 3_600
    private static let day: Int64 = 86_400
    /// The least that a share of a class comes to. A playbook's `floor` is its own and can't raise it.
    private static let classFloor = PlaybookBudget.defaultFloor

    /// Gives each machine its standing, in the given order, and adds what that means to its disruptive actions.
    func allot(_ machines: [Machine], _ steps: inout [DraftStep]) -> PlannedBudget {
        let own = ownWindows()
        let shared = classWindows()
        var groups: [String: [BudgetWindow]] = [:]
        for machine in machines where groups[machine.group] == nil {
            groups[machine.group] = groupWindows(machine.group)
        }
        let wanting = machinesWithDisruptiveActions(steps)
        var room = Room(usage: input.usage, now: input.now)
        var reserved: [MachineID] = []
        var isStopped: String?
        var standings: [MachineID: (standing: BudgetStanding, keys: [String])] = [:]
        for machine in inOrderOfPlace(machines) where wanting.contains(machine.id) {
            let group = groups[machine.group] ?? []
            var over = room.lacking(machine, in: own + group.filter { !$0.isOfClass })
            if room.inPlan.count >= playbook.budget.perRun { over.insert("budget.per_run", at: 0) }
            if !over.isEmpty {
                standings[machine.id] = (.afterApproval, over)
                isStopped = isStopped ?? over.first
                continue
            }
            let full = room.lacking(machine, in: shared + group.filter(\.isOfClass))
            if !full.isEmpty {
                standings[machine.id] = (.waitsForRoom, full.map { "budget.\($0)" })
                // It will be acted upon once there is room, so it has its place among the playbook's own.
                room.take(machine, in: own + group.filter { !$0.isOfClass })
                continue
            }
            room.take(machine, in: own + shared + group)
            reserved.append(machine.id)
            standings[machine.id] = (.reserved, [])
        }
        if playbook.budget.over == .stop, let key = isStopped {
            stop(&steps, because: key)
            reserved = []
        } else {
            apply(standings, to: &steps)
        }
        return PlannedBudget(
            budgetClass: playbook.budget.budgetClass, windows: own + shared,
            groupWindows: groups.filter { !$0.value.isEmpty }, reserved: reserved,
            approve: playbook.budget.approve,
            indicatorsPerDay: effective.classes[playbook.budget.budgetClass]?.indicatorsPerDay)
    }

    // MARK: Windows

    /// All that machines of these groups may count against.
    func windows(ofGroups groups: Set<String>) -> [BudgetWindow] {
        ownWindows() + classWindows() + groups.sorted().flatMap(groupWindows)
    }

    private func ownWindows() -> [BudgetWindow] {
        var windows: [BudgetWindow] = []
        if let cap = playbook.budget.perHour {
            windows.append(
                BudgetWindow(scope: .playbook(playbook.name), seconds: Self.hour, cap: cap, key: "budget.per_hour"))
        }
        if let share = playbook.budget.shareOfFleet {
            let cap = max(share.of(input.fleet.size), playbook.budget.floor)
            windows.append(BudgetWindow(scope: .group(""), seconds: Self.day, cap: cap, key: "budget.share_of_fleet"))
        }
        return windows
    }

    private func classWindows() -> [BudgetWindow] {
        guard let budget = effective.classes[playbook.budget.budgetClass] else { return [] }
        var windows: [BudgetWindow] = []
        if let cap = budget.perHour {
            windows.append(
                BudgetWindow(scope: .budgetClass(budget.name), seconds: Self.hour, cap: cap, key: "class.per_hour"))
        }
        if let cap = budget.perDay {
            windows.append(
                BudgetWindow(scope: .budgetClass(budget.name), seconds: Self.day, cap: cap, key: "class.per_day"))
        }
        return windows
    }

    /// Shares of one device group. Machines without a group count against the whole tenant.
    private func groupWindows(_ group: String) -> [BudgetWindow] {
        let size = group.isEmpty ? input.fleet.size : input.fleet.groups[group] ?? 0
        var windows: [BudgetWindow] = []
        if let share = playbook.budget.shareOfGroup {
            let cap = max(share.of(size), playbook.budget.floor)
            windows.append(
                BudgetWindow(scope: .group(group), seconds: Self.day, cap: cap, key: "budget.share_of_group"))
        }
        if let share = effective.classes[playbook.budget.budgetClass]?.shareOfGroup {
            let cap = max(share.of(size), Self.classFloor)
            windows.append(BudgetWindow(scope: .group(group), seconds: Self.day, cap: cap, key: "class.share_of_group"))
        }
        return windows
    }

    // MARK: Places

    private func machinesWithDisruptiveActions(_ steps: [DraftStep]) -> Set<MachineID> {
        var machines: Set<MachineID> = []
        for step in steps where step.step.action.isDisruptive {
            for action in step.actions where action.disposition == .proceed {
                if let machine = action.machine { machines.insert(machine) }
            }
        }
        return machines
    }

    /// Machines that are in the run already keep their place before new ones.
    private func inOrderOfPlace(_ machines: [Machine]) -> [Machine] {
        let present = Set(input.inRun)
        return machines.filter { present.contains($0.id) } + machines.filter { !present.contains($0.id) }
    }

    private func apply(
        _ standings: [MachineID: (standing: BudgetStanding, keys: [String])], to steps: inout [DraftStep]
    ) {
        for index in steps.indices where steps[index].step.action.isDisruptive {
            for position in steps[index].actions.indices where steps[index].actions[position].disposition == .proceed {
                guard let machine = steps[index].actions[position].machine, let given = standings[machine] else {
                    continue
                }
                steps[index].actions[position].budget = given.standing
                steps[index].actions[position].reasons += given.keys
                guard given.standing == .afterApproval else { continue }
                for key in given.keys {
                    steps[index].actions[position].approvals.require(playbook.budget.approve, because: key)
                }
            }
        }
    }

    /// `over: stop`: nothing at all is sent.
    private func stop(_ steps: inout [DraftStep], because key: String) {
        for index in steps.indices {
            for position in steps[index].actions.indices where steps[index].actions[position].disposition == .proceed {
                steps[index].actions[position].disposition = .ended(.held)
                steps[index].actions[position].approvals = []
                steps[index].actions[position].reasons = [key, "over: stop"]
            }
        }
    }
}

/// The machines that count against each window while places are given out.
private struct Room {
    let usage: BudgetUsage
    let now: Timestamp
    private var taken: [BudgetWindow: Set<MachineID>] = [:]
    private(set) var inPlan: Set<MachineID> = []

    init(usage: BudgetUsage, now: Timestamp) {
        self.usage = usage
        self.now = now
    }

    /// The keys of the windows that have no place for the machine.
    mutating func lacking(_ machine: Machine, in windows: [BudgetWindow]) -> [String] {
        windows.filter { window in
            let counted = counted(in: window)
            return !counted.contains(machine.id) && counted.count + usage.others(in: window) >= window.cap
        }.map(\.key)
    }

    mutating func take(_ machine: Machine, in windows: [BudgetWindow]) {
        inPlan.insert(machine.id)
        for window in windows {
            _ = counted(in: window)
            taken[window]?.insert(machine.id)
        }
        // A share of the tenant counts machines of every group.
        for window in taken.keys where window.scope == .group("") { taken[window]?.insert(machine.id) }
    }

    private mutating func counted(in window: BudgetWindow) -> Set<MachineID> {
        if let known = taken[window] { return known }
        var machines = usage.machines(in: window, at: now)
        if window.scope == .group("") { machines.formUnion(inPlan) }
        taken[window] = machines
        return machines
    }
}

extension BudgetWindow {
    /// Whether the limit is the class's: no approval lifts it.
    package var isOfClass: Bool { key.hasPrefix("class.") }
}
