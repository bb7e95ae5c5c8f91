import BailiffCEL
import BailiffDiagnostics
import Testing

/// Facts that may be absent or are not visible, and the words they can be.
struct FactTests {
    private let facts = PlaybookFacts.declarations

    static let guardedByFlowRows: [String] = [
        "has(verdict.family) && verdict.family == 'emotet'",
        "!has(verdict.family) || verdict.family == 'emotet'",
        "has(verdict.family) ? verdict.family == 'emotet' : false",
        "!has(verdict.family) ? false : verdict.family == 'emotet'",
        "machine.onboarded && has(verdict.family) && machine.os == 'x' && verdict.family == 'emotet'",
        "has(machine.sighting.first) && has(machine.sighting.last) && machine.sighting.first < machine.sighting.last",
        "!(has(machine.sighting.first) && has(machine.sighting.last)) || machine.sighting.first < machine.sighting.last",
        "(has(verdict.family) && machine.onboarded) && verdict.family == 'x'",
        "has(verdict.family) && machine.tags.exists(t, t == verdict.family)",
        "!(!has(verdict.family) || !machine.onboarded) && verdict.family == 'x'",
        "!has(verdict.family) ? true : machine.onboarded ? verdict.family == 'x' : false",
    ]

    @Test(arguments: guardedByFlowRows)
    func guardedByFlow(_ text: String) {
        #expect(problems(text, facts, expecting: .bool) == "")
    }

    static let unguardedRows: [String] = [
        "verdict.family == 'emotet'", "verdict.family == 'emotet' && has(verdict.family)",
        "has(verdict.family) || verdict.family == 'emotet'", "!has(verdict.family) && verdict.family == 'emotet'",
        "has(verdict.family) ? false : verdict.family == 'emotet'",
        "(has(verdict.family) || machine.onboarded) && verdict.family == 'x'",
        "has(machine.sighting.first) && machine.sighting.last < now",
        "(has(verdict.family) && machine.onboarded) || verdict.family == 'x'",
        "machine.tags.exists(t, has(verdict.family)) && verdict.family == 'x'",
    ]

    @Test(arguments: unguardedRows)
    func unguarded(_ text: String) {
        #expect(codes(text, facts) == ["CEL021"])
    }

    @Test func guardsWithMissingNeedNoHas() throws {
        var facts = facts
        facts.allowsMissing = true
        let program = try compiled(
            "file.signer_trusted || (file.org_machines > 50 && machine.sighting.first < now - duration('72h'))", facts,
            expecting: .bool)
        #expect(
            program.referencedVariables
                == ["machine.sighting.first", "file.org_machines", "file.signer_trusted", "now"])
        let absent = try #require(throws: CELError.self) {
            try program.evaluate(CELSlots(["now": .timestamp(microsecondsSince1970: 0)], for: facts))
        }
        #expect(absent.code == .missingFact)
        #expect(absent.fact == "file.signer_trusted")
        // Absorbed as any other error.
        let trusted = CELSlots(
            ["now": .timestamp(microsecondsSince1970: 0), "file.signer_trusted": .bool(true)], for: facts)
        #expect(try program.evaluate(trusted) == .bool(true))
        let rare = CELSlots(["now": .timestamp(microsecondsSince1970: 0), "file.org_machines": .int(3)], for: facts)
        let missing = try #require(throws: CELError.self) { try program.evaluate(rare) }
        #expect(missing.fact == "file.signer_trusted")
    }

    @Test func presenceOfADottedFact() throws {
        let program = try compiled("has(machine.sighting.first)", facts)
        #expect(try program.evaluate(CELSlots(for: facts)) == .bool(false))
        let seen = CELSlots(["machine.sighting.first": .timestamp(microsecondsSince1970: 5)], for: facts)
        #expect(try program.evaluate(seen) == .bool(true))
    }

    @Test func everyProblemNamesItsPlaceAndAWayOut() {
        #expect(
            problems("verdict.levl == 'malicious'", facts) == """
                expr:1:1: error: nothing is named 'verdict.levl' [CEL010]
                    verdict.levl == 'malicious'
                    ^
                hint: did you mean 'verdict.level'?
                """)
        #expect(
            problems("now > now && machine == 'x'", facts) == """
                expr:1:14: error: 'machine' is no value by itself [CEL010]
                    now > now && machine == 'x'
                                 ^
                hint: it has machine.id, machine.os, machine.tags, machine.onboarded, machine.last_report, \
                machine.sighting.first, machine.sighting.last
                """)
        #expect(
            problems("machine.sighting.owner == 'x'", facts) == """
                expr:1:1: error: nothing is named 'machine.sighting.owner' [CEL010]
                    machine.sighting.owner == 'x'
                    ^
                hint: 'machine' has machine.id, machine.os, machine.tags, machine.onboarded, machine.last_report, \
                machine.sighting.first, machine.sighting.last
                """)
        #expect(
            problems("machine.name == 'dc01'", facts) == """
                expr:1:1: error: 'machine.name' cannot be used here: names are for guards only [CEL020]
                    machine.name == 'dc01'
                    ^
                """)
        #expect(
            problems("machine.onboarded && verdict.family == 'x'", facts) == """
                expr:1:22: error: 'verdict.family' may be absent [CEL021]
                    machine.onboarded && verdict.family == 'x'
                                         ^
                hint: write has(verdict.family) && … to the left of its use
                """)
        #expect(
            problems("verdict.level == 'malicous'", facts) == """
                expr:1:18: error: 'verdict.level' is never 'malicous' [CEL022]
                    verdict.level == 'malicous'
                                     ^
                hint: did you mean 'malicious'?
                """)
        #expect(
            problems("machine.last_report > now - duration(\"7d\")", facts) == """
                expr:1:29: error: '7d' is no duration [CEL023]
                    machine.last_report > now - duration("7d")
                                                ^
                hint: a duration is written in h, m and s: duration("168h")
                """)
    }

    static let wordsOutsideTheVocabularyRows: [String] = [
        "'bad' == verdict.level", "verdict.level != 'bad'", "verdict.level in ['malicious', 'bad']",
        "verdict.level in {'bad': 1}", "cel.bind(l, verdict.level, l == 'bad')",
        "[verdict.level].size() > 0 && verdict.level == 'MALICIOUS'",
    ]

    @Test(arguments: wordsOutsideTheVocabularyRows)
    func wordsOutsideTheVocabulary(_ text: String) {
        #expect(codes(text, facts) == ["CEL022"])
    }

    static let certainErrorsAreRefusedRows: [String] = [
        "machine.last_report > timestamp('yesterday')", "machine.os.matches('(')", "1 / 0 == 1", "fleet.size / 0 == 1",
        "machine.last_report.getHours('Mars/Olympus') == 1", "int('x') == fleet.size", "{'a': 1}.b == 1",
        "[1, 2][2] == fleet.size", "machine.os.matches('\\\\p{Greek}')", "{1: 2, 1: 3}.size() == 1",
        "verdict.score % 0 > 1", "machine.os.matches('(?=x)')", "duration('3000000h') > duration('1s')",
    ]

    @Test(arguments: certainErrorsAreRefusedRows)
    func certainErrorsAreRefused(_ text: String) {
        #expect(codes(text, facts) == ["CEL023"])
        var lenient = facts
        lenient.refusesCertainErrors = false
        #expect(problems(text, lenient) == "")
    }

    @Test func alwaysPresentFactsNeedNoHas() throws {
        let program = try compiled("has(machine.os) && machine.os == 'x'", facts)
        #expect(program.warnings.map(\.code) == ["CEL040"])
    }

    @Test func placesAreThoseOfTheEnclosingFile() {
        // The expression stands in a block scalar, two columns in, from line 7 on.
        let text = "machine.onboarded &&\n  verdict.family == 'x'"
        let source = CELSource(text: text) { offset in
            let before = text.utf8.prefix(offset)
            let line = before.filter { $0 == 0x0A }.count
            let column = before.reversed().prefix { $0 != 0x0A }.count
            return BailiffDiagnostics.SourceLocation(file: "playbook.yaml", line: 7 + line, column: 3 + column)
        }
        switch CELProgram.compile(source, declarations: facts, expecting: .bool) {
        case .success: Issue.record("compiled")
        case .failure(let error):
            #expect(error.description == "playbook.yaml:8:5: error: 'verdict.family' may be absent [CEL021]")
        }
    }
}
