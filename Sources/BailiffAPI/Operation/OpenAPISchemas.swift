import BailiffModel
import BailiffPlaybook

/// The shapes of what the API takes and gives. Every member of a reply is always there; what is not known is null.
enum OpenAPISchemas {
    static var all: JSONValue { Rendering.object((replies + requests).map { ($0.0, $0.1) }) }

    // MARK: Words

    private static let text: JSONValue = ["type": "string"]
    private static let integer: JSONValue = ["type": "integer"]
    private static let flag: JSONValue = ["type": "boolean"]
    private static let number: JSONValue = ["type": "number"]
    private static let time: JSONValue = ["type": "string", "format": "date-time"]

    private static func maybe(_ schema: JSONValue) -> JSONValue {
        guard case .object(var object) = schema, let type = object["type"] else {
            return ["anyOf": [schema, ["type": "null"]]]
        }
        object["type"] = [type, "null"]
        return .object(object)
    }

    private static func list(_ element: JSONValue) -> JSONValue { ["type": "array", "items": element] }
    private static func reference(_ name: String) -> JSONValue { ["$ref": .string("#/components/schemas/\(name)")] }
    /// Free keys, values of one kind.
    private static func map(_ value: JSONValue) -> JSONValue { ["type": "object", "additionalProperties": value] }

    /// An object with these members, all of them there.
    private static func object(_ members: [(String, JSONValue)]) -> JSONValue {
        [
            "type": "object", "properties": Rendering.object(members), "required": Rendering.list(members.map(\.0)),
            "additionalProperties": false,
        ]
    }

    /// An object of which some members may be left out.
    private static func body(_ required: [(String, JSONValue)], optional: [(String, JSONValue)] = []) -> JSONValue {
        [
            "type": "object", "properties": Rendering.object(required + optional),
            "required": Rendering.list(required.map(\.0)), "additionalProperties": false,
        ]
    }

    private static func page(_ name: String, _ element: JSONValue) -> JSONValue {
        object([(name, list(element)), ("next", maybe(text))])
    }

    // MARK: Requests

    private static var requests: [(String, JSONValue)] {
        [
            (
                "Delivery",
                ["description": "Whatever the feed's product sends: an object, an array or one object a line."]
            ),
            (
                "Decision",
                body(
                    [
                        ("answer", ["type": "string", "enum": ["approve", "deny"]]), ("digest", text), ("reason", text),
                    ], optional: [("only", list(text))])
            ),
            ("Halt", body([("reason", text)], optional: [("all", flag)])),
            ("Resume", body([("reason", text)])), ("RunCancel", body([("reason", text)])),
            ("RunUndo", body([("reason", text)], optional: [("machines", list(text))])),
            (
                "CaseClose",
                body(
                    [("as", ["type": "string", "enum": ["resolved", "false-positive"]]), ("reason", text)],
                    optional: [("for", text)])
            ), ("MachineOrder", body(order, optional: [("case", text)] + orderOptions)),
            ("CaseOrder", body(order + [("machines", list(text))], optional: orderOptions)),
            (
                "PlaybookActivation",
                body(
                    [("digest", text), ("reason", text)],
                    optional: [("mode", ["type": "string", "enum": ["shadow", "hold", "live"]])])
            ), ("PlaybookDeactivation", body([("digest", text), ("reason", text)])),
            (
                "PlanRequest",
                body([("case", text)], optional: [("version", ["type": "string", "enum": ["loaded", "active"]])])
            ),
            (
                "NewOperator",
                body(
                    [("name", text), ("roles", list(text))],
                    optional: [("service", flag), ("expires_at", time), ("scopes", list(text))])
            ),
        ]
    }

    private static let order: [(String, JSONValue)] = [
        (
            "action",
            [
                "type": "string",
                "enum": Rendering.list(ActionKind.allCases.filter { !$0.isTenantWide }.map(\.rawValue)),
            ]
        ), ("reason", text),
    ]

    private static let orderOptions: [(String, JSONValue)] = [
        ("type", text), ("value", text), ("approve", text), ("for", text), ("overrides", flag),
    ]

    // MARK: Replies

    private static var replies: [(String, JSONValue)] {
        [
            ("Problem", problem), ("Health", object([("status", text)])), ("DeliveryAnswer", deliveryAnswer),
            ("Verdict", object(verdict)),
            ("VerdictWithDelivery", object(verdict + delivery)),
            ("VerdictList", page("verdicts", reference("Verdict"))),
            ("RejectedList", page("rejected", object(rejected))),
            ("CaseList", page("cases", object(caseSummary))), ("Case", object(caseSummary + caseDetails)),
            ("VerdictFacts", object(verdictFacts)), ("Sighting", object(sighting)), ("Coverage", coverage),
            ("PlaybookReference", object([("name", text), ("version", maybe(integer)), ("digest", text)])),
            ("RunSummary", object(run)), ("RunList", page("runs", reference("RunSummary"))),
            ("Run", object(run + runDetails)), ("Action", object(action)),
            ("ActionList", page("actions", reference("Action"))), ("Plan", object(plan)),
            ("Machine", object(machine)), ("MachineList", page("machines", object(machineSummary))),
            ("Isolation", isolation), ("ApprovalSummary", object(approvalSummary)),
            ("ApprovalList", page("approvals", reference("ApprovalSummary"))), ("Approval", object(approval)),
            (
                "Control",
                object([
                    ("halted", flag), ("extent", maybe(text)), ("changed_at", maybe(time)), ("changed_by", maybe(text)),
                ])
            ),
            (
                "Breaker",
                object([
                    ("open", flag), ("opened_at", maybe(time)), ("reason", maybe(text)), ("reset_at", maybe(time)),
                    ("reset_by", maybe(text)),
                ])
            ), ("Allowance", object(allowance)),
            ("AllowList", object([("allowlist", list(reference("Allowance")))])),
            ("RunsMade", object([("runs", list(reference("RunSummary")))])), ("Closure", object(closure)),
            (
                "CaseClosing",
                object([
                    ("case", maybe(text)), ("closure", maybe(reference("Closure"))),
                    ("releases", list(reference("RunSummary"))), ("allowed", maybe(reference("Allowance"))),
                ])
            ),
            ("Operator", object(person)), ("OperatorList", object([("operators", list(reference("Operator")))])),
            ("AddedOperator", object(person + [("token", text)])),
            (
                "RoleList",
                object([
                    (
                        "roles",
                        list(
                            object([
                                ("role", text), ("answers_as", maybe(text)), ("asked_by", list(text)),
                                ("permissions", list(text)),
                            ]))
                    ), ("permissions", list(object([("name", text), ("meaning", text)]))),
                ])
            ),
            (
                "WhoAmI",
                object([("name", text), ("local", flag), ("roles", list(text)), ("permissions", list(text))])
            ),
            ("EntryList", object([("entries", list(object(entry))), ("size", integer), ("next", maybe(integer))])),
            (
                "LogHead",
                object([("size", integer), ("root", text), ("frontier", text), ("partials", text), ("key", text)])
            ),
            ("CheckpointList", object([("checkpoints", list(object([("size", integer), ("note", text)])))])),
            ("Status", object(status)), ("Notifier", notifier),
            ("NotifierList", object([("notifiers", list(reference("Notifier")))])),
            ("NotifierTest", object([("notifier", reference("Notifier")), ("delivered", flag)])),
            ("PlaybookSummary", object(playbook)),
            (
                "PlaybookList",
                object([
                    ("playbooks", list(reference("PlaybookSummary"))), ("activate", text),
                    ("folder_problem", maybe(text)), ("diagnostics", list(diagnostic)),
                ])
            ), ("Playbook", object(playbook + playbookDetails)),
            (
                "PlanPreview",
                object([
                    ("triggered", flag), ("why_not", maybe(text)), ("facts_at", time), ("plan", reference("Plan")),
                    ("digest", text),
                ])
            ), ("Backtest", object(backtest)),
        ]
    }

    private static let allowance: [(String, JSONValue)] = [
        ("id", text), ("case", maybe(text)), ("hashes", list(text)), ("active", flag), ("from", time), ("until", time),
        ("by", text), ("reason", text), ("removed_at", maybe(time)), ("removed_by", maybe(text)),
    ]

    private static let closure: [(String, JSONValue)] = [("as", text), ("at", time), ("by", text), ("reason", text)]

    private static let notifier: JSONValue = object([("name", text), ("kind", text), ("origin", text)])

    private static let diagnostic: JSONValue = object([
        ("severity", text), ("code", text), ("message", text), ("file", text), ("line", integer), ("column", integer),
        ("hint", maybe(text)),
    ])

    private static let playbook: [(String, JSONValue)] = [
        ("name", text), ("kind", maybe(text)), ("state", text),
        ("loaded", maybe(object([("digest", text), ("version", maybe(integer)), ("file", text)]))),
        ("active", maybe(object([("digest", text), ("mode", maybe(text)), ("at", time), ("by", text)]))),
    ]

    private static let playbookDetails: [(String, JSONValue)] = [
        (
            "changes",
            maybe(
                list(
                    object([
                        ("path", text), ("effect", text), ("old", maybe(text)), ("new", maybe(text)),
                        ("note", maybe(text)),
                    ])))
        ), ("worst", maybe(text)), ("folder_problem", maybe(text)),
    ]

    private static let effect: JSONValue = object([
        ("automatic", integer), ("asked", integer), ("waiting_for_room", integer), ("denied", integer),
    ])

    private static let would: JSONValue = object([
        ("triggered", integer), ("without_facts", integer), ("machines", effect), ("held_by", map(integer)),
        ("denied_by", map(integer)),
        ("peak_per_hour", object([("automatic", integer), ("with_approvals", integer)])),
    ])

    private static let backtest: [(String, JSONValue)] = [
        ("playbook", reference("PlaybookReference")), ("since", time), ("until", time), ("cases", integer),
        ("cut", flag), ("would", would),
        (
            "active",
            maybe(
                object([
                    ("playbook", reference("PlaybookReference")), ("does", would), ("different_cases", integer),
                    (
                        "differences",
                        list(
                            object([
                                ("case", maybe(text)), ("at", time), ("would", effect), ("active", effect),
                            ]))
                    ),
                ]))
        ),
    ]

    /// Problems may have further members.
    private static var problem: JSONValue {
        [
            "type": "object",
            "properties": [
                "type": text, "title": text, "status": integer, "detail": text,
                "code": ["type": "string", "enum": Rendering.list(ProblemCode.allCases.map(\.rawValue))],
                "request_id": text,
            ],
            "required": ["type", "title", "status", "detail", "code", "request_id"],
        ]
    }

    private static var deliveryAnswer: JSONValue {
        object([
            ("accepted", list(object([("verdict", integer), ("case", maybe(text)), ("duplicate", flag)]))),
            ("rejected", list(object([("index", integer), ("code", text), ("message", text)]))),
        ])
    }

    private static let hashes: [(String, JSONValue)] = [
        ("sha256", maybe(text)), ("sha1", maybe(text)), ("md5", maybe(text)),
    ]

    private static let verdict: [(String, JSONValue)] =
        [
            ("id", integer), ("case", maybe(text)), ("feed", text), ("trust", integer), ("received_at", time),
            ("product", text), ("level", text), ("category", text), ("score", integer), ("scored", flag),
            ("product_score", maybe(number)), ("product_scale", maybe(text)), ("family", maybe(text)),
            ("threat", maybe(text)), ("file_name", maybe(text)), ("file_type", maybe(text)),
            ("analysed_at", maybe(time)), ("event", maybe(text)), ("note", maybe(text)), ("actionable", flag),
        ] + hashes

    private static let delivery: [(String, JSONValue)] = [
        ("delivery", object([("id", integer), ("sha256", text), ("bytes", integer)]))
    ]

    private static let verdictFacts: [(String, JSONValue)] =
        [
            ("level", text), ("score", integer), ("scored", flag), ("category", text), ("trust", integer),
            ("feed", text), ("product", text), ("revision", integer), ("feeds", integer), ("family", maybe(text)),
            ("threat", maybe(text)), ("file_name", maybe(text)), ("file_type", maybe(text)),
            ("analysed_at", maybe(time)),
        ] + hashes

    private static let rejected: [(String, JSONValue)] = [
        ("id", integer), ("delivery", integer), ("feed", text), ("at", time), ("index", integer), ("code", text),
        ("message", text), ("bytes", integer), ("text", maybe(text)), ("base64", text),
    ]

    private static let caseSummary: [(String, JSONValue)] =
        [
            ("id", maybe(text)), ("hashes", list(text)), ("opened_at", maybe(time)), ("assessed", flag),
            ("verdict", maybe(reference("VerdictFacts"))), ("latest_verdict", maybe(reference("Verdict"))),
            ("verdict_count", integer),
        ] + hashes

    private static let caseDetails: [(String, JSONValue)] = [
        (
            "file",
            maybe(
                object([
                    ("global_prevalence", maybe(integer)), ("signer", maybe(text)), ("certificate_valid", maybe(flag)),
                    ("org_machines", maybe(integer)), ("first_seen_org", maybe(time)),
                ]))
        ),
        ("coverage", maybe(reference("Coverage"))), ("closure", maybe(reference("Closure"))),
        ("watch_until", maybe(time)),
        ("waiting_for_corroboration", list(text)), ("sightings", list(object(sighting + atHand))),
        ("runs", list(reference("RunSummary"))), ("actions", list(reference("Action"))),
        ("approvals", list(reference("ApprovalSummary"))), ("verdicts", list(reference("Verdict"))),
    ]

    private static let coverage: JSONValue = object([
        ("asked_at", time), ("look_back_seconds", integer), ("sources", list(text)),
        ("gaps", list(object([("code", text), ("text", text)]))),
    ])

    /// What a case says about a machine beyond the sighting.
    private static let atHand: [(String, JSONValue)] = [
        ("isolation", reference("Isolation")), ("done", list(text)), ("last_confirmed_at", maybe(time)),
    ]

    private static let isolation: JSONValue = object([
        ("state", text),
        (
            "held",
            list(
                object([
                    ("case", maybe(text)), ("run", maybe(text)), ("action", text), ("foreign", flag),
                    ("since", maybe(time)), ("lease_until", maybe(time)), ("last_confirmed_at", maybe(time)),
                ]))
        ), ("lease_until", maybe(time)),
    ])

    private static let machineSummary: [(String, JSONValue)] = [
        ("machine_id", text), ("machine_name", maybe(text)), ("kind", maybe(text)), ("os", maybe(text)),
        ("group", maybe(text)), ("seen_at", maybe(time)), ("isolation", reference("Isolation")),
    ]

    private static let sighting: [(String, JSONValue)] = [
        ("machine_id", text), ("machine_name", maybe(text)), ("kind", text), ("os", text), ("os_version", maybe(text)),
        ("internal_address", maybe(text)), ("external_address", maybe(text)), ("health", text),
        ("onboarded", flag), ("group", text), ("tags", list(text)), ("value", text), ("risk", text),
        ("exposure", text), ("record_first_seen", maybe(time)), ("last_report", maybe(time)),
        ("first_seen", maybe(time)), ("last_seen", maybe(time)), ("path", maybe(text)), ("executed", text),
        ("status", text), ("sources", list(text)), ("collapsed_from", list(text)), ("isolated", text),
        ("shown_only", maybe(text)), ("seen_at", time),
    ]

    private static let run: [(String, JSONValue)] = [
        ("id", text), ("case", maybe(text)), ("state", text), ("purpose", text),
        ("playbook", reference("PlaybookReference")), ("plan", text), ("mode", text), ("started_at", time),
        ("ended_at", maybe(time)), ("requester", text),
        ("activator", text), ("open_actions", integer), ("outcomes", map(integer)),
    ]

    private static let runDetails: [(String, JSONValue)] = [
        ("actions", list(reference("Action"))), ("approvals", list(reference("ApprovalSummary"))),
        (
            "rings",
            list(
                object([
                    ("ring", integer), ("state", text), ("machines", list(text)), ("replaced", list(text)),
                    ("size", integer), ("verified", integer), ("failed", integer), ("opened_at", maybe(time)),
                    ("wait_until", maybe(time)), ("proceed_when", maybe(text)), ("proceeded", maybe(flag)),
                    ("asks_before", maybe(text)),
                ]))
        ), ("planned", maybe(reference("Plan"))),
    ]

    private static let action: [(String, JSONValue)] = [
        ("id", text), ("run", maybe(text)), ("case", maybe(text)), ("step", text), ("action", text),
        ("machine_id", maybe(text)), ("machine_name", maybe(text)), ("state", text), ("outcome", maybe(text)),
        ("defender_action_id", maybe(text)), ("adopted", flag), ("intents", integer), ("sha1", maybe(text)),
        ("parameters", ["type": "object"]), ("budget", text),
        (
            "approvals",
            list(object([("policy", text), ("because", list(text)), ("state", text), ("approval", maybe(text))]))
        ),
        ("reasons", list(text)), ("ready_at", maybe(time)), ("sent_at", maybe(time)), ("accepted_at", maybe(time)),
        ("ended_at", maybe(time)), ("last_confirmed_at", maybe(time)), ("deadline_seconds", maybe(integer)),
        ("by_person", flag), ("foreign", flag), ("reissues", integer), ("lease_until", maybe(time)),
        ("effect", maybe(text)), ("taken_back_by", maybe(text)), ("taken_back_at", maybe(time)),
    ]

    private static let plannedMachine = object([
        ("machine_id", text), ("machine_name", maybe(text)), ("group", text), ("role", text),
    ])

    private static let notSelected = object([("machine_id", text), ("machine_name", maybe(text)), ("reason", text)])

    private static let guardFinding = object([
        ("id", text), ("enforce", text), ("because", text), ("approve", maybe(text)), ("error", maybe(text)),
    ])

    private static let cost = object([("calls", map(integer)), ("seconds", integer)])

    private static let plan: [(String, JSONValue)] = [
        ("made_at", time), ("tenant", text), ("playbook", reference("PlaybookReference")),
        ("policies", list(reference("PlaybookReference"))), ("mode", text), ("verdict", reference("VerdictFacts")),
        (
            "steps",
            list(
                object([
                    ("id", text), ("action", text), ("parameters", ["type": "object"]), ("needs", map(text)),
                    ("on_fail", text), ("auto", maybe(text)), ("deadline_seconds", maybe(integer)),
                ]))
        ),
        ("machines", list(plannedMachine)), ("not_selected", list(notSelected)),
        (
            "actions",
            list(
                object([
                    ("step", text), ("machine_id", maybe(text)), ("outcome", maybe(text)), ("reasons", list(text)),
                    ("guards", list(guardFinding)),
                    ("approvals", list(object([("policy", text), ("because", list(text))]))), ("budget", text),
                ]))
        ),
        ("cost", cost),
    ]

    private static let machine: [(String, JSONValue)] = [
        ("machine_id", text), ("machine_name", maybe(text)), ("seen", maybe(reference("Sighting"))),
        ("isolation", reference("Isolation")), ("actions", list(reference("Action"))),
        ("held_by", map(list(maybe(text)))),
    ]

    private static let requirement: [(String, JSONValue)] = [("role", text), ("count", integer)]

    private static let approvalSummary: [(String, JSONValue)] = [
        ("id", text), ("state", text), ("digest", text), ("run", text), ("case", maybe(text)), ("step", text),
        ("action", text), ("policy", text), ("machines", integer), ("group", maybe(text)), ("renews_lease", flag),
        ("escalates_to", maybe(text)), ("because", list(text)), ("asked_at", time), ("answered_by", list(text)),
        ("expires_at", maybe(time)), ("ended_at", maybe(time)), ("told", flag), ("missing", list(object(requirement))),
    ]

    private static let approval: [(String, JSONValue)] = [
        ("id", text), ("digest", text), ("run", text), ("case", maybe(text)), ("step", text), ("action", text),
        ("policy", text), ("group", maybe(text)), ("renews_lease", flag), ("renews", maybe(text)),
        ("escalates_to", maybe(text)), ("escalated_from", maybe(text)), ("because", list(text)), ("asked_at", time),
        ("requester", text),
        ("activator", text),
        ("undo", maybe(text)), ("disruptive", flag), ("told", flag),
        ("needs", list(object(requirement + [("given", integer)]))),
        (
            "decisions",
            list(
                object([
                    ("person", text), ("roles", list(text)), ("answer", text), ("only", maybe(list(text))),
                    ("reason", text), ("at", time),
                ]))
        ),
        (
            "machines",
            list(
                object([
                    ("machine_id", maybe(text)), ("machine_name", maybe(text)), ("group", maybe(text)),
                    ("role", maybe(text)), ("granted", flag),
                ]))
        ),
        ("you", object([("may_answer", flag), ("as", list(text)), ("why_not", maybe(text))])), ("state", text),
        ("expires_at", maybe(time)), ("ended_at", maybe(time)), ("denied_by", maybe(text)),
        ("playbook", maybe(reference("PlaybookReference"))), ("policies", maybe(list(reference("PlaybookReference")))),
        ("mode", maybe(text)), ("verdict", maybe(reference("VerdictFacts"))),
        (
            "guards",
            maybe(list(object([("id", text), ("enforce", text), ("because", text), ("machines", integer)])))
        ),
        (
            "denied",
            maybe(
                list(object([("machine_id", text), ("machine_name", maybe(text)), ("guard", text), ("because", text)])))
        ),
        ("not_selected", maybe(list(notSelected))), ("cost", maybe(cost)),
        ("cost_now", maybe(object([("calls", integer), ("quota_percent", integer), ("seconds", integer)]))),
        (
            "lease",
            maybe(object([("seconds", integer), ("then", text), ("to", maybe(text)), ("approve", maybe(text))]))
        ), ("parameters", maybe(["type": "object"])),
        ("seen_on", integer), ("shown_only", integer),
    ]

    private static let person: [(String, JSONValue)] = [
        ("name", text), ("roles", list(text)), ("service", flag), ("token_prefix", text), ("created_at", time),
        ("revoked_at", maybe(time)), ("active", flag), ("expires_at", maybe(time)), ("last_used_at", maybe(time)),
        ("scopes", maybe(list(text))),
    ]

    private static let entry: [(String, JSONValue)] = [
        ("index", integer), ("at", maybe(time)), ("kind", maybe(text)), ("actor", maybe(text)),
        ("fields", maybe(["type": "object"])), ("values", map(text)), ("leaf_hash", text), ("in_tree", flag),
        ("raw", text),
    ]

    private static let status: [(String, JSONValue)] = [
        ("version", text), ("tenant", text), ("started_at", time), ("now", time), ("control", reference("Control")),
        (
            "jobs",
            object([
                ("waiting", map(integer)), ("overdue", map(integer)), ("oldest_due", maybe(time)),
                (
                    "set_aside",
                    list(object([("kind", text), ("subject", integer), ("attempts", integer), ("error", text)]))
                ),
            ])
        ),
        ("approvals_waiting", integer), ("breaker", reference("Breaker")), ("effects_in_force", integer),
        ("announcements_waiting", integer), ("actions_pending", integer),
        (
            "log",
            object([
                ("entries", integer), ("integrated", integer), ("root", text), ("checkpoint_size", maybe(integer)),
                ("origin", text), ("key", text),
            ])
        ),
        (
            "feeds",
            list(
                object([
                    ("name", text), ("product", text), ("authentication", text), ("trust", integer),
                    ("max_body", integer), ("trouble", maybe(text)),
                ]))
        ),
        (
            "playbooks",
            list(
                object([
                    ("name", text), ("kind", text), ("digest", text), ("mode", maybe(text)), ("at", time), ("by", text),
                ]))
        ),
    ]
}
