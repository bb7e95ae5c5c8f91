package import BailiffModel
import BailiffYAML

/// A playbook as a CACAO 2.0 playbook, for exchange with other tools.
///
/// CACAO knows steps, agents and commands. What it has no words for (guards, budget, rings, leases, dedupe, conditions in
/// CEL, the offline policy) goes into one extension definition, whole; ``notes`` says so. A tool that ignores the
/// extension would run the steps without any of Bailiff's limits, so every action step is preceded by a manual step
/// wherever Bailiff would have asked a person.
package struct CACAOExport: Sendable {
    package let document: JSONValue
    /// What stands in the extension alone, for people.
    package let notes: [String]

    /// - Parameter at: The time written into `created` and `modified`.
    package init(_ playbook: Playbook, at time: Timestamp) {
        let builder = CACAOBuilder(playbook)
        document = builder.document(at: time)
        notes = builder.notes
    }
}

private struct CACAOBuilder {
    let playbook: Playbook
    private let order: [PlaybookStep]

    init(_ playbook: Playbook) {
        self.playbook = playbook
        order = Self.ordered(playbook.steps)
    }

    /// Steps behind all they wait for; among those that are free, in the order of the file.
    private static func ordered(_ steps: [PlaybookStep]) -> [PlaybookStep] {
        var left = steps
        var placed: Set<String> = []
        var ordered: [PlaybookStep] = []
        while let index = left.firstIndex(where: { $0.needs.keys.allSatisfy(placed.contains) }) {
            let step = left.remove(at: index)
            placed.insert(step.id)
            ordered.append(step)
        }
        return ordered + left
    }

    // MARK: Identifiers

    private func id(_ type: String, _ name: String) -> String {
        var bytes = Array(Digest.of("bailiff cacao \(type) \(playbook.name) \(name)").bytes.prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x50
        bytes[8] = bytes[8] & 0x3F | 0x80
        let hex = Hex.encode(bytes)
        var parts: [Substring] = []
        var rest = Substring(hex)
        for length in [8, 4, 4, 4, 12] {
            parts.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return "\(type)--\(parts.joined(separator: "-"))"
    }

    private var startID: String { id("start", "start") }
    private var endID: String { id("end", "end") }
    private var extensionID: String { id("extension-definition", "bailiff") }
    private var defenderID: String { id("http-api", "defender") }
    private func stepID(_ step: PlaybookStep) -> String { id("action", "step \(step.id)") }
    private func questionID(_ step: PlaybookStep, _ policy: String) -> String {
        id("action", "ask \(policy) \(step.id)")
    }
    private func peopleID(_ policy: String) -> String { id("group", policy) }

    // MARK: Document

    func document(at time: Timestamp) -> JSONValue {
        var document: JSONObject = [
            "type": "playbook", "spec_version": "cacao-2.0", "id": .string(id("playbook", "playbook")),
            "name": .string(playbook.name), "playbook_types": ["mitigation", "remediation"],
            "playbook_processing_summary": ["extensions": true, "temporal_logic": true],
            "created_by": .string(id("identity", playbook.owner)), "created": .string(time.rfc3339),
            "modified": .string(time.rfc3339), "revoked": false,
            "priority": .int(Int64(max(1, 100 - min(playbook.precedence, 99)))),
            "labels": ["bailiff", .string("version-\(playbook.version)")],
        ]
        document["description"] = .string(playbook.summary ?? "Exported from Bailiff; owner \(playbook.owner).")
        if let from = playbook.valid.from { document["valid_from"] = .string(from.rfc3339) }
        if let until = playbook.valid.until { document["valid_until"] = .string(until.rfc3339) }
        document["playbook_variables"] = [
            "__machine_id__": [
                "type": "string", "external": true,
                "description": "Defender's id of the machine; the steps run for each one",
            ],
            "__sha1__": ["type": "hash", "external": true, "description": "SHA-1 of the file"],
        ]
        document["workflow_start"] = .string(startID)
        document["workflow"] = .object(workflow())
        document["playbook_extensions"] = .object(JSONObject([JSONObject.Member(extensionID, stages)]))
        document["agent_definitions"] = .object(agents())
        document["extension_definitions"] = .object(
            JSONObject([
                JSONObject.Member(
                    extensionID,
                    [
                        "type": "extension-definition", "name": "bailiff playbook/v1",
                        "description": .string(
                            "What CACAO has no words for: " + notes.joined(separator: "; ")
                                + ". A tool that ignores this extension runs the steps without these limits."),
                        "created_by": .string(id("identity", playbook.owner)),
                        "schema": "urn:bailiff:playbook:v1", "version": "1.0",
                    ])
            ]))
        return .object(document)
    }

    /// What only the extension says.
    var notes: [String] {
        var notes = [
            "conditions in CEL (trigger, select, when)", "guards and the policies in use", "the budget",
            "dedupe and look-back", "order of the targets",
        ]
        if !playbook.rings.isEmpty { notes.append("rings") }
        if playbook.trigger.corroborate != nil { notes.append("corroboration") }
        if playbook.targets.watch != nil { notes.append("late arrivals") }
        if playbook.steps.contains(where: { $0.lease != nil }) { notes.append("leases") }
        if playbook.steps.contains(where: { $0.offline != nil }) { notes.append("offline machines") }
        if playbook.steps.contains(where: { $0.deadline != nil }) { notes.append("deadlines") }
        if playbook.after.reversed != nil { notes.append("reversal of the verdict") }
        if playbook.steps.contains(where: { ($0.declaredNeeds?.isEmpty ?? false) }) {
            notes.append("steps side by side")
        }
        return notes
    }

    private func agents() -> JSONObject {
        var agents = JSONObject([
            JSONObject.Member(
                defenderID,
                [
                    "type": "http-api", "name": "Microsoft Defender for Endpoint",
                    "address": ["url": ["https://api.security.microsoft.com"]],
                ])
        ])
        var policies: [String] = []
        for policy in order.flatMap(\.approve).map(\.policy) where !policies.contains(policy) {
            policies.append(policy)
        }
        for policy in policies {
            agents[peopleID(policy)] = ["type": "group", "name": .string("approval policy \(policy)")]
        }
        return agents
    }

    // MARK: Workflow

    private func workflow() -> JSONObject {
        var nodes: [(id: String, step: PlaybookStep, policy: String?)] = []
        for step in order {
            for approval in step.approve { nodes.append((questionID(step, approval.policy), step, approval.policy)) }
            nodes.append((stepID(step), step, nil))
        }
        var workflow = JSONObject()
        workflow[startID] = ["type": "start", "on_completion": .string(nodes.first?.id ?? endID)]
        for (index, node) in nodes.enumerated() {
            let next = nodes.indices.contains(index + 1) ? nodes[index + 1].id : endID
            if let policy = node.policy {
                workflow[node.id] = .object(question(node.step, policy, next: next))
            } else {
                workflow[node.id] = .object(action(node.step, next: next))
            }
        }
        workflow[endID] = ["type": "end"]
        return workflow
    }

    private func question(_ step: PlaybookStep, _ policy: String, next: String) -> JSONObject {
        let conditions = step.approve.filter { $0.policy == policy }.compactMap { $0.when?.text }
        let only = conditions.isEmpty ? "" : " Only if: \(conditions.joined(separator: " or "))."
        return [
            "type": "action", "name": .string("approve \(step.id)"),
            "commands": [
                [
                    "type": "manual",
                    "command": .string(
                        "Ask the people of '\(policy)' whether '\(step.id)' (\(step.action.rawValue)) may be done.\(only)"
                    ),
                ]
            ],
            "agent": .string(peopleID(policy)), "on_success": .string(next), "on_failure": .string(endID),
        ]
    }

    private func action(_ step: PlaybookStep, next: String) -> JSONObject {
        var node: JSONObject = [
            "type": "action", "name": .string(step.id),
            "commands": [command(step)], "agent": .string(defenderID),
        ]
        if step.onFail == .stop {
            node["on_success"] = .string(next)
            node["on_failure"] = .string(endID)
        } else {
            node["on_completion"] = .string(next)
        }
        if let deadline = step.deadline { node["timeout"] = .int(deadline.wholeMicroseconds / 1_000) }
        node["step_extensions"] = .object(JSONObject([JSONObject.Member(extensionID, extras(step))]))
        return node
    }

    private func command(_ step: PlaybookStep) -> JSONValue {
        let call = CACAOCall(step)
        return [
            "type": "http-api", "command": .string("\(call.method) \(call.path) HTTP/1.1"),
            "headers": ["Content-Type": ["application/json"]],
            "content": .string(call.body.text(.sorted)),
            "playbook_activity": .string(call.activity),
        ]
    }

    // MARK: Extension

    private func extras(_ step: PlaybookStep) -> JSONValue {
        var extras: JSONObject = ["action": .string(step.action.rawValue), "on_fail": .string(step.onFail.rawValue)]
        if let when = step.when { extras["when"] = .string(when.text) }
        if !step.needs.isEmpty {
            extras["needs"] = .object(
                JSONObject(
                    step.needs.sorted { $0.key < $1.key }.map { JSONObject.Member($0.key, .string($0.value.rawValue)) })
            )
        }
        if let auto = step.auto { extras["auto"] = .string(auto) }
        if let undo = step.undo { extras["undo"] = .string(undo.rawValue) }
        if step.irreversibleAccepted { extras["irreversible"] = "accepted" }
        if let lease = step.lease {
            extras["lease"] = [
                "for_seconds": .int(lease.length.components.seconds), "then": .string(lease.then.rawValue),
                "to": .optional(lease.to), "approve": .optional(lease.approve),
            ]
        }
        if let offline = step.offline {
            extras["offline"] = [
                "wait_seconds": .int(offline.wait.components.seconds), "then": .string(offline.then.rawValue),
                "to": .optional(offline.to),
            ]
        }
        if !step.approve.isEmpty {
            extras["approve"] = .array(
                step.approve.map { approval in
                    [
                        "policy": .string(approval.policy), "when": .optional(approval.when?.text),
                        "group_by": .optional(approval.groupBy?.rawValue),
                    ]
                })
        }
        return .object(extras)
    }

    /// The stages around the steps.
    private var stages: JSONValue {
        var trigger: JSONObject = [
            "when": .string(playbook.trigger.when.text),
            "dedupe": [
                "window_seconds": .int(playbook.trigger.window.components.seconds),
                "on_change": .string(playbook.trigger.onChange.rawValue),
            ],
        ]
        if let corroborate = playbook.trigger.corroborate {
            trigger["corroborate"] = [
                "feeds": .int(Int64(corroborate.feeds)), "within_seconds": .int(corroborate.within.components.seconds),
            ]
        }
        let budget = playbook.budget
        func share(_ millionths: Int?) -> JSONValue { millionths.map { .double(Double($0) / 1_000_000) } ?? .null }
        return [
            "digest": .string(playbook.digest.hex), "version": .int(Int64(playbook.version)),
            "owner": .string(playbook.owner),
            "precedence": .int(Int64(playbook.precedence)), "trigger": .object(trigger),
            "targets": [
                "lookback_seconds": .int(playbook.targets.lookback.components.seconds),
                "select": .string(playbook.targets.select.text),
                "order": .array(playbook.targets.order.map { .string($0.rawValue) }),
                "watch_seconds": playbook.targets.watch.map { .int($0.components.seconds) } ?? .null,
            ],
            "guards": [
                "use": .array(playbook.policies.map { .string($0) }),
                "local": .array(
                    playbook.localGuards.map { entry in
                        [
                            "id": .string(entry.id), "enforce": .string(entry.enforce.rawValue),
                            "when": .string(entry.when.text), "missing": .optional(entry.missing?.rawValue),
                            "approve": .optional(entry.approve), "because": .string(entry.because),
                            "for": entry.actions.map { .array($0.map { .string($0.rawValue) }) } ?? .null,
                        ]
                    }),
            ],
            "budget": [
                "class": .string(budget.budgetClass), "per_run": .int(Int64(budget.perRun)),
                "per_hour": .optional(budget.perHour), "share_of_group": share(budget.shareOfGroup?.millionths),
                "share_of_fleet": share(budget.shareOfFleet?.millionths), "floor": .int(Int64(budget.floor)),
                "over": .string(budget.over.rawValue), "approve": .string(budget.approve),
            ],
            "rings": .array(
                playbook.rings.map { ring in
                    [
                        "size": ring.size.map { .int(Int64($0)) } ?? "rest",
                        "wait_seconds": ring.wait.map { .int($0.components.seconds) } ?? .null,
                        "proceed_when": .optional(ring.proceedWhen?.text), "approve": .optional(ring.approve),
                    ]
                }),
            "after": [
                "verdict_reversed": playbook.after.reversed.map { reversed in
                    ["undo": .array(reversed.undo.map { .string($0) }), "approve": .optional(reversed.approve)]
                } ?? .null,
                "notify": .array(
                    playbook.after.notify.map { entry in
                        ["to": .string(entry.to), "events": .array(entry.events.map { .string($0.rawValue) })]
                    }),
            ],
        ]
    }
}

/// The call of Defender's API that an action comes down to.
private struct CACAOCall {
    let method: String
    let path: String
    let body: JSONValue
    /// A word of CACAO's vocabulary of activities.
    let activity: String

    init(_ step: PlaybookStep) {
        let comment: JSONValue = .string("Bailiff: \(step.id)")
        let machine = "/api/machines/__machine_id__:value"
        var method = "POST"
        switch step.action {
        case .isolate:
            let type = step.parameters.isolationType == .full ? "Full" : "Selective"
            (path, body, activity) = (
                "\(machine)/isolate", ["Comment": comment, "IsolationType": .string(type)], "disconnect-system"
            )
        case .release: (path, body, activity) = ("\(machine)/unisolate", ["Comment": comment], "revert-system")
        case .investigate:
            (path, body, activity) = ("\(machine)/startInvestigation", ["Comment": comment], "analyze-collected-data")
        case .stopAndQuarantine:
            let content: JSONValue = ["Comment": comment, "Sha1": "__sha1__:value"]
            (path, body, activity) = ("\(machine)/StopAndQuarantineFile", content, "eliminate-risk")
        case .restrictApps:
            (path, body, activity) = ("\(machine)/restrictCodeExecution", ["Comment": comment], "restrict-access")
        case .unrestrictApps:
            (path, body, activity) = ("\(machine)/unrestrictCodeExecution", ["Comment": comment], "revert-system")
        case .antivirusScan:
            let type = step.parameters.scanType == .full ? "Full" : "Quick"
            (path, body, activity) = (
                "\(machine)/runAntiVirusScan", ["Comment": comment, "ScanType": .string(type)], "scan-system"
            )
        case .collectPackage:
            (path, body, activity) = (
                "\(machine)/collectInvestigationPackage", ["Comment": comment], "analyze-collected-data"
            )
        case .tag, .untag:
            let content: JSONValue = [
                "Action": step.action == .tag ? "Add" : "Remove", "Value": .optional(step.parameters.value),
            ]
            (path, body, activity) = ("\(machine)/tags", content, "configure-systems")
        case .blockFile:
            let content: JSONValue = [
                "indicatorValue": "__sha1__:value", "indicatorType": "FileSha1", "action": "BlockAndRemediate",
                "title": comment, "description": comment,
            ]
            (path, body, activity) = ("/api/indicators", content, "restrict-access")
        case .unblockFile:
            method = "DELETE"
            (path, body, activity) = ("/api/indicators/__indicator_id__:value", [:], "revert-system")
        }
        self.method = method
    }
}
