/// Conditions that do not mean what they seem to, or cost too much.
extension HostileTests {
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
}

/// Conditions that are dead, or see what they may not.
extension HostileTests {
    private static let kind = "machine.kind == \"workstation\""

    /// In the place of one operand of `select`.
    private static func select(_ part: String, _ code: String) -> Row {
        Row(part, isolate, kind, part, code, on: part)
    }

    private static func trigger(_ part: String, _ code: String) -> Row {
        Row(part, isolate, "verdict.trust >= 2", part, code, on: part)
    }

    static let deadConditions: [Row] = [
        trigger("verdict.score < 85", "PB027"), trigger("verdict.score <= 100", "PB027"),
        trigger("verdict.category in []", "PB027"), trigger("verdict.level == \"benign\"", "PB027"),
        trigger("(verdict.level == \"suspicious\" && verdict.score > 90 || verdict.trust > 1)", "PB027"),
        trigger("verdict.level in [\"malicious\", \"evil\"]", "CEL022"), trigger("verdict.feeds >= 0", "PB027"),
        trigger("(verdict.trust >= 2 || verdict.trust < 2)", "PB027"), trigger("1 == 2", "PB027"),
        trigger("!(\"a\" == \"a\")", "PB027"), trigger("verdict.scored == true || true", "PB027"),
        select("machine.kind == \"workstation\" && machine.kind == \"server\"", "PB027"),
        select("(machine.onboarded || !machine.onboarded)", "PB027"), select("machine.tags.size() >= 0", "PB027"),
        select("machine.isolated == \"bailiff\"", "CEL022"), select("machine.value == \"High\"", "CEL022"),
        select("machine.sighting.executed == \"maybe\"", "CEL022"),
        select("machine.sighting.status != \"infected\"", "CEL022"), select("machine.role == \"kiosk\"", "CEL022"),
        select("machine.last_report > now - duration(\"3d\")", "CEL023"),
        select("machine.last_report > timestamp(\"yesterday\")", "CEL023"),
        select("machine.last_report > now - 72", "CEL"), select("machine.os.matches(\"(\")", "CEL"),
        select("machine.os == 11", "CEL"), select("machine", "CEL"), select("machine.sighting", "CEL"),
        select("verdict.sha256 != \"\"", "CEL021"), select("file.signer == \"Contoso\"", "CEL021"),
        select("(file.org_machines < 10 || has(file.org_machines))", "CEL021"),
        select("!has(file.signer) && file.signer == \"x\"", "CEL021"),
        select("run.started < now", "CEL020"), select("ring.size > 1", "CEL020"),
        select("fleet.servers == 0", "CEL020"),
        select("has(machine.name)", "CEL020"), select("machine.health == “active”", "CEL001"),
        select("machine.health == 'active", "CEL002"), select("machine.kind = \"workstation\"", "CEL001"),
        select("machine.kind == \"workstation\" and true", "CEL001"), select("machine.os.system(\"id\")", "CEL011"),
        Row(
            "step sees the name", tiered, "when: machine.kind == \"workstation\"\n    with",
            "when: machine.name == \"a\"\n    with",
            "CEL020", on: "machine.name"),
        Row(
            "ring in an approval", tiered, "when: \"fleet.selected > 10\"", "when: \"ring.failed > 1\"", "CEL020",
            on: "ring.failed"),
        Row(
            "machine in a ring", outbreak, "ring.verified == ring.size", "machine.onboarded", "CEL020",
            on: "machine.onboarded\""),
        Row(
            "file in the trigger", isolate, "verdict.trust >= 2", "file.signer_trusted", "CEL020", on: "signer_trusted"),
        Row(
            "contradiction in a guard", baseline, "machine.role in [\"domain_controller\", \"infrastructure\"]",
            "machine.role == \"domain_controller\" && machine.role == \"infrastructure\"", "PB027",
            on: "when: machine.role == \"dom"),
        Row(
            "boolean of YAML 1.1", isolate, "select: machine.onboarded && machine.health == \"active\" && \(kind)",
            "select: yes", "CEL010", on: "select: yes"),
        Row(
            "third line of a block", isolate, "select: machine.onboarded && machine.health == \"active\" && \(kind)",
            "select: |\n    machine.onboarded\n      && machine.health == \"active\"\n      && machine.knd == \"x\"",
            "CEL010", on: "machine.knd"),
        Row(
            "third line of folded text", isolate,
            "select: machine.onboarded && machine.health == \"active\" && \(kind)",
            "select: >-\n    machine.onboarded\n    && machine.health == \"active\"\n    && machine.kind == \"laptop\"",
            "CEL022", on: "\"laptop\""),
        Row(
            "second line of plain text", isolate,
            "select: machine.onboarded && machine.health == \"active\" && \(kind)",
            "select: machine.onboarded &&\n    machine.health == \"activ\"", "CEL022", on: "\"activ\""),
        Row(
            "expression of a list", isolate, "select: machine.onboarded && machine.health == \"active\" && \(kind)",
            "select: [machine.onboarded]", "YAML014", on: "select: ["),
    ]
}
