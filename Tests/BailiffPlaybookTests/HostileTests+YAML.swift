/// YAML that says two things, and values of the wrong type.
extension HostileTests {
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
        Row("soft hyphen", isolate, "owner: soc", "owner: so\u{AD}c", "YAML018", on: "owner: so"),
        Row("letters that nobody sees", isolate, "owner: soc", "owner: so\u{E0041}c", "YAML018", on: "owner: "),
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
}
