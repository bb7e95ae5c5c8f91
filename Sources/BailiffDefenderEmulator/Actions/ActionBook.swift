import BailiffModel

/// All machine actions, oldest first, by id and by machine.
struct ActionBook: Sendable {
    private(set) var actions: [MachineAction] = []
    private var byID: [String: Int] = [:]
    private var byMachine: [Int: [Int]] = [:]
    /// Actions whose effect is still to come.
    private var open: [Int] = []
    private var nextEnd = Timestamp.distantFuture

    init() {}

    subscript(id id: String) -> MachineAction? { byID[Route.lowercased(id)].map { actions[$0] } }

    func number(id: String) -> Int? { byID[Route.lowercased(id)] }

    func numbers(machine: Int) -> [Int] { byMachine[machine] ?? [] }

    mutating func add(_ action: MachineAction) {
        let number = actions.count
        actions.append(action)
        byID[action.id] = number
        byMachine[action.machine, default: []].append(number)
        open.append(number)
        nextEnd = min(nextEnd, action.ends)
    }

    /// The newest action of this kind that has not ended on the machine; one about another file does not count.
    func active(_ kind: MachineAction.Kind, machine: Int, sha1: String?, at now: Timestamp) -> MachineAction? {
        numbers(machine: machine).reversed().lazy.map { actions[$0] }.first { action in
            action.kind == kind && action.sha1 == sha1 && !action.status(at: now).isFinal
        }
    }

    /// How many live response sessions have not ended.
    func activeSessions(at now: Timestamp) -> Int {
        open.count { actions[$0].kind == .liveResponse && !actions[$0].status(at: now).isFinal }
    }

    mutating func cancel(_ number: Int, _ cancellation: MachineAction.Cancellation) {
        actions[number].cancellation = cancellation
        nextEnd = min(nextEnd, cancellation.time)
    }

    /// Actions that have ended since the last call, each given once.
    mutating func settle(at now: Timestamp) -> [MachineAction] {
        guard now >= nextEnd else { return [] }
        var settled: [MachineAction] = []
        var remaining: [Int] = []
        nextEnd = .distantFuture
        for number in open {
            if actions[number].status(at: now).isFinal {
                actions[number].isSettled = true
                settled.append(actions[number])
            } else {
                remaining.append(number)
                nextEnd = min(nextEnd, actions[number].ends)
            }
        }
        open = remaining
        // In the order in which they ended: of an isolation and a release the last one counts.
        return settled.sorted { $0.lastUpdate(at: now) < $1.lastUpdate(at: now) }
    }

    /// What waits for the machine goes on waiting, or is taken up.
    mutating func move(
        machine: Int, isAway: Bool, progress: EmulatorOptions.ActionProgress, timeout: Duration, at now: Timestamp
    ) {
        for number in numbers(machine: machine) where actions[number].status(at: now) == .pending {
            guard !actions[number].isStuck else { continue }
            if isAway {
                actions[number].starts = nil
                actions[number].ends = actions[number].created + timeout
                actions[number].outcome = (.timeOut, MachineAction.timeOutResult)
            } else {
                let starts = now + progress.pending
                actions[number].starts = starts
                actions[number].ends = starts + progress.inProgress
                actions[number].outcome = (.succeeded, 0)
            }
            nextEnd = min(nextEnd, actions[number].ends)
        }
    }
}
