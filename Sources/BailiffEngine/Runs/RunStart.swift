import BailiffCore
import BailiffModel
import BailiffPlaybook

/// Puts a new run with its actions into a commit and starts every machine's way.
enum RunStart {
    static func start(_ run: Run, _ actions: [Action], steps: [PlannedStep], order: inout WorkOrder) {
        order.put(run)
        join(run, actions, steps: steps, order: &order)
        if actions.isEmpty {
            var idle = order.run(run)
            order.record(idle.endIfIdle(at: order.now))
            order.put(idle)
        }
    }

    /// New ways of a run that is in `order`.
    static func join(_ run: Run, _ actions: [Action], steps: [PlannedStep], order: inout WorkOrder) {
        let ways = Dictionary(grouping: actions, by: \.machine).sorted { left, right in
            (left.value.first?.id.value ?? 0) < (right.value.first?.id.value ?? 0)
        }
        for (_, actions) in ways {
            var way = MachineWay(run: order.run(run), steps: steps, actions: actions)
            let effects = way.start(at: order.now)
            order.take(effects, of: way)
        }
    }
}
