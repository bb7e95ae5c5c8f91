import BailiffModel
import Testing

@testable import BailiffCLI

@Suite("How a run looks")
struct RunViewTests {
    private func text(_ run: JSONValue) -> String {
        RunView.sheet(run).lines(width: nil, isColoured: false).joined(separator: "\n")
    }

    private static let actions: JSONValue = [["machine_id": "a1", "machine_name": "host-1", "step": "contain"]]

    private func run(proceeded: JSONValue) -> JSONValue {
        [
            "id": "R1", "mode": "live", "state": "active", "actions": Self.actions,
            "rings": [
                [
                    "ring": 1, "state": "passed", "size": 1, "verified": 0, "failed": 0, "machines": ["a1"],
                    "opened_at": "2027-01-15T08:00:00Z", "proceed_when": "ring.verified == ring.size",
                    "proceeded": proceeded,
                ],
                [
                    "ring": 2, "state": "running", "size": 2, "verified": 0, "failed": 0, "machines": ["b2"],
                    "opened_at": "2027-01-15T08:05:00Z",
                ],
            ],
        ]
    }

    @Test("a ring says what lets the next one go, and whether it held; machines go by their names")
    func rings() {
        #expect(text(run(proceeded: false)).contains("NOT MET: ring.verified == ring.size"))
        #expect(text(run(proceeded: true)).contains("met: ring.verified == ring.size"))
        #expect(text(run(proceeded: .null)).contains("  ring.verified == ring.size"))
        #expect(text(run(proceeded: .null)).contains("host-1"))
    }

    @Test("whoever watches is told of each ring once")
    func watching() {
        var timeline = CaseTimeline()
        let now = Timestamp(seconds: 1_800_000_000)
        let events = timeline.advance(["runs": [run(proceeded: false)]], now: now).map(\.text.text)
        #expect(events.contains("run R1: ring 1 of 2: 1 machine"))
        #expect(
            events.contains(
                "run R1: ring 2 of 2: 2 machines; people are asked, as this was not met: ring.verified == ring.size"))
        #expect(timeline.advance(["runs": [run(proceeded: false)]], now: now).isEmpty)
    }

    @Test("a shadow run shows what would have been done to whom")
    func shadow() {
        let shown = text([
            "id": "R1", "mode": "shadow", "state": "ended", "actions": [],
            "planned": [
                "steps": [["id": "contain", "action": "isolate", "auto": "few, reversible"]],
                "machines": [["machine_id": "a1", "machine_name": "host-1"]],
                "actions": [
                    ["step": "contain", "machine_id": "a1", "approvals": [], "reasons": []],
                    [
                        "step": "contain", "machine_id": "b2", "outcome": "denied",
                        "reasons": ["guards.tier0: no"], "approvals": [],
                    ],
                ],
            ],
        ])
        #expect(shown.contains("Would have been done, if this were no shadow"))
        #expect(shown.contains("contain  isolate  host-1   by itself  few, reversible"), "\(shown)")
        #expect(shown.contains("contain  isolate  b2       denied     guards.tier0: no"), "\(shown)")
    }
}
