import BailiffDiagnostics
import BailiffModel
import BailiffPlaybook
import BailiffYAML
import Foundation
import Testing

/// What needs more than one file: names, policies taken together, warnings about the set.
@Suite struct SetTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let file: String
        let old: String
        let new: String
        /// `PB070 warning contain`: code, severity, text on the line.
        let code: String
        let line: String
        var notifiers: [String]? = ["soc", "incident", "server-operations"]

        init(
            _ file: String, _ old: String, _ new: String, _ code: String, on line: String,
            notifiers: [String]? = ["soc", "incident", "server-operations"]
        ) {
            testDescription = "\(code) \(new.prefix(60))"
            self.file = file
            self.old = old
            self.new = new
            self.code = code
            self.line = line
            self.notifiers = notifiers
        }
    }

    static let warnings: [Row] = [
        Row(
            "isolate-on-malicious", "machine.onboarded &&",
            "machine.onboarded && machine.last_report > now - duration(\"24h\") &&", "PB071", on: "24h\\\")"),
        Row("isolate-on-malicious", "with: { type: auto }", "with: { type: full }", "PB072", on: "- id: contain"),
        Row(
            "isolate-on-malicious", "via: [start, alert_by_reference, antivirus_scan]", "via: [start]", "PB073",
            on: "via: [start]"),
        Row(
            "isolate-on-malicious", "per_run: 5,", "per_run: 500,", "PB074", on: "per_run: 500"),
        Row("isolate-on-malicious", "precedence: 10", "precedence: 20", "PB075", on: "name: tiered"),
        Row(
            "isolate-on-malicious", "    offline: { wait: 72h, then: ask",
            "    irreversible: accepted\n    offline: { wait: 72h, then: ask", "PB076", on: "irreversible: accepted"),
        Row(
            "isolate-on-malicious", "    approve: [{ policy: soc-one }]\nafter",
            "    approve: [{ policy: soc-one }]\n    auto: nobody reads this\nafter", "PB077", on: "nobody reads this"),
        Row(
            "org-baseline", "    when: machine.kind != \"workstation\"\n",
            "    when: machine.kind != \"workstation\"\n    missing: hold\n", "PB078", on: "missing: hold"),
        Row("org-baseline", "groups: [\"Domain Controllers\"], ", "", "PB079", on: "domain_controller: {"),
        Row("isolate-on-malicious", "precedence: 10", "valid: { until: 2026-01-01 }", "PB080", on: "until:"),
        Row(
            "isolate-on-malicious", "then: escalate, to: soc-lead", "then: release, to: soc-lead", "PB081",
            on: "then: release"),
        Row(
            "isolate-on-malicious", "then: escalate, to: soc-lead", "then: release, approve: soc-one", "PB081",
            on: "then: release"),
        Row(
            "tiered-containment", "{ wait: 24h, then: drop }", "{ wait: 24h, then: drop, to: soc-lead }", "PB081",
            on: "then: drop, to"),
        Row(
            "org-baseline", "machines: [] }\n  infra", "machines: [dc-01] }\n  infra", "PB082",
            on: "domain_controller: {"
        ),
        Row("isolate-on-malicious", "precedence: 10", "precedence: 10", "PB017", on: "{ to: soc,", notifiers: nil),
    ]

    /// Warnings do not keep a set from loading.
    @Test(arguments: warnings)
    func warns(_ row: Row) throws {
        var files = try Repository.files("playbooks")
        let index = try #require(files.firstIndex { $0.file == "playbooks/\(row.file).yaml" })
        let range = try #require(files[index].text.firstRange(of: row.old))
        files[index] = SourceText(
            file: files[index].file, text: files[index].text.replacingCharacters(in: range, with: row.new))
        let loaded = PlaybookLibrary.load(files, environment: .complete(notifiers: row.notifiers))
        let found = loaded.report.diagnostics.filter { $0.code == row.code }
        #expect(loaded.library != nil)
        #expect(found.contains { $0.severity == .warning }, "\(loaded.report.diagnostics)")
        let wanted = row.line.replacing("\\\"", with: "\"")
        let isThere = found.contains { diagnostic in
            files.first { $0.file == diagnostic.location.file }?.line(diagnostic.location.line)?.contains(wanted)
                == true
        }
        #expect(isThere, "\(found)")
    }

    /// Whoever refers to what could not be read has done nothing wrong: only the mistake itself is told.
    @Test(arguments: [
        ("org-baseline", "roles:\n", "rolls:\n", "YAML012"), ("org-baseline", "guards:\n", "gards:\n", "YAML012"),
        ("org-baseline", "enforce: deny", "enforce: dney", "YAML028"),
        ("org-baseline", "budgets:\n", "bugets:\n", "YAML012"), ("org-baseline", "bailiff:", "bailif:", "PB001"),
        ("org-approvals", "soc-one: { require:", "soc-one: { requires:", "YAML012"),
        ("org-approvals", "expires: 45m", "expires: 45", "YAML026"), ("org-approvals", "bailiff:", "bailif:", "PB001"),
        ("org-approvals", "approvals/v1", "approval/v1", "PB001"),
    ])
    func oneMistakeIsToldOnce(_ file: String, _ old: String, _ new: String, _ code: String) throws {
        let files = try Repository.files("playbooks").map { source in
            source.file.contains(file)
                ? SourceText(file: source.file, text: source.text.replacing(old, with: new, maxReplacements: 1))
                : source
        }
        let errors = PlaybookLibrary.load(files, environment: .complete()).report.diagnostics.filter {
            $0.severity == .error
        }
        #expect(errors.contains { $0.code == code && $0.location.file.contains(file) })
        #expect(errors.allSatisfy { $0.location.file.contains(file) }, "\(errors)")
    }

    @Test func aLeaseIsMissed() throws {
        let files = try Repository.files("playbooks").map { file in
            let text = file.text.replacing("default_lease: 72h, to: soc-lead", with: "to: soc-lead")
                .replacing("    lease: { for: 72h, then: escalate, to: soc-lead }\n", with: "")
            return SourceText(file: file.file, text: text)
        }
        let loaded = PlaybookLibrary.load(files, environment: .complete())
        #expect(loaded.report.diagnostics.map(\.code) == ["PB070"])
        #expect(loaded.library != nil)
    }

    // MARK: Names

    private func load(adding text: String, as name: String = "added.yaml") throws -> String {
        let files = try Repository.files("playbooks") + [SourceText(file: name, text: text)]
        let loaded = PlaybookLibrary.load(files, environment: .complete())
        #expect(loaded.library == nil)
        return loaded.report.diagnostics.map(\.description).joined(separator: "\n")
    }

    private static let approvals = """
        bailiff: approvals/v1
        name: NAME
        policies:
          other: { require: [{ role: boss, count: 1 }], expires: 30m, on_expiry: deny }
          POLICY: { require: [{ role: boss, count: 1 }], expires: 30m, on_expiry: deny }
        """

    @Test(arguments: ["isolate-on-malicious", "org/baseline", "org/approvals"])
    func filesShareOneSpaceOfNames(_ name: String) throws {
        let text = Self.approvals.replacing("NAME", with: name).replacing("POLICY", with: "another")
        #expect(try load(adding: text).contains("[PB003]"))
    }

    @Test func anApprovalPolicyIsDeclaredOnce() throws {
        let text = Self.approvals.replacing("NAME", with: "more").replacing("POLICY", with: "soc-one")
        let found = try load(adding: text, as: "zz.yaml")
        #expect(
            found == """
                playbooks/org-approvals.yaml:5:3: error: the approval policy 'soc-one' is declared twice [PB003]
                zz.yaml:5:3: error: the approval policy 'soc-one' is declared twice [PB003]
                """)
    }

    @Test func severalApprovalsFilesAreOneSet() throws {
        var files = try Repository.files("playbooks")
        let index = try #require(files.firstIndex { $0.file.hasSuffix("org-approvals.yaml") })
        let text = files[index].text
        let cut = try #require(text.firstRange(of: "  incident-two:"))
        files[index] = SourceText(file: files[index].file, text: String(text[..<cut.lowerBound]))
        files.append(
            SourceText(
                file: "more.yaml",
                text: "bailiff: approvals/v1\nname: more\npolicies:\n" + text[cut.lowerBound...]))
        let loaded = PlaybookLibrary.load(files, environment: .complete())
        #expect(loaded.report.diagnostics.isEmpty, "\(loaded.report.diagnostics)")
        #expect(loaded.library?.approvals.count == 4)
    }

    @Test func endingsOfFiles() {
        let file = SourceText(file: "notes.txt", text: "bailiff: approvals/v1\nname: x\npolicies: {}\n")
        let loaded = PlaybookLibrary.load([file], environment: .complete())
        #expect(loaded.report.diagnostics.contains { $0.code == "PB002" })
        let yml = PlaybookLibrary.load([SourceText(file: "notes.yml", text: "a: b\n")], environment: .complete())
        #expect(yml.report.diagnostics.map(\.code) == ["PB001"])
    }

    // MARK: Policies taken together

    private func files(_ policies: String..., use: String) -> [SourceText] {
        let playbook = """
            bailiff: playbook/v1
            name: p
            version: 1
            owner: soc
            trigger: { when: verdict.trust > 1 }
            targets: { select: machine.onboarded }
            guards: { use: [\(use)] }
            budget: { class: standard, per_run: 100, over: hold, approve: boss }
            steps: [{ id: contain, action: isolate, auto: test }]
            """
        let approvals = Self.approvals.replacing("NAME", with: "people").replacing("POLICY", with: "boss")
        return [SourceText(file: "p.yaml", text: playbook), SourceText(file: "people.yaml", text: approvals)]
            + policies.enumerated().map { index, text in
                SourceText(
                    file: "policy\(index).yaml", text: "bailiff: policy/v1\nname: policy\(index)\nowner: o\n" + text)
            }
    }

    private static let base = """
        guards: [{ id: never, enforce: deny, when: machine.role == "dc", because: never }]
        roles: { dc: { groups: [DC] }, kiosk: { groups: [Lobby] } }
        budgets: { standard: { per_hour: 60, share_of_group: 10%, owners: [soc, ir] } }
        breaker: { guard_stop_share: 30%, failures_in_row: 9, minimum: 10, within: 1h }
        isolation: { default_lease: 72h, to: boss }
        """

    private static let more = """
        guards: [{ id: kiosks, enforce: hold, when: machine.role == "kiosk", approve: other, because: asked first }]
        roles: { kiosk: { groups: [DC] } }
        budgets: { standard: { per_hour: 90, per_day: 50, share_of_group: 5%, owners: [soc] } }
        breaker: { guard_stop_share: 40%, failures_in_row: 3, minimum: 20, within: 2h }
        isolation: { default_lease: 24h, to: other, proxy_estate: true }
        """

    @Test(arguments: ["policy0, policy1", "policy1, policy0"])
    func theStrictestOfTwoPoliciesWins(_ use: String) throws {
        let loaded = PlaybookLibrary.load(files(Self.base, Self.more, use: use), environment: .complete())
        let library = try #require(loaded.library, "\(loaded.report.diagnostics)")
        let playbook = try #require(library.playbook("p"))
        let effective = EffectivePolicy(library.policies(of: playbook))
        let budget = try #require(effective.classes["standard"])
        #expect(budget.perHour == 60)
        #expect(budget.perDay == 50)
        #expect(budget.shareOfGroup?.millionths == 50_000)
        #expect(budget.owners == ["soc"])
        #expect(effective.proxyEstate)
        #expect(effective.defaultLease?.length == .seconds(86_400))
        #expect(effective.defaultLease?.to == "other")
        let breaker = try #require(EffectivePolicy.breaker(of: library.policies))
        #expect(breaker.guardStopShare.millionths == 300_000)
        #expect(breaker.failuresInRow == 3)
        #expect(breaker.minimum == 10)
        #expect(breaker.within == .seconds(7_200))
    }

    /// A second policy that gives a domain controller another role does not take it out of reach of the guard.
    @Test(arguments: ["policy0, policy1", "policy1, policy0"])
    func noPolicyTakesARoleAway(_ use: String) throws {
        let loaded = PlaybookLibrary.load(files(Self.base, Self.more, use: use), environment: .complete())
        let library = try #require(loaded.library, "\(loaded.report.diagnostics)")
        let playbook = try #require(library.playbook("p"))
        let input = Bench().input([machine("a", group: "DC"), machine("b", group: "Lobby"), machine("c")])
        let plan = Planner.plan(playbook, in: library, for: input)
        #expect(plan.outcomes() == ["a:denied", "b:other", "c:proceed"])
        let action = try #require(plan.action("contain", "a"))
        let again = Planner.recheck(action, of: plan, playbook: playbook, library: library, input: input)
        guard case .denied(let finding) = again else {
            Issue.record("\(again)")
            return
        }
        #expect(finding.id == "never")
    }

    @Test func aGuardIdIsUniqueAmongThePoliciesInUse() throws {
        let loaded = PlaybookLibrary.load(
            files(Self.base, Self.more.replacing("id: kiosks", with: "id: never"), use: "policy0, policy1"),
            environment: .complete())
        #expect(
            loaded.report.diagnostics.map(\.description) == [
                "p.yaml:7:26: error: the policies 'policy0' and 'policy1' both have a guard 'never' [PB007]"
            ])
    }

    /// The whole plan may cost too much although every condition is within its own limit: said at the costliest.
    @Test func thePlanHasALimitOfItsOwn() throws {
        let costly = "machine.tags.exists(a, machine.tags.exists(b, a + b == \"x\"))"
        let guards =
            "guards:\n  - { id: never, enforce: deny, when: machine.role == \"dc\", because: never }\n"
            + "  - id: costly\n    enforce: warn\n    because: test\n    when: \(costly)\n"
        let rest =
            "roles: { dc: { groups: [DC] } }\nbudgets: { standard: { per_hour: 60 } }\nisolation: { default_lease: 1h, to: boss }\n"
        let loaded = PlaybookLibrary.load(files(guards + rest, use: "policy0"), environment: .complete())
        #expect(loaded.library == nil)
        let found = loaded.report.diagnostics.filter { $0.severity == .error }
        #expect(found.map(\.code) == ["PB037"], "\(found)")
        #expect(
            found.first?.location == BailiffDiagnostics.SourceLocation(file: "policy0.yaml", line: 9, column: 11),
            "\(found)")
    }
}
