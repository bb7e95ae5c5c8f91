import BailiffCore
import BailiffModel
import BailiffPlaybook
import Testing

@Suite("A machine's way through the steps")
struct MachineWayTests {
    static let now = Samples.start
    static let steps = [Samples.contain, Samples.look, Samples.remove]

    private func way(_ actions: [Action], steps: [PlannedStep] = steps) -> MachineWay {
        MachineWay(run: Samples.run(open: actions.count), steps: steps, actions: actions)
    }

    private func phases(_ way: MachineWay) -> [Action.Phase] { way.actions.map(\.phase) }

    @Test("only what needs nothing starts")
    func starts() {
        var way = way([
            Samples.action(1, Samples.contain), Samples.action(2, Samples.look),
            Samples.action(3, Samples.remove, approvals: ["soc"]),
        ])
        let effects = way.start(at: Self.now)
        #expect(phases(way) == [.ready, .planned, .planned])
        #expect(effects.map(\.effect) == [.wake(at: Self.now)])
    }

    @Test("`sent` opens with the acceptance, `done` with the success; the run ends with the last action")
    func needs() {
        var way = way([
            Samples.action(1, Samples.contain), Samples.action(2, Samples.look),
            Samples.action(3, Samples.remove, approvals: ["soc"]),
        ])
        _ = way.start(at: Self.now)
        let id = ActionID(1)
        for event in [Action.Event.intend, .sending] { _ = way.handle(event, for: id, at: Self.now) }
        #expect(phases(way)[1] == .ready, "sent is satisfied by everything from sending on")
        _ = way.handle(.accepted(Samples.order("s1", .isolate, .active)), for: id, at: Self.now)
        #expect(phases(way)[2] == .planned)
        _ = way.handle(.polled(Samples.order("s1", .isolate, .succeeded), contradictedBy: nil), for: id, at: Self.now)
        #expect(phases(way) == [.ended(.done), .ready, .asking])
        for event in [Action.Event.intend, .looked(.inEffect(nil))] {
            _ = way.handle(event, for: ActionID(2), at: Self.now)
        }
        _ = way.handle(.refusedByPeople(policy: "soc", .denied, by: "ana"), for: ActionID(3), at: Self.now)
        #expect(way.changedRun?.phase == .ended)
        #expect(way.changedRun?.outcomes == ["done": 2, "denied": 1])
        #expect(way.runEntries.map(\.kind) == ["run.ended"])
    }

    @Test("a denied step satisfies `ended` only")
    func denied() {
        let after = PlannedStep(
            id: "after", action: .antivirusScan, needs: ["contain": .ended], onFail: .continue)
        var way = way(
            [
                Samples.action(1, Samples.contain, disposition: .ended(.denied)), Samples.action(2, Samples.look),
                Samples.action(3, Samples.remove), Samples.action(4, after),
            ], steps: Self.steps + [after])
        _ = way.start(at: Self.now)
        #expect(phases(way) == [.ended(.denied), .ended(.skipped), .ended(.skipped), .ready])
        #expect(way.run.open == 1)
    }

    @Test("a failure with `on_fail: stop` ends the way but for steps that name it with ended or sent")
    func stops() {
        let implicit = PlannedStep(
            id: "implicit", action: .antivirusScan, needs: ["contain": .ended], needsAreImplicit: true,
            onFail: .continue)
        let named = PlannedStep(id: "named", action: .antivirusScan, needs: ["contain": .ended], onFail: .continue)
        var way = way(
            [Samples.action(1, Samples.contain), Samples.action(2, implicit), Samples.action(3, named)],
            steps: [Samples.contain, implicit, named])
        _ = way.start(at: Self.now)
        for event in [Action.Event.intend, .sending, .refused(.failed, "no")] {
            _ = way.handle(event, for: ActionID(1), at: Self.now)
        }
        #expect(phases(way) == [.ended(.failed), .ended(.skipped), .ready])
    }

    @Test("only what changed is written back")
    func changes() {
        var way = way([Samples.action(1, Samples.contain), Samples.action(2, Samples.look)])
        _ = way.handle(.intend, for: ActionID(2), at: Self.now)
        #expect(way.changedActions.map(\.id) == [ActionID(1)], "the first step became ready on the way")
        #expect(way.changedRun == nil)
    }
}
