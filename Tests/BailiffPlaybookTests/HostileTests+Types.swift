/// Values of the wrong kind, out of range, or not from the list of words.
extension HostileTests {
    private static func perRun(_ value: String, _ code: String) -> Row {
        Row("per_run \(value)", isolate, "per_run: 5,", "per_run: \(value),", code, on: "per_run: \(value),")
    }

    private static func share(_ value: String, _ code: String) -> Row {
        Row("share \(value)", tiered, "share_of_fleet: 5%", "share_of_fleet: \(value)", code, on: "fleet: \(value)")
    }

    private static func window(_ value: String, _ code: String) -> Row {
        Row("window \(value)", isolate, "window: 24h", "window: \(value)", code, on: "window: \(value)")
    }

    private static func precedence(_ line: String, _ code: String) -> Row {
        Row(line, isolate, "precedence: 10", line, code, on: line)
    }

    static let types: [Row] = [
        perRun("5.0", "YAML024"), perRun("5e1", "YAML024"), perRun("0x10", "YAML024"), perRun("0o17", "YAML024"),
        perRun("+5", "YAML024"), perRun("five", "YAML024"), perRun(".inf", "YAML024"), perRun("05", "YAML024"),
        perRun("true", "YAML024"), perRun("null", "YAML030"), perRun("[5]", "YAML014"), perRun("1000001", "YAML025"),
        perRun("５", "YAML024"),
        share("0.05", "YAML027"), share("five%", "YAML027"), share("-5%", "YAML027"), share("5 %", "YAML027"),
        share("1e1%", "YAML027"), share("05%", "YAML027"), share("100.1%", "YAML025"), share("5.%", "YAML027"),
        window("24 h", "YAML026"), window("24H", "YAML026"), window("1.5h", "YAML026"), window("P1D", "YAML026"),
        window("h", "YAML026"), window("024h", "YAML026"), window("99999999999999999999h", "YAML025"),
        window("4000d", "YAML025"), window("[24h]", "YAML014"), window("true", "YAML026"),
        precedence("precedence: high", "YAML024"), precedence("precedence: 1.5", "YAML024"),
        precedence("valid: {}", "PB034"), precedence("valid: { from: 01/02/2026 }", "PB008"),
        precedence("valid: { from: 2026-02-30 }", "PB008"), precedence("description: 5", "YAML021"),
        precedence("rings: []", "PB028"), precedence("rings: { size: rest }", "YAML014"),
        Row("name as a number", isolate, "name: isolate-on-malicious", "name: 5", "YAML021", on: "name: 5"),
        Row("empty name", isolate, "name: isolate-on-malicious", "name: \"\"", "YAML029", on: "name: \"\""),
        Row(
            "blank in a name", isolate, "name: isolate-on-malicious", "name: isolate on malicious", "PB004",
            on: "name: isolate on"),
        Row("owner left out", isolate, "owner: soc\n", "owner:\n", "YAML0", on: "owner:\n"),
        Row(
            "trigger as text", isolate, "trigger:\n  when", "trigger: malicious\nrest:\n  when", "YAML014",
            on: "trigger: malicious"),
        Row(
            "targets as a list", isolate, "targets:\n  lookback", "targets: []\nrest:\n  lookback", "YAML014",
            on: "targets: []"),
        Row(
            "budget as text", isolate, "budget: { class: standard, per_run: 5, over: hold, approve: soc-one }",
            "budget: standard", "YAML014", on: "budget: standard"),
        Row(
            "no steps", isolate, "steps:\n  - id: contain", "steps: []\nrest:\n  - id: contain", "PB028",
            on: "steps: []"),
        Row("order as text", outbreak, "order: [value, sighting]", "order: value", "YAML014", on: "order: value"),
        Row("unknown order", outbreak, "order: [value, sighting]", "order: [newest]", "YAML028", on: "newest"),
        Row("no order", outbreak, "order: [value, sighting]", "order: []", "PB028", on: "order: []"),
        Row(
            "one feed that agrees with itself", outbreak, "feeds: 2, within", "feeds: 1, within", "YAML025",
            on: "feeds: 1, within"),
        Row(
            "corroboration without time", outbreak, "{ feeds: 2, within: 2h }", "{ feeds: 2 }", "YAML013",
            on: "corroborate"),
        Row("unknown change", isolate, "on_change: supersede", "on_change: ignore", "YAML028", on: "on_change: ignore"),
        Row("ring without wait", outbreak, "size: 3, wait: 5m,", "size: 3,", "PB033", on: "size: 3, proceed"),
        Row(
            "wait behind the last ring", outbreak, "{ size: rest, approve", "{ size: rest, wait: 1m, approve", "PB033",
            on: "size: rest, wait"),
        Row(
            "needs as a list", isolate, "needs: { contain: done }", "needs: [contain]", "YAML014",
            on: "needs: [contain]"),
        Row("needs as text", isolate, "needs: { contain: done }", "needs: contain", "YAML014", on: "needs: contain"),
        Row(
            "unknown need", isolate, "needs: { contain: done }", "needs: { contain: finished }", "YAML028",
            on: "finished"),
        Row(
            "step without id", isolate, "  - id: remove\n    action:", "  - action:", "YAML013",
            on: "- action: stop_and"),
        Row("step without action", isolate, "    action: collect_package\n", "", "YAML013", on: "- id: evidence"),
        Row("blank in an id", isolate, "- id: look", "- id: look here", "PB004", on: "look here"),
        Row("id too long", isolate, "- id: look", "- id: \(String(repeating: "l", count: 65))", "PB004", on: "llllll"),
        Row("parameters as a list", isolate, "with: { type: auto }", "with: [auto]", "YAML014", on: "with: [auto]"),
        Row(
            "unknown kind of isolation", isolate, "with: { type: auto }", "with: { type: partial }", "YAML028",
            on: "partial"),
        Row(
            "no way to investigate", isolate, "via: [start, alert_by_reference, antivirus_scan]", "via: []", "PB028",
            on: "via: []"),
        Row(
            "way twice", isolate, "via: [start, alert_by_reference, antivirus_scan]", "via: [start, start]", "PB038",
            on: "start, start"),
        Row("unknown failure rule", isolate, "on_fail: continue", "on_fail: retry", "YAML028", on: "on_fail: retry"),
        Row("unknown end of a lease", isolate, "then: escalate", "then: nothing", "YAML028", on: "then: nothing"),
        Row(
            "offline of a tenant-wide step", outbreak, "    undo: unblock_file\n",
            "    undo: unblock_file\n    offline: { wait: 1h, then: drop }\n", "PB035", on: "offline: { wait: 1h"),
        Row(
            "machines asked about a tenant-wide step", outbreak, "    with: { expires: 30d }\n",
            "    with: { expires: 30d }\n    when: machine.kind == \"server\"\n", "PB035", on: "\"server\""),
        Row("unknown event", isolate, "events: [held,", "events: [all,", "YAML028", on: "events: [all,"),
        Row(
            "no events", isolate, "events: [held, not_selected, failed, done]", "events: []", "PB028", on: "events: []"),
        Row("event twice", isolate, "events: [held, not_selected", "events: [held, held", "PB038", on: "held, held"),
        Row("indicator for no time", outbreak, "expires: 30d", "expires: 0d", "YAML025", on: "expires: 0d"),
        Row(
            "indicators without allowance", baseline, "owners: [incident-response], indicators_per_day: 10",
            "owners: [incident-response]", "PB020", on: "- id: block-everywhere"
        ).found(in: outbreak),
        Row("class without owners", baseline, "owners: [incident-response]", "owners: []", "PB028", on: "owners: []"),
        Row("half a breaker", baseline, "minimum: 10, ", "", "YAML013", on: "breaker:"),
        Row("default lease without anybody", baseline, ", to: soc-lead }", " }", "PB031", on: "isolation:"),
        Row(
            "default lease to nobody known", baseline, "72h, to: soc-lead }", "72h, to: soc-lad }", "PB012",
            on: "soc-lad"),
        Row(
            "signers as a mapping", baseline, "trusted_signers: [\"Microsoft Corporation\", \"Microsoft Windows\"]",
            "trusted_signers: { a: b }", "YAML014", on: "trusted_signers: { a"),
        Row(
            "signer twice", baseline, "\"Microsoft Windows\"]", "\"Microsoft Corporation\"]", "PB038",
            on: "trusted_signers"),
    ]

    private static func given(_ name: String, _ old: String, _ new: String, _ code: String, on line: String) -> Row {
        Row("test: \(name)", isolate, old, new, code, on: line)
    }

    static let givenAndExpected: [Row] = [
        given("unknown fact", "{ id: a1, kind: workstation }", "{ id: a1, kynd: workstation }", "YAML012", on: "kynd"),
        given(
            "unknown word", "{ id: a1, kind: workstation }", "{ id: a1, kind: laptop }", "YAML028", on: "kind: laptop"),
        given("unknown role", "role: domain_controller", "role: domain_controler", "YAML028", on: "domain_controler"),
        given(
            "machine twice", "[{ id: a1, kind: workstation }]", "[{ id: a1 }, { id: a1 }]", "PB039", on: "{ id: a1 }, {"
        ),
        given("expects nothing", "expect: { contain: [a1] }", "expect: {}", "PB039", on: "expect: {}"),
        given(
            "machine that is not given", "expect: { contain: [a1] }", "expect: { contain: [a2] }", "PB039", on: "[a2]"),
        given(
            "machine that is not given among those left out", "not_selected: [d1]", "not_selected: [d2]", "PB039",
            on: "[d2]"),
        given("number of machines alone", "machines: { workstations: 6 }", "machines: 6", "YAML014", on: "machines: 6"),
        given("too many machines", "{ workstations: 6 }", "{ workstations: 1000000 }", "YAML025", on: "1000000"),
        given("unknown reason", "reason: budget.per_run", "reason: budget.perrun", "PB039", on: "budget.perrun"),
        given("reason of no guard", "reason: budget.per_run", "reason: guards.tier1", "PB039", on: "guards.tier1"),
        given(
            "expected nothing known", "expect: { triggered: false }", "expect: { trigered: false }", "YAML012",
            on: "trigered"),
        given(
            "expected in words", "expect: { triggered: false }", "expect: { triggered: no }", "YAML023",
            on: "triggered: no"),
        given("unknown state", "expect: { triggered: false }", "expect: { state: asleep }", "YAML028", on: "asleep"),
        given(
            "same name twice", "name: adware is not our business", "name: the sixth machine waits", "PB006",
            on: "- name: the sixth machine waits\n    given: { verdict: { level: malicious, cat"),
        Row(
            "test: nobody has the role", tiered, "approved_by: [soc-lead] }", "approved_by: [soc-leed] }", "PB012",
            on: "soc-leed"),
        Row(
            "test: nobody is asked by that name", tiered, "approvals: [{ policy: soc-one, machines: 11 }]",
            "approvals: [{ policy: soc-won, machines: 11 }]", "PB011", on: "soc-won"),
        given(
            "nothing given",
            "    given: { verdict: { level: malicious, category: pua }, machines: { workstations: 1 } }\n",
            "", "YAML013", on: "- name: adware"),
    ]
}
