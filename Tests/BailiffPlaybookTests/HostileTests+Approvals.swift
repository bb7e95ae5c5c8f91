/// Slips that would leave somebody out who must be asked, or a machine unprotected.
extension HostileTests {
    private static let asked = "    approve: [{ policy: soc-one }]\nafter"

    private static func asked(_ name: String, _ line: String, _ code: String) -> Row {
        Row(name, isolate, asked, line + "\nafter", code, on: line)
    }

    static let askedOfPeople: [Row] = [
        asked("asked twice", "    approve: [{ policy: soc-one }, { policy: soc-one }]", "PB038"),
        asked(
            "asked twice, once with a condition",
            "    approve: [{ policy: soc-one, when: fleet.selected > 3 }, { policy: soc-one }]", "PB038"),
        asked("capital letter", "    Approve: [{ policy: soc-one }]", "YAML012"),
        asked("blank in a quoted key", "    \"approve \": [{ policy: soc-one }]", "YAML012"),
        asked("no colon within", "    approve: [policy soc-one]", "YAML014"),
        asked("no blank behind the inner colon", "    approve: [{ policy:soc-one }]", "YAML012"),
        asked("no blank behind the outer colon", "    approve:[{ policy: soc-one }]", "YAML012"),
        asked("null", "    approve: null", "YAML014"),
        asked("nothing", "    approve:", "YAML014"),
        asked("list of null", "    approve: [null]", "YAML014"),
        asked("list in a list", "    approve: [[{ policy: soc-one }]]", "YAML014"),
        asked("policy as a list", "    approve: [{ policy: [soc-one] }]", "YAML014"),
        asked("policy in capitals", "    approve: [{ policy: SOC-ONE }]", "PB011"),
        asked("no policy", "    approve: [{ when: fleet.selected > 1 }]", "YAML013"),
        asked("never asked", "    approve: [{ policy: soc-one, when: \"false\" }]", "PB027"),
        asked("never asked by range", "    approve: [{ policy: soc-one, when: fleet.selected < 0 }]", "PB027"),
        asked("unclosed bracket", "    approve: [{ policy: soc-one }", "YAML015"),
        asked("comma at the start", "    approve: [, { policy: soc-one }]", "YAML015"),
        asked("comment glued on", "    approve: [{ policy: soc-one#x }]", "PB004"),
        asked("twice", "    approve: [{ policy: soc-one }]\n    approve: []", "YAML011").on("    approve: []"),
        asked("no as a reason", "    auto: no", "PB040"),
        asked("yes as a reason", "    auto: yes", "PB040"),
        asked("false as a reason", "    auto: false", "YAML021"),
        asked("empty reason", "    auto: \"\"", "YAML029"),
        asked("number as a reason", "    auto: 1", "YAML021"),
        asked("dots as a reason", "    auto: \"…\"", "PB040"),
        asked("under another key", "    offline: { wait: 1h, then: drop, approve: soc-one }", "YAML012"),
        Row(
            "approval commented out", isolate, asked, "    # approve: [{ policy: soc-one }]\nafter", "PB022",
            on: "- id: remove"),
        Row(
            "approval among the parameters", isolate, "with: { type: auto }", "with: { type: auto, approve: soc-one }",
            "YAML012", on: "type: auto, approve"),
        Row(
            "approval of a ring misspelt", outbreak, "{ size: rest, approve: incident-two }",
            "{ size: rest, approve: incident-too }", "PB011", on: "incident-too"),
        Row(
            "approval of a reversal misspelt", isolate, "undo: [contain], approve: soc-one",
            "undo: [contain], approve: soc-1", "PB011", on: "soc-1 "),
        Row(
            "renewed without asking", isolate, "then: escalate, to: soc-lead }", "then: renew }", "PB031",
            on: "then: renew"),
        Row(
            "reason of a guard", baseline, "because: The owner asked to be consulted first.", "because: none", "PB040",
            on: "because: none"),
        Row(
            "reason left out", baseline,
            "    because: Isolation would take down shared infrastructure or every child VM.\n",
            "", "YAML013", on: "- id: tier0"),
        Row(
            "guard without a condition", baseline, "    when: machine.kind != \"workstation\"\n", "", "YAML013",
            on: "- id: unknown-or-server"),
        Row(
            "guard with an empty condition", baseline, "when: machine.kind != \"workstation\"", "when:", "YAML014",
            on: "when:\n"),
        Row("guard switched off", baseline, "enforce: deny", "enforce: off", "YAML028", on: "enforce: off"),
        Row("guard in capitals", baseline, "enforce: deny", "enforce: Deny", "YAML028", on: "enforce: Deny"),
        Row("absence allowed", baseline, "missing: ignore", "missing: allow", "YAML028", on: "missing: allow"),
        Row("one action, no list", baseline, "for: [isolate]", "for: isolate", "YAML014", on: "for: isolate"),
        Row("action twice", baseline, "for: [isolate]", "for: [isolate, isolate]", "PB038", on: "isolate, isolate"),
        Row("unknown action of a guard", baseline, "for: [isolate]", "for: [isolation]", "YAML028", on: "isolation]"),
        Row(
            "guards that are no list", tiered, "  local:\n    - id: never", "  local:\n      id: never", "YAML014",
            on: "id: never"),
        Row("policy without a list", isolate, "use: [org/baseline]", "use: org/baseline", "YAML014", on: "use: org"),
        Row(
            "approvals as policy", isolate, "use: [org/baseline]", "use: [org/approvals]", "PB010", on: "org/approvals"),
        Row(
            "policy twice", isolate, "use: [org/baseline]", "use: [org/baseline, org/baseline]", "PB038",
            on: "use: [org/baseline, org"),
        Row("group by a pattern", baseline, "\"Domain Controllers\"", "\"Domain*\"", "PB041", on: "Domain*"),
        Row("all machines", baseline, "machines: [] }\n  infra", "machines: [\"*\"] }\n  infra", "PB004", on: "\"*\""),
        Row("role of nobody", baseline, "  infrastructure: {", "  none: {", "PB004", on: "none: {"),
        Row("roles as a list", baseline, "roles:\n", "roles: []\nrole_list:\n", "YAML014", on: "roles: []"),
        Row(
            "who is asked next misspelt", approvals, "on_expiry: { ask: soc-lead-one }",
            "on_expiry: { aks: soc-lead-one }",
            "YAML012", on: "aks"),
        Row(
            "silence in words", approvals, "on_expiry: { ask: soc-lead-one }", "on_expiry: { deny: true }", "YAML012",
            on: "deny: true"),
        Row("asks itself", approvals, "{ ask: soc-lead-one }", "{ ask: soc-one }", "PB018", on: "ask: soc-one }"),
        Row("never expires", approvals, "expires: 45m", "expires: never", "YAML026", on: "expires: never"),
        Row(
            "number of people left out", approvals, "{ role: incident-commander, count: 1 }",
            "{ role: incident-commander }", "YAML013", on: "incident-commander"),
        Row(
            "number of people quoted", approvals, "{ role: incident-commander, count: 1 }",
            "{ role: incident-commander, count: \"1\" }", "YAML022", on: "incident-commander"),
        Row("no approval policies", approvals, "policies:\n", "policies: {}\nothers:\n", "PB028", on: "policies: {}"),
    ]
}
