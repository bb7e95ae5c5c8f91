/// Misspelt keys, words and names.
extension HostileTests {
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
        Row("misspelt action", isolate, "action: isolate", "action: isolat", "YAML028", on: "action: isolat\n"),
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
}
