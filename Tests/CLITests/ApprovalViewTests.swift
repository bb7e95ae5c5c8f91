import BailiffModel
import Testing

@testable import BailiffCLI

@Suite("What an approver sees")
struct ApprovalViewTests {
    private static let now = Timestamp(seconds: 1_800_000_000)

    private static func id(_ number: Int) -> String {
        String(repeating: "0", count: 38) + (number < 10 ? "0" : "") + String(number)
    }

    private func question(
        machines count: Int, group: String = "Oslo", decisions: [JSONValue] = [], told: Bool = true,
        granted: Set<Int> = []
    ) -> JSONValue {
        [
            "id": "7F3K0000", "run": "RRRR0000", "case": .string(String(repeating: "a", count: 64)), "state": "waiting",
            "digest": .string(String(repeating: "d", count: 64)), "action": "isolate", "policy": "two-teams",
            "because": ["step contain"], "expires_at": "2027-01-15T08:27:00Z", "told": .bool(told),
            "machines": .array(
                (0..<count).map { number in
                    [
                        "machine_id": .string(Self.id(number)), "machine_name": .string("host-\(number).example"),
                        "group": .string(group), "role": "none", "granted": .bool(granted.contains(number)),
                    ]
                }), "decisions": .array(decisions),
        ]
    }

    private func lines(_ question: JSONValue, width: Int? = 80) -> [String] {
        ApprovalView.sheet(question, now: Self.now).lines(width: width, isColoured: false)
    }

    @Test("every machine is there, by name and id, however many and however narrow", arguments: [40, 60, 80, 200])
    func whole(width: Int) {
        let shown = lines(question(machines: 99), width: width)
        let text = shown.joined(separator: "\n")
        for number in 0..<99 {
            #expect(text.contains("host-\(number).example"), "\(number)")
            if width >= 60 { #expect(text.contains(Self.id(number)), "\(number)") }
        }
        #expect(!text.contains("machines: host"), "many stand in the table alone")
        for line in shown { #expect(CellWidth.of(line) <= width, "\(line)") }
    }

    @Test("few machines stand in the sentence, too, and the question says where it belongs")
    func few() {
        let text = lines(question(machines: 2), width: nil).joined(separator: "\n")
        #expect(text.contains("isolate on 2 machines: host-0.example (Oslo), host-1.example (Oslo)"))
        #expect(text.contains("7F3K0000 of run RRRR0000, case aaaaaaaaaaaa…"))
        #expect(text.contains("two-teams (step contain asks first)"))
        #expect(text.contains("[--only MACHINE-ID…]"))
    }

    @Test("a subset that was approved is told by machine")
    func subset() {
        let yes: JSONValue = [
            "person": "lea", "roles": ["soc-lead"], "answer": "approve", "only": [.string(Self.id(1))],
            "reason": "seen", "at": "2027-01-15T08:00:00Z",
        ]
        let shown = lines(question(machines: 2, decisions: [yes], granted: [1]), width: nil)
        #expect(shown.contains { $0.contains("approved for 1 of 2 machines by lea (soc-lead): seen") })
        #expect(shown.contains { $0.contains("host-0.example") && $0.hasSuffix("-            not yet") }, "\(shown)")
        #expect(shown.contains { $0.contains("host-1.example") && $0.hasSuffix("lea          yes") }, "\(shown)")
    }

    @Test("a machine is chosen by the beginning of its id, never by less, never by one that two have")
    func choice() throws {
        let choice = MachineChoice(ids: ["abcd1111", "abcd2222", "ef001111"])
        #expect(try choice.id(beginning: "EF00") == "ef001111")
        #expect(try choice.id(beginning: "abcd2") == "abcd2222")
        #expect(try choice.id(beginning: "host-1.example") == "host-1.example", "the server refuses it")
        #expect(throws: CommandFailure.self) { try choice.id(beginning: "abcd") }
        #expect(throws: CommandFailure.self) { try choice.id(beginning: "ef0") }
        #expect(throws: CommandFailure.self) { try choice.id(beginning: "") }
    }

    @Test("a question that follows one nobody answered says so")
    func escalated() {
        guard case .object(var object) = question(machines: 1) else { return }
        object["escalated_from"] = "short-ask"
        #expect(lines(.object(object)).contains { $0.contains("nobody answered short-ask in time") })
    }

    @Test("a question nobody could be told of has no end yet")
    func untold() {
        let shown = lines(question(machines: 1, told: false), width: nil)
        #expect(shown.first?.contains("expires") == false)
        #expect(shown.contains { $0.contains("nobody could be told yet") })
        let row = ApprovalView.list.lines(
            [["id": "A", "state": "waiting", "machines": 2, "group": "Oslo", "expires_at": "x", "told": false]],
            width: nil, isColoured: false
        ).last
        #expect(row?.contains("2 machines, group Oslo") == true)
        #expect(row?.contains("not told yet") == true)
    }
}
