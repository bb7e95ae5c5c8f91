import BailiffDiagnostics
import BailiffPlaybook
import Foundation
import Testing

@Suite struct DiffTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let file: String
        let old: String
        let new: String
        /// All changes: `effect: path`.
        let changes: [String]

        init(_ file: String, _ old: String, _ new: String, _ changes: String...) {
            testDescription = "\(old) → \(new)"
            self.file = file
            self.old = old
            self.new = new
            self.changes = changes
        }
    }

    private static let isolate = "isolate-on-malicious"
    private static let tiered = "tiered-containment"
    private static let outbreak = "outbreak-containment"
    private static let baseline = "org-baseline"
    private static let approvals = "org-approvals"

    static let rows: [Row] = [
        Row(isolate, "# Contains", "# Holds"),
        Row(isolate, "with: { type: auto }", "with: { \"type\":   auto }"),
        Row(isolate, "version: 1", "version: 2", "neutral: version"),
        Row(isolate, "expect: { contain: [a1] }", "expect: { contain: 1 }", "neutral: tests"),
        Row(isolate, "expect: { contain: [a1] }", "expect: {\"contain\":  [a1]}"),
        Row(isolate, "one laptop is contained", "a laptop is contained", "neutral: tests"),
        Row(isolate, "owner: soc", "owner: others", "weakens: owner"),
        Row(isolate, "precedence: 10", "precedence: 15", "weakens: precedence"),
        Row(isolate, "on_change: supersede", "on_change: ignore_softer", "weakens: trigger.dedupe.on_change"),
        Row(isolate, "per_run: 5", "per_run: 6", "weakens: budget.per_run"),
        Row(isolate, "per_run: 5", "per_run: 4", "tightens: budget.per_run"),
        Row(isolate, "per_run: 5", "per_run: 5, per_hour: 10", "tightens: budget.per_hour"),
        Row(isolate, "over: hold", "over: stop", "tightens: budget.over"),
        Row(isolate, "over: hold, approve: soc-one", "over: hold, approve: soc-lead-one", "weakens: budget.approve"),
        Row(isolate, "verdict.trust >= 2", "verdict.trust >= 2 && verdict.score > 90", "tightens: trigger.when"),
        Row(isolate, " && verdict.trust >= 2", "", "weakens: trigger.when"),
        Row(isolate, "verdict.trust >= 2", "verdict.trust >= 1", "weakens: trigger.when"),
        Row(
            isolate, "verdict.category != \"pua\" && verdict.trust >= 2",
            "verdict.trust >= 2 && verdict.category != \"pua\"", "neutral: trigger.when"),
        Row(isolate, "verdict.trust >= 2", "verdict.trust >= 3", "tightens: trigger.when"),
        Row(isolate, "verdict.trust >= 2", "verdict.trust == 3", "tightens: trigger.when"),
        Row(isolate, "verdict.trust >= 2", "verdict.trust > 2", "tightens: trigger.when"),
        Row(isolate, "verdict.trust >= 2", "verdict.trust <= 2", "weakens: trigger.when"),
        Row(
            isolate, "verdict.level == \"malicious\"", "verdict.level in [\"malicious\", \"suspicious\"]",
            "weakens: trigger.when"),
        Row(isolate, "verdict.category != \"pua\"", "verdict.category == \"worm\"", "tightens: trigger.when"),
        Row(
            isolate, "verdict.category != \"pua\"", "(verdict.category == \"worm\" || verdict.category == \"wiper\")",
            "tightens: trigger.when"),
        Row(isolate, "to: soc-analyst }", "to: soc-lead }", "weakens: steps.contain.offline.to"),
        Row(
            isolate, "for: 72h, then: escalate, to: soc-lead", "for: 72h, then: escalate, to: soc-analyst",
            "weakens: steps.contain.lease.to"),
        Row(isolate, "window: 24h", "window: 12h", "weakens: trigger.dedupe.window"),
        Row(isolate, "lookback: 7d", "lookback: 30d", "weakens: targets.lookback"),
        Row(isolate, "  watch: 24h\n", "", "tightens: targets.watch"),
        Row(isolate, " && machine.kind == \"workstation\"", "", "weakens: targets.select"),
        Row(isolate, "use: [org/baseline]", "use: [org/baseline, org/more]", "tightens: guards.use"),
        Row(isolate, "lease: { for: 72h", "lease: { for: 96h", "weakens: steps.contain.lease.for"),
        Row(
            isolate, "lease: { for: 72h, then: escalate, to: soc-lead }", "lease: { for: 72h, then: release }",
            "tightens: steps.contain.lease.then", "neutral: steps.contain.lease.to"),
        Row(isolate, "    undo: release\n", "", "weakens: steps.contain.undo"),
        Row(
            isolate, "offline: { wait: 72h, then: ask, to: soc-analyst }", "offline: { wait: 72h, then: reissue }",
            "weakens: steps.contain.offline.then", "neutral: steps.contain.offline.to"),
        Row(
            isolate, "    approve: [{ policy: soc-one }]\nafter", "    auto: no need\nafter",
            "weakens: steps.remove.approve", "weakens: steps.remove.auto"),
        Row(
            isolate, "    approve: [{ policy: soc-one }]\nafter",
            "    approve: [{ policy: soc-one }, { policy: soc-lead-one }]\nafter", "tightens: steps.remove.approve"),
        Row(isolate, "needs: { contain: done }", "needs: { contain: ended }", "weakens: steps.remove.needs.contain"),
        Row(isolate, "needs: { contain: done }", "needs: {}", "weakens: steps.remove.needs.contain"),
        Row(isolate, "with: { type: auto }", "with: { type: full }", "weakens: steps.contain.with.type"),
        Row(isolate, "with: { type: auto }", "with: { type: selective }", "tightens: steps.contain.with.type"),
        Row(
            isolate,
            "  - id: evidence\n    action: collect_package\n    needs: { contain: sent }\n    on_fail: continue\n", "",
            "neutral: steps.evidence"),
        Row(
            isolate, "  verdict_reversed: { undo: [contain], approve: soc-one }\n", "",
            "weakens: after.verdict_reversed"),
        Row(isolate, "events: [held, not_selected", "events: [not_selected", "weakens: after.notify"),
        Row(
            tiered, "when: \"fleet.selected > 10\"", "when: \"fleet.selected > 10 || verdict.score < 95\"",
            "tightens: steps.workstation-contain.approve.soc-one.when"),
        Row(
            tiered, "when: \"fleet.selected > 10\"", "when: \"fleet.selected > 20\"",
            "weakens: steps.workstation-contain.approve.soc-one.when"),
        Row(
            tiered, "when: \"fleet.selected > 10\"", "when: \"fleet.selected > 5\"",
            "tightens: steps.workstation-contain.approve.soc-one.when"),
        Row(tiered, "duration(\"72h\")", "duration(\"48h\")", "tightens: targets.select"),
        Row(tiered, "duration(\"72h\")", "duration(\"168h\")", "weakens: targets.select"),
        Row(
            tiered, "verdict.score < 95 && machine", "verdict.score < 97 && machine",
            "tightens: guards.never-ran-and-unsure.when"),
        Row(
            tiered, "verdict.score < 95 && machine", "verdict.score < 90 && machine",
            "weakens: guards.never-ran-and-unsure.when"),
        Row(
            tiered, "    when: machine.kind == \"workstation\"\n    with", "    with",
            "weakens: steps.workstation-contain.when"),
        Row(tiered, "share_of_fleet: 5%", "share_of_fleet: 10%", "weakens: budget.share_of_fleet"),
        Row(tiered, "share_of_fleet: 5%, ", "", "weakens: budget.share_of_fleet"),
        Row(
            tiered, "for: [isolate]\n      enforce: hold", "for: [isolate, restrict_apps]\n      enforce: hold",
            "tightens: guards.never-ran-and-unsure.for"),
        Row(
            tiered, "verdict.score < 95 && machine", "verdict.score < 95 && verdict.trust < 3 && machine",
            "weakens: guards.never-ran-and-unsure.when"),
        Row(outbreak, "corroborate: { feeds: 2", "corroborate: { feeds: 3", "tightens: trigger.corroborate.feeds"),
        Row(outbreak, "within: 2h", "within: 4h", "weakens: trigger.corroborate.within"),
        Row(outbreak, "size: 25,", "size: 50,", "weakens: rings.2.size"),
        Row(outbreak, "wait: 5m", "wait: 10m", "tightens: rings.1.wait"),
        Row(outbreak, "{ size: rest, approve: incident-two }", "{ size: rest }", "weakens: rings.3.approve"),
        Row(
            outbreak, "with: { expires: 30d }", "with: { expires: 60d }", "weakens: steps.block-everywhere.with.expires"
        ),
        Row(outbreak, "missing: hold", "missing: ignore", "weakens: guards.long-resident.missing"),
        Row(baseline, "groups: [\"Domain Controllers\"]", "groups: []", "weakens: roles.domain_controller"),
        Row(baseline, "\"PKI\"]", "\"PKI\", \"Backup\"]", "tightens: roles.infrastructure"),
        Row(
            baseline, "  domain_controller: {", "  kiosk: { groups: [\"PKI\"] }\n  domain_controller: {",
            "weakens: roles.kiosk"),
        Row(
            baseline, "[\"Domain Controllers\"]", "[\"Domain Controllers\", \"DNS\"]",
            "weakens: roles.domain_controller"),
        Row(
            baseline, "  infrastructure: {", "  kiosk: { groups: [\"Kiosks\"] }\n  infrastructure: {",
            "tightens: roles.kiosk"),
        Row(
            baseline, "machine.role in [\"domain_controller\", \"infrastructure\"]",
            "machine.role == \"infrastructure\"",
            "weakens: guards.tier0.when"),
        Row(
            baseline, "machine.kind != \"workstation\"",
            "machine.kind != \"workstation\" || machine.group == \"Lab\"", "tightens: guards.unknown-or-server.when"),
        Row(baseline, "file.org_machines > 50", "file.org_machines > 20", "tightens: guards.established-file.when"),
        Row(baseline, "file.org_machines > 50", "file.org_machines > 500", "weakens: guards.established-file.when"),
        Row(
            baseline, "    enforce: deny\n", "    enforce: hold\n    approve: soc-one\n",
            "weakens: guards.tier0.enforce"),
        Row(
            baseline, "machine.kind != \"workstation\"", "machine.kind == \"server\"",
            "weakens: guards.unknown-or-server.when"),
        Row(
            baseline, "    approve: server-two-teams\n", "    approve: soc-one\n",
            "weakens: guards.unknown-or-server.approve"),
        Row(baseline, "because: Someone else", "because: Some other team", "neutral: guards.already-contained.because"),
        Row(baseline, "per_hour: 60", "per_hour: 90", "weakens: budgets.standard.per_hour"),
        Row(baseline, "owners: [incident-response], ", "", "weakens: budgets.outbreak.owners"),
        Row(
            baseline, ", indicators_per_day: 10 }\n  outbreak", " }\n  outbreak",
            "tightens: budgets.standard.indicators_per_day"),
        Row(baseline, "failures_in_row: 5", "failures_in_row: 50", "weakens: breaker.failures_in_row"),
        Row(baseline, "default_lease: 72h", "default_lease: 24h", "tightens: isolation.default_lease"),
        Row(baseline, "\"Microsoft Windows\"]", "\"Microsoft Windows\", \"Acme\"]", "tightens: trusted_signers"),
        Row(
            approvals, "{ role: server-operations, count: 1 }", "{ role: server-operations, count: 2 }",
            "tightens: policies.server-two-teams.require.server-operations"),
        Row(
            approvals, ", { role: server-operations, count: 1 }", "",
            "weakens: policies.server-two-teams.require.server-operations"),
        Row(approvals, "on_expiry: { ask: soc-lead-one }", "on_expiry: deny", "tightens: policies.soc-one.on_expiry"),
        Row(approvals, "expires: 45m", "expires: 90m", "weakens: policies.server-two-teams.expires"),
        Row(
            approvals, "notify: [soc, server-operations]", "notify: [soc]", "weakens: policies.server-two-teams.notify"),
    ]

    @Test(arguments: rows)
    func classes(_ row: Row) throws {
        let old = try Repository.file("playbooks/\(row.file).yaml")
        let range = try #require(old.text.firstRange(of: row.old))
        let new = SourceText(file: old.file, text: old.text.replacingCharacters(in: range, with: row.new))
        let changes = try PlaybookDiff.changes(from: old, to: new, environment: .complete()).get()
        #expect(changes.map { "\($0.effect.rawValue): \($0.path)" } == row.changes, "\(changes)")
        for change in changes where change.effect == .weakens {
            #expect(
                try PlaybookDiff.changes(from: new, to: old, environment: .complete()).get().contains {
                    $0.path == change.path
                })
        }
    }

    @Test func sameFileHasNoChanges() throws {
        for file in try Repository.files("playbooks") {
            #expect(try PlaybookDiff.changes(from: file, to: file, environment: .complete()).get().isEmpty)
        }
    }

    @Test func kindsDoNotMix() throws {
        let files = try Repository.files("playbooks")
        let result = PlaybookDiff.changes(from: files[0], to: files[1], environment: .complete())
        guard case .failure(let error) = result else {
            Issue.record("compared")
            return
        }
        #expect(error.diagnostics.map(\.code) == ["PB001"])
    }
}
