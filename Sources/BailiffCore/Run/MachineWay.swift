package import BailiffModel
package import BailiffPlaybook

/// The actions of one run on one machine (or on the tenant): one way through the steps, each machine on its own.
package struct MachineWay: Sendable {
    package private(set) var run: Run
    /// In the order of the steps.
    package private(set) var actions: [Action]
    private let steps: [PlannedStep]
    private var changed: Set<ActionID> = []
    private var runChanged = false

    package init(run: Run, steps: [PlannedStep], actions: [Action]) {
        self.run = run
        self.steps = steps
        let order = Dictionary(steps.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        self.actions = actions.sorted { (order[$0.step] ?? 0, $0.id) < (order[$1.step] ?? 0, $1.id) }
    }

    package struct ActionEffect: Hashable, Sendable {
        package var action: ActionID
        package var effect: Action.Effect
    }

    /// Applies an event to one action and lets its consequences run through the way: steps that now may start, steps
    /// that no longer can, the run's end.
    package mutating func handle(_ event: Action.Event, for id: ActionID, at now: Timestamp) -> [ActionEffect] {
        guard let index = actions.firstIndex(where: { $0.id == id }) else { return [] }
        let before = actions[index]
        var effects = apply(event, at: index, now)
        if actions[index] != before { changed.insert(id) }
        effects += advance(at: now)
        return effects
    }

    /// Starts the steps that need nothing, once the plan is committed.
    package mutating func start(at now: Timestamp) -> [ActionEffect] {
        changed.formUnion(actions.map(\.id))
        for action in actions {
            if let outcome = action.outcome { finish(outcome, at: now) }
        }
        return advance(at: now)
    }

    /// Goes on where the run's ring lets the machine go on now.
    package mutating func resume(at now: Timestamp) -> [ActionEffect] { advance(at: now) }

    /// What has to be written back.
    package var changedActions: [Action] { actions.filter { changed.contains($0.id) } }
    package var changedRun: Run? { runChanged ? run : nil }
    /// Entries of the run itself, made since the start or the last ``forgetEntries()``.
    package private(set) var runEntries: [EntryDraft] = []

    /// After they were taken over, before the next event.
    package mutating func forgetEntries() { runEntries = [] }

    private mutating func apply(_ event: Action.Event, at index: Int, _ now: Timestamp) -> [ActionEffect] {
        let effects = actions[index].handle(event, at: now)
        if !effects.isEmpty { changed.insert(actions[index].id) }
        for case .ended(let outcome) in effects { finish(outcome, at: now) }
        return effects.map { ActionEffect(action: actions[index].id, effect: $0) }
    }

    private mutating func finish(_ outcome: Outcome, at now: Timestamp) {
        runEntries += run.actionEnded(outcome, at: now)
        runChanged = true
    }

    /// Repeats until nothing moves: an end may start or end further steps.
    private mutating func advance(at now: Timestamp) -> [ActionEffect] {
        var effects: [ActionEffect] = []
        var moved = true
        while moved {
            moved = false
            for index in actions.indices where actions[index].phase == .planned {
                guard let step = steps.first(where: { $0.id == actions[index].step }) else { continue }
                if step.action.isDisruptive, let machine = actions[index].machine, !run.mayContain(machine) { continue }
                let event: Action.Event
                switch standing(of: step) {
                case .wait: continue
                case .met: event = .needsMet
                case .failed(let reason): event = .needsFailed(reason)
                }
                effects += apply(event, at: index, now)
                moved = true
            }
        }
        return effects
    }

    private enum Standing { case wait, met, failed(String) }

    private func standing(of step: PlannedStep) -> Standing {
        if let stopper = stopper(before: step) { return .failed("step \(stopper) ended this machine's way") }
        var isWaiting = false
        for (name, need) in step.needs.sorted(by: { $0.key < $1.key }) {
            guard let other = actions.first(where: { $0.step == name }) else { continue }
            switch need {
            case .ended: if !other.isEnded { isWaiting = true }
            case .sent:
                if other.wasSent { continue }
                if other.isEnded { return .failed("step \(name) was not sent") }
                isWaiting = true
            case .done:
                if other.outcome == .done { continue }
                if other.isEnded { return .failed("step \(name) is not done") }
                isWaiting = true
            }
        }
        return isWaiting ? .wait : .met
    }

    /// An earlier step that failed with `on_fail: stop` and that `step` does not name with `ended` or `sent`.
    private func stopper(before step: PlannedStep) -> String? {
        for other in steps {
            if other.id == step.id { return nil }
            guard other.onFail == .stop, let outcome = actions.first(where: { $0.step == other.id })?.outcome,
                outcome.isFailure
            else { continue }
            let need = step.needsAreImplicit ? nil : step.needs[other.id]
            if need != .ended && need != .sent { return other.id }
        }
        return nil
    }
}

extension Outcome {
    /// Ends the way of a machine with `on_fail: stop`. A denial, a skip, a false `when` and the impossible are no failures.
    package var isFailure: Bool {
        switch self {
        case .failed, .unknown, .expired, .dropped, .cancelled: true
        default: false
        }
    }
}
