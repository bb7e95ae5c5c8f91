import BailiffCEL

/// A condition and facts for it.
struct Scenario: Sendable {
    let name: String
    let condition: String
    var facts = Scenario.machine

    func compile() throws -> CELProgram {
        try CELProgram.compile(
            CELSource(text: condition, file: name), declarations: Scenario.declarations, expecting: .bool
        ).get()
    }

    static let typical = Scenario(
        name: "the typical condition",
        condition:
            #"verdict.score >= 80 && machine.tags.exists(t, t == "vip") && !(machine.os in ["linux","macos"])"#)

    static let all = [
        typical,
        Scenario(name: "a comparison", condition: #"machine.role in ["domain_controller", "infrastructure"]"#),
        Scenario(name: "times", condition: #"machine.last_report > now - duration("72h")"#),
        Scenario(name: "a pattern", condition: #"machine.group.matches("^(srv|db)-[a-z]+[0-9]{2,4}$")"#),
        Scenario(
            name: "an absorbed absence", condition: #"file.signer_trusted || verdict.score >= 80"#),
        Scenario(
            name: "100 tags", condition: #"machine.tags.exists(t, t.startsWith("protect:"))"#,
            facts: CELSlots(
                ["machine.tags": .strings((0..<100).map { "department-\($0)" })], for: Scenario.declarations)),
    ]

    private static let declarations: CELDeclarations = {
        var declarations = CELDeclarations()
        declarations.allowsMissing = true
        declarations.variable("verdict.score", .int, range: 0...100)
        declarations.variable("machine.tags", .list(.string))
        declarations.variable("machine.os", .string)
        declarations.variable("machine.role", .string)
        declarations.variable("machine.group", .string)
        declarations.variable("machine.last_report", .timestamp)
        declarations.variable("file.signer_trusted", .bool, presence: .optional)
        declarations.variable("now", .timestamp)
        return declarations
    }()

    private static let machine = CELSlots(
        [
            "verdict.score": .int(97), "machine.tags": .strings(["laptop", "oslo", "vip"]),
            "machine.os": .string("windows11"), "machine.role": .string("none"),
            "machine.group": .string("srv-accounting0042"),
            "machine.last_report": .timestamp(microsecondsSince1970: 1_799_990_000_000_000),
            "now": .timestamp(microsecondsSince1970: 1_800_000_000_000_000),
        ], for: declarations)
}
