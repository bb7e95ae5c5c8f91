extension LanguageReference {
    static let policy: [RecordReference] = [
        RecordReference(
            "policy", "A `policy/v1` file: what holds for every playbook that uses it.",
            [
                KeyReference("bailiff", .words(["policy/v1"]), required: true, "What the file is."),
                KeyReference("name", .name, required: true, "Unique among playbooks, policies and approvals."),
                KeyReference("owner", .text, required: true, "The team."),
                KeyReference("description", .text, "For people."),
                KeyReference(
                    "roles", .entries(.record("role")),
                    "Roles of machines, for `machine.role`; the first that fits counts."),
                KeyReference(
                    "trusted_signers", .list(.text),
                    "Signers for `file.signer_trusted`, exactly as Defender writes them."),
                KeyReference("guards", .list(.record("guard")), "What keeps actions from machines."),
                KeyReference("budgets", .entries(.record("budget class")), "Budget classes, shared by all playbooks."),
                KeyReference("breaker", .record("breaker"), "When everything disruptive holds."),
                KeyReference("isolation", .record("isolation"), "What holds for every isolation."),
            ]),
        RecordReference(
            "role", "Which machines have the role.",
            [
                KeyReference("groups", .list(.text), "Names of device groups."),
                KeyReference("machines", .list(.text), "Defender's device ids."),
            ]),
        RecordReference(
            "guard",
            "A condition that keeps actions from machines. Deny before skip before hold before warn before audit.",
            [
                KeyReference("id", .identifier, required: true, "Unique in the file and among all guards in use."),
                KeyReference(
                    "for", .list(words(ActionKind.self)),
                    "Which actions it speaks about; every disruptive one, by default."),
                KeyReference(
                    "enforce", words(GuardFinding.Enforcement.self), required: true, "What it does when it is true."),
                KeyReference("when", .condition(.guards), required: true, "True of the machines it is about."),
                KeyReference(
                    "missing", words(Guard.Missing.self),
                    "What an absent fact means where it decides; without the key, facts that may be absent need `has()`."
                ),
                KeyReference("approve", .identifier, "With `hold`: the approval policy that lifts it."),
                KeyReference("because", .text, required: true, "The reason people are shown."),
            ]),
        RecordReference(
            "budget class", "Limits that all playbooks of the class share, over restarts and nodes.",
            [
                KeyReference("per_hour", .integer(1, 1_000_000), "Machines in an hour."),
                KeyReference("per_day", .integer(1, 1_000_000), "Machines in a day."),
                KeyReference("share_of_group", .share, "Of a device group in a day, at least 5 machines."),
                KeyReference("owners", .list(.text), "Owners of playbooks that may draw on it; all, by default."),
                KeyReference("indicators_per_day", .integer(1, 15_000), "Files blocked in a day; none, by default."),
            ]),
        RecordReference(
            "breaker", "Tenant-wide: while it is open everything disruptive holds.",
            [
                KeyReference(
                    "guard_stop_share", .share, required: true, "Share of machines denied at the check before sending."),
                KeyReference("failures_in_row", .integer(1, 10_000), required: true, "Opens at once."),
                KeyReference(
                    "minimum", .integer(1, 1_000_000), required: true, "Machines the share is taken over, at least."),
                KeyReference("within", .duration, required: true, "How far back machines count."),
            ]),
        RecordReference(
            "isolation", "What holds for every isolation.",
            [
                KeyReference(
                    "proxy_estate", .flag, "Machines reach Defender through a proxy that full isolation cuts off."),
                KeyReference(
                    "default_lease", .duration, "For steps without a lease of their own; escalates at its end."),
                KeyReference("to", .identifier, "The role or approval policy told at the end of the default lease."),
            ]),
    ]

    static let approvals: [RecordReference] = [
        RecordReference(
            "approvals", "An `approvals/v1` file. Several form one set.",
            [
                KeyReference("bailiff", .words(["approvals/v1"]), required: true, "What the file is."),
                KeyReference("name", .name, required: true, "Unique among playbooks, policies and approvals."),
                KeyReference("owner", .text, "The team."),
                KeyReference("description", .text, "For people."),
                KeyReference(
                    "policies", .entries(.record("approval policy")), required: true,
                    "Approval policies by name; at least one."),
            ]),
        RecordReference(
            "approval policy", "Who must say yes, by when, and what silence means.",
            [
                KeyReference(
                    "require", .list(.record("requirement")), required: true, "All of them, different people."),
                KeyReference("expires", .duration, required: true, "From ready and notified."),
                KeyReference(
                    "on_expiry", .either([.words(["deny"]), .record("on_expiry")]), required: true,
                    "What silence means."),
                KeyReference("notify", .list(.identifier), "Configured notifiers told of the question."),
            ]),
        RecordReference(
            "requirement", "So many people of one role. A person with two roles counts once.",
            [
                KeyReference("role", .identifier, required: true, "A role of operators."),
                KeyReference("count", .integer(1, 100), required: true, "How many people."),
            ]),
        RecordReference(
            "on_expiry", "Asks on.",
            [KeyReference("ask", .identifier, required: true, "Another approval policy, or a role.")]),
    ]

    static let tests: [RecordReference] = [
        RecordReference(
            "test", "What is given, and what must come of it. Only what is named is compared.",
            [
                KeyReference("name", .text, required: true, "Unique in the file."),
                KeyReference("given", .record("given"), required: true, "Facts; what is not named has its default."),
                KeyReference("expect", .record("expect"), required: true, "What must come of it."),
            ]),
        RecordReference(
            "given", "Mode live; times are durations before now.",
            [
                KeyReference("verdict", .record("verdict"), "The verdict."),
                KeyReference("file", .record("file"), "What the organisation knows of the file."),
                KeyReference("fleet", .integer(0, 10_000_000), "Machines of the tenant; 1000 by default."),
                KeyReference(
                    "machines", .either([.list(.record("machine")), .record("machines")]), "Machines that saw the file."
                ),
                KeyReference(
                    "approved_by", .list(.identifier), "Roles of people, one each, who say yes to every question."),
                KeyReference("defender", .record("defender"), "How Defender misbehaves."),
            ]),
        RecordReference(
            "verdict", "By default malicious, category other, score 90, trust 2, one feed.",
            [
                KeyReference("level", .words(Fact.verdictLevel.vocabulary ?? []), "Of the verdict."),
                KeyReference("score", .integer(0, 100), "Of the verdict."),
                KeyReference("scored", .flag, "Whether the product gave a score."),
                KeyReference("category", .words(Fact.verdictCategory.vocabulary ?? []), "Of the verdict."),
                KeyReference("trust", .integer(0, 3), "Of the feed."),
                KeyReference("feed", .text, "The feed's name."),
                KeyReference("product", .text, "The sandbox product."),
                KeyReference("revision", .integer(1, 1_000_000), "How many times the verdict has changed, from 1."),
                KeyReference("feeds", .integer(0, 1_000), "Feeds that call the file malicious."),
                KeyReference("sha256", .text, "A hash of the file. Without any, some SHA-1 and SHA-256 are known."),
                KeyReference("sha1", .text, "A hash of the file."),
                KeyReference("md5", .text, "A hash of the file."),
                KeyReference("family", .text, "Of the malware."),
                KeyReference("threat", .text, "The threat's name."),
                KeyReference("file_name", .text, "Of the sample."),
                KeyReference("file_type", .text, "Of the sample."),
                KeyReference("analysed_at", .duration, "Before now."),
            ]),
        RecordReference(
            "file", "Absent unless named.",
            [
                KeyReference("global_prevalence", .integer(0, Int.max), "Machines worldwide."),
                KeyReference("signer", .text, "As Defender writes it."),
                KeyReference("certificate_valid", .flag, "Whether the certificate is valid."),
                KeyReference("org_machines", .integer(0, Int.max), "Machines of the organisation in 30 days."),
                KeyReference("first_seen_org", .duration, "Before now."),
                KeyReference("signer_trusted", .flag, "Gives the file a trusted signer, or an invalid certificate."),
            ]),
        RecordReference(
            "machine", "An active, onboarded workstation that reported now, unless said otherwise.",
            [KeyReference("id", .identifier, required: true, "Defender's device id, any short one will do.")]
                + machineKeys
                + [KeyReference("kind", .words(Fact.machineKind.vocabulary ?? []), "`workstation` by default.")]),
        RecordReference(
            "machines", "So many machines, all alike.",
            [
                KeyReference("workstations", .integer(0, 20_000), "How many."),
                KeyReference("servers", .integer(0, 20_000), "How many."),
            ] + machineKeys),
        RecordReference(
            "defender", "How many actions misbehave, the first ones sent.",
            [
                KeyReference("stuck_pending", .integer(0, 1_000_000), "Stay pending."),
                KeyReference("failed", .integer(0, 1_000_000), "Fail."),
                KeyReference("offline", .integer(0, 1_000_000), "Wait for their machine."),
            ]),
        RecordReference(
            "expect",
            "Besides these words every step id may stand here, with the machines it was sent to: ids or a count.",
            [
                KeyReference("triggered", .flag, "Whether the verdict starts the playbook."),
                KeyReference("held", machines, "Machines that a guard, the budget or a ring holds back."),
                KeyReference("not_selected", machines, "Machines that `select` leaves out."),
                KeyReference(
                    "not_possible", .entries(machines), "By step id: machines where the action can't be done."),
                KeyReference("approvals", .list(.record("expected approval")), "Questions that were asked."),
                KeyReference("first_ring", .integer(0, Int.max), "Machines in the first ring."),
                KeyReference("automatic_max", .integer(0, Int.max), "Machines contained without a person, at most."),
                KeyReference("planned_max", .integer(0, Int.max), "Machines with a place in the budget, at most."),
                KeyReference("held_min", .integer(0, Int.max), "Machines held, at least."),
                KeyReference("state", words(PlaybookTest.State.self), "Where the run stands in the end."),
                KeyReference(
                    "reason", .text,
                    "A reason that came up: `budget.KEY`, `rings.KEY`, `guards.ID`, `when`, `mode`, `platform`, `needs`, `hash`, `signer`, `isolated`."
                ),
            ]),
        RecordReference(
            "expected approval", "A question that was asked.",
            [
                KeyReference("policy", .identifier, required: true, "The approval policy."),
                KeyReference("machines", machines, "What about: ids or a count."),
            ]),
    ]

    private static let machines = ValueShape.either([.list(.text), .integer(0, Int.max)])

    private static let machineKeys: [KeyReference] = [
        KeyReference("os", .text, "`windows11`, for servers `windowsserver2022`, by default."),
        KeyReference("role", .identifier, "A role of the policies in use."),
        KeyReference("name", .text, "For guards."),
        KeyReference("health", .words(Fact.machineHealth.vocabulary ?? []), "`active` by default."),
        KeyReference("onboarded", .flag, "`true` by default."),
        KeyReference("group", .text, "The device group; a group is as large as the fleet."),
        KeyReference("tags", .list(.text), "None by default."),
        KeyReference("value", .words(Fact.machineValue.vocabulary ?? []), "`normal` by default."),
        KeyReference("risk", .words(Fact.machineRisk.vocabulary ?? []), "`none` by default."),
        KeyReference("exposure", .words(Fact.machineExposure.vocabulary ?? []), "`none` by default."),
        KeyReference("record_first_seen", .duration, "Before now."),
        KeyReference("last_report", .duration, "Before now."),
        KeyReference("isolated", .words(Fact.machineIsolated.vocabulary ?? []), "`no` by default."),
        KeyReference("executed", .words(Fact.sightingExecuted.vocabulary ?? []), "`unknown` by default."),
        KeyReference("status", .words(Fact.sightingStatus.vocabulary ?? []), "`seen` by default."),
        KeyReference("first", .duration, "First sighting, before now."),
        KeyReference("last", .duration, "Last sighting, before now."),
        KeyReference("path", .text, "Of the file."),
    ]
}
