import BailiffCore
import BailiffModel
import BailiffPlaybook
import Testing

@Suite("An action: intent, one send, outcome")
struct ActionStateMachineTests {
    static let now = Samples.start
    static let accepted = Samples.order("s1", .isolate, .active)

    /// A row: events from `planned` on, and what they lead to.
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var events: [Action.Event]
        var phase: Action.Phase
        var entries: [String]
    }

    @Test(arguments: [
        Row(
            testDescription: "the straight way",
            events: [
                .needsMet, .intend, .looked(.clear), .sending, .accepted(accepted),
                .polled(Samples.order("s1", .isolate, .succeeded), contradictedBy: nil),
            ], phase: .ended(.done),
            entries: ["action.intended", "action.sending", "action.accepted", "action.ended"]),
        Row(
            testDescription: "an order under way is adopted, nothing is sent",
            events: [.needsMet, .intend, .looked(.adopt(accepted))], phase: .pending,
            entries: ["action.intended", "action.adopted"]),
        Row(
            testDescription: "an effect that is there already is done",
            events: [.needsMet, .intend, .looked(.inEffect(nil))], phase: .ended(.done),
            entries: ["action.intended", "action.ended"]),
        Row(
            testDescription: "a throttled send goes back to intended, with the same intent",
            events: [.needsMet, .intend, .sending, .notAccepted(retryAt: now, "429")], phase: .intended,
            entries: ["action.intended", "action.sending", "action.not_accepted"]),
        Row(
            testDescription: "a declined send that was taken all the same is found by looking",
            events: [.needsMet, .intend, .sending, .declined(retryAt: now, "429"), .looked(.ours(accepted))],
            phase: .pending,
            entries: ["action.intended", "action.sending", "action.not_accepted", "action.found"]),
        Row(
            testDescription: "a declined send is withdrawn once it was looked for",
            events: [
                .needsMet, .intend, .sending, .declined(retryAt: now, "401"), .withdrawn(.cancelled, "x"),
                .looked(.clear),
            ], phase: .ended(.cancelled),
            entries: ["action.intended", "action.sending", "action.not_accepted", "action.recalled", "action.ended"]),
        Row(
            testDescription: "a declined send that is withdrawn and was taken is recalled",
            events: [
                .needsMet, .intend, .sending, .declined(retryAt: now, "401"), .deadline, .looked(.ours(accepted)),
                .polled(Samples.order("s1", .isolate, .cancelled), contradictedBy: nil),
            ], phase: .ended(.expired),
            entries: [
                "action.intended", "action.sending", "action.not_accepted", "action.recalled", "action.found",
                "action.ended",
            ]),
        Row(
            testDescription: "a lost answer is unknown, then found",
            events: [.needsMet, .intend, .sending, .lost("timeout"), .found(accepted)], phase: .pending,
            entries: ["action.intended", "action.sending", "action.unknown", "action.found"]),
        Row(
            testDescription: "unknown is never sent again while it is unknown",
            events: [.needsMet, .intend, .sending, .lost("timeout"), .sending, .intend], phase: .unknown,
            entries: ["action.intended", "action.sending", "action.unknown"]),
        Row(
            testDescription: "one empty look settles nothing",
            events: [
                .needsMet, .intend, .sending, .lost("timeout"), .notFound(settleTime: .zero, nextLook: now),
            ], phase: .unknown, entries: ["action.intended", "action.sending", "action.unknown"]),
        Row(
            testDescription: "two empty looks after the settle time allow a new intent",
            events: [
                .needsMet, .intend, .sending, .lost("timeout"), .notFound(settleTime: .zero, nextLook: now),
                .notFound(settleTime: .zero, nextLook: now),
            ], phase: .ready, entries: ["action.intended", "action.sending", "action.unknown", "action.settled"]),
        Row(
            testDescription: "a refusal for good ends it",
            events: [.needsMet, .intend, .sending, .refused(.notPossible, "platform")], phase: .ended(.notPossible),
            entries: ["action.intended", "action.sending", "action.ended"]),
        Row(
            testDescription: "a success that somebody took back is no success",
            events: [
                .needsMet, .intend, .sending, .accepted(accepted),
                .polled(
                    Samples.order("s1", .isolate, .succeeded),
                    contradictedBy: Samples.order("s2", .release, .succeeded, at: 5)),
            ], phase: .ended(.failed),
            entries: ["action.intended", "action.sending", "action.accepted", "action.ended"]),
        Row(
            testDescription: "the service gives up on a device that stayed away",
            events: [
                .needsMet, .intend, .sending, .accepted(accepted),
                .polled(Samples.order("s1", .isolate, .timedOut), contradictedBy: nil),
            ], phase: .ended(.dropped),
            entries: ["action.intended", "action.sending", "action.accepted", "action.ended"]),
        Row(
            testDescription: "the state of another order changes nothing",
            events: [
                .needsMet, .intend, .sending, .accepted(accepted),
                .polled(Samples.order("s9", .isolate, .failed), contradictedBy: nil),
            ], phase: .pending, entries: ["action.intended", "action.sending", "action.accepted"]),
        Row(
            testDescription: "what was accepted can no longer be withdrawn",
            events: [
                .needsMet, .intend, .sending, .accepted(accepted), .withdrawn(.superseded, "newer plan"), .deadline,
            ], phase: .pending, entries: ["action.intended", "action.sending", "action.accepted"]),
        Row(
            testDescription: "an intent that was not sent is withdrawn",
            events: [.needsMet, .intend, .withdrawn(.superseded, "newer plan")], phase: .ended(.superseded),
            entries: ["action.intended", "action.ended"]),
        Row(
            testDescription: "a guard right before the send stops it",
            events: [
                .needsMet, .intend,
                .guardStopped(.denied, GuardFinding(id: "tier0", enforcement: .deny, because: "no")),
            ], phase: .ended(.denied), entries: ["action.intended", "action.ended"]),
        Row(
            testDescription: "a guard right before the send asks people",
            events: [
                .needsMet, .intend, .guardAsks([RequiredApproval(policy: "soc-one", because: ["guard x"])]),
            ], phase: .asking, entries: ["action.intended", "action.asks"]),
        Row(
            testDescription: "an event for another phase changes nothing",
            events: [.sending, .accepted(accepted), .intend],
            phase: .planned, entries: []),
        Row(
            testDescription: "the deadline ends what was not sent", events: [.needsMet, .deadline],
            phase: .ended(.expired), entries: ["action.ended"]),
    ])
    func goes(_ row: Row) {
        var action = Samples.action(1, Samples.contain)
        let effects = row.events.flatMap { action.handle($0, at: Self.now) }
        #expect(action.phase == row.phase)
        #expect(effects.entryKinds == row.entries)
    }

    @Test("all policies have to say yes, in any order, before it is ready")
    func consent() {
        var action = Samples.action(1, Samples.contain, approvals: ["a", "b"])
        #expect(action.handle(.needsMet, at: Self.now) == [.ask])
        #expect(action.handle(.granted(policy: "b"), at: Self.now).isEmpty)
        #expect(action.phase == .asking)
        #expect(action.handle(.granted(policy: "a"), at: Self.now) == [.wake(at: Self.now)])
        #expect(action.phase == .ready)
    }

    @Test("one refusal ends it, and the place in the budget is given back")
    func refusal() {
        var action = Samples.action(1, Samples.contain, approvals: ["a", "b"], budget: .reserved)
        _ = action.handle(.needsMet, at: Self.now)
        let effects = action.handle(.refusedByPeople(policy: "a", .denied, by: "ana"), at: Self.now)
        #expect(action.outcome == .denied)
        #expect(effects.contains(.returnBudget))
        #expect(effects.contains(.ended(.denied)))
    }

    @Test("what was sent keeps its place in the budget")
    func spent() {
        var action = Samples.action(1, Samples.contain, budget: .reserved)
        for event in [Action.Event.needsMet, .intend, .sending, .refused(.failed, "no")] {
            #expect(!action.handle(event, at: Self.now).contains(.returnBudget))
        }
    }

    @Test("it gives up after the greatest number of intents, never quietly")
    func givesUp() {
        var action = Samples.action(1, Samples.contain)
        _ = action.handle(.needsMet, at: Self.now)
        for number in 1...Action.greatestIntentCount {
            #expect(action.phase == .ready)
            for event in [Action.Event.intend, .sending, .lost("x")] { _ = action.handle(event, at: Self.now) }
            #expect(action.intent == number)
            for _ in 0..<2 {
                _ = action.handle(.notFound(settleTime: .zero, nextLook: Self.now), at: Self.now)
            }
        }
        #expect(action.outcome == .failed)
        #expect(action.reasons.last?.contains("not accepted") == true)
    }

    @Test("a settle time that has not passed settles nothing however often it looks")
    func settleTime() {
        var action = Samples.action(1, Samples.contain)
        for event in [Action.Event.needsMet, .intend, .sending, .lost("x")] { _ = action.handle(event, at: Self.now) }
        for second in 1...59 {
            _ = action.handle(
                .notFound(settleTime: .seconds(60), nextLook: Self.now), at: Self.now + .seconds(second))
        }
        #expect(action.phase == .unknown)
        _ = action.handle(.notFound(settleTime: .seconds(60), nextLook: Self.now), at: Self.now + .seconds(60))
        #expect(action.phase == .ready)
    }
}
