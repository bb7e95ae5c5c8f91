import BailiffModel
import Testing

@testable import BailiffCLI

@Suite("What happened between two looks at a case")
struct CaseTimelineTests {
    private static let now = Timestamp(seconds: 1_800_000_000)

    private func look(action: JSONValue? = nil, approval: JSONValue? = nil, run: String? = nil) -> JSONValue {
        [
            "assessed": true, "verdicts": [["id": 1, "level": "malicious", "score": 97, "feed": "lab"]],
            "actions": .array(action.map { [$0] } ?? []), "approvals": .array(approval.map { [$0] } ?? []),
            "runs": .array(run.map { [["id": "R1", "state": .string($0), "outcomes": ["done": 1]]] } ?? []),
        ]
    }

    private func action(_ state: String, _ outcome: String? = nil, accepted: Bool = true) -> JSONValue {
        [
            "id": "A1", "action": "isolate", "machine_name": "lap-1", "state": .string(state),
            "outcome": .optional(outcome), "defender_action_id": accepted ? "d-1" : .null,
            "accepted_at": accepted ? "2027-01-15T08:00:00Z" : .null,
        ]
    }

    @Test("everything is told once")
    func once() {
        var timeline = CaseTimeline()
        let first = timeline.advance(look(action: action("pending"), run: "active"), now: Self.now).map(\.text.text)
        #expect(first.count == 3)
        #expect(first.contains("lap-1: isolate: accepted (Defender action d-1)"))
        #expect(timeline.advance(look(action: action("pending"), run: "active"), now: Self.now).isEmpty)
        #expect(!timeline.isIdle)
        let last = timeline.advance(look(action: action("ended", "done"), run: "ended"), now: Self.now).map(\.text.text)
        #expect(last == ["lap-1: isolate: done, confirmed (Defender action d-1)", "run R1 ended: 1 done"])
        #expect(timeline.isIdle)
    }

    @Test("what came and went between two looks is told as well")
    func missed() {
        var timeline = CaseTimeline()
        let events = timeline.advance(look(action: action("ended", "done")), now: Self.now).map(\.text.text)
        #expect(events.contains("lap-1: isolate: accepted (Defender action d-1)"))
        #expect(events.contains("lap-1: isolate: done, confirmed (Defender action d-1)"))
    }

    @Test("what was never sent was never accepted")
    func denied() {
        var timeline = CaseTimeline()
        let events = timeline.advance(look(action: action("ended", "denied", accepted: false)), now: Self.now)
        #expect(events.map(\.text.text).filter { $0.contains("isolate") } == ["lap-1: isolate: denied"])
    }

    @Test("a watch outlives a restart of its server, and nothing else")
    func patience() throws {
        var away = CommandFailure("the server does not accept the connection")
        away.isTemporary = true
        var patience = WatchPatience()
        func told(_ failure: CommandFailure, after seconds: Int64) -> String {
            do throws(CommandFailure) {
                return try patience.lost(failure, at: Self.now + .seconds(seconds)) ?? "nothing"
            } catch { return "it ends" }
        }
        #expect(told(away, after: 0) == "it ends", "the server was never there")
        var wasAway = patience.reached()
        #expect(!wasAway)
        #expect(told(away, after: 0).contains("trying again for 5m"))
        #expect(told(away, after: 10) == "nothing", "once is enough")
        wasAway = patience.reached()
        #expect(wasAway)
        #expect(told(away, after: 20).contains("trying again"))
        #expect(told(CommandFailure("no run has this id"), after: 21) == "it ends")
        #expect(told(away, after: 400) == "it ends")
    }

    @Test("a question is told when it opens and when it ends")
    func question() {
        func question(_ state: String) -> JSONValue {
            ["id": "Q1", "state": .string(state), "action": "stop_and_quarantine", "machines": 2]
        }
        var timeline = CaseTimeline()
        _ = timeline.advance(look(), now: Self.now)
        #expect(
            timeline.advance(look(approval: question("waiting")), now: Self.now).map(\.text.text)
                == ["question Q1 waits for people: stop and quarantine the file on 2 machines"])
        #expect(
            timeline.advance(look(approval: question("granted")), now: Self.now).map(\.text.text)
                == ["question Q1: granted"])
    }
}
