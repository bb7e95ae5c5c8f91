import BailiffCEL
import BailiffDiagnostics
import BailiffPlaybook
import Testing

/// Which facts there are, whether they may be absent, and under which keys they are seen: written out once more, so that a
/// slip in the code shows.
@Suite struct FactTableTests {
    private static let always = """
        verdict.level verdict.score verdict.scored verdict.category verdict.trust verdict.feed verdict.product
        verdict.revision verdict.feeds machine.id machine.kind machine.os machine.health machine.onboarded machine.group
        machine.tags machine.value machine.risk machine.exposure machine.record_first_seen machine.last_report machine.name
        machine.role machine.isolated machine.sighting.executed machine.sighting.status fleet.hits fleet.size
        fleet.selected fleet.servers ring.size ring.verified ring.failed run.started now
        """.split { $0.isWhitespace }.map(String.init)

    private static let optional = """
        verdict.sha256 verdict.sha1 verdict.md5 verdict.family verdict.threat verdict.file_name verdict.file_type
        verdict.analysed_at file.global_prevalence file.signer file.certificate_valid file.org_machines file.first_seen_org
        file.signer_trusted machine.sighting.first machine.sighting.last machine.sighting.path
        """.split { $0.isWhitespace }.map(String.init)

    @Test func theListIsComplete() {
        #expect(Set(Self.always + Self.optional) == Set(Fact.allCases.map(\.rawValue)))
        #expect(Self.always.count + Self.optional.count == Fact.allCases.count)
        for fact in Fact.allCases { #expect(fact.isOptional == Self.optional.contains(fact.rawValue), "\(fact)") }
    }

    /// The page's words on what each key sees.
    private static func isSeen(_ fact: String, under scope: FactScope) -> Bool {
        if fact == "now" { return true }
        let group = fact.prefix { $0 != "." }
        let isOfPlan = fact == "fleet.selected" || fact == "fleet.servers"
        switch scope {
        case .trigger: return group == "verdict"
        case .select, .step:
            return ["verdict", "file", "machine", "fleet"].contains(group) && fact != "machine.name" && !isOfPlan
        case .guards: return ["verdict", "file", "machine", "fleet"].contains(group) && !isOfPlan
        case .approval: return ["verdict", "file", "fleet"].contains(group)
        case .proceed: return ["verdict", "file", "fleet", "ring", "run"].contains(group)
        }
    }

    @Test(arguments: FactScope.allCases)
    func everyFactUnderEveryKey(_ scope: FactScope) throws {
        for fact in Fact.allCases {
            let expected = Self.isSeen(fact.rawValue, under: scope)
            #expect(scope.sees(fact) == expected, "\(fact.rawValue) under \(scope.rawValue)")
            let (library, text) = load(Self.files(asking: Self.test(of: fact), under: scope), .complete())
            #expect((library != nil) == expected, "\(fact.rawValue) under \(scope.rawValue): \(text)")
            if !expected { #expect(text.contains("[CEL020]"), "\(fact.rawValue) under \(scope.rawValue): \(text)") }
        }
    }

    @Test(arguments: FactScope.allCases)
    func whatMayBeAbsentMustBeGuarded(_ scope: FactScope) {
        for fact in Fact.allCases where scope.sees(fact) && fact.isOptional {
            let bare = Self.bareTest(of: fact)
            let (library, text) = load(Self.files(asking: bare, under: scope), .complete())
            #expect(library == nil && text.contains("[CEL021]"), "\(fact.rawValue) under \(scope.rawValue): \(text)")
            for guarded in [
                "has(\(fact.rawValue)) && \(bare)", "!has(\(fact.rawValue)) || \(bare)",
                "has(\(fact.rawValue)) ? \(bare) : verdict.trust > 1",
            ] {
                let (library, text) = load(Self.files(asking: guarded, under: scope), .complete())
                #expect(library != nil, "\(guarded) under \(scope.rawValue): \(text)")
            }
            for late in ["\(bare) && has(\(fact.rawValue))", "has(\(fact.rawValue)) || \(bare)"] {
                let (library, text) = load(Self.files(asking: late, under: scope), .complete())
                #expect(library == nil && text.contains("[CEL021]"), "\(late) under \(scope.rawValue): \(text)")
            }
        }
    }

    // MARK: Conditions that touch one fact

    private static func test(of fact: Fact) -> String {
        fact.isOptional ? "has(\(fact.rawValue)) && \(bareTest(of: fact))" : bareTest(of: fact)
    }

    private static func bareTest(of fact: Fact) -> String {
        let name = fact.rawValue
        switch fact.type {
        case .bool: return name
        case .int: return "\(name) > 1"
        case .timestamp:
            let time = "timestamp(\"2026-01-01T00:00:00Z\")"
            return "\(name) > \(time)"
        case .list(_): return "\(name).exists(t, t == \"a\")"
        default:
            if fact == .machineRole { return "\(name) == \"dc\"" }
            return "\(name) == \"\(fact.vocabulary?.first ?? "a")\""
        }
    }

    private static func files(asking condition: String, under scope: FactScope) -> [SourceText] {
        func text(_ key: FactScope, _ otherwise: String) -> String {
            "'" + (scope == key ? condition : otherwise).replacing("'", with: "''") + "'"
        }
        let playbook = """
            bailiff: playbook/v1
            name: p
            version: 1
            owner: soc
            trigger: { when: \(text(.trigger, "verdict.trust > 1")) }
            targets: { select: \(text(.select, "machine.onboarded")) }
            guards:
              use: [base]
              local: [{ id: g, enforce: warn, when: \(text(.guards, "machine.onboarded")), because: test }]
            budget: { class: standard, per_run: 100, over: hold, approve: boss }
            rings: [{ size: 1, wait: 1m, proceed_when: \(text(.proceed, "ring.verified > 0")) }, { size: rest }]
            steps:
              - id: contain
                action: isolate
                when: \(text(.step, "machine.onboarded"))
                auto: test
                approve: [{ policy: boss, when: \(text(.approval, "fleet.selected > 10")) }]
                lease: { for: 1h, then: release }
            """
        let policy = """
            bailiff: policy/v1
            name: base
            owner: security
            roles: { dc: { groups: [DC] } }
            guards: [{ id: never, enforce: deny, when: machine.role == "dc", because: never }]
            budgets: { standard: { per_hour: 1000 } }
            """
        let approvals = """
            bailiff: approvals/v1
            name: people
            policies: { boss: { require: [{ role: boss, count: 1 }], expires: 30m, on_expiry: deny } }
            """
        return [
            SourceText(file: "p.yaml", text: playbook), SourceText(file: "base.yaml", text: policy),
            SourceText(file: "people.yaml", text: approvals),
        ]
    }
}
