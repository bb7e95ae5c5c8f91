import BailiffDiagnostics
import BailiffPlaybook
import Foundation
import Testing

/// Files that somebody wrote by mistake or in bad faith: each one change away from a good file, each refused on the line
/// of the change.
@Suite struct HostileTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        /// In `fixtures/playbooks/complete`.
        let file: String
        let old: String
        let new: String
        let code: String
        /// Text on the line the diagnostic must point at, in the changed file.
        let line: String

        init(_ name: String, _ file: String, _ old: String, _ new: String, _ code: String, on line: String) {
            testDescription = name
            self.file = file
            self.old = old
            self.new = new
            self.code = code
            self.line = line
        }
    }

    private static let isolate = "isolate-on-malicious.yaml"
    private static let tiered = "tiered-containment.yaml"
    private static let outbreak = "outbreak-containment.yaml"
    private static let baseline = "org-baseline.yaml"
    private static let approvals = "org-approvals.yaml"

    static let typos: [Row] = [
        Row(
            "misspelt approve", isolate, "    approve: [{ policy: soc-one }]", "    aprove: [{ policy: soc-one }]",
            "YAML012", on: "aprove"),
        Row("misspelt guards", isolate, "guards: {", "guard: {", "YAML012", on: "guard: {"),
        Row("misspelt use", isolate, "use: [org", "uses: [org", "YAML012", on: "uses"),
        Row("misspelt budget", isolate, "budget: {", "budjet: {", "YAML012", on: "budjet"),
        Row("misspelt per_run", isolate, "per_run: 5,", "perrun: 5,", "YAML012", on: "perrun"),
        Row(
            "misspelt irreversible", isolate, "irreversible: accepted", "irreversable: accepted", "YAML012",
            on: "irreversable"),
        Row("misspelt enforce", baseline, "enforce: deny", "enforced: deny", "YAML012", on: "enforced"),
        Row(
            "misspelt missing", baseline, "missing: ignore\n    approve: soc-one",
            "mising: ignore\n    approve: soc-one", "YAML012", on: "mising"),
        Row(
            "misspelt when of an approval", tiered, "{ policy: soc-one, when: \"fleet",
            "{ policy: soc-one, wen: \"fleet", "YAML012", on: "wen"),
        Row("misspelt require", approvals, "soc-one: { require:", "soc-one: { requires:", "YAML012", on: "requires"),
        Row("misspelt verb", baseline, "enforce: deny", "enforce: dney", "YAML028", on: "dney"),
        Row("misspelt over", isolate, "over: hold", "over: holds", "YAML028", on: "holds"),
        Row("misspelt action", isolate, "action: isolate", "action: isolat", "YAML028", on: "isolat"),
        Row("misspelt policy", isolate, "use: [org/baseline]", "use: [org/basline]", "PB010", on: "basline"),
        Row(
            "misspelt approval policy", isolate, "    approve: [{ policy: soc-one }]",
            "    approve: [{ policy: soc-on }]", "PB011", on: "soc-on }"),
        Row(
            "misspelt approval of the budget", isolate, "over: hold, approve: soc-one", "over: hold, approve: soc-won",
            "PB011", on: "soc-won"),
        Row(
            "misspelt role in a guard", baseline, "machine.role in [\"domain_controller\"",
            "machine.role in [\"domain_controler\"", "CEL022", on: "domain_controler"),
        Row(
            "misspelt word in a condition", isolate, "verdict.level == \"malicious\" && verdict.category",
            "verdict.level == \"malicius\" && verdict.category", "CEL022", on: "malicius"),
        Row("misspelt fact", isolate, "machine.onboarded &&", "machine.onborded &&", "CEL010", on: "onborded"),
        Row(
            "misspelt step in needs", isolate, "needs: { contain: done }", "needs: { contian: done }", "PB015",
            on: "contian"),
        Row("misspelt class", isolate, "class: standard", "class: standart", "PB013", on: "standart"),
        Row(
            "misspelt role of people", isolate, "then: escalate, to: soc-lead", "then: escalate, to: soc-leed", "PB012",
            on: "soc-leed"),
        Row(
            "misspelt escalation", approvals, "{ ask: soc-lead-one }", "{ ask: soc-lead-two }", "PB012",
            on: "soc-lead-two"),
        Row("misspelt notifier", isolate, "{ to: soc, events", "{ to: sock, events", "PB017", on: "sock"),
        Row(
            "misspelt kind of file", isolate, "bailiff: playbook/v1", "bailiff: playbook/v2", "PB001", on: "playbook/v2"
        ),
    ]

    static let yaml: [Row] = [
        Row("boolean of YAML 1.1", baseline, "proxy_estate: true", "proxy_estate: yes", "YAML023", on: "yes"),
        Row("boolean in capitals", baseline, "proxy_estate: true", "proxy_estate: True", "YAML023", on: "True"),
        Row("octal number", isolate, "per_run: 5", "per_run: 010", "YAML024", on: "010"),
        Row("quoted number", isolate, "per_run: 5", "per_run: \"5\"", "YAML022", on: "\"5\""),
        Row("number with underscore", isolate, "per_run: 5", "per_run: 1_000", "YAML024", on: "1_000"),
        Row("number as text", isolate, "owner: soc", "owner: 123", "YAML021", on: "123"),
        Row(
            "anchor and alias", isolate, "guards: { use: [org/baseline] }", "guards: &g { use: [org/baseline] }",
            "YAML007", on: "&g"),
        Row("alias", isolate, "approve: [{ policy: soc-one }]", "approve: *a", "YAML008", on: "*a"),
        Row("merge key", isolate, "trigger:\n", "<<: { owner: x }\ntrigger:\n", "YAML010", on: "<<"),
        Row("tag", isolate, "per_run: 5", "per_run: !!int \"5\"", "YAML009", on: "!!int"),
        Row(
            "duplicate key", isolate, "    irreversible: accepted\n", "    irreversible: accepted\n    action: tag\n",
            "YAML011", on: "action: tag"),
        Row(
            "duplicate guards", isolate, "guards: { use: [org/baseline] }\n",
            "guards: { use: [org/baseline] }\nguards: { use: [] }\n", "YAML011", on: "use: []"),
        Row("second document", isolate, "budget: {", "---\nbudget: {", "YAML006", on: "---"),
        Row("directive", isolate, "# Contains", "%YAML 1.1\n---\n# Contains", "YAML005", on: "%YAML"),
        Row("tab", isolate, "  lookback: 7d", "\tlookback: 7d", "YAML016", on: "lookback"),
        Row("invisible character in a key", isolate, "guards: {", "gua\u{200B}rds: {", "YAML018", on: "rds: {"),
        Row("letters from another alphabet", isolate, "guards: {", "gu\u{430}rds: {", "YAML012", on: "rds: {"),
        Row(
            "text direction", baseline, "because: Someone else", "because: Some\u{202E}one else", "YAML018",
            on: "one else"),
        Row("null guard", isolate, "use: [org/baseline]", "use: ~", "YAML014", on: "use: ~"),
        Row(
            "text instead of a list", isolate, "    approve: [{ policy: soc-one }]", "    approve: soc-one", "YAML014",
            on: "    approve: soc-one"),
        Row("mapping instead of steps", isolate, "steps:\n", "steps: {}\nextra:\n", "YAML014", on: "steps: {}"),
        Row("duration without unit", isolate, "lookback: 7d", "lookback: 7", "YAML026", on: "lookback"),
        Row("duration of zero", isolate, "watch: 24h", "watch: 0h", "YAML025", on: "watch"),
        Row("negative duration", isolate, "window: 24h", "window: -24h", "YAML026", on: "window"),
        Row("two units", isolate, "window: 24h", "window: 1h30m", "YAML026", on: "window"),
        Row("limit of zero", isolate, "per_run: 5", "per_run: 0", "YAML025", on: "per_run: 0"),
        Row("negative limit", isolate, "per_run: 5", "per_run: -1", "YAML024", on: "per_run: -1"),
        Row("huge limit", isolate, "per_run: 5", "per_run: 99999999999999999999", "YAML025", on: "per_run: 9999"),
        Row(
            "share without percent", baseline, "share_of_group: 10%", "share_of_group: 10", "YAML027",
            on: "share_of_group: 10,"),
        Row("share above all", baseline, "share_of_group: 10%", "share_of_group: 150%", "YAML025", on: "150%"),
        Row(
            "share of zero", baseline, "share_of_group: 10%", "share_of_group: 0%", "YAML025", on: "share_of_group: 0%"),
        Row(
            "space missing behind a colon", isolate, "  - id: contain\n", "  - id:contain\n", "YAML015",
            on: "id:contain"),
        Row("wrong indentation", isolate, "    auto: \"Work", "   auto: \"Work", "YAML015", on: "auto:"),
    ]

    static let conditions: [Row] = [
        Row(
            "always true", isolate, "select: machine.onboarded &&", "select: true || machine.onboarded &&", "PB027",
            on: "select"),
        Row(
            "plain true", isolate,
            "when: verdict.level == \"malicious\" && verdict.category != \"pua\" && verdict.trust >= 2", "when: true",
            "PB027", on: "when: true"),
        Row("always true by its range", isolate, "verdict.trust >= 2", "verdict.trust >= 0", "PB027", on: "trust >= 0"),
        Row("never true by its range", isolate, "verdict.trust >= 2", "verdict.trust > 3", "PB027", on: "trust > 3"),
        Row("not a condition", isolate, "&& verdict.trust >= 2", "&& verdict.trust", "CEL", on: "&& verdict.trust"),
        Row(
            "text as condition", isolate,
            "select: machine.onboarded && machine.health == \"active\" && machine.kind == \"workstation\"",
            "select: machine.os", "CEL015", on: "select: machine.os"),
        Row(
            "unguarded fact", isolate, "machine.kind == \"workstation\"", "machine.sighting.last > now", "CEL021",
            on: "sighting.last"),
        Row(
            "guarded too late", isolate, "machine.kind == \"workstation\"",
            "machine.sighting.last > now && has(machine.sighting.last)", "CEL021", on: "sighting.last"),
        Row(
            "missing removed", baseline, "    missing: ignore\n    approve: soc-one\n", "    approve: soc-one\n",
            "CEL021", on: "record_first_seen > machine"),
        Row(
            "machine in the trigger", isolate, "&& verdict.trust >= 2", "&& machine.kind == \"workstation\"", "CEL020",
            on: "&& machine.kind == \"workstation\"\n  dedupe"),
        Row(
            "name outside guards", isolate, "machine.kind == \"workstation\"", "machine.name == \"laptop-1\"", "CEL020",
            on: "machine.name"),
        Row(
            "plan in select", isolate, "machine.kind == \"workstation\"", "fleet.selected < 5", "CEL020",
            on: "fleet.selected"),
        Row(
            "machine in an approval", tiered, "when: \"fleet.selected > 10\"", "when: \"machine.kind == 'server'\"",
            "CEL020", on: "'server'"),
        Row(
            "ring in a guard", outbreak, "when: file.first_seen_org < now",
            "when: ring.size > 2 && file.first_seen_org < now", "CEL020", on: "ring.size > 2"),
        Row("days in CEL", outbreak, "duration(\"240h\")", "duration(\"10d\")", "CEL023", on: "10d"),
        Row("number against text", isolate, "verdict.trust >= 2", "verdict.trust >= \"2\"", "CEL012", on: "\"2\""),
        Row(
            "word of another fact", isolate, "machine.health == \"active\"", "machine.health == \"malicious\"",
            "CEL022", on: "health == \"malicious\""),
        Row(
            "capital letter", isolate, "machine.health == \"active\"", "machine.health == \"Active\"", "CEL022",
            on: "Active"),
        Row(
            "broken expression", isolate, "machine.onboarded && machine.health", "machine.onboarded & machine.health",
            "CEL001", on: "onboarded & "),
        Row(
            "single equals", isolate, "machine.health == \"active\"", "machine.health = \"active\"", "CEL001",
            on: "health = "),
        Row(
            "cost bomb", isolate, "machine.kind == \"workstation\"",
            "machine.tags.all(a, machine.tags.all(b, machine.tags.all(c, a + b + c != \"x\")))", "CEL030",
            on: "machine.tags.all(a"),
        Row(
            "regex cost", isolate, "machine.kind == \"workstation\"",
            "machine.tags.all(a, machine.tags.all(b, machine.tags.all(c, a.matches(b + c))))", "CEL030",
            on: "machine.tags.all(a"),
        Row("unknown function", isolate, "machine.onboarded &&", "exec(\"id\") &&", "CEL011", on: "exec("),
        Row(
            "interpolation is text", isolate, "machine.health == \"active\"", "machine.health == \"${active}\"",
            "CEL022", on: "${active}"),
        Row("division by zero", isolate, "verdict.trust >= 2", "verdict.score / 0 >= 2", "CEL023", on: "/ 0"),
    ]

    static let safety: [Row] = [
        Row(
            "no budget", isolate, "budget: { class: standard, per_run: 5, over: hold, approve: soc-one }\n", "",
            "PB021", on: "bailiff: playbook"),
        Row(
            "nobody asked, nobody told why", isolate, "    auto: \"Workstations only, capped at 5, reversible\"\n", "",
            "PB022", on: "- id: contain"),
        Row("approval removed", isolate, "    approve: [{ policy: soc-one }]\n", "", "PB022", on: "- id: remove"),
        Row(
            "empty approval", isolate, "    approve: [{ policy: soc-one }]", "    approve: []", "PB028",
            on: "approve: []"),
        Row("not accepted", isolate, "    irreversible: accepted\n", "", "PB023", on: "- id: remove"),
        Row(
            "accepted otherwise", isolate, "irreversible: accepted", "irreversible: true", "YAML028",
            on: "irreversible: true"),
        Row(
            "blocking without approval", outbreak, "    needs: {}\n    approve: [{ policy: incident-two }]\n",
            "    needs: {}\n    auto: why not\n", "PB024", on: "- id: block-everywhere"),
        Row(
            "blocking with a condition", outbreak, "    approve: [{ policy: incident-two }]\n    undo: unblock_file",
            "    approve: [{ policy: incident-two, when: verdict.score < 95 }]\n    undo: unblock_file", "PB024",
            on: "- id: block-everywhere"),
        Row("blocking for ever", outbreak, "    with: { expires: 30d }\n", "", "PB029", on: "- id: block-everywhere"),
        Row(
            "hold without approval", baseline, "    approve: server-two-teams\n", "", "PB025",
            on: "- id: unknown-or-server"),
        Row(
            "approval of a deny", baseline, "    enforce: deny\n", "    enforce: deny\n    approve: soc-one\n", "PB036",
            on: "approve: soc-one\n    when: machine.role"),
        Row(
            "only conditional approvals", tiered, "    auto: \"At most 10 workstations in one plan\"\n", "", "PB026",
            on: "approve: [{ policy: soc-one, when"),
        Row("no deny guard", baseline, "enforce: deny", "enforce: audit", "PB020", on: "- id: contain"),
        Row(
            "deny guard for something else", baseline, "    enforce: deny\n",
            "    enforce: deny\n    for: [collect_package]\n", "PB020", on: "- id: contain"),
        Row("guard for nothing", baseline, "for: [isolate]", "for: []", "PB028", on: "for: []"),
        Row("no policies", isolate, "use: [org/baseline]", "use: []", "PB028", on: "use: []"),
        Row(
            "guard replaced by a local one", tiered, "- id: never-ran-and-unsure", "- id: tier0", "PB007",
            on: "- id: tier0"),
        Row(
            "same guard twice", baseline, "- id: protected-list", "- id: tier0", "PB006",
            on: "- id: tier0\n    enforce: hold"),
        Row(
            "same step twice", isolate, "- id: look", "- id: contain", "PB006",
            on: "- id: contain\n    action: investigate"),
        Row(
            "cycle", isolate, "    needs: { contain: sent }\n    on_fail: continue\n  - id: look",
            "    needs: { look: sent }\n    on_fail: continue\n  - id: look", "", on: ""),
        Row(
            "waits for itself", isolate, "needs: { contain: done }", "needs: { remove: done }", "PB016",
            on: "remove: done"),
        Row("class of others", isolate, "class: standard", "class: outbreak", "PB014", on: "class: outbreak"),
        Row("wrong undo", isolate, "undo: release", "undo: untag", "PB030", on: "undo: untag"),
        Row("undo of what nothing undoes", isolate, "undo: [contain]", "undo: [remove]", "PB030", on: "undo: [remove]"),
        Row(
            "lease without anybody", isolate, "lease: { for: 72h, then: escalate, to: soc-lead }",
            "lease: { for: 72h, then: escalate }", "PB031", on: "lease"),
        Row(
            "offline without anybody", isolate, "offline: { wait: 72h, then: ask, to: soc-analyst }",
            "offline: { wait: 72h, then: ask }", "PB032", on: "offline"),
        Row(
            "lease of a quarantine", isolate, "    irreversible: accepted\n",
            "    irreversible: accepted\n    lease: { for: 1h, then: release }\n", "PB035", on: "lease: { for: 1h"),
        Row("rings without a rest", outbreak, "size: rest", "size: 100", "PB033", on: "size: 100"),
        Row("rest too early", outbreak, "size: 3,", "size: rest,", "PB033", on: "size: rest, wait: 5m"),
        Row("ring of zero", outbreak, "size: 3,", "size: 0,", "YAML025", on: "size: 0"),
        Row("step named like a word of expect", isolate, "- id: look", "- id: held", "PB005", on: "- id: held"),
        Row("version as text", isolate, "version: 1", "version: one", "YAML024", on: "version: one"),
        Row("version with a fraction", isolate, "version: 1", "version: 1.0", "YAML024", on: "version: 1.0"),
        Row(
            "circle of questions", approvals,
            "soc-lead-one: { require: [{ role: soc-lead, count: 1 }], expires: 30m, on_expiry: deny",
            "soc-lead-one: { require: [{ role: soc-lead, count: 1 }], expires: 30m, on_expiry: { ask: soc-one }",
            "PB018", on: "ask: soc-one }"),
        Row(
            "nobody required", approvals, "soc-one: { require: [{ role: soc-analyst, count: 1 }]",
            "soc-one: { require: []", "PB028", on: "require: []"),
        Row(
            "zero people required", approvals, "{ role: soc-analyst, count: 1 }", "{ role: soc-analyst, count: 0 }",
            "YAML025", on: "count: 0"),
        Row(
            "silence is consent", approvals,
            "soc-lead-one: { require: [{ role: soc-lead, count: 1 }], expires: 30m, on_expiry: deny",
            "soc-lead-one: { require: [{ role: soc-lead, count: 1 }], expires: 30m, on_expiry: approve", "YAML028",
            on: "on_expiry: approve"),
        Row(
            "name of another file", tiered, "name: tiered-containment", "name: org/baseline", "PB003",
            on: "name: org/baseline"),
        Row(
            "name with a path", tiered, "name: tiered-containment", "name: ../../etc/passwd", "PB004", on: "etc/passwd"),
        Row(
            "test of no step", isolate, "expect: { contain: [a1] }", "expect: { contian: [a1] }", "YAML012",
            on: "contian"),
        Row(
            "machine by name", baseline, "machines: [] }\n  infra", "machines: [\"dc 01\"] }\n  infra", "PB004",
            on: "dc 01"),
        Row(
            "both units of valid turned round", isolate, "precedence: 10",
            "valid: { from: 2026-02-01, until: 2026-01-01 }", "PB034", on: "valid"),
        Row("valid in words", isolate, "precedence: 10", "valid: { until: tomorrow }", "PB008", on: "tomorrow"),
        Row(
            "with of another action", isolate, "with: { type: auto }", "with: { via: [start] }", "YAML012",
            on: "via: [start] }\n    auto"),
        Row(
            "duplicate requirement", approvals,
            "require: [{ role: soc-lead, count: 1 }, { role: server-operations, count: 1 }]",
            "require: [{ role: soc-lead, count: 1 }, { role: soc-lead, count: 1 }]", "PB038",
            on: "{ role: soc-lead, count: 1 }, { role: soc-lead"),
    ].filter { !$0.code.isEmpty }

    @Test(arguments: typos + yaml + conditions + safety)
    func isRefused(_ row: Row) throws {
        let folder = "fixtures/playbooks/complete"
        var files = try Repository.files(folder)
        let index = try #require(files.firstIndex { $0.file == "\(folder)/\(row.file)" })
        let text = files[index].text
        #expect(text.contains(row.old), "the row no longer fits the file")
        let range = try #require(text.firstRange(of: row.old))
        files[index] = SourceText(file: files[index].file, text: text.replacingCharacters(in: range, with: row.new))
        let start = ContinuousClock.now
        let loaded = PlaybookLibrary.load(files, environment: .complete())
        let elapsed = ContinuousClock.now - start
        #expect(loaded.library == nil)
        let changed = files[index].text
        let place = try #require(changed.firstRange(of: row.line))
        let line = changed[..<place.lowerBound].count { $0 == "\n" } + 1
        let errors = loaded.report.diagnostics.filter { $0.severity == .error }
        let found = errors.contains {
            $0.code.hasPrefix(row.code) && $0.location.line == line
                && ($0.location.file == files[index].file || row.code == "PB020")
        }
        let all = errors.map {
            $0.rendered(in: changed.isEmpty ? nil : files.first { file in file.file == errors.first?.location.file })
        }
        #expect(found || isElsewhere(row, errors), "wanted \(row.code) on line \(line)\n\(all.joined(separator: "\n"))")
        #expect(elapsed < .milliseconds(100), "\(elapsed)")
    }

    /// A policy that lost its guard is refused where a playbook needs it.
    private func isElsewhere(_ row: Row, _ errors: [Diagnostic]) -> Bool {
        row.code == "PB020"
            && errors.contains { $0.code == "PB020" && $0.location.file.hasSuffix("isolate-on-malicious.yaml") }
    }

    @Test func areMany() { #expect((Self.typos + Self.yaml + Self.conditions + Self.safety).count >= 60) }

    // MARK: Bombs

    struct Bomb: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let text: String
        let code: String
        let line: Int
    }

    private static let head = "bailiff: playbook/v1\nname: x\nversion: 1\nowner: x\n"

    static let bombs: [Bomb] = [
        Bomb(
            testDescription: "alias bomb",
            text: "a: &a [l, l, l, l, l, l, l, l, l, l]\n"
                + (1..<12).map { level in
                    "b\(level): &b\(level) [\(Array(repeating: "*b\(level - 1)", count: 10).joined(separator: ", "))]\n"
                }.joined(),
            code: "YAML007", line: 1),
        Bomb(
            testDescription: "huge document", text: head + String(repeating: "# x\n", count: 80_000), code: "YAML001",
            line: 1),
        Bomb(
            testDescription: "many nodes", text: head + "steps:\n" + String(repeating: "  - {id: a}\n", count: 5_000),
            code: "YAML003", line: 1_668),
        Bomb(
            testDescription: "deep nesting", text: head + "trigger: " + String(repeating: "{a: ", count: 40_000),
            code: "YAML002", line: 5),
        Bomb(
            testDescription: "deep indentation",
            text: head + (0..<600).map { String(repeating: " ", count: $0) + "a:\n" }.joined(), code: "YAML002",
            line: 21),
        Bomb(
            testDescription: "deep expression",
            text: head + "trigger:\n  when: " + String(repeating: "(", count: 20_000) + "true"
                + String(repeating: ")", count: 20_000) + "\n", code: "CEL003", line: 6),
        Bomb(
            testDescription: "long expression",
            text: head + "trigger:\n  when: " + String(repeating: "verdict.score > 1 && ", count: 10_000) + "true\n",
            code: "CEL003", line: 6),
        Bomb(
            testDescription: "nested macros",
            text: head + "targets:\n  select: "
                + (0..<10).map { "machine.tags.exists(t\($0), " }.joined() + "t0 == t9"
                + String(repeating: ")", count: 10) + "\n",
            code: "CEL030", line: 6),
        Bomb(
            testDescription: "many unknown keys", text: head + (0..<1_500).map { "key\($0): 1\n" }.joined(),
            code: "YAML012",
            line: 5),
        Bomb(
            testDescription: "exploding type",
            text: head + "trigger:\n  when: " + (0..<12).map { "cel.bind(v\($0), [v\($0 - 1), v\($0 - 1)], " }.joined()
                + "true" + String(repeating: ")", count: 12) + "\n", code: "CEL", line: 6),
    ]

    @Test(arguments: bombs)
    func bombsAreDefused(_ bomb: Bomb) throws {
        let file = SourceText(file: "bomb.yaml", text: bomb.text)
        let start = ContinuousClock.now
        let loaded = PlaybookLibrary.load([file], environment: .complete())
        let elapsed = ContinuousClock.now - start
        #expect(loaded.library == nil)
        let found = loaded.report.diagnostics.contains { $0.code.hasPrefix(bomb.code) && $0.location.line == bomb.line }
        let shown = loaded.report.diagnostics.prefix(5).map { String($0.description.prefix(200)) }
        #expect(found, "\(shown.joined(separator: "\n"))")
        #expect(elapsed < .milliseconds(100), "\(elapsed)")
        #expect(loaded.report.diagnostics.count <= DiagnosticReport.limit)
    }
}
