extension LanguageReference {
    static let playbook: [RecordReference] = [
        RecordReference(
            "playbook", "A `playbook/v1` file: what is done about machines that saw a file.",
            [
                KeyReference("bailiff", .words(["playbook/v1"]), required: true, "What the file is."),
                KeyReference("name", .name, required: true, "Unique among playbooks, policies and approvals."),
                KeyReference("version", .integer(1, 1_000_000_000), required: true, "Counted by the author."),
                KeyReference("owner", .text, required: true, "The team; budget classes are given to owners."),
                KeyReference("description", .text, "For people."),
                KeyReference("valid", .record("valid"), "When the playbook may start runs; always, by default."),
                KeyReference(
                    "precedence", .integer(0, 1_000_000),
                    "Of several that match a case, the highest owns its containment; 10 by default."),
                KeyReference("trigger", .record("trigger"), required: true, "Which verdicts start it."),
                KeyReference("targets", .record("targets"), required: true, "Which machines it is about."),
                KeyReference("guards", .record("guards"), required: true, "What keeps actions from machines."),
                KeyReference(
                    "budget", .record("budget"), required: true, "How many machines, and who may lift the limit."),
                KeyReference("rings", .list(.record("ring")), "Contain a few machines first; all at once, by default."),
                KeyReference(
                    "steps", .list(.record("step")), required: true, "What is done to each machine; at least one."),
                KeyReference("after", .record("after"), "Reversal and notification."),
                KeyReference("tests", .list(.record("test")), "What is given, and what must be planned."),
            ]),
        RecordReference(
            "valid", "The time in which a playbook starts runs.",
            [
                KeyReference("from", .time, "The first instant."),
                KeyReference("until", .time, "The first instant that is too late."),
            ]),
        RecordReference(
            "trigger", "Which verdicts start the playbook. Identity is the file.",
            [
                KeyReference("when", .condition(.trigger), required: true, "True of the verdicts that start it."),
                KeyReference("corroborate", .record("corroborate"), "Wait for other feeds that agree."),
                KeyReference("dedupe", .record("dedupe"), "What a further verdict on the same file does."),
            ]),
        RecordReference(
            "corroborate", "Feeds whose own verdict fulfils `trigger.when`.",
            [
                KeyReference("feeds", .integer(2, 100), required: true, "How many must agree."),
                KeyReference("within", .duration, required: true, "How close together."),
            ]),
        RecordReference(
            "dedupe", "Inside the window only another level, category, score or hash is a change.",
            [
                KeyReference("window", .duration, "24h by default."),
                KeyReference(
                    "on_change", words(Playbook.Trigger.OnChange.self),
                    "`supersede` (default): a new plan replaces what is unsent; `ignore_softer`: only a harder one does."
                ),
            ]),
        RecordReference(
            "targets", "Which machines that saw the file are acted upon.",
            [
                KeyReference("lookback", .duration, "How far back sightings count; 7d by default."),
                KeyReference("select", .condition(.select), required: true, "True of the machines that are targets."),
                KeyReference(
                    "order", .list(words(Playbook.Targets.Order.self)),
                    "`value` (high first), `sighting` (latest first); `[sighting]` by default, then by id."),
                KeyReference("watch", .duration, "How long late arrivals join the same run; not at all, by default."),
            ]),
        RecordReference(
            "guards", "What keeps actions from machines.",
            [
                KeyReference("use", .list(.name), required: true, "The organisation's policies; at least one."),
                KeyReference(
                    "local", .list(.record("guard")), "Guards of this playbook, beside those of the policies."),
            ]),
        RecordReference(
            "budget", "Limits on distinct machines. Windows slide; shares round down and count 24 hours.",
            [
                KeyReference("class", .identifier, required: true, "A class of a policy in use."),
                KeyReference("per_run", .integer(1, 1_000_000), required: true, "Machines in one run."),
                KeyReference("per_hour", .integer(1, 1_000_000), "Machines of this playbook in an hour."),
                KeyReference("share_of_group", .share, "Of a machine's device group; without a group, of the tenant."),
                KeyReference("share_of_fleet", .share, "Of the tenant."),
                KeyReference("floor", .integer(0, 1_000_000), "The least a share comes to; 5 by default."),
                KeyReference(
                    "over", words(PlaybookBudget.Over.self), required: true,
                    "`hold`: the excess waits for `approve`; `stop`: nothing at all is sent."),
                KeyReference(
                    "approve", .identifier, required: true,
                    "The approval policy that lifts the playbook's own limits; also asked in mode `hold` and while the breaker is open."
                ),
            ]),
        RecordReference(
            "ring", "Machines contained together, before those of the next ring.",
            [
                KeyReference(
                    "size", .either([.integer(1, 1_000_000), .words(["rest"])]), required: true,
                    "Machines; the last ring is the `rest`."),
                KeyReference("wait", .duration, "How long the next ring waits; every ring but the last has it."),
                KeyReference(
                    "proceed_when", .condition(.proceed), "Must be true at the end of `wait`, else people are asked."),
                KeyReference("approve", .identifier, "The approval policy asked before the ring starts."),
            ]),
        RecordReference(
            "after", "What follows a run.",
            [
                KeyReference(
                    "verdict_reversed", .record("verdict_reversed"), "A plan of release when the verdict is taken back."
                ),
                KeyReference("notify", .list(.record("notify")), "Who is told of what."),
            ]),
        RecordReference(
            "verdict_reversed", "Opens a release plan; never acts alone.",
            [
                KeyReference("undo", .list(.identifier), required: true, "Steps to take back."),
                KeyReference("approve", .identifier, "The approval policy that is asked."),
            ]),
        RecordReference(
            "notify", "Who is told of what.",
            [
                KeyReference("to", .identifier, required: true, "A configured notifier."),
                KeyReference("events", .list(words(NotifyEvent.self)), required: true, "What of; at least one."),
            ]),
    ]

    static let steps: [RecordReference] =
        [
            RecordReference(
                "step", "One thing that is done to each machine, each machine on its own.",
                [
                    KeyReference("id", .identifier, required: true, "Unique in the file; no word of `expect`."),
                    KeyReference("action", words(ActionKind.self), required: true, "From the catalogue."),
                    KeyReference("when", .condition(.step), "False: the step is skipped on that machine."),
                    KeyReference(
                        "needs", .entries(words(PlannedStep.Need.self)),
                        "What it waits for, by step id; without the key: until the step before it has ended."),
                    KeyReference(
                        "with", .either(ActionKind.allCases.map { .record("with of \($0.rawValue)") }),
                        "Parameters of the action."),
                    KeyReference("auto", .text, "Why no person is asked."),
                    KeyReference("approve", .list(.record("approval")), "Who is asked; all of them."),
                    KeyReference("deadline", .duration, "From ready; unsent at its end: expired."),
                    KeyReference(
                        "on_fail", words(PlannedStep.OnFail.self),
                        "`stop` (default of disruptive steps) ends the machine's way; `continue` does not."),
                    KeyReference(
                        "offline", .record("offline"), "What becomes of an action that waits for its machine."),
                    KeyReference("lease", .record("lease"), "How long the effect holds, and what happens then."),
                    KeyReference("undo", words(ActionKind.self), "What takes it back."),
                    KeyReference(
                        "irreversible", .words(["accepted"]), "Must stand at a disruptive step that nothing takes back."
                    ),
                ]),
            RecordReference(
                "approval", "A question to people.",
                [
                    KeyReference("policy", .identifier, required: true, "An approval policy."),
                    KeyReference(
                        "when", .condition(.approval), "Asked only if true; then `auto` must speak for the rest."),
                    KeyReference(
                        "group_by", words(PlaybookStep.StepApproval.Grouping.self), "One question for each value."),
                ]),
            RecordReference(
                "offline", "Defender keeps trying for three days and then drops the action without a word.",
                [
                    KeyReference("wait", .duration, required: true, "How long."),
                    KeyReference("then", words(PlaybookStep.Offline.Then.self), required: true, "What happens then."),
                    KeyReference("to", .identifier, "With `ask`: the role or approval policy that is asked."),
                ]),
            RecordReference(
                "lease", "The end of an effect, counted from done.",
                [
                    KeyReference("for", .duration, required: true, "How long."),
                    KeyReference(
                        "then", words(PlaybookStep.Lease.Then.self), required: true, "What happens then; never silence."
                    ),
                    KeyReference("to", .identifier, "With `escalate`: the role or approval policy."),
                    KeyReference("approve", .identifier, "With `renew`: the approval policy."),
                ]),
        ] + ActionKind.allCases.map { .parameters(of: $0) }
}
