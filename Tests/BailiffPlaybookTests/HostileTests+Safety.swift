/// Files that lack what protects people.
extension HostileTests {
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
        Row("no deny guard", baseline, "enforce: deny", "enforce: audit", "PB020", on: "- id: contain").found(
            in: isolate),
        Row(
            "deny guard for something else", baseline, "    enforce: deny\n",
            "    enforce: deny\n    for: [collect_package]\n", "PB020", on: "- id: contain"
        ).found(in: isolate),
        Row("guard for nothing", baseline, "for: [isolate]", "for: []", "PB028", on: "for: []"),
        Row("no policies", isolate, "use: [org/baseline]", "use: []", "PB028", on: "use: []"),
        Row(
            "guard replaced by a local one", tiered, "- id: never-ran-and-unsure", "- id: tier0", "PB007",
            on: "- id: tier0"),
        Row(
            "same guard in other case", baseline, "- id: protected-list", "- id: Tier0", "PB006",
            on: "- id: Tier0"),
        Row(
            "same step in other case", isolate, "- id: look", "- id: Contain", "PB006",
            on: "- id: Contain"),
        Row(
            "a policy's guard in other case", tiered, "- id: never-ran-and-unsure", "- id: TIER0", "PB007",
            on: "- id: TIER0"),
        Row(
            "same approval policy in other case", approvals, "  incident-two:", "  SOC-one:", "PB003",
            on: "SOC-one:"),
        Row(
            "same guard twice", baseline, "- id: protected-list", "- id: tier0", "PB006",
            on: "- id: tier0\n    enforce: hold"),
        Row(
            "same step twice", isolate, "- id: look", "- id: contain", "PB006",
            on: "- id: contain\n    action: investigate"),
        Row(
            "cycle", tiered, "    needs: {}\n    approve: [{ policy: server-two-teams",
            "    needs: { server-isolate: sent }\n    approve: [{ policy: server-two-teams", "PB016",
            on: "needs: { server-isolate: sent }"),
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
    ]
}
